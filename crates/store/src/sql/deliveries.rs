//! Deliveries on their way out: leased, sent by somebody else, and ended here.

use crate::database::{Connection, QueryBuilder, Row, again, query};
use async_trait::async_trait;
use docmill_model::webhook::{Event, EventKind, Subject};
use docmill_model::{BatchId, Code, DeliveryId, DirectoryId, Failure, JobId, ProjectId, Timestamp};

use super::SqlStore;
use crate::database::row::{push_list, to_int};
use crate::error::{StoreError, StoreResult};
use crate::records::{ClaimedDelivery, DeliveryFinish, DeliveryOutcome, DeliveryState};
use crate::traits::Deliveries;

/// Events that are forgotten in one step, so that callers never wait for long.
const EXPIRED_ROWS: i64 = 1_000;

#[async_trait]
impl Deliveries for SqlStore {
    async fn delivery_due(&self) -> StoreResult<Option<Timestamp>> {
        let row = query(
            "SELECT (SELECT MIN(due_at) FROM webhook_delivery WHERE state = 'PENDING' AND lease_until IS NULL) AS due,
                 (SELECT MIN(lease_until) FROM webhook_delivery WHERE lease_until IS NOT NULL) AS lease_end",
        )
        .fetch_one(&mut self.reader().await?)
        .await?;
        Ok([row.time_opt("due")?, row.time_opt("lease_end")?].into_iter().flatten().min())
    }

    async fn delivery_claim(&self, count: u32, per_target: u32, lease_ms: i64) -> StoreResult<Vec<ClaimedDelivery>> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            // A sender that died: its attempt counts, and the receiver may hear of the event again.
            query("UPDATE webhook_delivery SET lease_until = NULL WHERE lease_until <= $1")
                .bind(now.0)
                .execute(&mut tx)
                .await?;
            let due = due(&mut tx, count, per_target, now).await?;
            let claimed = lease(&mut tx, due, now, now.plus_ms(lease_ms)).await?;
            tx.commit().await?;
            Ok(claimed)
        })
        .await
    }

    async fn delivery_finish(&self, finishes: Vec<DeliveryFinish>) -> StoreResult<Vec<bool>> {
        again(|| async {
            let finishes = finishes.clone();
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            let mut accepted = Vec::with_capacity(finishes.len());
            let given_up = finishes.iter().any(|finish| matches!(finish.outcome, DeliveryOutcome::Dead(_)));
            for finish in finishes {
                accepted.push(end(&mut tx, finish, now).await?);
            }
            tx.commit().await?;
            // What was delivered is no news for anybody here.
            if given_up {
                self.announce();
            }
            Ok(accepted)
        })
        .await
    }

    async fn delivery_expire(&self, kept_ms: i64) -> StoreResult<u32> {
        again(|| async {
        let mut writer = self.writer().await;
        let mut tx = writer.begin().await?;
        let rows = query(
            "SELECT id FROM webhook_event WHERE created_at <= $1
                 AND NOT EXISTS (SELECT 1 FROM webhook_delivery AS delivery WHERE delivery.event_id = webhook_event.id
                                 AND delivery.state = 'PENDING')
             ORDER BY created_at LIMIT $2",
        )
        .bind(self.now().plus_ms(-kept_ms).0)
        .bind(EXPIRED_ROWS)
        .fetch_all(&mut tx)
        .await?;
        let events = rows.iter().map(|row| row.text("id")).collect::<StoreResult<Vec<_>>>()?;
        if events.is_empty() {
            return Ok(0);
        }
        for (begin, end) in [
            (
                "DELETE FROM webhook_attempt WHERE delivery_id IN (SELECT id FROM webhook_delivery WHERE event_id IN ",
                ")",
            ),
            ("DELETE FROM webhook_delivery WHERE event_id IN ", ""),
            ("DELETE FROM webhook_event WHERE id IN ", ""),
        ] {
            let mut delete = QueryBuilder::new(begin);
            push_list(&mut delete, events.iter().cloned());
            delete.push(end);
            delete.build().persistent(false).execute(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(u32::try_from(events.len()).unwrap_or(u32::MAX))
        })
        .await
    }
}

/// Ids of deliveries that may be sent now.
async fn due(tx: &mut Connection<'_>, count: u32, per_target: u32, now: Timestamp) -> StoreResult<Vec<String>> {
    let rows = query(
        "SELECT id FROM (
             SELECT id, due_at, ROW_NUMBER() OVER (PARTITION BY target ORDER BY due_at, id)
                 + (SELECT COUNT(*) FROM webhook_delivery AS busy
                    WHERE busy.target = waiting.target AND busy.lease_until IS NOT NULL) AS place
             FROM webhook_delivery AS waiting
             WHERE state = 'PENDING' AND lease_until IS NULL AND due_at <= $1) AS places
         WHERE place <= $2 ORDER BY due_at, id LIMIT $3",
    )
    .bind(now.0)
    .bind(i64::from(per_target))
    .bind(i64::from(count))
    .fetch_all(tx)
    .await?;
    rows.iter().map(|row| row.text("id")).collect()
}

async fn lease(
    tx: &mut Connection<'_>,
    ids: Vec<String>,
    now: Timestamp,
    until: Timestamp,
) -> StoreResult<Vec<ClaimedDelivery>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut update = QueryBuilder::new("UPDATE webhook_delivery SET attempts = attempts + 1, lease_until = ");
    update.push_bind(until.0).push(", updated_at = ").push_bind(now.0).push(" WHERE id IN ");
    push_list(&mut update, ids.iter().cloned());
    update.build().execute(&mut *tx).await?;
    let mut read = QueryBuilder::new(
        "SELECT delivery.id, delivery.attempts, event.id AS event_id, event.project_id, event.kind, event.batch_id,
             event.directory_id, event.generation, event.job_id, event.product, event.status, event.created_at,
             COALESCE(webhook.endpoint, listener.endpoint) AS endpoint
         FROM webhook_delivery AS delivery JOIN webhook_event AS event ON event.id = delivery.event_id
             LEFT JOIN webhook ON webhook.id = delivery.webhook_id
             LEFT JOIN webhook_endpoint AS listener ON listener.id = delivery.endpoint_id
         WHERE delivery.id IN ",
    );
    push_list(&mut read, ids);
    read.push(" ORDER BY delivery.due_at, delivery.id");
    let mut deliveries = Vec::new();
    for row in read.build().fetch_all(&mut *tx).await? {
        match claimed(&row) {
            Ok(delivery) => deliveries.push(delivery),
            Err(error) => {
                let id = row.text("id")?;
                tracing::error!(delivery = id, %error, "the delivery cannot be read");
                give_up(tx, &id, &Code::Internal.into(), now).await?;
            }
        }
    }
    Ok(deliveries)
}

fn claimed(row: &Row) -> StoreResult<ClaimedDelivery> {
    Ok(ClaimedDelivery {
        id: DeliveryId::from_uuid(row.uuid("id")?),
        attempt: row.count("attempts")?,
        event: Event {
            id: row.uuid("event_id")?,
            kind: row.named("kind", EventKind::from_text)?,
            project: ProjectId::from_uuid(row.uuid("project_id")?),
            subject: subject(row)?,
            status: row.text("status")?,
            at: row.time("created_at")?,
        },
        endpoint: row.json("endpoint")?,
    })
}

fn subject(row: &Row) -> StoreResult<Subject> {
    let batch = row.uuid_opt("batch_id")?.map(BatchId::from_uuid);
    if let Some(job) = row.uuid_opt("job_id")? {
        return Ok(Subject::Job { job: JobId::from_uuid(row.product()?, job), batch });
    }
    let (Some(batch), Some(directory)) = (batch, row.uuid_opt("directory_id")?) else { return Ok(Subject::Test) };
    Ok(Subject::Batch { batch, directory: DirectoryId::from_uuid(directory), generation: row.count("generation")? })
}

async fn give_up(tx: &mut Connection<'_>, id: &str, failure: &Failure, now: Timestamp) -> StoreResult<()> {
    query(
        "UPDATE webhook_delivery SET state = 'DEAD', lease_until = NULL, failure_code = $2, failure_message = $3,
             updated_at = $4 WHERE id = $1",
    )
    .bind(id)
    .bind(failure.code.as_str())
    .bind(&failure.message)
    .bind(now.0)
    .execute(tx)
    .await?;
    Ok(())
}

/// Ends one attempt, unless its lease is another's.
async fn end(tx: &mut Connection<'_>, finish: DeliveryFinish, now: Timestamp) -> StoreResult<bool> {
    let (state, failure, due_at) = match finish.outcome {
        DeliveryOutcome::Delivered => (DeliveryState::Delivered, None, None),
        DeliveryOutcome::Again { failure, delay_ms } => {
            (DeliveryState::Pending, Some(failure), Some(now.plus_ms(delay_ms.max(0))))
        }
        DeliveryOutcome::Dead(failure) => (DeliveryState::Dead, Some(failure), None),
    };
    let id = finish.delivery.uuid().to_string();
    let (code, message) = failure.map(|failure| (failure.code.as_str(), failure.message)).unzip();
    let updated = query(
        "UPDATE webhook_delivery SET state = $3, due_at = COALESCE($4, due_at), lease_until = NULL, last_status = $5,
             failure_code = $6, failure_message = $7, updated_at = $8
         WHERE id = $1 AND attempts = $2 AND state = 'PENDING' AND lease_until IS NOT NULL",
    )
    .bind(&id)
    .bind(i64::from(finish.attempt))
    .bind(state.as_str())
    .bind(due_at.map(|at| at.0))
    .bind(finish.status.map(i64::from))
    .bind(code)
    .bind(message.clone())
    .bind(now.0)
    .execute(&mut *tx)
    .await?;
    if updated == 0 {
        return Ok(false);
    }
    let noted = query(
        "INSERT INTO webhook_attempt (delivery_id, attempt, status, failure_code, failure_message, elapsed_ms, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&id)
    .bind(i64::from(finish.attempt))
    .bind(finish.status.map(i64::from))
    .bind(code)
    .bind(message)
    .bind(to_int(finish.elapsed_ms)?)
    .bind(now.0)
    .execute(tx)
    .await?;
    match noted {
        1 => Ok(true),
        _ => Err(StoreError::Corrupt("the attempt was not noted".to_owned())),
    }
}
