//! `/api/v1/beta/webhook-configs`, `/api/v2/webhook-configs` and `/api/v2/webhook-deliveries`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get, post, put};
use docmill_model::{Code, JobId, Product};
use docmill_store::{DeliveryFilter, DeliveryState};
use docmill_wire::check::Rule;
use docmill_wire::render::Page;
use docmill_wire::webhooks::{self as shapes, Delivery, WebhookConfig};
use docmill_wire::{forms, schema};

use super::Shared;
use super::body::{JsonBody, JsonBodyOrNone};
use super::operations::{Answer, Body, Operation, PAGE_SIZE, PAGE_TOKEN, json, one};
use super::path::Segments;
use super::query::Query;
use crate::app::{AppResult, Caller, webhooks};

const COLLECTION: &str = "/api/v1/beta/webhook-configs";
const ONE: &str = "/api/v1/beta/webhook-configs/{webhook_config_id}";
const PAGED: &str = "/api/v2/webhook-configs";
const TEST: &str = "/api/v2/webhook-configs/{webhook_config_id}/test";
const DELIVERIES: &str = "/api/v2/webhook-deliveries";
const DELIVERY: &str = "/api/v2/webhook-deliveries/{delivery_id}";
const REPLAY: &str = "/api/v2/webhook-deliveries/{delivery_id}/replay";
const STATES: &[&str] = &["PENDING", "DELIVERED", "DEAD"];

pub const OPERATIONS: &[Operation] = &[
    Operation::new("post", COLLECTION, "create_webhook_config", json::<WebhookConfig>(), || post(create))
        .sdk("webhook_configs.create")
        .about("Save a webhook configuration")
        .body(|| schema::of(&shapes::CREATE), CREATE_EXAMPLE)
        .refuses(&[Code::AddressForbidden]),
    Operation::new("get", COLLECTION, "list_webhook_configs_v1", json::<Vec<WebhookConfig>>(), || get(list))
        .sdk("webhook_configs.list")
        .about("List webhook configurations without pages, at most 1,000, the newest first"),
    Operation::new("get", ONE, "get_webhook_config", json::<WebhookConfig>(), || get(read))
        .sdk("webhook_configs.retrieve")
        .about("Read a webhook configuration; its secret is never shown"),
    Operation::new("put", ONE, "update_webhook_config", json::<WebhookConfig>(), || put(update))
        .sdk("webhook_configs.update")
        .about("Change a webhook configuration; what is left out stays as it is")
        .body(|| schema::of(&shapes::UPDATE), r#"{"webhook_signing_secret": "a new secret"}"#)
        .refuses(&[Code::AddressForbidden]),
    Operation::new("delete", ONE, "delete_webhook_config", Answer::Nothing, || delete(remove))
        .sdk("webhook_configs.delete")
        .about("Delete a webhook configuration; what waits for it is given up"),
    Operation::new("get", PAGED, "list_webhook_configs", json::<Page<WebhookConfig>>(), || get(list_paginated))
        .sdk("webhook_configs.list_paginated")
        .about("List webhook configurations, the newest first")
        .query(&[one("include_total", Rule::Bool, "Also say how many there are"), PAGE_SIZE, PAGE_TOKEN]),
    Operation::new("post", TEST, "test_webhook_config", json::<Delivery>(), || post(test))
        .about("Send an event about nothing to a webhook configuration, whatever events it wants")
        .form(Body::MaybeJson(|| schema::of(&shapes::TEST), r#"{"event_type": "batch.success"}"#)),
    Operation::new("get", DELIVERIES, "list_webhook_deliveries", json::<Page<Delivery>>(), || get(deliveries))
        .about("List deliveries of webhook events, the newest first")
        .query(&[
            one("webhook_configuration_id", forms::WEBHOOK_ID, "Only those to this saved configuration"),
            one("batch_id", forms::BATCH_ID, "Only those of this batch and its jobs"),
            one("job_id", forms::JOB_ID, "Only those of this job"),
            one("state", Rule::OneOf(STATES), "Only those in this state"),
            PAGE_SIZE,
            PAGE_TOKEN,
        ]),
    Operation::new("get", DELIVERY, "get_webhook_delivery", json::<Delivery>(), || get(delivery))
        .about("Read a delivery with all its attempts"),
    Operation::new("post", REPLAY, "replay_webhook_delivery", json::<Delivery>(), || post(replay))
        .about("Send the event of a delivery again, as a delivery of its own")
        .refuses(&[Code::Conflict]),
];

const CREATE_EXAMPLE: &str = r#"{
    "webhook_url": "https://example.com/hook",
    "webhook_events": ["batch.success", "batch.error"],
    "webhook_output_format": "json",
    "webhook_signing_secret": "a secret"
}"#;

async fn create(State(app): Shared, caller: Caller, JsonBody(body): JsonBody) -> AppResult<Json<WebhookConfig>> {
    webhooks::create(&app, &caller, &body).await.map(Json)
}

async fn read(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<WebhookConfig>> {
    webhooks::get(&app, &caller, path.id("webhook_config_id")?).await.map(Json)
}

async fn update(
    State(app): Shared,
    caller: Caller,
    path: Segments,
    JsonBody(body): JsonBody,
) -> AppResult<Json<WebhookConfig>> {
    webhooks::update(&app, &caller, path.id("webhook_config_id")?, &body).await.map(Json)
}

async fn remove(State(app): Shared, caller: Caller, path: Segments) -> AppResult<StatusCode> {
    webhooks::delete(&app, &caller, path.id("webhook_config_id")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list(State(app): Shared, caller: Caller) -> AppResult<Json<Vec<WebhookConfig>>> {
    webhooks::list(&app, &caller).await.map(Json)
}

async fn list_paginated(State(app): Shared, caller: Caller, mut query: Query) -> AppResult<Json<Page<WebhookConfig>>> {
    let with_total = query.flag("include_total");
    let asked = query.page(&app.limits);
    query.finish()?;
    webhooks::list_paginated(&app, &caller, asked, with_total).await.map(Json)
}

async fn test(
    State(app): Shared,
    caller: Caller,
    path: Segments,
    JsonBodyOrNone(body): JsonBodyOrNone,
) -> AppResult<Json<Delivery>> {
    webhooks::test(&app, &caller, path.id("webhook_config_id")?, &body).await.map(Json)
}

async fn deliveries(State(app): Shared, caller: Caller, mut query: Query) -> AppResult<Json<Page<Delivery>>> {
    let filter = filter(&mut query);
    let asked = query.page(&app.limits);
    query.finish()?;
    webhooks::deliveries(&app, &caller, &filter, asked).await.map(Json)
}

async fn delivery(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<Delivery>> {
    webhooks::delivery(&app, &caller, path.id("delivery_id")?).await.map(Json)
}

async fn replay(State(app): Shared, caller: Caller, path: Segments) -> AppResult<Json<Delivery>> {
    webhooks::replay(&app, &caller, path.id("delivery_id")?).await.map(Json)
}

fn filter(query: &mut Query) -> DeliveryFilter {
    DeliveryFilter {
        webhook: query.id("webhook_configuration_id"),
        batch: query.id("batch_id"),
        job: query.parsed("job_id", job),
        state: query.one_of("state", STATES).and_then(|text| DeliveryState::from_text(&text)),
    }
}

/// The id of a job of either product.
fn job(text: &str) -> Result<JobId, String> {
    let read = |product| JobId::parse(product, text);
    read(Product::Parse).or_else(|_| read(Product::Extract)).map_err(|_| format!("`{text}` is not the id of a job"))
}
