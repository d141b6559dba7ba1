//! What becomes of a job whose attempt failed.

use docmill_model::limits::RunLimits;
use docmill_model::{Code, Failure, FailureClass};
use docmill_store::Outcome;

use super::stop::{End, Stop};

/// The outcome of an attempt without a result. `strikes` and `tries` are those before this attempt; `chance` is from
/// 0 to 1 and spreads retries, so that jobs that failed together do not come back together. `None`: nothing can be
/// said, the lease is another's.
pub(crate) fn outcome(end: End, strikes: u32, tries: u32, limits: &RunLimits, chance: f64) -> Option<Outcome> {
    let retry = |failure, strike| Outcome::Retry { failure, strike, delay_ms: delay_ms(tries, limits, chance) };
    Some(match end {
        End::Stopped(Stop::Lost) => return None,
        End::Stopped(Stop::Cancelled) => Outcome::Cancelled,
        End::Stopped(Stop::Drained) => {
            let failure = Failure::new(Code::WorkerLost, "The worker was stopped; the job goes on elsewhere.");
            Outcome::Retry { failure, strike: false, delay_ms: 0 }
        }
        End::Failed(failure) => match failure.class() {
            FailureClass::Transient => retry(failure, false),
            FailureClass::Strike if strikes.saturating_add(1) < limits.strikes_max => retry(failure, true),
            FailureClass::Strike | FailureClass::File | FailureClass::Caller | FailureClass::Bug => {
                Outcome::Failed(failure)
            }
        },
    })
}

/// The wait before the next try: doubles from `retry_first_ms` up to `retry_longest_ms`, of which half to all is
/// waited. With the defaults the 1st wait is 0.5 to 1 s, the 9th 128 to 256 s, and all later ones 150 to 300 s.
fn delay_ms(tries: u32, limits: &RunLimits, chance: f64) -> i64 {
    let doubled = limits.retry_first_ms.saturating_mul(1_i64.checked_shl(tries.min(40)).unwrap_or(i64::MAX));
    let whole = doubled.min(limits.retry_longest_ms);
    (whole as f64 * (0.5 + chance.clamp(0.0, 1.0) / 2.0)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `tries` before -> shortest and longest wait, milliseconds.
    #[test]
    fn waits_double_up_to_the_longest() {
        let limits = RunLimits::default();
        for (tries, shortest, longest) in [
            (0, 500, 1_000),
            (1, 1_000, 2_000),
            (2, 2_000, 4_000),
            (8, 128_000, 256_000),
            (9, 150_000, 300_000),
            (62, 150_000, 300_000),
            (u32::MAX, 150_000, 300_000),
        ] {
            assert_eq!((delay_ms(tries, &limits, 0.0), delay_ms(tries, &limits, 1.0)), (shortest, longest), "{tries}");
        }
    }

    #[test]
    fn every_end_has_its_outcome() {
        let failed = |code: Code| End::Failed(code.into());
        let table = [
            (failed(Code::StoreUnavailable), 0, "retry in 1000"),
            (failed(Code::BlobsUnavailable), 99, "retry in 1000"),
            (failed(Code::ReaderDied), 0, "strike, retry in 1000"),
            (failed(Code::ReaderTimeout), 1, "strike, retry in 1000"),
            (failed(Code::ReaderMemory), 2, "failed READER_MEMORY"),
            (failed(Code::PdfIsProtected), 0, "failed PDF_IS_PROTECTED"),
            (failed(Code::SchemaInvalid), 0, "failed SCHEMA_INVALID"),
            (failed(Code::Internal), 0, "failed INTERNAL"),
            (End::Stopped(Stop::Cancelled), 0, "cancelled"),
            (End::Stopped(Stop::Drained), 2, "retry in 0"),
            (End::Stopped(Stop::Lost), 0, "nothing"),
        ];
        for (end, strikes, expected) in table {
            let got = match outcome(end.clone(), strikes, 0, &RunLimits::default(), 1.0) {
                None => "nothing".to_owned(),
                Some(Outcome::Cancelled) => "cancelled".to_owned(),
                Some(Outcome::Failed(failure)) => format!("failed {}", failure.code),
                Some(Outcome::Retry { strike, delay_ms, .. }) => {
                    format!("{}retry in {delay_ms}", if strike { "strike, " } else { "" })
                }
                Some(Outcome::Completed(_)) => "completed".to_owned(),
            };
            assert_eq!(got, expected, "{end:?} after {strikes} strikes");
        }
    }
}
