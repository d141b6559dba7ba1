use std::path::Path;
use std::time::{Duration, Instant};

use docmill_store::SqlStore;
use rustix::process::{Pid, Signal, kill_process};

use crate::refusal::{Refusal, Refused};
use crate::stores::DATABASE;
use crate::terminal::tell;

const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The owner of the store is whom its lock names; that it has ended is seen when the lock is free.
pub async fn run(data: &Path, wait: Duration) -> Refused<()> {
    let database = data.join(DATABASE);
    let Some(process) = SqlStore::owner(&database)? else {
        tell("no server runs on this data folder");
        return Ok(());
    };
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| Refusal::failed(format!("the lock names {process}, which is no process")))?;
    kill_process(pid, Signal::TERM)
        .map_err(|error| Refusal::io(format!("ask process {process} to stop"), &error.into()))?;
    tell(&format!("process {process} was asked to stop"));
    let until = Instant::now() + wait;
    while SqlStore::owner(&database)? == Some(process) {
        if Instant::now() > until {
            let sentence = format!("process {process} has not ended within {} s", wait.as_secs());
            return Err(Refusal::failed(sentence).hint("Its drain_ms may be longer; wait on, or send SIGTERM again."));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}
