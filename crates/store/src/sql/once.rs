//! Creates that are sent again. Looked up and recorded in the create's own transaction: of a first send and its
//! repeat that run at the same time, the later one waits for the write lock and then finds the other's record.

use crate::database::{Connection, query};
use docmill_model::{Code, Timestamp};
use uuid::Uuid;

use crate::error::{StoreError, StoreResult};
use crate::records::Once;

/// What this create made before, as a bare id. `IDEMPOTENCY_KEY_REUSED` when it was another create.
pub(super) async fn made(tx: &mut Connection<'_>, once: Option<&Once>, now: Timestamp) -> StoreResult<Option<String>> {
    let Some(once) = once else { return Ok(None) };
    let row = query("SELECT body, resource, again, created_at FROM made WHERE id = $1 AND expires_at > $2")
        .bind(&once.id)
        .bind(now.0)
        .fetch_optional(tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    if row.text("body")? != once.body {
        return Err(StoreError::Refused(Code::IdempotencyKeyReused.into()));
    }
    let overtaken = row.flag("again")? && row.time("created_at")? > once.arrived;
    Ok(if once.again || overtaken { Some(row.text("resource")?) } else { None })
}

/// Notes what was made, and forgets what is too old to be asked for.
pub(super) async fn record(
    tx: &mut Connection<'_>,
    once: Option<&Once>,
    resource: Uuid,
    now: Timestamp,
) -> StoreResult<()> {
    let Some(once) = once else { return Ok(()) };
    query("DELETE FROM made WHERE expires_at <= $1").bind(now.0).execute(&mut *tx).await?;
    query(
        "INSERT INTO made (id, body, resource, again, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body, resource = excluded.resource, again = excluded.again,
             created_at = excluded.created_at, expires_at = excluded.expires_at",
    )
    .bind(&once.id)
    .bind(&once.body)
    .bind(resource.to_string())
    .bind(i64::from(once.again))
    .bind(now.0)
    .bind(now.plus_ms(once.kept_ms).0)
    .execute(tx)
    .await?;
    Ok(())
}
