//! What the databases' errors mean to the rest of docmill.

use docmill_model::Code;
use sqlx::postgres::PgDatabaseError;

use crate::error::StoreError;

/// Primary result codes of SQLite (https://www.sqlite.org/rescode.html); extended codes carry more in higher bits.
const FULL: i32 = 13;
/// Busy, locked, out of memory, read-only, I/O error, cannot open, protocol: another try may succeed.
const PASSING: [i32; 7] = [5, 6, 7, 8, 10, 14, 15];

/// SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html) of steps that were in each other's way:
/// serialization failure, deadlock, and rows that another step has just inserted (unique) or not yet (foreign key).
const CONTENDED: [&str; 4] = ["40001", "40P01", "23505", "23503"];
/// Out of disk space.
const DISK_FULL: &str = "53100";
/// Classes and states of a server that goes down, comes up, is full or was demoted: connection exceptions, invalid
/// authorization while it starts, insufficient resources, operator intervention, lock not available, read-only, and what a
/// standby that was just promoted still says of serializable steps (0A000).
const AWAY: [&str; 7] = ["08", "53", "57", "55P03", "25006", "58", "0A000"];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(database) => {
                let state = database.code().unwrap_or_default();
                match database.try_downcast_ref::<PgDatabaseError>() {
                    Some(_) => postgres_code(&state),
                    None => sqlite_code(&state),
                }
            }
            sqlx::Error::Io(io) => Some(disk_or_store(io)),
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Tls(_)
            // The answer of a server that died in the middle of it.
            | sqlx::Error::Protocol(_) => Some(Code::StoreUnavailable),
            _ => None,
        };
        match code {
            Some(code) => Self::Unavailable { what: "the database", code, source: Box::new(error) },
            None => Self::Corrupt(error.to_string()),
        }
    }
}

/// Whether the step failed because another was in its way. It has changed nothing and may run again at once.
pub(super) fn is_contended(error: &StoreError) -> bool {
    let StoreError::Unavailable { source, .. } = error else { return false };
    let Some(sqlx::Error::Database(database)) = source.downcast_ref::<sqlx::Error>() else { return false };
    database.try_downcast_ref::<PgDatabaseError>().is_some_and(|error| CONTENDED.contains(&error.code()))
}

fn sqlite_code(code: &str) -> Option<Code> {
    let number = code.parse::<i32>().unwrap_or_default() & 0xff;
    match number {
        FULL => Some(Code::DiskFull),
        number if PASSING.contains(&number) => Some(Code::StoreUnavailable),
        _ => None,
    }
}

fn postgres_code(state: &str) -> Option<Code> {
    match state {
        DISK_FULL => Some(Code::DiskFull),
        state if CONTENDED.contains(&state) => Some(Code::StoreUnavailable),
        state if AWAY.iter().any(|away| state.starts_with(away)) => Some(Code::StoreUnavailable),
        _ => None,
    }
}

pub(crate) fn unavailable(error: std::io::Error) -> StoreError {
    let code = disk_or_store(&error);
    StoreError::Unavailable { what: "the database", code, source: Box::new(error) }
}

fn disk_or_store(error: &std::io::Error) -> Code {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Code::DiskFull,
        _ => Code::StoreUnavailable,
    }
}
