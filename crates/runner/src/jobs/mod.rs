//! What one attempt of a job does, from its source to its result.

mod extract;
mod fetch;
pub(crate) mod outputs;
mod parse;
pub(crate) mod source;

use docmill_model::options::JobOptions;
use docmill_model::results::JobResult;
use docmill_store::ClaimedJob;

use crate::context::Context;
use crate::work::held::Held;
use crate::work::stop::End;

/// Runs one attempt. Its outputs are durable when it returns a result.
pub(crate) async fn run(context: &Context, claimed: &ClaimedJob, held: &Held) -> Result<JobResult, End> {
    let started = context.clock.now();
    let mut result = match &claimed.options {
        JobOptions::Parse(options) => parse::run(context, claimed, options, held).await?,
        JobOptions::Extract(options) => extract::run(context, claimed, options, held).await?,
    };
    context.engine.clone_into(&mut result.engine);
    result.elapsed_ms = u64::try_from(context.clock.now().since_ms(started)).unwrap_or(0);
    Ok(result)
}
