//! The secrets of signed links.

use crate::database::{Connection, Row, query};
use docmill_model::Timestamp;
use uuid::Uuid;

use crate::error::StoreResult;
use crate::records::{SigningKey, SigningKeys};

/// The newest secret and the one before it; `None` in a store that never signed anything.
pub(super) async fn keys(connection: &mut Connection<'_>) -> StoreResult<Option<SigningKeys>> {
    let rows =
        query("SELECT * FROM signing_key ORDER BY created_at DESC, id DESC LIMIT 2").fetch_all(connection).await?;
    let mut keys = rows.iter().map(signing_key).collect::<StoreResult<Vec<_>>>()?.into_iter();
    Ok(keys.next().map(|current| SigningKeys { current, predecessor: keys.next() }))
}

/// Makes a new secret unless another caller was quicker, and forgets those before its predecessor.
pub(super) async fn rotate(tx: &mut Connection<'_>, now: Timestamp, rotate_after_ms: i64) -> StoreResult<SigningKeys> {
    let found = keys(tx).await?;
    let predecessor = match found {
        Some(keys) if now.since_ms(keys.current.created_at) <= rotate_after_ms => return Ok(keys),
        found => found.map(|keys| keys.current),
    };
    // 244 random bits from the system.
    let secret = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let id = Uuid::now_v7().to_string();
    let oldest_kept = predecessor.as_ref().map_or(now.0, |key| key.created_at.0);
    query("DELETE FROM signing_key WHERE created_at < $1").bind(oldest_kept).execute(&mut *tx).await?;
    query("INSERT INTO signing_key (id, secret, created_at) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(&secret)
        .bind(now.0)
        .execute(tx)
        .await?;
    Ok(SigningKeys { current: SigningKey { secret, created_at: now }, predecessor })
}

fn signing_key(row: &Row) -> StoreResult<SigningKey> {
    Ok(SigningKey { secret: row.text("secret")?, created_at: row.time("created_at")? })
}
