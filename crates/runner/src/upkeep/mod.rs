//! Duties beside the jobs. Each is a small service with one contract: it runs at its interval until it is stopped,
//! may run again at any time, and may be stopped twice.

mod expire;
mod rescue;
mod sweep;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use docmill_store::StoreResult;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::context::Context;

/// A running duty.
pub(crate) struct Service {
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Service {
    /// Runs `duty` at once and then at every interval. Its number is how much it did.
    fn start<D, F>(name: &'static str, every_ms: u64, context: &Arc<Context>, duty: D) -> Self
    where
        D: Fn(Arc<Context>) -> F + Send + 'static,
        F: Future<Output = StoreResult<u64>> + Send,
    {
        let (stop, context) = (CancellationToken::new(), Arc::clone(context));
        let asked = stop.clone();
        let task = tokio::spawn(async move {
            let mut every = tokio::time::interval(Duration::from_millis(every_ms.max(1)));
            every.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    biased;
                    () = asked.cancelled() => return,
                    _ = every.tick() => {}
                }
                match duty(Arc::clone(&context)).await {
                    Ok(0) => {}
                    Ok(done) => tracing::info!(duty = name, done, "upkeep"),
                    Err(error) => {
                        tracing::warn!(duty = name, error = &error as &dyn std::error::Error, "upkeep failed")
                    }
                }
            }
        });
        Self { stop, task: Some(task) }
    }

    /// A duty with a loop of its own, which ends when the token is cancelled.
    fn of<F: Future<Output = ()> + Send + 'static>(duty: impl FnOnce(CancellationToken) -> F) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(duty(stop.clone()));
        Self { stop, task: Some(task) }
    }

    /// Waits for a run that is under way.
    pub async fn stop(&mut self) {
        self.stop.cancel();
        if let Some(task) = self.task.take() {
            // A duty that panicked has ended as well.
            let _ = task.await;
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Starts every duty that no other worker does.
pub(crate) fn start(context: &Arc<Context>) -> Vec<Service> {
    let mut services = Vec::new();
    if let Some(settings) = &context.settings.webhooks {
        let (context, settings) = (Arc::clone(context), settings.clone());
        services.push(Service::of(|stop| webhooks::run(context, settings, stop)));
    }
    let Some(upkeep) = &context.settings.upkeep else { return services };
    services.extend([
        Service::start("rescue", upkeep.rescue_ms, context, rescue::run),
        Service::start("expire", upkeep.expire_ms, context, expire::run),
        Service::start("sweep blobs", upkeep.sweep_ms, context, sweep::blobs),
        Service::start("sweep outputs", upkeep.sweep_ms, context, sweep::outputs),
        Service::start("forget webhook events", upkeep.sweep_ms, context, webhooks::forget),
    ]);
    services
}
