//! Events: written by the very transaction that changes the state, so that none is lost and none is made up. A batch or
//! job without listeners costs nothing here.

use std::collections::BTreeMap;

use crate::database::{Connection, QueryBuilder, Row, query};
use docmill_model::webhook::{Endpoint, EventKind};
use docmill_model::{
    BatchId, BatchStatus, Code, DeliveryId, JobId, JobStatus, Product, ProjectId, Timestamp, WebhookId,
};
use uuid::Uuid;

use crate::database::row::to_json;
use crate::error::{StoreError, StoreResult};
use crate::records::{Batch, Listeners};

/// Rows of one INSERT.
const ROWS: usize = 200;

/// What a step has changed, for those who are told, until it is written. All in one order: as it happened.
#[derive(Default)]
pub(super) struct Outbox {
    news: Vec<News>,
}

struct News {
    set: String,
    kind: EventKind,
    project: String,
    batch: Option<String>,
    directory: Option<String>,
    generation: Option<i64>,
    job: Option<(Product, String)>,
    status: &'static str,
}

impl Outbox {
    /// A batch became `status`. The row has `id`, `project_id`, `directory_id`, `generation` and `webhooks`.
    pub(super) fn batch(&mut self, row: &Row, status: BatchStatus) -> StoreResult<()> {
        let (Some(set), Some(kind)) = (row.text_opt("webhooks")?, EventKind::of_batch(status)) else { return Ok(()) };
        self.news.push(News {
            set,
            kind,
            project: row.text("project_id")?,
            batch: Some(row.text("id")?),
            directory: Some(row.text("directory_id")?),
            generation: Some(row.int("generation")?),
            job: None,
            status: status.as_str(),
        });
        Ok(())
    }

    /// A job became `status`. The row has `id`, `project_id`, `product`, `batch_id` and `webhooks`.
    pub(super) fn job(&mut self, row: &Row, status: JobStatus, partial: bool) -> StoreResult<()> {
        let Some(set) = row.text_opt("webhooks")? else { return Ok(()) };
        let product = row.product()?;
        let Some(kind) = EventKind::of_job(product, status, partial) else { return Ok(()) };
        self.news.push(News {
            set,
            kind,
            project: row.text("project_id")?,
            batch: row.text_opt("batch_id")?,
            directory: None,
            generation: None,
            job: Some((product, row.text("id")?)),
            status: status.as_str(),
        });
        Ok(())
    }

    /// A batch was made: PENDING, and its end as well when it had nothing to do.
    pub(super) fn batch_made(&mut self, set: &str, batch: &Batch) {
        let states = [Some(BatchStatus::Pending), Some(batch.status).filter(|status| status.is_terminal())];
        for status in states.into_iter().flatten() {
            let Some(kind) = EventKind::of_batch(status) else { continue };
            self.news.push(News {
                set: set.to_owned(),
                kind,
                project: batch.project.uuid().to_string(),
                batch: Some(batch.id.uuid().to_string()),
                directory: Some(batch.directory.uuid().to_string()),
                generation: Some(i64::from(batch.generation)),
                job: None,
                status: status.as_str(),
            });
        }
    }

    /// A job was made: PENDING, and COMPLETED as well when its result was `known`. Results with failed pages are not
    /// used again.
    pub(super) fn job_made(&mut self, set: &str, project: ProjectId, job: JobId, batch: Option<BatchId>, known: bool) {
        for status in [Some(JobStatus::Pending), known.then_some(JobStatus::Completed)].into_iter().flatten() {
            let Some(kind) = EventKind::of_job(job.product, status, false) else { continue };
            self.news.push(News {
                set: set.to_owned(),
                kind,
                project: project.uuid().to_string(),
                batch: batch.map(|batch| batch.uuid().to_string()),
                directory: None,
                generation: None,
                job: Some((job.product, job.uuid().to_string())),
                status: status.as_str(),
            });
        }
    }

    /// Inserts an event for whatever somebody wants to hear of, and a delivery to each who does. Says whether there was
    /// any.
    pub(super) async fn write(self, tx: &mut Connection<'_>, now: Timestamp) -> StoreResult<bool> {
        let mut sets: BTreeMap<String, Vec<Listener>> = BTreeMap::new();
        let mut events = Vec::new();
        let mut deliveries = Vec::new();
        for news in self.news {
            if !sets.contains_key(&news.set) {
                sets.insert(news.set.clone(), listeners(tx, &news.set).await?);
            }
            let event = Uuid::now_v7().to_string();
            let wanting = sets[&news.set].iter().filter(|listener| listener.endpoint.wants(news.kind));
            let before = deliveries.len();
            deliveries.extend(wanting.map(|listener| NewDelivery::of(&event, &news, listener)));
            if deliveries.len() > before {
                events.push((event, news));
            }
        }
        for part in events.chunks(ROWS) {
            insert_events(tx, part, now).await?;
        }
        for part in deliveries.chunks(ROWS) {
            insert_deliveries(tx, part, now).await?;
        }
        Ok(!events.is_empty())
    }
}

/// An endpoint of a set, with what it says now.
struct Listener {
    id: String,
    webhook: Option<String>,
    endpoint: Endpoint,
}

/// The endpoints of a set. A saved configuration that was deleted is not among them.
async fn listeners(tx: &mut Connection<'_>, set: &str) -> StoreResult<Vec<Listener>> {
    let rows = query(
        "SELECT listener.id, listener.webhook_id, COALESCE(webhook.endpoint, listener.endpoint) AS endpoint
         FROM webhook_endpoint AS listener LEFT JOIN webhook ON webhook.id = listener.webhook_id
         WHERE listener.set_id = $1 AND (listener.webhook_id IS NULL OR webhook.id IS NOT NULL) ORDER BY listener.id",
    )
    .bind(set)
    .fetch_all(tx)
    .await?;
    let listener = |row: &Row| {
        Ok(Listener { id: row.text("id")?, webhook: row.text_opt("webhook_id")?, endpoint: row.json("endpoint")? })
    };
    rows.iter().map(listener).collect()
}

/// Keeps who is told of something new; the id of the set, or `None` when nobody is. `NOT_FOUND` for a saved
/// configuration that is not of this project.
pub(super) async fn insert_listeners(
    tx: &mut Connection<'_>,
    project: ProjectId,
    listeners: &Listeners,
) -> StoreResult<Option<String>> {
    if listeners.is_empty() {
        return Ok(None);
    }
    let set = Uuid::now_v7().to_string();
    let mut rows = Vec::new();
    for id in &listeners.saved {
        refuse_unknown(tx, project, *id).await?;
        rows.push((Some(id.uuid().to_string()), None));
    }
    for endpoint in &listeners.inline {
        rows.push((None, Some(to_json(endpoint)?)));
    }
    let mut insert = QueryBuilder::new("INSERT INTO webhook_endpoint (id, set_id, webhook_id, endpoint) ");
    insert.push_values(rows, |mut row, (webhook, endpoint)| {
        row.push_bind(Uuid::now_v7().to_string()).push_bind(set.clone()).push_bind(webhook).push_bind(endpoint);
    });
    insert.build().execute(tx).await?;
    Ok(Some(set))
}

async fn refuse_unknown(tx: &mut Connection<'_>, project: ProjectId, id: WebhookId) -> StoreResult<()> {
    let found = query("SELECT 1 FROM webhook WHERE id = $1 AND project_id = $2")
        .bind(id.uuid().to_string())
        .bind(project.uuid().to_string())
        .fetch_optional(tx)
        .await?;
    let unknown = || format!("There is no webhook configuration {id} in this project.");
    found.map(|_| ()).ok_or_else(|| StoreError::refused(Code::NotFound, unknown()))
}

/// A delivery that is due at once.
pub(super) struct NewDelivery {
    pub(super) id: DeliveryId,
    pub(super) project: String,
    pub(super) event: String,
    pub(super) webhook: Option<String>,
    pub(super) endpoint: Option<String>,
    pub(super) batch: Option<String>,
    pub(super) job: Option<String>,
    pub(super) target: String,
}

impl NewDelivery {
    fn of(event: &str, news: &News, listener: &Listener) -> Self {
        Self {
            id: DeliveryId::generate(),
            project: news.project.clone(),
            event: event.to_owned(),
            webhook: listener.webhook.clone(),
            endpoint: Some(listener.id.clone()),
            batch: news.batch.clone(),
            job: news.job.as_ref().map(|(_, job)| job.clone()),
            target: listener.endpoint.target(),
        }
    }
}

async fn insert_events(tx: &mut Connection<'_>, events: &[(String, News)], now: Timestamp) -> StoreResult<()> {
    let mut insert = QueryBuilder::new(
        "INSERT INTO webhook_event (id, project_id, kind, batch_id, directory_id, generation, job_id, product, status,
             created_at) ",
    );
    insert.push_values(events, |mut row, (id, news)| {
        row.push_bind(id.clone()).push_bind(news.project.clone()).push_bind(news.kind.as_str());
        row.push_bind(news.batch.clone()).push_bind(news.directory.clone()).push_bind(news.generation);
        row.push_bind(news.job.as_ref().map(|(_, job)| job.clone()));
        row.push_bind(news.job.as_ref().map(|(product, _)| product.as_str()));
        row.push_bind(news.status).push_bind(now.0);
    });
    insert.build().execute(tx).await?;
    Ok(())
}

pub(super) async fn insert_deliveries(
    tx: &mut Connection<'_>,
    deliveries: &[NewDelivery],
    now: Timestamp,
) -> StoreResult<()> {
    let mut insert = QueryBuilder::new(
        "INSERT INTO webhook_delivery (id, project_id, event_id, webhook_id, endpoint_id, batch_id, job_id, target,
             state, attempts, due_at, created_at, updated_at) ",
    );
    insert.push_values(deliveries, |mut row, delivery| {
        row.push_bind(delivery.id.uuid().to_string()).push_bind(delivery.project.clone());
        row.push_bind(delivery.event.clone()).push_bind(delivery.webhook.clone());
        row.push_bind(delivery.endpoint.clone()).push_bind(delivery.batch.clone()).push_bind(delivery.job.clone());
        row.push_bind(delivery.target.clone()).push("'PENDING', 0").push_bind(now.0).push_bind(now.0).push_bind(now.0);
    });
    insert.build().execute(tx).await?;
    Ok(())
}
