//! Instants as the store keeps them: whole milliseconds since 1970 in UTC.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Prints as RFC 3339 with microseconds (contract 1.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The latest instant that is accepted (the year 9999), so that every instant can be printed.
    pub const MAX: Self = Self(253_402_207_200_000);

    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to `self`; negative when `self` is before it.
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(instant) => write!(f, "{instant:.6}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

/// As it is printed, which is how every answer shows it.
impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Timestamp")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an RFC 3339 instant such as 2026-11-23T12:00:00Z")]
pub struct TimestampError(String);

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads RFC 3339 with any offset; a text without offset is taken as UTC, because Python sends naive
    /// datetimes that way (contract 1.3).
    fn from_str(given: &str) -> Result<Self, TimestampError> {
        let refuse = || TimestampError(given.chars().take(80).collect());
        let instant = given
            .parse::<jiff::Timestamp>()
            .or_else(|_| jiff::tz::TimeZone::UTC.to_timestamp(given.parse()?))
            .map_err(|_| refuse())?;
        let ms = instant.as_millisecond();
        if ms > Self::MAX.0 { Err(refuse()) } else { Ok(Self(ms)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_the_sdks_send_is_read() {
        for (given, expected) in [
            ("2026-11-25T11:53:49.482919+00:00", "2026-11-25T11:53:49.482000Z"),
            ("2026-11-25T11:54:52.678Z", "2026-11-25T11:54:52.678000Z"),
            ("2026-11-01T12:00:00.123000", "2026-11-01T12:00:00.123000Z"),
            ("2026-11-01T02:00:00+02:00", "2026-11-01T00:00:00.000000Z"),
        ] {
            let instant: Timestamp = given.parse().expect(given);
            assert_eq!(instant.to_string(), expected, "{given}");
        }
        for given in ["", "tomorrow", "12", "2026-13-01T00:00:00Z"] {
            assert!(given.parse::<Timestamp>().is_err(), "{given}");
        }
    }
}
