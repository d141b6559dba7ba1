//! Steps that were in each other's way are tried again.

use std::time::Duration;

use super::errors::is_contended;
use crate::error::StoreResult;

/// Tries of one step. With the pauses between them about five seconds: whoever still finds no gap gives up with
/// `STORE_UNAVAILABLE`, and may come again.
const TRIES_MAX: u32 = 100;
/// The longest pause between two tries, milliseconds; the first ones are shorter.
const PAUSE_MAX_MS: u64 = 60;

/// Runs the step until no other is in its way. A step that was refused this way has changed nothing. SQLite has one
/// writer, where none ever is.
pub(crate) async fn again<T, F: Future<Output = StoreResult<T>>>(step: impl Fn() -> F) -> StoreResult<T> {
    let mut tries = 0;
    loop {
        match step().await {
            Err(error) if tries < TRIES_MAX && is_contended(&error) => {
                tries += 1;
                tokio::time::sleep(pause(tries)).await;
            }
            other => return other,
        }
    }
}

/// Longer with every try, and another one for each caller, so that two that met do not meet again.
fn pause(tries: u32) -> Duration {
    let most = (1_u64 << tries.min(16)).min(PAUSE_MAX_MS) * 1_000;
    Duration::from_micros(rand_below(most))
}

/// Random bits of the system come as a UUID; the store needs no more of them than this.
fn rand_below(most: u64) -> u64 {
    let (high, _) = uuid::Uuid::new_v4().as_u64_pair();
    high % most.max(1)
}
