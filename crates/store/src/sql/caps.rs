//! How many jobs of one batch and of one project may run at a time, and be started in a minute.

use docmill_model::Timestamp;

use super::claim::Lane;
use crate::database::row::push_list;
use crate::database::{Connection, QueryBuilder, query};
use crate::error::StoreResult;
use crate::records::{Cap, Caps};

/// What a rate lets start at once, as the time that it would take: workers that ask now and then still reach it.
const BURST_MS: f64 = 10_000.0;

/// Gives every lane the room that its caps leave, and notes which batches they hold back. The lanes are the claim's own
/// until it commits.
pub(super) async fn apply(tx: &mut Connection<'_>, caps: Caps, lanes: &mut [Lane], now: Timestamp) -> StoreResult<()> {
    if caps.batch != Cap::default() {
        for lane in lanes.iter_mut() {
            lane.room = lane.room.min(room(tx, caps.batch, "lane", &lane.id, lane.paid_until, now).await?);
        }
    }
    let mut projects: Vec<(String, Cap)> =
        lanes.iter().map(|lane| (lane.project.clone(), of_project(lane, caps))).collect();
    projects.sort_by(|a, b| a.0.cmp(&b.0));
    projects.dedup();
    for (project, cap) in projects.into_iter().filter(|(_, cap)| *cap != Cap::default()) {
        // One claim at a time counts a project; another leaves its lanes to that one.
        let mut left = match paid_until(tx, &project).await? {
            Some(paid_until) => room(tx, cap, "project_id", &project, paid_until, now).await?,
            None => 0,
        };
        let mut shares = lanes.iter().filter(|lane| lane.project == project).count() as u32;
        for lane in lanes.iter_mut().filter(|lane| lane.project == project) {
            lane.room = lane.room.min(left.div_ceil(shares));
            left -= lane.room;
            shares -= 1;
        }
    }
    let held: Vec<String> = lanes.iter().filter(|lane| lane.room == 0).map(|lane| lane.id.clone()).collect();
    note(tx, held, now).await
}

/// Whoever has a rate pays for what is started.
pub(super) async fn pay(tx: &mut Connection<'_>, caps: Caps, lanes: &[Lane], now: Timestamp) -> StoreResult<()> {
    for lane in lanes {
        for (table, id, cap) in [("lane", &lane.id, caps.batch), ("project", &lane.project, of_project(lane, caps))] {
            let Some(each) = cap.jobs_per_minute.map(interval_ms) else { continue };
            let mut update = QueryBuilder::new(format!("UPDATE {table} SET paid_until = "));
            update.push_bind(f64::from(lane.taken) * each);
            update.push(" + CASE WHEN paid_until > ").push_bind(now.0 as f64);
            update
                .push(" THEN paid_until ELSE ")
                .push_bind(now.0 as f64)
                .push(" END WHERE id = ")
                .push_bind(id.as_str());
            update.build().execute(tx).await?;
        }
    }
    Ok(())
}

/// What the project's own shares say goes before what all have; 0 is any number.
fn of_project(lane: &Lane, caps: Caps) -> Cap {
    let first = |own: Option<u32>, all: Option<u32>| own.or(all).filter(|most| *most > 0);
    Cap {
        jobs_max: first(lane.shares.jobs_max, caps.project.jobs_max),
        jobs_per_minute: first(lane.shares.jobs_per_minute, caps.project.jobs_per_minute),
    }
}

/// How many more jobs the cap lets start of those whose `column` is `id`.
async fn room(
    tx: &mut Connection<'_>,
    cap: Cap,
    column: &'static str,
    id: &str,
    paid_until: f64,
    now: Timestamp,
) -> StoreResult<u32> {
    let mut room = cap.jobs_per_minute.map_or(u32::MAX, |rate| affordable(rate, paid_until, now));
    if let Some(most) = cap.jobs_max {
        room = room.min(most.saturating_sub(running(tx, column, id).await?));
    }
    Ok(room)
}

/// Milliseconds between two starts.
fn interval_ms(jobs_per_minute: u32) -> f64 {
    60_000.0 / f64::from(jobs_per_minute.max(1))
}

/// The generic cell rate algorithm: every start pays one interval, and nobody may be ahead by more than the burst.
fn affordable(jobs_per_minute: u32, paid_until: f64, now: Timestamp) -> u32 {
    let (now, each) = (now.0 as f64, interval_ms(jobs_per_minute));
    let ahead = (paid_until - now).max(0.0);
    // Not less than nothing; a rounding error in the time is no lost job.
    ((BURST_MS.max(each) - ahead) / each + 1e-6).max(0.0) as u32
}

async fn running(tx: &mut Connection<'_>, column: &'static str, id: &str) -> StoreResult<u32> {
    let mut count =
        QueryBuilder::new(format!("SELECT COUNT(*) AS running FROM job WHERE status = 'RUNNING' AND {column} = "));
    count.push_bind(id);
    count.build().fetch_one(tx).await?.count("running")
}

/// `None` when another claim counts the project.
async fn paid_until(tx: &mut Connection<'_>, project: &str) -> StoreResult<Option<f64>> {
    let mut lock = QueryBuilder::new("SELECT paid_until FROM project WHERE id = ");
    lock.push_bind(project).push(tx.counted_unless_held());
    lock.build().fetch_optional(tx).await?.map(|row| row.real("paid_until")).transpose()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// How many may start under a rate, `ahead` milliseconds being paid for already.
    fn check(jobs_per_minute: u32, ahead: f64, expected: u32) {
        const NOW: i64 = 1_700_000_000_000;
        assert_eq!(affordable(jobs_per_minute, NOW as f64 + ahead, Timestamp(NOW)), expected);
    }

    #[test]
    fn a_rate_lets_ten_seconds_worth_start_at_once_and_at_least_one_job() {
        check(60, -5_000.0, 10);
        check(60, 0.0, 10);
        check(60, 9_000.0, 1);
        check(60, 9_001.0, 0);
        check(60, 60_000.0, 0);
        check(6_000, 0.0, 1_000);
        check(1, 0.0, 1);
        check(1, 1.0, 0);
        check(7, 8_571.428_571, 0);
    }
}
