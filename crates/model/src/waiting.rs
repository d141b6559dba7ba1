//! Why nothing of an open batch runs, in words for the person who waits for it.

use std::fmt;

use crate::failure::Code;
use crate::time::Timestamp;

/// Prints as `CODE: sentence`, as failures do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// The workers are busy with so many other jobs.
    Queued { running: u64 },
    /// As much of the project or the batch runs, or was started of late, as may.
    Capped,
    /// The last try failed for a reason that may pass; the next one is at this time.
    NextTry { at: Timestamp, after: Option<Code> },
    /// No worker has asked for work lately.
    NoWorker,
    /// Workers are free and take it next.
    Starting,
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Queued { running } => write!(f, "QUEUED: {running} other jobs run; this batch gets its share next."),
            Self::Capped => f.write_str(
                "CAPPED: As many jobs of the project or the batch run, or were started in the last minute, as may \
                 (`docmill project ls`, or the caps under [run]); it goes on when one ends or time has passed.",
            ),
            Self::NextTry { at, after: Some(code) } => {
                write!(f, "{code}: {} The next try is at {at}. {}", code.sentence(), code.advice())
            }
            Self::NextTry { at, after: None } => write!(f, "NEXT_TRY: The next try is at {at}."),
            Self::NoWorker => {
                f.write_str("NO_WORKER: No worker has asked for work lately; look whether one runs and at its log.")
            }
            Self::Starting => f.write_str("STARTING: The workers take it next."),
        }
    }
}
