//! Ephemeral directories past their time are deleted.

use std::sync::Arc;

use docmill_store::StoreResult;

use crate::context::Context;

pub(super) async fn run(context: Arc<Context>) -> StoreResult<u64> {
    let expired = context.store.directory_expire().await?.into();
    context.counters.directories_expired.inc_by(expired);
    Ok(expired)
}
