//! What jobs wait in: a lane a batch, and one for the single jobs of a project.

use crate::database::{Connection, query};
use crate::error::StoreResult;

/// The lane for jobs that are about to be inserted. One in which nothing waits begins where the queue stands: as a new
/// one does, without credit for the time that it was empty.
pub(super) async fn begin(tx: &mut Connection<'_>, lane: &str, project: &str) -> StoreResult<()> {
    // Looked for first: on PostgreSQL an INSERT would be in the way of every claim of the lane.
    let there = query("SELECT 1 FROM lane WHERE id = $1").bind(lane).fetch_optional(&mut *tx).await?;
    if there.is_none() {
        return insert(tx, lane, project).await;
    }
    query(
        "UPDATE lane SET vtime = (SELECT vtime FROM queue WHERE id = 1)
         WHERE id = $1 AND vtime < (SELECT vtime FROM queue WHERE id = 1)
             AND NOT EXISTS (SELECT 1 FROM job WHERE job.lane = lane.id AND job.status = 'PENDING')",
    )
    .bind(lane)
    .execute(tx)
    .await?;
    Ok(())
}

async fn insert(tx: &mut Connection<'_>, lane: &str, project: &str) -> StoreResult<()> {
    query(
        "INSERT INTO lane (id, project_id, vtime) SELECT $1, $2, vtime FROM queue WHERE id = 1
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(lane)
    .bind(project)
    .execute(tx)
    .await?;
    Ok(())
}

/// Answers whether the lane is there. One that goes first for a while pays nothing for it afterwards: from then on it
/// stands where the queue stands.
pub(super) async fn prioritise(tx: &mut Connection<'_>, lane: &str, priority: i32) -> StoreResult<bool> {
    let found = query(
        "UPDATE lane SET priority = $2, vtime = CASE WHEN vtime > (SELECT vtime FROM queue WHERE id = 1)
             THEN (SELECT vtime FROM queue WHERE id = 1) ELSE vtime END WHERE id = $1",
    )
    .bind(lane)
    .bind(i64::from(priority))
    .execute(tx)
    .await?;
    Ok(found > 0)
}

/// The batch is over.
pub(super) async fn end(tx: &mut Connection<'_>, lane: &str) -> StoreResult<()> {
    query("DELETE FROM lane WHERE id = $1").bind(lane).execute(tx).await?;
    Ok(())
}
