//! Which jobs are leased next: stride scheduling over lanes (start-time fair queueing).
//!
//! Each lane has a virtual time that grows by 1 / weight with every job taken; the lane with the least is next. A
//! lane that was empty starts at the queue's own virtual time, so a late batch of ten behind one of a thousand gets
//! its share at once, and a lane that idled gets no credit for it.

use crate::database::{Connection, QueryBuilder, Row, query};
use docmill_model::options::JobOptions;
use docmill_model::{BatchId, Code, Failure, JobId, JobStatus, ProjectId, Timestamp};

use super::batches::begin_batch;
use super::finish::{Next, apply};
use super::settle::{Ended, fail_batch};
use crate::database::row::push_list;
use crate::error::{StoreError, StoreResult};
use crate::records::ClaimedJob;

/// Who leases, until when.
pub(super) struct Lease<'a> {
    pub(super) worker: &'a str,
    pub(super) until: Timestamp,
}

struct Lane {
    id: String,
    weight: f64,
    /// Virtual start time of the lane's next job.
    start: f64,
    taken: u32,
    /// The batch's snapshot; `None` for a lane of single jobs, which carry their own options.
    options: Option<Result<JobOptions, StoreError>>,
    /// The batch has begun, and its pace is measured.
    is_begun: bool,
}

/// Takes up to `count` due jobs, and says whether somebody is told of it. The caller commits.
pub(super) async fn claim(
    tx: &mut Connection<'_>,
    lease: &Lease<'_>,
    count: u32,
    now: Timestamp,
) -> StoreResult<(Vec<ClaimedJob>, bool)> {
    let mut claimed = Vec::new();
    let mut ended = Ended::default();
    let mut vtime = query("SELECT vtime FROM queue WHERE id = 1").fetch_one(&mut *tx).await?.real("vtime")?;
    let mut wanted = count;
    while wanted > 0 {
        // A lane may have fewer due jobs than its share; the next round gives the rest to the others.
        let mut lanes = due_lanes(tx, vtime, wanted, now).await?;
        if lanes.is_empty() {
            break;
        }
        share(&mut lanes, wanted);
        lanes.retain(|lane| lane.taken > 0);
        take(tx, lease, &mut lanes, now, &mut ended, &mut claimed).await?;
        for lane in lanes.iter().filter(|lane| lane.taken > 0) {
            wanted -= lane.taken.min(wanted);
            vtime = vtime.max(lane.start + f64::from(lane.taken - 1) / lane.weight);
        }
    }
    query("UPDATE queue SET vtime = $1 WHERE id = 1 AND vtime < $1").bind(vtime).execute(&mut *tx).await?;
    let told = ended.settle(tx, now).await?;
    Ok((claimed, told))
}

/// Lanes with a due job, the next ones first.
async fn due_lanes(tx: &mut Connection<'_>, vtime: f64, wanted: u32, now: Timestamp) -> StoreResult<Vec<Lane>> {
    let rows = query(
        "SELECT lane.id, lane.weight, CASE WHEN lane.vtime > $1 THEN lane.vtime ELSE $1 END AS start, batch.options,
             batch.status = 'RUNNING' AND batch.pace_from IS NOT NULL AS is_begun
         FROM lane LEFT JOIN batch ON batch.id = lane.id
         WHERE EXISTS (SELECT 1 FROM job WHERE job.lane = lane.id AND job.status = 'PENDING' AND job.run_at <= $2)
         ORDER BY start, lane.id LIMIT $3",
    )
    .bind(vtime)
    .bind(now.0)
    .bind(i64::from(wanted))
    .fetch_all(tx)
    .await?;
    rows.iter().map(lane).collect()
}

fn lane(row: &Row) -> StoreResult<Lane> {
    let options = row.text_opt("options")?.map(|_| row.json("options"));
    // NULL for a lane without a batch, which has nothing to begin.
    let is_begun = options.is_none() || row.flag("is_begun")?;
    Ok(Lane {
        id: row.text("id")?,
        weight: row.real("weight")?,
        start: row.real("start")?,
        taken: 0,
        options,
        is_begun,
    })
}

/// Deals `wanted` jobs to the lanes, each to the lane whose virtual time is least; ties go to the first.
fn share(lanes: &mut [Lane], wanted: u32) {
    for _ in 0..wanted {
        let next = |lane: &Lane| lane.start + f64::from(lane.taken) / lane.weight;
        if let Some(lane) = lanes.iter_mut().min_by(|a, b| next(a).total_cmp(&next(b))) {
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
    Ok(update.build().fetch_all(tx).await?)
}

/// The virtual time of every lane after its share.
async fn advance(tx: &mut Connection<'_>, lanes: &[Lane]) -> StoreResult<()> {
    let mut update = QueryBuilder::new("UPDATE lane SET vtime = CASE id");
    for lane in lanes {
        update.push(" WHEN ").push_bind(lane.id.as_str());
        update.push(" THEN ").push_bind(lane.start + f64::from(lane.taken) / lane.weight);
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

    /// `(start, weight)` of each lane and how many of `wanted` jobs each gets.
    fn check(lanes: &[(f64, f64)], wanted: u32, expected: &[u32]) {
        let mut lanes: Vec<Lane> = lanes
            .iter()
            .map(|(start, weight)| Lane {
                id: String::new(),
                weight: *weight,
                start: *start,
                taken: 0,
                options: None,
                is_begun: true,
            })
            .collect();
        share(&mut lanes, wanted);
        let taken: Vec<u32> = lanes.iter().map(|lane| lane.taken).collect();
        assert_eq!(taken, expected);
    }

    #[test]
    fn jobs_are_dealt_by_virtual_time_and_weight() {
        check(&[(0.0, 1.0)], 4, &[4]);
        check(&[(5.0, 1.0), (5.0, 1.0)], 5, &[3, 2]);
        check(&[(0.0, 1.0), (3.0, 1.0)], 4, &[4, 0]);
        check(&[(0.0, 2.0), (0.0, 1.0)], 6, &[4, 2]);
        check(&[], 3, &[]);
    }
}
