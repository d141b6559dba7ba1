use crate::database::{Connection, QueryBuilder, Row, again, query};
use async_trait::async_trait;
use docmill_model::webhook::EventKind;
use docmill_model::{BatchId, Code, DeliveryId, Failure, JobId, Product, ProjectId, Timestamp, WebhookId};
use uuid::Uuid;

use super::outbox::{NewDelivery, insert_deliveries};
use super::{SqlStore, once};
use crate::database::row::{Order, listed, push_page, to_json};
use crate::error::{StoreError, StoreResult};
use crate::records::{
    Delivery, DeliveryAttempt, DeliveryFilter, DeliveryState, Listed, NewWebhook, PageRequest, Webhook, WebhookChange,
};
use crate::traits::Webhooks;

const DELIVERY: &str = "SELECT delivery.*, event.kind, event.product FROM webhook_delivery AS delivery
     JOIN webhook_event AS event ON event.id = delivery.event_id WHERE ";

/// What a test event says of its subject, which is none.
const TEST_STATUS: &str = "TEST";

#[async_trait]
impl Webhooks for SqlStore {
    async fn webhook_create(&self, new: NewWebhook) -> StoreResult<Webhook> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            if let Some(made) = once::made(&mut tx, new.once.as_ref(), now).await? {
                let id = made.parse().map_err(|_| StoreError::Corrupt(format!("`{made}` is no id")))?;
                if let Some(webhook) = one_webhook(&mut tx, new.project, WebhookId::from_uuid(id)).await? {
                    return Ok(webhook);
                }
            }
            let id = WebhookId::generate();
            let row = query(
                "INSERT INTO webhook (id, project_id, endpoint, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
             RETURNING *",
            )
            .bind(id.uuid().to_string())
            .bind(new.project.uuid().to_string())
            .bind(to_json(&new.endpoint)?)
            .bind(now.0)
            .fetch_one(&mut tx)
            .await?;
            once::record(&mut tx, new.once.as_ref(), id.uuid(), now).await?;
            tx.commit().await?;
            webhook(&row)
        })
        .await
    }

    async fn webhook_get(&self, project: ProjectId, id: WebhookId) -> StoreResult<Option<Webhook>> {
        let mut reader = self.reader().await?;
        one_webhook(&mut reader, project, id).await
    }

    async fn webhook_update(
        &self,
        project: ProjectId,
        id: WebhookId,
        change: WebhookChange,
    ) -> StoreResult<Option<Webhook>> {
        again(|| async {
            let change = change.clone();
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let Some(mut found) = one_webhook(&mut tx, project, id).await? else { return Ok(None) };
            change.apply(&mut found.endpoint);
            let row = query("UPDATE webhook SET endpoint = $2, updated_at = $3 WHERE id = $1 RETURNING *")
                .bind(id.uuid().to_string())
                .bind(to_json(&found.endpoint)?)
                .bind(self.now().0)
                .fetch_one(&mut tx)
                .await?;
            tx.commit().await?;
            webhook(&row).map(Some)
        })
        .await
    }

    async fn webhook_list(&self, project: ProjectId, page: PageRequest) -> StoreResult<Listed<Webhook>> {
        let mut list = QueryBuilder::new("SELECT * FROM webhook WHERE project_id = ");
        list.push_bind(project.uuid().to_string());
        push_page(&mut list, "id", Order::NewestFirst, page);
        listed(&list.build().fetch_all(&mut self.reader().await?).await?, page, webhook)
    }

    async fn webhook_count(&self, project: ProjectId) -> StoreResult<u64> {
        let row = query("SELECT COUNT(*) AS total FROM webhook WHERE project_id = $1")
            .bind(project.uuid().to_string())
            .fetch_one(&mut self.reader().await?)
            .await?;
        row.size("total")
    }

    async fn webhook_delete(&self, project: ProjectId, id: WebhookId) -> StoreResult<bool> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let key = id.uuid().to_string();
            let deleted = query("DELETE FROM webhook WHERE id = $1 AND project_id = $2")
                .bind(&key)
                .bind(project.uuid().to_string())
                .execute(&mut tx)
                .await?;
            if deleted == 0 {
                return Ok(false);
            }
            let gone = gone();
            query(
            "UPDATE webhook_delivery SET state = 'DEAD', lease_until = NULL, failure_code = $2, failure_message = $3,
                 updated_at = $4 WHERE webhook_id = $1 AND state = 'PENDING'",
        )
        .bind(&key)
        .bind(gone.code.as_str())
        .bind(gone.message)
        .bind(self.now().0)
        .execute(&mut tx)
        .await?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }

    async fn webhook_test(&self, project: ProjectId, id: WebhookId, kind: EventKind) -> StoreResult<Option<Delivery>> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let now = self.now();
            let Some(webhook) = one_webhook(&mut tx, project, id).await? else { return Ok(None) };
            let event = Uuid::now_v7().to_string();
            let project_id = project.uuid().to_string();
            query("INSERT INTO webhook_event (id, project_id, kind, status, created_at) VALUES ($1, $2, $3, $4, $5)")
                .bind(&event)
                .bind(&project_id)
                .bind(kind.as_str())
                .bind(TEST_STATUS)
                .bind(now.0)
                .execute(&mut tx)
                .await?;
            let new = NewDelivery {
                id: DeliveryId::generate(),
                project: project_id,
                event,
                webhook: Some(id.uuid().to_string()),
                endpoint: None,
                batch: None,
                job: None,
                target: webhook.endpoint.target(),
            };
            let made = insert_delivery(&mut tx, project, new, now).await?;
            tx.commit().await?;
            self.announce();
            Ok(made)
        })
        .await
    }

    async fn delivery_list(
        &self,
        project: ProjectId,
        filter: &DeliveryFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<Delivery>> {
        let mut list = QueryBuilder::new(DELIVERY);
        list.push("delivery.project_id = ").push_bind(project.uuid().to_string());
        if let Some(id) = filter.webhook {
            list.push(" AND delivery.webhook_id = ").push_bind(id.uuid().to_string());
        }
        if let Some(id) = filter.batch {
            list.push(" AND delivery.batch_id = ").push_bind(id.uuid().to_string());
        }
        if let Some(id) = filter.job {
            list.push(" AND delivery.job_id = ").push_bind(id.uuid().to_string());
        }
        if let Some(state) = filter.state {
            list.push(" AND delivery.state = ").push_bind(state.as_str());
        }
        push_page(&mut list, "delivery.id", Order::NewestFirst, page);
        listed(&list.build().fetch_all(&mut self.reader().await?).await?, page, delivery)
    }

    async fn delivery_get(
        &self,
        project: ProjectId,
        id: DeliveryId,
    ) -> StoreResult<Option<(Delivery, Vec<DeliveryAttempt>)>> {
        let mut reader = self.reader().await?;
        let Some(row) = one_delivery(&mut reader, project, id).await? else { return Ok(None) };
        let attempts = query("SELECT * FROM webhook_attempt WHERE delivery_id = $1 ORDER BY attempt")
            .bind(id.uuid().to_string())
            .fetch_all(&mut reader)
            .await?;
        let attempts = attempts.iter().map(attempt).collect::<StoreResult<_>>()?;
        Ok(Some((delivery(&row)?, attempts)))
    }

    async fn delivery_replay(&self, project: ProjectId, id: DeliveryId) -> StoreResult<Option<Delivery>> {
        again(|| async {
            let mut writer = self.writer().await;
            let mut tx = writer.begin().await?;
            let Some(row) = one_delivery(&mut tx, project, id).await? else { return Ok(None) };
            let first = delivery(&row)?;
            if first.state == DeliveryState::Pending {
                return Err(StoreError::refused(Code::Conflict, format!("The delivery {id} is still on its way.")));
            }
            if let Some(webhook) = first.webhook
                && one_webhook(&mut tx, project, webhook).await?.is_none()
            {
                return Err(StoreError::Refused(gone()));
            }
            let new = NewDelivery {
                id: DeliveryId::generate(),
                project: row.text("project_id")?,
                event: row.text("event_id")?,
                webhook: row.text_opt("webhook_id")?,
                endpoint: row.text_opt("endpoint_id")?,
                batch: row.text_opt("batch_id")?,
                job: row.text_opt("job_id")?,
                target: first.target,
            };
            let made = insert_delivery(&mut tx, project, new, self.now()).await?;
            tx.commit().await?;
            self.announce();
            Ok(made)
        })
        .await
    }
}

fn gone() -> Failure {
    Failure::new(Code::Conflict, "The webhook configuration was deleted.")
}

async fn insert_delivery(
    tx: &mut Connection<'_>,
    project: ProjectId,
    new: NewDelivery,
    now: Timestamp,
) -> StoreResult<Option<Delivery>> {
    let id = new.id;
    insert_deliveries(tx, &[new], now).await?;
    one_delivery(tx, project, id).await?.as_ref().map(delivery).transpose()
}

async fn one_webhook(
    connection: &mut Connection<'_>,
    project: ProjectId,
    id: WebhookId,
) -> StoreResult<Option<Webhook>> {
    let row = query("SELECT * FROM webhook WHERE id = $1 AND project_id = $2")
        .bind(id.uuid().to_string())
        .bind(project.uuid().to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(webhook).transpose()
}

async fn one_delivery(connection: &mut Connection<'_>, project: ProjectId, id: DeliveryId) -> StoreResult<Option<Row>> {
    let mut find = QueryBuilder::new(DELIVERY);
    find.push("delivery.id = ").push_bind(id.uuid().to_string());
    find.push(" AND delivery.project_id = ").push_bind(project.uuid().to_string());
    find.build().fetch_optional(connection).await
}

fn webhook(row: &Row) -> StoreResult<Webhook> {
    Ok(Webhook {
        id: WebhookId::from_uuid(row.uuid("id")?),
        project: ProjectId::from_uuid(row.uuid("project_id")?),
        endpoint: row.json("endpoint")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

fn delivery(row: &Row) -> StoreResult<Delivery> {
    let product = row.text_opt("product")?.as_deref().and_then(Product::from_text);
    Ok(Delivery {
        id: DeliveryId::from_uuid(row.uuid("id")?),
        event: row.uuid("event_id")?,
        kind: row.named("kind", EventKind::from_text)?,
        webhook: row.uuid_opt("webhook_id")?.map(WebhookId::from_uuid),
        batch: row.uuid_opt("batch_id")?.map(BatchId::from_uuid),
        job: row.uuid_opt("job_id")?.zip(product).map(|(id, product)| JobId::from_uuid(product, id)),
        target: row.text("target")?,
        state: row.named("state", DeliveryState::from_text)?,
        attempts: row.count("attempts")?,
        due_at: row.time("due_at")?,
        last_status: status(row, "last_status")?,
        failure: row.failure()?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

fn attempt(row: &Row) -> StoreResult<DeliveryAttempt> {
    Ok(DeliveryAttempt {
        attempt: row.count("attempt")?,
        status: status(row, "status")?,
        failure: row.failure()?,
        elapsed_ms: row.size("elapsed_ms")?,
        ended_at: row.time("ended_at")?,
    })
}

/// An HTTP status, if there was an answer.
fn status(row: &Row, column: &str) -> StoreResult<Option<u16>> {
    Ok(row.int_opt(column)?.and_then(|status| u16::try_from(status).ok()))
}
