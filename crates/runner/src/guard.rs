//! Bounds on a child process, kept from outside: wall clock, processor time, resident memory, and the wish to stop.

use std::future::Future;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::time::Instant;

use crate::work::stop::{Stop, StopSignal};

/// How often memory and processor time are looked at. The address space limit of the child itself bounds what it can take
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
    /// Of the process and, when `children` is set, all that it started.
    pub resident_bytes_max: u64,
    pub children: bool,
    pub deadline: Instant,
    /// What the process may have used of processors in its whole life by then.
    pub cpu_max: Option<Duration>,
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
                _ = look.tick() => self.look()?,
            }
        }
    }

    fn look(&self) -> Result<(), Interrupted> {
        let resident = if self.children { resident_bytes_of_all(self.pid) } else { resident_bytes(self.pid) };
        if resident > self.resident_bytes_max {
            return Err(Interrupted::Memory);
        }
        if self.cpu_max.is_some_and(|cpu_max| cpu_time(self.pid) > cpu_max) {
            return Err(Interrupted::Time);
        }
        Ok(())
    }
}

/// Resident memory of a process; 0 where the system does not say (no /proc, or the process is gone).
pub(crate) fn resident_bytes(pid: Option<u32>) -> u64 {
    let statm = pid.and_then(|pid| std::fs::read_to_string(format!("/proc/{pid}/statm")).ok());
    let pages = statm.as_deref().and_then(|text| text.split(' ').nth(1)).and_then(|field| field.parse::<u64>().ok());
    pages.unwrap_or(0) * rustix::param::page_size() as u64
}

/// The same for a process and all its descendants; pages that they share count for each.
fn resident_bytes_of_all(pid: Option<u32>) -> u64 {
    let mut open: Vec<u32> = pid.into_iter().collect();
    let mut bytes = 0;
    while let Some(pid) = open.pop() {
        bytes += resident_bytes(Some(pid));
        // Each thread lists the children that it started.
        let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        let listed = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
        open.extend(
            listed.flat_map(|text| text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>()),
        );
    }
    bytes
}

/// Processor time that a process has used, all its threads together; zero where the system does not say.
pub(crate) fn cpu_time(pid: Option<u32>) -> Duration {
    let stat = pid.and_then(|pid| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()).unwrap_or_default();
    // The name of the program, in brackets, may hold anything; after it, the 12th and 13th are user and system time.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 1_000 / rustix::param::clock_ticks_per_second().max(1))
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
        let (pid, deadline) = (Some(std::process::id()), Instant::now() + after);
        Bounds { pid, resident_bytes_max, children: false, deadline, cpu_max: None, stop }
    }

    #[tokio::test]
    async fn work_ends_or_is_interrupted_by_the_first_bound() {
        let hour = Duration::from_secs(3_600);
        let stop = StopSignal::new();
        let never = std::future::pending::<()>;
        assert_eq!(bounds(&stop, u64::MAX, hour).keep(async { 5 }).await, Ok(5));
        assert_eq!(bounds(&stop, u64::MAX, Duration::ZERO).keep(never()).await, Err(Interrupted::Time));
        assert_eq!(bounds(&stop, 1, hour).keep(never()).await, Err(Interrupted::Memory));
        let used = Bounds { cpu_max: Some(Duration::ZERO), ..bounds(&stop, u64::MAX, hour) };
        while cpu_time(used.pid).is_zero() {
            std::hint::spin_loop();
        }
        assert_eq!(used.keep(never()).await, Err(Interrupted::Time), "processor time");
        stop.set(Stop::Lost).expect("set once");
        assert_eq!(bounds(&stop, 1, hour).keep(never()).await, Err(Interrupted::Stopped(Stop::Lost)));
    }

    #[test]
    fn the_memory_of_all_is_that_of_a_process_and_its_children() {
        let mut shell = std::process::Command::new("/bin/sh")
            .args(["-c", "cat & cat; wait"])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .expect("a shell");
        let pid = Some(shell.id());
        let began = std::time::Instant::now();
        while resident_bytes_of_all(pid) <= resident_bytes(pid) {
            assert!(began.elapsed() < Duration::from_secs(60), "the shell has no children");
            std::thread::yield_now();
        }
        drop(shell.stdin.take());
        shell.wait().expect("the end");
        assert_eq!((resident_bytes_of_all(pid), cpu_time(None)), (0, Duration::ZERO), "a process that is gone");
    }
}
