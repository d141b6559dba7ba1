//! Webhooks: saved configurations (contract 2.8), who is told of a new batch or job, and docmill's own log of
//! deliveries.

use docmill_model::webhook::Endpoint;
use docmill_model::{DeliveryId, WebhookId};
use docmill_store::{
    Delivery, DeliveryAttempt, DeliveryFilter, DeliveryState, Listeners, NewWebhook, Webhook, WebhookChange,
};
use docmill_wire::render::Page;
use docmill_wire::webhooks::{self as wire, Asked, Update, WebhookConfig};
use serde_json::Value;

use super::paging;
use super::{App, AppError, AppResult, Caller};

/// Configurations that the older list call, which has no pages, shows at most.
const LISTED_MAX: u32 = 1_000;

/// Who is told, when every address may be told. The store refuses unknown saved configurations in the very step that
/// makes the batch or job.
pub fn listeners(app: &App, asked: Asked) -> AppResult<Listeners> {
    for endpoint in &asked.inline {
        app.guard.check_url(&endpoint.url)?;
    }
    Ok(Listeners { saved: asked.saved, inline: asked.inline })
}

/// The same for parameters that are only saved.
pub async fn known(app: &App, caller: &Caller, asked: Asked) -> AppResult<()> {
    for id in listeners(app, asked)?.saved {
        find(app, caller, id).await?;
    }
    Ok(())
}

async fn find(app: &App, caller: &Caller, id: WebhookId) -> AppResult<Webhook> {
    app.store.webhook_get(caller.project(), id).await?.ok_or_else(|| unknown(id))
}

fn unknown(id: WebhookId) -> AppError {
    AppError::not_found("webhook configuration", id)
}

pub async fn create(app: &App, caller: &Caller, body: &Value) -> AppResult<WebhookConfig> {
    let endpoint: Endpoint = wire::create(body)?;
    app.guard.check_url(&endpoint.url)?;
    let new = NewWebhook { project: caller.project(), endpoint, once: caller.once(app, body) };
    Ok(shown(app.store.webhook_create(new).await?))
}

pub async fn get(app: &App, caller: &Caller, id: WebhookId) -> AppResult<WebhookConfig> {
    find(app, caller, id).await.map(shown)
}

pub async fn update(app: &App, caller: &Caller, id: WebhookId, body: &Value) -> AppResult<WebhookConfig> {
    let Update { url, events, headers, format, secret } = Update::read(body)?;
    if let Some(url) = &url {
        app.guard.check_url(url)?;
    }
    let change = WebhookChange { url, events, headers, format, secret };
    app.store.webhook_update(caller.project(), id, change).await?.map(shown).ok_or_else(|| unknown(id))
}

pub async fn delete(app: &App, caller: &Caller, id: WebhookId) -> AppResult<()> {
    if app.store.webhook_delete(caller.project(), id).await? { Ok(()) } else { Err(unknown(id)) }
}

/// The deprecated list: a bare array, newest first.
pub async fn list(app: &App, caller: &Caller) -> AppResult<Vec<WebhookConfig>> {
    let page = docmill_store::PageRequest { after: None, limit: LISTED_MAX };
    Ok(app.store.webhook_list(caller.project(), page).await?.items.into_iter().map(shown).collect())
}

pub async fn list_paginated(
    app: &App,
    caller: &Caller,
    asked: paging::Asked,
    with_total: bool,
) -> AppResult<Page<WebhookConfig>> {
    let page = paging::begin(caller, "webhook-configs", &asked)?;
    let listed = app.store.webhook_list(caller.project(), page).await?;
    let mut page = paging::end(caller, "webhook-configs", &asked, listed, shown);
    if with_total {
        page.total_size = Some(app.store.webhook_count(caller.project()).await?);
    }
    Ok(page)
}

/// Sends one event about nothing to this configuration, whatever events it wants.
pub async fn test(app: &App, caller: &Caller, id: WebhookId, body: &Value) -> AppResult<wire::Delivery> {
    let kind = wire::test(body)?;
    let made = app.store.webhook_test(caller.project(), id, kind).await?;
    made.map(|delivery| shown_delivery(delivery, None)).ok_or_else(|| unknown(id))
}

pub async fn deliveries(
    app: &App,
    caller: &Caller,
    filter: &DeliveryFilter,
    asked: paging::Asked,
) -> AppResult<Page<wire::Delivery>> {
    let page = paging::begin(caller, "webhook-deliveries", &asked)?;
    let listed = app.store.delivery_list(caller.project(), filter, page).await?;
    Ok(paging::end(caller, "webhook-deliveries", &asked, listed, |delivery| shown_delivery(delivery, None)))
}

pub async fn delivery(app: &App, caller: &Caller, id: DeliveryId) -> AppResult<wire::Delivery> {
    let found = app.store.delivery_get(caller.project(), id).await?;
    let (delivery, log) = found.ok_or_else(|| unknown_delivery(id))?;
    Ok(shown_delivery(delivery, Some(log)))
}

pub async fn replay(app: &App, caller: &Caller, id: DeliveryId) -> AppResult<wire::Delivery> {
    let made = app.store.delivery_replay(caller.project(), id).await?;
    made.map(|delivery| shown_delivery(delivery, None)).ok_or_else(|| unknown_delivery(id))
}

fn unknown_delivery(id: DeliveryId) -> AppError {
    AppError::not_found("webhook delivery", id)
}

fn shown(webhook: Webhook) -> WebhookConfig {
    WebhookConfig::new(webhook.id, webhook.project, webhook.endpoint, webhook.created_at, webhook.updated_at)
}

fn shown_delivery(delivery: Delivery, log: Option<Vec<DeliveryAttempt>>) -> wire::Delivery {
    let pending = delivery.state == DeliveryState::Pending;
    wire::Delivery {
        id: delivery.id,
        event_id: delivery.event,
        event_type: delivery.kind.as_str(),
        webhook_configuration_id: delivery.webhook,
        batch_id: delivery.batch,
        job_id: delivery.job,
        target: delivery.target,
        state: delivery.state.as_str(),
        attempts: delivery.attempts,
        next_attempt_at: pending.then_some(delivery.due_at),
        response_status: delivery.last_status,
        error_message: delivery.failure.map(|failure| failure.to_string()),
        created_at: delivery.created_at,
        updated_at: delivery.updated_at,
        log: log.map(|attempts| attempts.into_iter().map(attempt).collect()),
    }
}

fn attempt(attempt: DeliveryAttempt) -> wire::Attempt {
    wire::Attempt {
        attempt: attempt.attempt,
        response_status: attempt.status,
        error_message: attempt.failure.map(|failure| failure.to_string()),
        elapsed_ms: attempt.elapsed_ms,
        ended_at: attempt.ended_at,
    }
}
