//! Jobs whose worker died go back to the queue.

use std::sync::Arc;

use docmill_store::StoreResult;

use crate::context::Context;

pub(super) async fn run(context: Arc<Context>) -> StoreResult<u64> {
    let rescued = context.store.job_rescue(context.settings.limits.expiries_max).await?.into();
    context.counters.jobs_rescued.inc_by(rescued);
    Ok(rescued)
}
