//! How many jobs of one batch and of one project may run at a time.

use docmill_model::Timestamp;

use super::claim::Lane;
use crate::database::row::push_list;
use crate::database::{Connection, QueryBuilder, query};
use crate::error::StoreResult;
use crate::records::Caps;

/// Gives every lane the room that its caps leave, and notes which batches they hold back. The lanes are the claim's own
/// until it commits.
pub(super) async fn apply(tx: &mut Connection<'_>, caps: Caps, lanes: &mut [Lane], now: Timestamp) -> StoreResult<()> {
    if let Some(most) = caps.batch_jobs_max {
        for lane in lanes.iter_mut() {
            lane.room = lane.room.min(most.saturating_sub(running(tx, "lane", &lane.id).await?));
        }
    }
    if let Some(most) = caps.project_jobs_max {
        let mut projects: Vec<String> = lanes.iter().map(|lane| lane.project.clone()).collect();
        projects.sort();
        projects.dedup();
        for project in projects {
            // One claim at a time counts a project; another leaves its lanes to that one.
            let room = match is_free(tx, &project).await? {
                true => most.saturating_sub(running(tx, "project_id", &project).await?),
                false => 0,
            };
            let mut shares = lanes.iter().filter(|lane| lane.project == project).count() as u32;
            let mut left = room;
            for lane in lanes.iter_mut().filter(|lane| lane.project == project) {
                lane.room = lane.room.min(left.div_ceil(shares));
                left -= lane.room;
                shares -= 1;
            }
        }
    }
    let held: Vec<String> = lanes.iter().filter(|lane| lane.room == 0).map(|lane| lane.id.clone()).collect();
    note(tx, held, now).await
}

async fn running(tx: &mut Connection<'_>, column: &'static str, id: &str) -> StoreResult<u32> {
    let mut count =
        QueryBuilder::new(format!("SELECT COUNT(*) AS running FROM job WHERE status = 'RUNNING' AND {column} = "));
    count.push_bind(id);
    count.build().fetch_one(tx).await?.count("running")
}

async fn is_free(tx: &mut Connection<'_>, project: &str) -> StoreResult<bool> {
    let mut lock = QueryBuilder::new("SELECT id FROM project WHERE id = ");
    lock.push_bind(project).push(tx.locked_unless_held());
    Ok(lock.build().fetch_optional(tx).await?.is_some())
}

/// Batches that could start something, have nothing running, and may not: since when, for those who ask.
async fn note(tx: &mut Connection<'_>, held: Vec<String>, now: Timestamp) -> StoreResult<()> {
    if held.is_empty() {
        return Ok(());
    }
    let mut update = QueryBuilder::new("UPDATE batch SET throttled_since = ");
    update.push_bind(now.0).push(" WHERE throttled_since IS NULL AND id IN ");
    push_list(&mut update, held);
    update.push(" AND NOT EXISTS (SELECT 1 FROM job WHERE job.status = 'RUNNING' AND job.lane = batch.id)");
    update.build().execute(tx).await?;
    Ok(())
}

/// Something of the batch starts.
pub(super) async fn forget(tx: &mut Connection<'_>, batch: &str) -> StoreResult<()> {
    query("UPDATE batch SET throttled_since = NULL WHERE id = $1 AND throttled_since IS NOT NULL")
        .bind(batch)
        .execute(tx)
        .await?;
    Ok(())
}
