//! Which jobs are leased next: stride scheduling over lanes (start-time fair queueing).
//!
//! Each lane has a virtual time that grows with every job taken, by the number of lanes that its project has, divided
//! by the project's weight; the lane with the least is next. So projects share alike, and within a project its batches
//! do. A lane that was empty starts at the queue's own virtual time (`lanes`), so a late batch of ten behind one of a
//! thousand gets its share at once, and a lane that idled gets no credit for it.
//!
//! On PostgreSQL a claim holds its lanes until it commits; others take other lanes meanwhile. Nothing else waits for a
//! lane but the end of its batch. Priorities come before all that: while a lane of a higher one has work that may start,
//! lanes of lower ones wait.

use std::collections::HashMap;

use crate::database::{Connection, QueryBuilder, Row};

use docmill_model::options::JobOptions;
use docmill_model::{BatchId, Code, Failure, JobId, JobStatus, ProjectId, Timestamp};

use super::batches::begin_batch;
use super::caps;
use super::finish::{Next, apply};
use super::keys::shares;
use super::settle::{Ended, fail_batch};
use crate::database::row::push_list;
use crate::error::{StoreError, StoreResult};
use crate::records::{Caps, ClaimedJob, Shares};

/// Who leases, until when.
pub(super) struct Lease<'a> {
    pub(super) worker: &'a str,
    pub(super) until: Timestamp,
}

pub(super) struct Lane {
    pub(super) id: String,
    pub(super) project: String,
    /// The project's.
    pub(super) shares: Shares,
    /// Until when what the lane started is paid for, Unix milliseconds.
    pub(super) paid_until: f64,
    /// Those of a higher one go first.
    priority: i64,
    /// By how much the virtual time grows with a job.
    stride: f64,
    /// Virtual start time of the lane's next job.
    start: f64,
    pub(super) taken: u32,
    /// No more than this may be taken.
    pub(super) room: u32,
    /// The batch's snapshot; `None` for a lane of single jobs, which carry their own options.
    options: Option<Result<JobOptions, StoreError>>,
    /// The batch has begun, its pace is measured, and no cap held it back.
    is_begun: bool,
}

/// What a claim does about lanes that others hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Round {
    /// Leaves them out.
    Free,
    /// Waits for the next one.
    Waiting,
}

/// Lanes of one claim. Few, so that an end of the group touches few batches; every claim begins with the lane that is
/// next, so that none waits longer for it.
const LANES_MAX: u32 = 2;
/// Jobs that a lane whose jobs had to wait (for their next try) may be behind; what it missed beyond that is lost.
const CREDIT: f64 = 64.0;

/// Takes up to `count` due jobs, and says whether somebody is told of it. The caller commits.
pub(super) async fn claim(
    tx: &mut Connection<'_>,
    lease: &Lease<'_>,
    count: u32,
    caps: Caps,
    now: Timestamp,
) -> StoreResult<(Vec<ClaimedJob>, bool)> {
    let mut claimed = Vec::new();
    let mut ended = Ended::default();
    // Lanes from which no more can be taken.
    let mut empty = Vec::new();
    let mut wanted = count;
    let mut round = Round::Free;
    while wanted > 0 {
        let mut lanes = due_lanes(tx, &empty, round, now).await?;
        if lanes.is_empty() {
            // Others may hold all lanes that are due: whoever has nothing yet waits for the first, once.
            if round == Round::Waiting || !claimed.is_empty() || !empty.is_empty() || !tx.is_shared() {
                break;
            }
            round = Round::Waiting;
            continue;
        }
        round = Round::Free;
        caps::apply(tx, caps, &mut lanes, now).await?;
        share(&mut lanes, wanted);
        empty.extend(lanes.iter().filter(|lane| lane.taken >= lane.room).map(|lane| lane.id.clone()));
        lanes.retain(|lane| lane.taken > 0);
        let asked: HashMap<String, u32> = lanes.iter().map(|lane| (lane.id.clone(), lane.taken)).collect();
        take(tx, lease, &mut lanes, now, &mut ended, &mut claimed).await?;
        caps::pay(tx, caps, &lanes, now).await?;
        // Also those whose batch had to be failed, which are left out of `lanes`.
        let taken: HashMap<&str, u32> = lanes.iter().map(|lane| (lane.id.as_str(), lane.taken)).collect();
        empty.extend(asked.iter().filter(|(id, asked)| taken.get(id.as_str()) < Some(asked)).map(|(id, _)| id.clone()));
        let taken: u32 = taken.values().sum();
        let last = |lane: &Lane| lane.start + f64::from(lane.taken - 1) * lane.stride;
        if let Some(least) = lanes.iter().filter(|lane| lane.taken > 0).map(last).min_by(f64::total_cmp) {
            move_queue(tx, least, now).await?;
        }
        wanted -= taken.min(wanted);
    }
    let told = ended.settle(tx, now).await?;
    Ok((claimed, told))
}

/// The next lanes with a due job, without those of `empty`.
async fn due_lanes(tx: &mut Connection<'_>, empty: &[String], round: Round, now: Timestamp) -> StoreResult<Vec<Lane>> {
    let mut find = QueryBuilder::new(
        "SELECT lane.id, lane.project_id, project.weight, project.jobs_max, project.jobs_per_minute, lane.paid_until,
             lane.priority, queue.vtime AS queue_vtime, lane.vtime, batch.options,
             batch.status = 'RUNNING' AND batch.pace_from IS NOT NULL AND batch.throttled_since IS NULL AS is_begun,
             (SELECT COUNT(*) FROM lane AS other WHERE other.project_id = lane.project_id) AS lanes
         FROM lane JOIN queue ON queue.id = 1 JOIN project ON project.id = lane.project_id LEFT JOIN batch ON batch.id = lane.id WHERE ",
    );
    push_due(&mut find, now);
    if !empty.is_empty() {
        find.push(" AND lane.id NOT IN ");
        push_list(&mut find, empty.iter().cloned());
    }
    let (lanes, lock) = match round {
        Round::Free => (LANES_MAX, tx.locked_of_unless_held("lane")),
        Round::Waiting => (1, tx.locked_of("lane")),
    };
    find.push(" ORDER BY lane.priority DESC, lane.vtime, lane.id LIMIT ").push_bind(i64::from(lanes)).push(lock);
    find.build().fetch_all(tx).await?.iter().map(lane).collect()
}

/// The lane has a due job. Not as EXISTS, which PostgreSQL turns into a join with all that is queued when its statistics
/// are older than the queue: one look into `job_ready` a lane is what this costs, however long the queue is.
fn push_due(sql: &mut QueryBuilder, now: Timestamp) {
    sql.push("(SELECT 1 FROM job WHERE job.lane = lane.id AND job.status = 'PENDING' AND job.run_at <= ");
    sql.push_bind(now.0).push(" ORDER BY job.run_at LIMIT 1) IS NOT NULL");
}

fn lane(row: &Row) -> StoreResult<Lane> {
    let options = row.text_opt("options")?.map(|_| row.json("options"));
    // NULL for a lane without a batch, which has nothing to begin.
    let is_begun = options.is_none() || row.flag("is_begun")?;
    let shares = shares(row)?;
    let stride = f64::from(row.count("lanes")?.max(1)) / shares.weight;
    Ok(Lane {
        id: row.text("id")?,
        project: row.text("project_id")?,
        shares,
        paid_until: row.real("paid_until")?,
        priority: row.int("priority")?,
        stride,
        start: row.real("vtime")?.max(row.real("queue_vtime")? - CREDIT * stride),
        taken: 0,
        room: u32::MAX,
        options,
        is_begun,
    })
}

/// The queue's virtual time is where the lane stands that is next: it follows a claim when no lane with work stands
/// before. Two claims at a time mean about the same time: who finds the row held leaves it to the other.
async fn move_queue(tx: &mut Connection<'_>, time: f64, now: Timestamp) -> StoreResult<()> {
    let mut update = QueryBuilder::new("UPDATE queue SET vtime = ");
    update.push_bind(time).push(" WHERE id IN (SELECT id FROM queue WHERE id = 1 AND vtime < ");
    update.push_bind(time).push(tx.locked_unless_held()).push(") AND (SELECT 1 FROM lane WHERE lane.vtime < ");
    update.push_bind(time).push(" AND ");
    push_due(&mut update, now);
    update.push(" ORDER BY lane.vtime, lane.id LIMIT 1) IS NULL");
    update.build().execute(tx).await?;
    Ok(())
}

/// Deals `wanted` jobs to the lanes of the highest priority that have room, each to the lane whose virtual time is least;
/// ties go to the first.
fn share(lanes: &mut [Lane], wanted: u32) {
    for _ in 0..wanted {
        let next = |lane: &Lane| lane.start + f64::from(lane.taken) * lane.stride;
        let open = lanes.iter_mut().filter(|lane| lane.taken < lane.room);
        if let Some(lane) = open.min_by(|a, b| b.priority.cmp(&a.priority).then(next(a).total_cmp(&next(b)))) {
            lane.taken += 1;
        }
    }
}

/// Leases each lane's share, or ends the batch whose snapshot cannot be read; `taken` says afterwards how many jobs left
/// the queue. One statement for all lanes: with many small documents, the round trips are what a claim costs.
async fn take(
    tx: &mut Connection<'_>,
    lease: &Lease<'_>,
    lanes: &mut Vec<Lane>,
    now: Timestamp,
    ended: &mut Ended,
    claimed: &mut Vec<ClaimedJob>,
) -> StoreResult<()> {
    for lane in lanes.iter() {
        if let Some(Err(error)) = &lane.options {
            tracing::error!(batch = lane.id, %error, "the options of the batch cannot be read");
            fail_batch(tx, &lane.id, &Failure::from(Code::BatchSnapshotUnreadable), now, ended).await?;
        }
    }
    lanes.retain(|lane| !matches!(lane.options, Some(Err(_))));
    if lanes.is_empty() {
        return Ok(());
    }
    // Batches in the order in which every step takes them.
    lanes.sort_by(|a, b| a.id.cmp(&b.id));
    let mut rows = lease_jobs(tx, lease, lanes, now).await?;
    rows.sort_by_cached_key(|row| row.text("id").unwrap_or_default());
    for lane in lanes.iter_mut() {
        lane.taken = 0;
        let options = lane.options.as_ref().and_then(|options| options.as_ref().ok());
        for row in rows.iter().filter(|row| row.text("lane").is_ok_and(|of| of == lane.id)) {
            lane.taken += 1;
            begin_job(tx, row, options, now, ended, claimed).await?;
        }
        if !lane.is_begun {
            begin_batch(tx, &lane.id, now, &mut ended.outbox).await?;
            caps::forget(tx, &lane.id).await?;
        }
    }
    advance(tx, lanes).await
}

async fn begin_job(
    tx: &mut Connection<'_>,
    row: &Row,
    options: Option<&JobOptions>,
    now: Timestamp,
    ended: &mut Ended,
    claimed: &mut Vec<ClaimedJob>,
) -> StoreResult<()> {
    // Later attempts of a job are no news.
    if row.count("attempt")? == 1 {
        ended.outbox.job(row, JobStatus::Running, false)?;
    }
    match claimed_job(row, options) {
        Ok(job) => claimed.push(job),
        Err(error) => {
            let id = row.text("id")?;
            tracing::error!(job = id, %error, "the job cannot be read");
            let next = Next::ended(id, row.text_opt("batch_id")?, JobStatus::Failed, Code::Internal.into(), now);
            apply(tx, vec![next], now, ended).await?;
        }
    }
    Ok(())
}

async fn lease_jobs(
    tx: &mut Connection<'_>,
    lease: &Lease<'_>,
    lanes: &[Lane],
    now: Timestamp,
) -> StoreResult<Vec<Row>> {
    let mut update = QueryBuilder::new("UPDATE job SET status = 'RUNNING', attempt = attempt + 1, worker = ");
    update.push_bind(lease.worker).push(", lease_until = ").push_bind(lease.until.0);
    update.push(", pages_done = 0, started_at = COALESCE(started_at, ").push_bind(now.0);
    update.push("), updated_at = ").push_bind(now.0).push(" WHERE id IN (");
    for (index, lane) in lanes.iter().enumerate() {
        update.push(if index == 0 { "SELECT id FROM (" } else { " UNION ALL SELECT id FROM (" });
        update.push("SELECT id FROM job WHERE lane = ").push_bind(lane.id.as_str());
        update.push(" AND status = 'PENDING' AND run_at <= ").push_bind(now.0);
        update.push(" ORDER BY run_at, id LIMIT ").push_bind(i64::from(lane.taken));
        update.push(tx.locked_unless_held()).push(") AS due");
    }
    update.push(") RETURNING id, lane, attempt, project_id, product, batch_id, options, source, strikes, webhooks");
    update.build().fetch_all(tx).await
}

/// The virtual time of every lane after its share.
async fn advance(tx: &mut Connection<'_>, lanes: &[Lane]) -> StoreResult<()> {
    let mut update = QueryBuilder::new("UPDATE lane SET vtime = CASE id");
    for lane in lanes {
        update.push(" WHEN ").push_bind(lane.id.as_str());
        update.push(" THEN ").push_bind(lane.start + f64::from(lane.taken) * lane.stride);
    }
    update.push(" END WHERE id IN ");
    push_list(&mut update, lanes.iter().map(|lane| lane.id.clone()));
    update.build().execute(tx).await?;
    Ok(())
}

fn claimed_job(row: &Row, snapshot: Option<&JobOptions>) -> StoreResult<ClaimedJob> {
    let attempt = row.count("attempt")?;
    Ok(ClaimedJob {
        id: JobId::from_uuid(row.product()?, row.uuid("id")?),
        attempt,
        project: ProjectId::from_uuid(row.uuid("project_id")?),
        batch: row.uuid_opt("batch_id")?.map(BatchId::from_uuid),
        // A job that was retried with other options has its own.
        options: match (row.json_opt("options")?, snapshot) {
            (Some(own), _) => own,
            (None, Some(snapshot)) => snapshot.clone(),
            (None, None) => return Err(StoreError::Corrupt("a job without options".to_owned())),
        },
        source: row.json("source")?,
        strikes: row.count("strikes")?,
        tries: attempt.saturating_sub(1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(priority, start, stride, room)` of each lane and how many of `wanted` jobs each gets.
    fn check(lanes: &[(i64, f64, f64, u32)], wanted: u32, expected: &[u32]) {
        let mut lanes: Vec<Lane> = lanes
            .iter()
            .map(|(priority, start, stride, room)| Lane {
                id: String::new(),
                project: String::new(),
                shares: Shares::default(),
                paid_until: 0.0,
                priority: *priority,
                stride: *stride,
                start: *start,
                taken: 0,
                room: *room,
                options: None,
                is_begun: true,
            })
            .collect();
        share(&mut lanes, wanted);
        let taken: Vec<u32> = lanes.iter().map(|lane| lane.taken).collect();
        assert_eq!(taken, expected);
    }

    #[test]
    fn jobs_are_dealt_by_priority_virtual_time_and_weight() {
        const ANY: u32 = u32::MAX;
        check(&[(0, 0.0, 1.0, ANY)], 4, &[4]);
        check(&[(0, 5.0, 1.0, ANY), (0, 5.0, 1.0, ANY)], 5, &[3, 2]);
        check(&[(0, 0.0, 1.0, ANY), (0, 3.0, 1.0, ANY)], 4, &[4, 0]);
        check(&[(0, 0.0, 0.5, ANY), (0, 0.0, 1.0, ANY)], 6, &[4, 2]);
        check(&[(0, 0.0, 1.0, 1), (0, 0.0, 1.0, ANY)], 6, &[1, 5]);
        check(&[(0, 0.0, 1.0, 1), (0, 0.0, 1.0, 0)], 6, &[1, 0]);
        check(&[(0, 0.0, 1.0, ANY), (1, 9.0, 1.0, 4)], 6, &[2, 4]);
        check(&[], 3, &[]);
    }
}
