//! Leases and how they end. Every end of a lease is decided here in Rust, over rows read in the same transaction, and
//! written by one UPDATE for the whole group.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use crate::database::{Connection, Isolation, QueryBuilder, Row, again, query};
use async_trait::async_trait;
use docmill_model::{Code, Failure, JobStatus, Timestamp};
use tokio::sync::watch;

use super::SqlStore;
use super::claim::{Lease, claim};
use super::settle::Ended;
use crate::database::row::{push_list, to_json};
use crate::error::{StoreError, StoreResult};
use crate::records::{Beat, Caps, ClaimedJob, Finish, LeaseState, Outcome, QueueDepth};
use crate::traits::Queue;

/// Rows of one statement.
const ROWS: usize = 64;

/// How often a worker is noted as seen, and how long that is kept.
const SEEN_EVERY_MS: i64 = 5_000;
const SEEN_KEPT_MS: i64 = 86_400_000;

pub(super) const LEASED: &str = "SELECT id, batch_id, attempt, expiries, cancel_requested, source_deleted FROM job
     WHERE status = 'RUNNING'";

#[async_trait]
impl Queue for SqlStore {
    async fn job_claim(&self, worker: &str, count: u32, lease_ms: i64, caps: Caps) -> StoreResult<Vec<ClaimedJob>> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin_with(Isolation::Locks).await?;
            let now = self.now();
            if tx.is_shared() && now.since_ms(Timestamp(self.last_claim.load(Ordering::Relaxed))) >= SEEN_EVERY_MS {
                note_worker(&mut tx, worker, now).await?;
            }
            self.last_claim.store(now.0, Ordering::Relaxed);
            let (claimed, told) =
                claim(&mut tx, &Lease { worker, until: now.plus_ms(lease_ms) }, count, caps, now).await?;
            tx.commit().await?;
            if told {
                self.announce();
            }
            Ok(claimed)
        })
        .await
    }

    async fn job_heartbeat(&self, worker: &str, beats: &[Beat], lease_ms: i64) -> StoreResult<Vec<LeaseState>> {
        if beats.is_empty() {
            return Ok(Vec::new());
        }
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin_with(Isolation::Locks).await?;
            let now = self.now();
            let lease = Lease { worker, until: now.plus_ms(lease_ms) };
            let mut held = HashMap::with_capacity(beats.len());
            for part in beats.chunks(ROWS) {
                renew(&mut tx, &lease, part, now, &mut held).await?;
            }
            tx.commit().await?;
            Ok(beats.iter().map(|beat| held.get(&key(beat)).copied().unwrap_or(LeaseState::Lost)).collect())
        })
        .await
    }

    async fn job_finish(&self, worker: &str, finishes: Vec<Finish>) -> StoreResult<Vec<bool>> {
        if finishes.is_empty() {
            return Ok(Vec::new());
        }
        again(|| async {
            let finishes = finishes.clone();
            let mut writer = self.writer().await;
            let mut tx = writer.begin_with(Isolation::Locks).await?;
            let now = self.now();
            let mut leased = leased_by(&mut tx, worker, &finishes).await?;
            let mut accepted = Vec::with_capacity(finishes.len());
            let mut nexts = Vec::with_capacity(finishes.len());
            for finish in finishes {
                // Taken out by the finish that holds the lease, so that a second one in the same group finds nothing; a
                // stale one must leave it for the one that holds.
                let key = finish.job.uuid().to_string();
                let holds = leased.get(&key).is_some_and(|job| job.attempt == finish.attempt);
                let job = if holds { leased.remove(&key) } else { None };
                accepted.push(job.is_some());
                if let Some(job) = job {
                    nexts.push(outcome(job, finish.outcome, now)?);
                }
            }
            let mut ended = Ended::default();
            apply(&mut tx, nexts, now, &mut ended).await?;
            ended.settle(&mut tx, now).await?;
            tx.commit().await?;
            self.announce();
            Ok(accepted)
        })
        .await
    }

    async fn job_rescue(&self, expiries_max: u32) -> StoreResult<u32> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin_with(Isolation::Locks).await?;
            let now = self.now();
            let mut expired = QueryBuilder::new(LEASED);
            expired.push(" AND lease_until <= ").push_bind(now.0);
            expired.push(tx.locked_unless_held());
            let rows = expired.build().fetch_all(&mut tx).await?;
            let nexts =
                rows.iter().map(|row| Ok(expire(leased(row)?, expiries_max, now))).collect::<StoreResult<_>>()?;
            let count = give_back(&mut tx, nexts, now).await?;
            tx.commit().await?;
            if count > 0 {
                self.announce();
            }
            Ok(count)
        })
        .await
    }

    async fn job_release_all(&self) -> StoreResult<u32> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin_with(Isolation::Locks).await?;
            let now = self.now();
            let rows = query(LEASED).fetch_all(&mut tx).await?;
            let nexts = rows.iter().map(|row| Ok(leased(row)?.back(None, None, now))).collect::<StoreResult<_>>()?;
            let count = give_back(&mut tx, nexts, now).await?;
            // The time without a server says nothing about the pace of its batches.
            query("UPDATE batch SET pace_from = NULL WHERE pace_from IS NOT NULL AND status = 'RUNNING'")
                .execute(&mut tx)
                .await?;
            query("UPDATE webhook_delivery SET lease_until = NULL WHERE lease_until IS NOT NULL")
                .execute(&mut tx)
                .await?;
            tx.commit().await?;
            if count > 0 {
                self.announce();
            }
            Ok(count)
        })
        .await
    }

    async fn queue_depth(&self) -> StoreResult<QueueDepth> {
        let now = self.now();
        let row = query(
            "SELECT (SELECT COUNT(*) FROM job WHERE status = 'PENDING') AS pending,
                 (SELECT COUNT(*) FROM job WHERE status = 'RUNNING') AS running,
                 (SELECT MIN(run_at) FROM job WHERE status = 'PENDING') AS oldest,
                 (SELECT MAX(seen_at) FROM worker) AS seen",
        )
        .fetch_one(&mut self.reader().await?)
        .await?;
        let oldest = row.time_opt("oldest")?.unwrap_or(now);
        let own = Some(Timestamp(self.last_claim.load(Ordering::Relaxed)));
        Ok(QueueDepth {
            pending: row.size("pending")?,
            running: row.size("running")?,
            oldest_due_ms: now.since_ms(oldest).max(0),
            last_claim: row.time_opt("seen")?.max(own.filter(|at| at.0 > 0)),
        })
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

/// A worker of another process is only seen in the database.
async fn note_worker(tx: &mut Connection<'_>, name: &str, now: Timestamp) -> StoreResult<()> {
    query("INSERT INTO worker (name, seen_at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET seen_at = EXCLUDED.seen_at")
        .bind(name)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
    // Names do not come again.
    query("DELETE FROM worker WHERE seen_at < $1").bind(now.plus_ms(-SEEN_KEPT_MS).0).execute(tx).await?;
    Ok(())
}

/// A leased job as far as its end needs it.
pub(super) struct Leased {
    id: String,
    batch: Option<String>,
    attempt: u32,
    expiries: u32,
    cancel_requested: bool,
    source_deleted: bool,
}

pub(super) fn leased(row: &Row) -> StoreResult<Leased> {
    Ok(Leased {
        id: row.text("id")?,
        batch: row.text_opt("batch_id")?,
        attempt: row.count("attempt")?,
        expiries: row.count("expiries")?,
        cancel_requested: row.flag("cancel_requested")?,
        source_deleted: row.flag("source_deleted")?,
    })
}

/// What becomes of a leased job.
pub(super) struct Next {
    id: String,
    batch: Option<String>,
    status: JobStatus,
    failure: Option<Failure>,
    result: Option<String>,
    /// There is a result, and pages of it failed.
    partial: bool,
    /// The engine that made a result which others may use.
    reusable: Option<String>,
    /// When it is due again; `None` keeps the time it had, and with it its place.
    run_at: Option<Timestamp>,
    strike: bool,
    expiry: bool,
    finished_at: Option<Timestamp>,
}

impl Next {
    pub(super) fn ended(
        id: String,
        batch: Option<String>,
        status: JobStatus,
        failure: Failure,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            batch,
            status,
            failure: Some(failure),
            result: None,
            partial: false,
            reusable: None,
            run_at: None,
            strike: false,
            expiry: false,
            finished_at: Some(now),
        }
    }
}

impl Leased {
    fn end(self, status: JobStatus, failure: Failure, now: Timestamp) -> Next {
        Next::ended(self.id, self.batch, status, failure, now)
    }

    /// Back to the queue, unless somebody wanted it gone meanwhile: then this is the moment.
    pub(super) fn back(self, failure: Option<Failure>, run_at: Option<Timestamp>, now: Timestamp) -> Next {
        if self.cancel_requested {
            return self.end(JobStatus::Cancelled, Code::Cancelled.into(), now);
        }
        if self.source_deleted {
            return self.end(JobStatus::Failed, Code::SourceDeleted.into(), now);
        }
        Next {
            id: self.id,
            batch: self.batch,
            status: JobStatus::Pending,
            failure,
            result: None,
            partial: false,
            reusable: None,
            run_at,
            strike: false,
            expiry: false,
            finished_at: None,
        }
    }
}

fn outcome(job: Leased, outcome: Outcome, now: Timestamp) -> StoreResult<Next> {
    Ok(match outcome {
        Outcome::Completed(result) => Next {
            id: job.id,
            batch: job.batch,
            status: JobStatus::Completed,
            failure: None,
            result: Some(to_json(&result)?),
            partial: result.pages_failed > 0,
            reusable: result.is_reusable().then_some(result.engine),
            run_at: None,
            strike: false,
            expiry: false,
            finished_at: Some(now),
        },
        Outcome::Failed(failure) => job.end(JobStatus::Failed, failure, now),
        Outcome::Cancelled => job.end(JobStatus::Cancelled, Code::Cancelled.into(), now),
        Outcome::Retry { failure, strike, delay_ms } => {
            let next = job.back(Some(failure), Some(now.plus_ms(delay_ms.max(0))), now);
            Next { strike, ..next }
        }
    })
}

fn expire(job: Leased, expiries_max: u32, now: Timestamp) -> Next {
    let lost = job.expiries >= expiries_max;
    let next = match lost && !job.cancel_requested && !job.source_deleted {
        true => job.end(JobStatus::Failed, Code::WorkerLost.into(), now),
        false => job.back(Some(Code::WorkerLost.into()), Some(now), now),
    };
    Next { expiry: true, ..next }
}

async fn leased_by(tx: &mut Connection<'_>, worker: &str, finishes: &[Finish]) -> StoreResult<HashMap<String, Leased>> {
    let mut found = HashMap::with_capacity(finishes.len());
    for part in finishes.chunks(ROWS) {
        let mut find = QueryBuilder::new(LEASED);
        find.push(" AND worker = ").push_bind(worker.to_owned()).push(" AND id IN ");
        push_list(&mut find, part.iter().map(|finish| finish.job.uuid().to_string()));
        // All steps that lock several jobs do so in one order, so that two never wait for each other.
        find.push(" ORDER BY id").push(tx.locked());
        for row in find.build().fetch_all(&mut *tx).await? {
            let job = leased(&row)?;
            found.insert(job.id.clone(), job);
        }
    }
    Ok(found)
}

pub(super) async fn give_back(tx: &mut Connection<'_>, nexts: Vec<Next>, now: Timestamp) -> StoreResult<u32> {
    let count = u32::try_from(nexts.len()).unwrap_or(u32::MAX);
    let mut ended = Ended::default();
    apply(tx, nexts, now, &mut ended).await?;
    ended.settle(tx, now).await?;
    Ok(count)
}

/// Writes what becomes of leased jobs and notes which have ended. The caller settles.
pub(super) async fn apply(
    tx: &mut Connection<'_>,
    nexts: Vec<Next>,
    now: Timestamp,
    ended: &mut Ended,
) -> StoreResult<()> {
    for part in nexts.chunks(ROWS) {
        let mut update = QueryBuilder::new(
            "WITH next (id, status, failure_code, failure_message, result, engine, run_at, strike, expiry, finished_at) AS (",
        );
        update.push_values(part, |mut row, next| {
            row.push_bind(next.id.clone()).push_bind(next.status.as_str());
            row.push_bind(next.failure.as_ref().map(|failure| failure.code.as_str()));
            row.push_bind(next.failure.as_ref().map(|failure| failure.message.clone()));
            row.push_bind(next.result.clone()).push_bind(next.reusable.clone()).push_bind(next.run_at.map(|at| at.0));
            row.push_bind(i64::from(next.strike)).push_bind(i64::from(next.expiry));
            row.push_bind(next.finished_at.map(|at| at.0));
        });
        // A first attempt that was accepted leaves no other attempt's outputs behind.
        update.push(
            ") UPDATE job SET status = next.status, failure_code = next.failure_code,
                 failure_message = next.failure_message, result = next.result,
                 run_at = COALESCE(next.run_at, job.run_at), strikes = strikes + next.strike,
                 expiries = expiries + next.expiry, finished_at = next.finished_at, worker = NULL, lease_until = NULL,
                 outputs_swept = CASE WHEN next.status = 'COMPLETED' AND attempt = 1 THEN 1 ELSE 0 END,
                 reusable = CASE WHEN next.engine IS NOT NULL AND reuse_key IS NOT NULL AND source_deleted = 0
                                 THEN 1 ELSE 0 END,
                 reuse_key = CASE WHEN next.status = 'COMPLETED' THEN reuse_key || ' ' || next.engine
                                  ELSE reuse_key END,
                 updated_at = ",
        );
        update.push_bind(now.0).push(" FROM next WHERE job.id = next.id AND job.status = 'RUNNING'");
        update.push(" RETURNING job.id, job.project_id, job.product, job.batch_id, job.webhooks");
        let written = update.build().fetch_all(&mut *tx).await?;
        if written.len() != part.len() {
            return Err(StoreError::Corrupt(format!("{} jobs should have ended, {} did", part.len(), written.len())));
        }
        part.iter().for_each(|next| ended.note(next.batch.clone(), next.status));
        tell(part, &written, ended)?;
    }
    Ok(())
}

/// Notes who is told of jobs that ended. A job that goes back to the queue is no news.
fn tell(nexts: &[Next], written: &[Row], ended: &mut Ended) -> StoreResult<()> {
    for row in written {
        if row.text_opt("webhooks")?.is_none() {
            continue;
        }
        let id = row.text("id")?;
        if let Some(next) = nexts.iter().find(|next| next.id == id && next.status.is_terminal()) {
            ended.outbox.job(row, next.status, next.partial)?;
        }
    }
    Ok(())
}

/// The job of a beat and its attempt.
type Beating = (String, u32);

fn key(beat: &Beat) -> Beating {
    (beat.job.uuid().to_string(), beat.attempt)
}

/// Notes the leases that are held. Also renews one that ran out but was not given to anybody else: the work is still good.
async fn renew(
    tx: &mut Connection<'_>,
    lease: &Lease<'_>,
    beats: &[Beat],
    now: Timestamp,
    held: &mut HashMap<Beating, LeaseState>,
) -> StoreResult<()> {
    if tx.is_shared() {
        // In the order in which every step locks several jobs.
        let mut lock = QueryBuilder::new("SELECT id FROM job WHERE id IN ");
        push_list(&mut lock, beats.iter().map(|beat| beat.job.uuid().to_string()));
        lock.push(" ORDER BY id").push(tx.locked());
        lock.build().fetch_all(&mut *tx).await?;
    }
    let mut update = QueryBuilder::new("WITH beat (id, attempt, pages_done) AS (");
    update.push_values(beats, |mut row, beat| {
        row.push_bind(beat.job.uuid().to_string()).push_bind(i64::from(beat.attempt));
        row.push_bind(i64::from(beat.pages_done));
    });
    update.push(") UPDATE job SET lease_until = ").push_bind(lease.until.0);
    update.push(", pages_done = beat.pages_done, updated_at = ").push_bind(now.0);
    update.push(
        " FROM beat WHERE job.id = beat.id AND job.attempt = beat.attempt AND job.status = 'RUNNING' AND worker = ",
    );
    update.push_bind(lease.worker).push(" RETURNING job.id, job.attempt, job.cancel_requested");
    for row in update.build().fetch_all(tx).await? {
        let state = if row.flag("cancel_requested")? { LeaseState::CancelRequested } else { LeaseState::Held };
        held.insert((row.text("id")?, row.count("attempt")?), state);
    }
    Ok(())
}
