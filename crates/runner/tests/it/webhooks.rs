//! Deliveries to real receivers.

use std::collections::BTreeMap;

use docmill_model::network::{Guard, NetworkSettings};
use docmill_model::options::{JobOptions, ParseOptions};
use docmill_model::webhook::{BodyFormat, Endpoint, EventKind};
use docmill_model::{DeliveryId, JobId, WebhookId};
use docmill_runner::{RunnerSettings, WebhookSettings};
use docmill_store::*;
use docmill_wire::webhooks::{message, verify};
use serde_json::Value;

use crate::web::{Reply, Request, Web};
use crate::world::{World, settings};

/// A worker that may deliver to these hosts, and hears of events from the store alone.
fn sender(allowed: &[&str]) -> RunnerSettings {
    let mut settings = settings("obeys");
    settings.poll_ms = 600_000;
    settings.webhooks = Some(WebhookSettings { limits: Default::default(), message });
    settings.guard = guard(allowed);
    let limits = &mut settings.webhooks.as_mut().expect("set").limits;
    limits.first_wait_ms = 1;
    limits.longest_wait_ms = 2;
    limits.attempts_max = 3;
    settings
}

pub fn guard(allowed: &[&str]) -> Guard {
    let allowed_hosts = allowed.iter().map(|host| (*host).to_owned()).collect();
    Guard::new(&NetworkSettings { allowed_hosts, ..NetworkSettings::default() }).expect("sound settings")
}

fn endpoint(url: String, format: BodyFormat, secret: &str) -> Endpoint {
    let headers = BTreeMap::from([("X-Team".to_owned(), "a".to_owned())]);
    Endpoint { url, events: None, headers, format, secret: Some(secret.to_owned()) }
}

async fn saved(world: &World, url: String) -> WebhookId {
    let endpoint = endpoint(url, BodyFormat::Json, "hush");
    let new = NewWebhook { project: world.project, endpoint, once: None };
    world.store.webhook_create(new).await.expect("saved").id
}

async fn test_event(world: &World, id: WebhookId) -> DeliveryId {
    world.store.webhook_test(world.project, id, EventKind::Unmapped).await.expect("store").expect("known").id
}

async fn listened_job(world: &World, inline: Vec<Endpoint>) -> JobId {
    let content = Content::Blob(world.blob("text a").await);
    let new = NewFile {
        project: world.project,
        name: "document.txt".to_owned(),
        external_file_id: None,
        purpose: "parse".to_owned(),
        content: content.clone(),
        once: None,
    };
    let FileCreated::New(file) = world.store.file_create(new).await.expect("file") else { panic!("a new file") };
    let job = NewJob {
        project: world.project,
        options: JobOptions::Parse(ParseOptions::default()),
        parameters: None,
        configuration: None,
        source: JobSource::File { file: file.id, directory_file: None, name: file.name, content },
        user_metadata: Default::default(),
        once: None,
        listeners: Listeners { saved: Vec::new(), inline },
        reuse: None,
    };
    world.store.job_create(job).await.expect("job").id
}

/// Waits until a delivery was given up.
async fn dead(world: &World, id: DeliveryId) -> (Delivery, Vec<DeliveryAttempt>) {
    let mut changes = world.store.changes();
    loop {
        let (delivery, log) = world.store.delivery_get(world.project, id).await.expect("store").expect("known");
        if delivery.state == DeliveryState::Dead {
            return (delivery, log);
        }
        changes.changed().await.expect("the store lives");
    }
}

fn event(request: &Request) -> Value {
    let json: Value = serde_json::from_slice(&request.body).expect("JSON");
    match json {
        Value::String(text) => serde_json::from_str(&text).expect("JSON in a string"),
        json => json,
    }
}

#[tokio::test]
async fn every_state_of_a_job_arrives_signed_in_both_formats() {
    let world = World::new().await;
    let mut plain = Web::start([]).await;
    let mut quoted = Web::start([]).await;
    let runner = world.start(sender(&["127.0.0.2"]));
    let to = |web: &Web, format| endpoint(web.url("/hook?a=b"), format, "hush");
    let job = listened_job(&world, vec![to(&plain, BodyFormat::Json), to(&quoted, BodyFormat::String)]).await;
    let mut told = Vec::new();
    for (web, is_quoted) in [(&mut plain, false), (&mut quoted, true)] {
        let mut kinds = Vec::new();
        for _ in 0..3 {
            let request = web.request().await;
            let json: Value = serde_json::from_slice(&request.body).expect("JSON");
            assert_eq!(json.is_string(), is_quoted);
            let event = event(&request);
            assert!(verify("hush", &request.body, request.header("lc-signature")), "signed over the very bytes");
            assert!(!verify("other", &request.body, request.header("lc-signature")));
            for (name, expected) in [
                ("content-type", "application/json"),
                ("user-agent", "llamaindex-webhook-service/1.0"),
                ("x-webhook-event-id", event["event_id"].as_str().expect("an id")),
                ("x-webhook-event-type", event["event_type"].as_str().expect("a type")),
                ("x-team", "a"),
            ] {
                assert_eq!(request.header(name), expected, "{name}");
            }
            assert_eq!(event["data"]["job_id"], job.to_string());
            assert_eq!(request.uri.to_string(), "/hook?a=b");
            told.push(event["event_id"].as_str().expect("an id").to_owned());
            kinds.push(event["event_type"].as_str().expect("a type").to_owned());
        }
        kinds.sort();
        assert_eq!(kinds, ["parse.pending", "parse.running", "parse.success"]);
    }
    told.sort();
    told.dedup();
    assert_eq!(told.len(), 3, "one id an event, the same for both receivers");
    world.drain(&runner).await;
    assert_eq!(runner.counters().webhooks_delivered.get(), 6);
}

#[tokio::test]
async fn a_receiver_that_fails_twice_hears_it_the_third_time() {
    let world = World::new().await;
    let mut web = Web::start([Reply::Status(500), Reply::Status(429), Reply::Status(201)]).await;
    let id = test_event(&world, saved(&world, web.url("/")).await).await;
    let runner = world.start(sender(&["127.0.0.0/8"]));
    let mut heard = Vec::new();
    for _ in 0..3 {
        let request = web.request().await;
        heard.push((request.header("x-webhook-event-id").to_owned(), request.body));
    }
    assert!(heard.windows(2).all(|pair| pair[0] == pair[1]), "the same event, byte for byte");
    world.drain(&runner).await;
    let (delivery, log) = world.store.delivery_get(world.project, id).await.expect("store").expect("known");
    assert_eq!((delivery.state, delivery.attempts, delivery.failure), (DeliveryState::Delivered, 3, None));
    let told: Vec<_> = log.iter().map(|attempt| attempt.status).collect();
    assert_eq!(told, [Some(500), Some(429), Some(201)]);
    let failure = log[0].failure.as_ref().expect("a failure").to_string();
    assert_eq!(failure, "WEBHOOK_REFUSED: The receiver answered 500.");
    assert!(web.is_quiet());
}

#[tokio::test]
async fn what_cannot_be_delivered_is_given_up_and_says_why() {
    let world = World::new().await;
    let mut inside = Web::start([]).await;
    let redirecting = Web::start([Reply::To(inside.url("/secret"))]).await;
    let silent = Web::start([Reply::Silence]).await;
    let closed = tokio::net::TcpListener::bind("127.0.0.2:0").await.expect("a port").local_addr().expect("an address");
    let mut settings = sender(&["127.0.0.2"]);
    settings.webhooks.as_mut().expect("set").limits.timeout_ms = 100;
    let mut deliveries = Vec::new();
    for (url, status, expected) in [
        (redirecting.url("/"), Some(302), "WEBHOOK_REFUSED: The receiver answered 302; redirects are not followed."),
        (silent.url("/"), None, "WEBHOOK_TIMEOUT: The receiver could not be told: no answer in time."),
        (format!("http://{closed}/"), None, "WEBHOOK_UNREACHABLE: The receiver could not be told: no connection"),
    ] {
        deliveries.push((test_event(&world, saved(&world, url).await).await, status, expected));
    }
    let runner = world.start(settings);
    for (id, status, expected) in deliveries {
        let (delivery, log) = dead(&world, id).await;
        let failure = delivery.failure.expect("a failure").to_string();
        assert!(failure.starts_with(expected), "{failure}");
        assert_eq!((delivery.last_status, delivery.attempts, log.len()), (status, 3, 3));
    }
    assert!(inside.is_quiet(), "nobody followed the redirect");
    world.drain(&runner).await;
    assert_eq!(runner.counters().webhooks_dead.get(), 3);
}

#[tokio::test]
async fn a_name_is_judged_when_it_is_connected_to() {
    let world = World::new().await;
    let mut web = Web::start([]).await;
    let hook = saved(&world, web.named_url("/")).await;
    let id = test_event(&world, hook).await;
    let runner = world.start(sender(&[]));
    let (delivery, log) = dead(&world, id).await;
    let failure = delivery.failure.expect("a failure").to_string();
    assert_eq!(failure, "ADDRESS_FORBIDDEN: localhost is a loopback address, which docmill does not connect to.");
    assert_eq!(log.len(), 1, "no other attempt would help");
    assert!(web.is_quiet());
    // The settings may have changed since a literal address was accepted.
    let literal = test_event(&world, saved(&world, web.url("/")).await).await;
    let (delivery, _) = dead(&world, literal).await;
    assert!(delivery.failure.expect("a failure").message.starts_with("127.0.0.2 is a loopback address"));
    world.drain(&runner).await;

    let runner = world.start(sender(&["localhost"]));
    world.store.delivery_replay(world.project, id).await.expect("store").expect("known");
    web.request().await;
    world.drain(&runner).await;
}

#[tokio::test]
async fn a_receiver_that_hangs_does_not_hold_back_others() {
    let world = World::new().await;
    let mut slow = Web::start([Reply::Silence]).await;
    let mut quick = Web::start([]).await;
    let hook = saved(&world, slow.url("/")).await;
    for _ in 0..5 {
        test_event(&world, hook).await;
    }
    test_event(&world, saved(&world, quick.url("/")).await).await;
    let mut settings = sender(&["127.0.0.2"]);
    let limits = &mut settings.webhooks.as_mut().expect("set").limits;
    (limits.at_once_max, limits.per_host_max) = (3, 2);
    let runner = world.start(settings);
    slow.request().await;
    slow.request().await;
    quick.request().await;
    assert!(slow.is_quiet(), "no more than two at a time");
    world.drain(&runner).await;
}

#[tokio::test]
async fn what_was_told_while_nobody_delivered_goes_out_later() {
    let world = World::new().await;
    let mut web = Web::start([]).await;
    let job = listened_job(&world, vec![endpoint(web.url("/"), BodyFormat::Json, "hush")]).await;
    let worker = world.start(settings("obeys"));
    world.ended(job).await;
    world.drain(&worker).await;
    assert!(web.is_quiet());
    let runner = world.start(sender(&["127.0.0.2"]));
    let mut kinds = Vec::new();
    for _ in 0..3 {
        kinds.push(web.request().await.header("x-webhook-event-type").to_owned());
    }
    kinds.sort();
    assert_eq!(kinds, ["parse.pending", "parse.running", "parse.success"]);
    world.drain(&runner).await;
}
