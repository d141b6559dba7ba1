//! What SQLite's errors mean to the rest of docmill.

use docmill_model::Code;

use crate::error::StoreError;

/// Primary result codes of SQLite (https://www.sqlite.org/rescode.html); extended codes carry more in higher bits.
const FULL: i32 = 13;
/// Busy, locked, out of memory, read-only, I/O error, cannot open, protocol: another try may succeed.
const PASSING: [i32; 7] = [5, 6, 7, 8, 10, 14, 15];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(database) => {
                let number = database.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default() & 0xff;
                match number {
                    FULL => Code::DiskFull,
                    number if PASSING.contains(&number) => Code::StoreUnavailable,
                    _ => return Self::Corrupt(error.to_string()),
                }
            }
            sqlx::Error::Io(io) => disk_or_store(io),
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Code::StoreUnavailable,
            _ => return Self::Corrupt(error.to_string()),
        };
        Self::Unavailable { what: "the database", code, source: Box::new(error) }
    }
}

pub(super) fn unavailable(error: std::io::Error) -> StoreError {
    let code = disk_or_store(&error);
    StoreError::Unavailable { what: "the database", code, source: Box::new(error) }
}

fn disk_or_store(error: &std::io::Error) -> Code {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Code::DiskFull,
        _ => Code::StoreUnavailable,
    }
}
