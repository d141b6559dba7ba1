//! Bytes that nothing refers to any more are deleted: first the object, then the row that remembers it, so that a
//! crash between the two is made good by the next run.

use std::sync::Arc;

use docmill_store::{OutputsToSweep, StoreResult};

use crate::context::Context;

/// Jobs whose outputs are swept in one step.
const OUTPUTS_AT_ONCE: u32 = 500;

pub(super) async fn blobs(context: Arc<Context>) -> StoreResult<u64> {
    let grace = context.settings.upkeep.as_ref().map_or(0, |upkeep| upkeep.blob_grace_ms);
    let doomed = context.store.blob_sweep(grace).await?;
    for blob in &doomed {
        context.blobs.delete(&blob.key).await?;
        context.store.blob_swept(&blob.key).await?;
        context.counters.blobs_swept.inc();
    }
    Ok(doomed.len() as u64)
}

pub(super) async fn outputs(context: Arc<Context>) -> StoreResult<u64> {
    let kept = context.settings.limits.results_kept_ms;
    let mut swept = 0;
    loop {
        let found = context.store.outputs_sweep(kept, OUTPUTS_AT_ONCE).await?;
        for job in &found {
            sweep(&context, job).await?;
            swept += 1;
        }
        if found.len() < OUTPUTS_AT_ONCE as usize {
            return Ok(swept);
        }
    }
}

async fn sweep(context: &Context, job: &OutputsToSweep) -> StoreResult<()> {
    for attempt in (1..=job.attempts).filter(|attempt| Some(*attempt) != job.keep_attempt) {
        context.blobs.delete_prefix(&docmill_store::outputs_prefix(job.job, attempt)).await?;
    }
    context.store.outputs_swept(job.job, job.keep_attempt.is_none()).await?;
    context.counters.outputs_swept.inc();
    Ok(())
}
