//! When a call is made again: only where a second time is the same as once.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};

use super::{Answered, ApiError};

/// Calls of one request, the first among them.
const TRIES_MAX: u32 = 4;
/// The wait after the first try; doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

pub struct Tries {
    /// Whether the call may reach the server twice.
    safe: bool,
    made: u32,
}

impl Tries {
    pub const fn new(safe: bool) -> Self {
        Self { safe, made: 0 }
    }

    /// The answer, when it is a success; `None` after a wait, when the call is to be made again.
    pub async fn judge(&mut self, sent: reqwest::Result<Response>) -> Answered<Option<Response>> {
        self.made += 1;
        let wait = match &sent {
            // Nobody listens there: that does not pass by itself while a person waits.
            Err(error) if error.is_connect() || error.is_builder() => None,
            Err(_) => Some(FIRST_WAIT * 2_u32.pow(self.made - 1)),
            Ok(response) if may_pass(response.status()) => Some(asked_wait(response.headers(), self.made)),
            Ok(_) => None,
        };
        match (sent, wait.filter(|_| self.safe && self.made < TRIES_MAX)) {
            (_, Some(wait)) => {
                tokio::time::sleep(wait).await;
                Ok(None)
            }
            (Ok(response), None) if response.status().is_success() => Ok(Some(response)),
            (Ok(response), None) => Err(ApiError::read(response).await),
            (Err(error), None) => Err(ApiError::unreached(&error)),
        }
    }
}

/// The statuses that say of themselves that they pass (contract 1.9), the final conflict not among them.
fn may_pass(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// What the server asks for, else twice as long as the time before.
fn asked_wait(headers: &HeaderMap, made: u32) -> Duration {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<u64>().ok();
    let asked = number("retry-after-ms")
        .map(Duration::from_millis)
        .or_else(|| number(RETRY_AFTER.as_str()).map(Duration::from_secs));
    asked.unwrap_or(FIRST_WAIT * 2_u32.pow(made - 1)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn the_servers_own_wait_counts_up_to_a_limit() {
        let check = |name: &'static str, value: &'static str, expected_ms: u64| {
            let headers = HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_static(value))]);
            assert_eq!(asked_wait(&headers, 2), Duration::from_millis(expected_ms), "{name} {value}");
        };
        check("retry-after-ms", "20", 20);
        check("retry-after", "2", 2_000);
        check("retry-after", "86400", 60_000);
        check("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT", 1_000);
        check("x-other", "5", 1_000);
    }
}
