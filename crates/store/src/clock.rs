//! Time enters through the store, so that tests move it by hand.

use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use docmill_model::Timestamp;

pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The machine's clock, never backwards: when that one is set back, this one goes on at its pace from where it was, so
/// that no lease lasts longer and no wait starts anew. A jump ahead is taken over: leases run out early, which costs
/// a try and no result.
#[derive(Debug)]
pub struct SteadyClock {
    /// A time of the machine's clock that was believed, and when that was.
    base: Mutex<(Timestamp, Instant)>,
}

impl Default for SteadyClock {
    fn default() -> Self {
        Self { base: Mutex::new((SystemClock.now(), Instant::now())) }
    }
}

impl SteadyClock {
    fn at(&self, machine: Timestamp, now: Instant) -> Timestamp {
        let mut base = self.base.lock().unwrap_or_else(PoisonError::into_inner);
        let elapsed = now.saturating_duration_since(base.1);
        let steady = base.0.plus_ms(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX));
        if machine > steady {
            *base = (machine, now);
        }
        steady.max(machine)
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Timestamp {
        self.at(SystemClock.now(), Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_that_is_set_back_goes_on() {
        let begin = Instant::now();
        let clock = SteadyClock { base: Mutex::new((Timestamp(1_000_000), begin)) };
        // Milliseconds since the beginning, what the machine says, what is told.
        for (after, machine, expected) in [
            (10, 1_000_010, 1_000_010),
            (20, 500_000, 1_000_020),
            (5_020, 505_000, 1_005_020),
            (5_030, 9_000_000, 9_000_000),
            (5_040, 1_005_040, 9_000_010),
        ] {
            assert_eq!(
                clock.at(Timestamp(machine), begin + Duration::from_millis(after)),
                Timestamp(expected),
                "{after}"
            );
        }
    }
}
