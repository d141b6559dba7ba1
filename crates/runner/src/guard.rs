//! Bounds on a child process, kept from outside: wall clock, resident memory, and the wish to stop.

use std::future::Future;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::time::Instant;

use crate::work::stop::{Stop, StopSignal};

/// How often the resident memory is looked at. The address space limit of the child itself bounds what it can take
/// between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupted {
    Time,
    Memory,
    Stopped(Stop),
}

/// What the wait for a child is bounded by.
#[derive(Clone, Copy)]
pub(crate) struct Bounds<'a> {
    pub pid: Option<u32>,
    pub resident_bytes_max: u64,
    pub deadline: Instant,
    pub stop: &'a StopSignal,
}

impl Bounds<'_> {
    /// Waits for `work` within the bounds. An interrupted `work` is dropped where it stands: its child must be killed.
    pub async fn keep<T>(&self, work: impl Future<Output = T>) -> Result<T, Interrupted> {
        tokio::pin!(work);
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Ok(done),
                stop = self.stop.wait() => return Err(Interrupted::Stopped(*stop)),
                () = tokio::time::sleep_until(self.deadline) => return Err(Interrupted::Time),
                _ = look.tick() => if resident_bytes(self.pid) > self.resident_bytes_max {
                    return Err(Interrupted::Memory);
                },
            }
        }
    }
}

/// Resident memory of a process; 0 where the system does not say (no /proc, or the process is gone).
pub(crate) fn resident_bytes(pid: Option<u32>) -> u64 {
    let statm = pid.and_then(|pid| std::fs::read_to_string(format!("/proc/{pid}/statm")).ok());
    let pages = statm.as_deref().and_then(|text| text.split(' ').nth(1)).and_then(|field| field.parse::<u64>().ok());
    pages.unwrap_or(0) * rustix::param::page_size() as u64
}

/// Kills a child and all it started. `pid` must not have been waited for: its number is still its own.
pub(crate) fn kill_group(pid: Option<u32>) {
    if let Some(pid) = pid.and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?)) {
        // The only error is that nothing of the group is left.
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(stop: &StopSignal, resident_bytes_max: u64, after: Duration) -> Bounds<'_> {
        Bounds { pid: Some(std::process::id()), resident_bytes_max, deadline: Instant::now() + after, stop }
    }

    #[tokio::test]
    async fn work_ends_or_is_interrupted_by_the_first_bound() {
        let hour = Duration::from_secs(3_600);
        let stop = StopSignal::new();
        let never = std::future::pending::<()>;
        assert_eq!(bounds(&stop, u64::MAX, hour).keep(async { 5 }).await, Ok(5));
        assert_eq!(bounds(&stop, u64::MAX, Duration::ZERO).keep(never()).await, Err(Interrupted::Time));
        assert_eq!(bounds(&stop, 1, hour).keep(never()).await, Err(Interrupted::Memory));
        stop.set(Stop::Lost).expect("set once");
        assert_eq!(bounds(&stop, 1, hour).keep(never()).await, Err(Interrupted::Stopped(Stop::Lost)));
    }
}
