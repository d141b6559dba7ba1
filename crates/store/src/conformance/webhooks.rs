use std::collections::BTreeMap;

use docmill_model::results::JobResult;
use docmill_model::webhook::{BodyFormat, Endpoint, EventKind, Subject};
use docmill_model::{BatchId, Code, Failure, ProjectId, WebhookId};

use super::{Ground, LEASE_MS, all, completed, refusal};
use crate::records::*;

/// How long a delivery is leased in the suite, milliseconds.
const SENDING_MS: i64 = 1_000;

pub fn endpoint(host: &str) -> Endpoint {
    Endpoint {
        url: format!("https://{host}/hook"),
        events: None,
        headers: BTreeMap::from([("X-Team".to_owned(), "a".to_owned())]),
        format: BodyFormat::Json,
        secret: Some("hush".to_owned()),
    }
}

fn inline(host: &str) -> Listeners {
    Listeners { saved: Vec::new(), inline: vec![endpoint(host)] }
}

fn new(ground: &Ground<'_>, endpoint: Endpoint) -> NewWebhook {
    NewWebhook { project: ground.project, endpoint, once: None }
}

async fn claim(ground: &Ground<'_>) -> Vec<ClaimedDelivery> {
    ground.store.delivery_claim(100, 100, SENDING_MS).await.unwrap()
}

async fn end(ground: &Ground<'_>, delivery: &ClaimedDelivery, outcome: DeliveryOutcome) -> bool {
    let (delivery, attempt) = (delivery.id, delivery.attempt);
    let finish = DeliveryFinish { delivery, attempt, outcome, status: Some(200), elapsed_ms: 5 };
    ground.store.delivery_finish(vec![finish]).await.unwrap()[0]
}

/// Delivers everything that is due: `host event status` of each, in order.
async fn told(ground: &Ground<'_>) -> Vec<String> {
    let mut told = Vec::new();
    for delivery in claim(ground).await {
        let (host, event) = (delivery.endpoint.target(), &delivery.event);
        told.push(format!("{} {} {}", host.trim_end_matches(":443"), event.kind, event.status));
        assert!(end(ground, &delivery, DeliveryOutcome::Delivered).await);
    }
    told
}

async fn batch(ground: &Ground<'_>, files: &[&str], listeners: Listeners, job_listeners: Listeners) -> Batch {
    let directory = ground.directory().await;
    for name in files {
        ground.entry(directory, name).await;
    }
    let new = NewBatch { listeners, job_listeners, ..ground.new_batch(directory) };
    ground.store.batch_create(new).await.unwrap()
}

async fn job(ground: &Ground<'_>, name: &str, listeners: Listeners) -> Job {
    let FileCreated::New(file) = ground.store.file_create(ground.new_file(name)).await.unwrap() else { panic!("new") };
    ground.store.job_create(NewJob { listeners, ..ground.new_job(&file) }).await.unwrap()
}

pub async fn a_webhook_reads_back_changes_and_goes(ground: &Ground<'_>) {
    let made = ground.store.webhook_create(new(ground, endpoint("a"))).await.unwrap();
    let other = ground.store.webhook_create(new(ground, endpoint("b"))).await.unwrap();
    assert_eq!(ground.store.webhook_count(ground.project).await.unwrap(), 2);
    ground.clock.advance(10);
    let change = WebhookChange { events: Some(Some(vec!["batch.error".to_owned()])), ..WebhookChange::default() };
    ground.store.webhook_update(ground.project, made.id, change).await.unwrap().unwrap();
    let change = WebhookChange { secret: Some("new".to_owned()), ..WebhookChange::default() };
    ground.store.webhook_update(ground.project, made.id, change).await.unwrap().unwrap();
    let read = ground.store.webhook_get(ground.project, made.id).await.unwrap().unwrap();
    let expected =
        Endpoint { events: Some(vec!["batch.error".to_owned()]), secret: Some("new".to_owned()), ..endpoint("a") };
    assert_eq!((read.endpoint, read.created_at, read.updated_at), (expected, made.created_at, ground.now()));

    let mut seen = Vec::new();
    let mut page = PageRequest { after: None, limit: 1 };
    loop {
        let listed = ground.store.webhook_list(ground.project, page).await.unwrap();
        seen.extend(listed.items.iter().map(|webhook| webhook.id));
        let Some(next) = listed.next else { break };
        page.after = Some(next);
    }
    assert_eq!(seen, [other.id, made.id], "newest first");

    let foreign = ProjectId::generate();
    assert!(ground.store.webhook_get(foreign, made.id).await.unwrap().is_none());
    assert!(ground.store.webhook_update(foreign, made.id, WebhookChange::default()).await.unwrap().is_none());
    assert!(!ground.store.webhook_delete(foreign, made.id).await.unwrap());
    assert!(ground.store.webhook_delete(ground.project, made.id).await.unwrap());
    assert!(!ground.store.webhook_delete(ground.project, made.id).await.unwrap());
    assert!(ground.store.webhook_get(ground.project, made.id).await.unwrap().is_none());
}

pub async fn a_batch_tells_of_each_of_its_states_once(ground: &Ground<'_>) {
    let made = batch(ground, &["a", "b"], inline("x"), Listeners::default()).await;
    let pending = claim(ground).await;
    let subject = Subject::Batch { batch: made.id, directory: made.directory, generation: 0 };
    assert_eq!((pending[0].event.subject, pending[0].event.at), (subject, ground.now()));
    assert_eq!((pending[0].event.project, &pending[0].endpoint), (ground.project, &endpoint("x")));
    assert!(end(ground, &pending[0], DeliveryOutcome::Delivered).await);
    assert_eq!(pending[0].event.kind, EventKind::BatchPending);

    let first = ground.claim_one().await;
    let second = ground.claim_one().await;
    assert_eq!(told(ground).await, ["x batch.running RUNNING"]);
    ground.finish(&first, completed()).await;
    assert!(told(ground).await.is_empty(), "one of two has ended");
    ground.finish(&second, Outcome::Failed(Code::FileDamaged.into())).await;
    assert_eq!(told(ground).await, ["x batch.success COMPLETED"]);
    ground.store.batch_recount(made.id).await.unwrap();
    assert!(told(ground).await.is_empty(), "a recount of a sound batch is no news");

    let cancelled = batch(ground, &["c"], inline("x"), Listeners::default()).await;
    ground.store.batch_cancel(ground.project, cancelled.id).await.unwrap();
    assert_eq!(told(ground).await, ["x batch.pending PENDING", "x batch.cancelled CANCELLED"]);
    batch(ground, &[""], inline("x"), Listeners::default()).await;
    assert_eq!(told(ground).await, ["x batch.pending PENDING", "x batch.success COMPLETED"], "nothing to do");
}

pub async fn a_job_tells_of_each_of_its_states_once(ground: &Ground<'_>) {
    job(ground, "a", inline("x")).await;
    assert_eq!(told(ground).await, ["x parse.pending PENDING"]);
    let first = ground.claim_one().await;
    assert_eq!(told(ground).await, ["x parse.running RUNNING"]);
    let failure = Failure::from(Code::ReaderDied);
    ground.finish(&first, Outcome::Retry { failure, strike: true, delay_ms: 0 }).await;
    let second = ground.claim_one().await;
    assert!(!ground.finish(&first, completed()).await, "a stale attempt");
    assert!(told(ground).await.is_empty(), "neither a retry nor a refused result is news");
    ground.finish(&second, completed()).await;
    assert_eq!(told(ground).await, ["x parse.success COMPLETED"]);

    let partial = Outcome::Completed(JobResult { pages: 2, pages_failed: 1, ..JobResult::default() });
    for (name, outcome, expected) in [
        ("b", partial, "x parse.partial_success COMPLETED"),
        ("c", Outcome::Failed(Code::FileDamaged.into()), "x parse.error FAILED"),
        ("d", Outcome::Cancelled, "x parse.cancelled CANCELLED"),
    ] {
        job(ground, name, inline("x")).await;
        let claimed = ground.claim_one().await;
        told(ground).await;
        ground.finish(&claimed, outcome).await;
        assert_eq!(told(ground).await, [expected]);
    }
    let waiting = job(ground, "e", inline("x")).await;
    told(ground).await;
    ground.store.job_cancel(ground.project, waiting.id).await.unwrap();
    assert_eq!(told(ground).await, ["x parse.cancelled CANCELLED"]);
    job(ground, "f", inline("x")).await;
    ground.claim_one().await;
    told(ground).await;
    ground.clock.advance(LEASE_MS);
    ground.store.job_rescue(0).await.unwrap();
    assert_eq!(told(ground).await, ["x parse.error FAILED"], "its worker died too often");
}

pub async fn jobs_of_a_batch_tell_only_their_own_listeners(ground: &Ground<'_>) {
    let made = batch(ground, &["a", "b", ""], inline("batches"), inline("jobs")).await;
    let mut first = told(ground).await;
    first.sort();
    assert_eq!(first, ["batches batch.pending PENDING", "jobs parse.pending PENDING", "jobs parse.pending PENDING"]);
    let jobs = ground.claim(2).await;
    told(ground).await;
    for job in &jobs {
        ground.finish(job, completed()).await;
    }
    let ends = claim(ground).await;
    let subjects: Vec<_> = ends.iter().map(|delivery| delivery.event.subject).collect();
    for job in &jobs {
        assert!(subjects.contains(&Subject::Job { job: job.id, batch: Some(made.id) }));
    }
    assert_eq!(ends.len(), 3, "two jobs and one batch");
    let of_batch = DeliveryFilter { batch: Some(made.id), ..DeliveryFilter::default() };
    let listed = ground.store.delivery_list(ground.project, &of_batch, all()).await.unwrap();
    assert_eq!(listed.items.len(), 3 + 6, "its own with its jobs'");
}

pub async fn who_is_not_asked_for_costs_nothing(ground: &Ground<'_>) {
    let batch_id = ground.batch(2).await.id;
    job(ground, "a", Listeners::default()).await;
    for job in ground.claim(5).await {
        ground.finish(&job, completed()).await;
    }
    assert!(ground.batch_now(batch_id).await.status.is_terminal());
    assert_eq!(ground.store.delivery_due().await.unwrap(), None);

    let mut only_errors = endpoint("x");
    only_errors.events = Some(vec!["parse.error".to_owned()]);
    job(ground, "b", Listeners { saved: Vec::new(), inline: vec![only_errors, endpoint("y")] }).await;
    assert_eq!(told(ground).await, ["y parse.pending PENDING"]);
    let claimed = ground.claim_one().await;
    told(ground).await;
    ground.finish(&claimed, Outcome::Failed(Code::FileDamaged.into())).await;
    let both = claim(ground).await;
    assert_eq!(both.len(), 2);
    assert_eq!(both[0].event, both[1].event, "one event, with one id, to both");
    assert_ne!(both[0].id, both[1].id);
}

pub async fn a_saved_webhook_counts_as_it_is_now(ground: &Ground<'_>) {
    let saved = ground.store.webhook_create(new(ground, endpoint("old"))).await.unwrap().id;
    let listeners = Listeners { saved: vec![saved], inline: Vec::new() };
    job(ground, "a", listeners.clone()).await;
    let change = WebhookChange { url: Some("https://new/hook".to_owned()), ..WebhookChange::default() };
    ground.store.webhook_update(ground.project, saved, change).await.unwrap();
    assert_eq!(told(ground).await, ["new parse.pending PENDING"]);
    ground.claim_one().await;
    ground.store.webhook_delete(ground.project, saved).await.unwrap();
    assert!(claim(ground).await.is_empty(), "what waited was given up");
    let dead = DeliveryFilter { state: Some(DeliveryState::Dead), ..DeliveryFilter::default() };
    let listed = ground.store.delivery_list(ground.project, &dead, all()).await.unwrap();
    assert_eq!(listed.items.len(), 1);
    assert_eq!((listed.items[0].kind, listed.items[0].webhook), (EventKind::ParseRunning, Some(saved)));
    let replay = ground.store.delivery_replay(ground.project, listed.items[0].id).await;
    assert_eq!(refusal(replay), Code::Conflict);

    for foreign in [saved, WebhookId::generate()] {
        let listeners = Listeners { saved: vec![foreign], inline: Vec::new() };
        let directory = ground.directory().await;
        ground.entry(directory, &foreign.to_string()).await;
        let new = NewBatch { listeners, ..ground.new_batch(directory) };
        assert_eq!(refusal(ground.store.batch_create(new).await), Code::NotFound);
        let batches = ground.store.batch_list(ground.project, &BatchFilter::default(), all()).await.unwrap();
        assert!(batches.items.is_empty(), "nothing was made");
    }
}

pub async fn a_delivery_is_fenced_retried_and_given_up(ground: &Ground<'_>) {
    job(ground, "a", inline("x")).await;
    let first = claim(ground).await.remove(0);
    assert!(claim(ground).await.is_empty(), "leased");
    assert_eq!(ground.store.delivery_due().await.unwrap(), Some(ground.now().plus_ms(SENDING_MS)));
    ground.clock.advance(SENDING_MS);
    let second = claim(ground).await.remove(0);
    assert_eq!((first.attempt, second.attempt, first.event.id), (1, 2, second.event.id));
    assert!(!end(ground, &first, DeliveryOutcome::Delivered).await, "the lease is the second's");
    let failure = || Failure::from(Code::WebhookRefused);
    assert!(end(ground, &second, DeliveryOutcome::Again { failure: failure(), delay_ms: 500 }).await);
    assert!(!end(ground, &second, DeliveryOutcome::Delivered).await, "ended already");
    ground.clock.advance(499);
    assert!(claim(ground).await.is_empty());
    ground.clock.advance(1);
    let third = claim(ground).await.remove(0);
    assert!(end(ground, &third, DeliveryOutcome::Dead(failure())).await);
    assert_eq!(ground.store.delivery_due().await.unwrap(), None);

    let (delivery, attempts) = ground.store.delivery_get(ground.project, third.id).await.unwrap().unwrap();
    assert_eq!((delivery.state, delivery.attempts, delivery.last_status), (DeliveryState::Dead, 3, Some(200)));
    assert_eq!(delivery.failure.unwrap().code, Code::WebhookRefused);
    let noted: Vec<_> = attempts.iter().map(|attempt| attempt.attempt).collect();
    assert_eq!(noted, [2, 3], "nobody knows what became of the first");
    let foreign = ProjectId::generate();
    assert!(ground.store.delivery_get(foreign, third.id).await.unwrap().is_none());
    assert!(ground.store.delivery_replay(foreign, third.id).await.unwrap().is_none());

    let again = ground.store.delivery_replay(ground.project, third.id).await.unwrap().unwrap();
    assert_eq!((again.event, again.state), (third.event.id, DeliveryState::Pending));
    assert_eq!(refusal(ground.store.delivery_replay(ground.project, again.id).await), Code::Conflict);
    assert_eq!(told(ground).await, ["x parse.pending PENDING"]);
}

pub async fn a_slow_receiver_does_not_hold_back_others(ground: &Ground<'_>) {
    for name in ["a", "b", "c", "d"] {
        job(ground, name, inline("slow")).await;
    }
    job(ground, "e", inline("quick")).await;
    let hosts = async |count, per_target| {
        let claimed = ground.store.delivery_claim(count, per_target, SENDING_MS).await.unwrap();
        claimed.iter().map(|delivery| delivery.endpoint.target().replace(":443", "")).collect::<Vec<_>>()
    };
    assert_eq!(hosts(1, 2).await, ["slow"]);
    assert_eq!(hosts(10, 2).await, ["slow", "quick"], "one is being sent already");
    assert!(hosts(10, 2).await.is_empty());
    assert_eq!(hosts(10, 3).await, ["slow"]);
}

pub async fn a_test_goes_to_its_webhook_alone(ground: &Ground<'_>) {
    let mut picky = endpoint("a");
    picky.events = Some(vec!["batch.error".to_owned()]);
    let id = ground.store.webhook_create(new(ground, picky)).await.unwrap().id;
    ground.store.webhook_create(new(ground, endpoint("b"))).await.unwrap();
    let foreign = ground.store.webhook_test(ProjectId::generate(), id, EventKind::Unmapped).await.unwrap();
    assert!(foreign.is_none());
    let delivery = ground.store.webhook_test(ground.project, id, EventKind::Unmapped).await.unwrap().unwrap();
    assert_eq!((delivery.webhook, delivery.target.as_str()), (Some(id), "a:443"));
    let claimed = claim(ground).await;
    assert_eq!((claimed.len(), claimed[0].id, claimed[0].event.subject), (1, delivery.id, Subject::Test));
}

pub async fn old_events_are_forgotten_when_nothing_waits(ground: &Ground<'_>) {
    job(ground, "a", inline("x")).await;
    told(ground).await;
    job(ground, "b", inline("x")).await;
    ground.clock.advance(100);
    let waiting = claim(ground).await.remove(0);
    assert_eq!(ground.store.delivery_expire(101).await.unwrap(), 0);
    assert_eq!(ground.store.delivery_expire(100).await.unwrap(), 1);
    let listed = ground.store.delivery_list(ground.project, &DeliveryFilter::default(), all()).await.unwrap();
    assert_eq!(listed.items.iter().map(|delivery| delivery.id).collect::<Vec<_>>(), [waiting.id]);
    assert!(end(ground, &waiting, DeliveryOutcome::Delivered).await);
    assert_eq!(ground.store.delivery_expire(100).await.unwrap(), 1);
}

pub async fn the_log_is_filtered_and_paged(ground: &Ground<'_>) {
    let one = job(ground, "a", inline("x")).await.id;
    let two = job(ground, "b", inline("x")).await.id;
    told(ground).await;
    ground.claim(2).await;
    let filter = |job, state, batch: Option<BatchId>| DeliveryFilter { job, state, batch, webhook: None };
    for (filter, expected) in [
        (filter(None, None, None), 4),
        (filter(Some(one), None, None), 2),
        (filter(Some(two), Some(DeliveryState::Delivered), None), 1),
        (filter(None, Some(DeliveryState::Pending), None), 2),
        (filter(None, None, Some(BatchId::generate())), 0),
    ] {
        let mut seen = Vec::new();
        let mut page = PageRequest { after: None, limit: 1 };
        loop {
            let listed = ground.store.delivery_list(ground.project, &filter, page).await.unwrap();
            seen.extend(listed.items.iter().map(|delivery| delivery.id));
            let Some(next) = listed.next else { break };
            page.after = Some(next);
        }
        assert!(seen.is_sorted_by(|one, two| one > two), "newest first");
        assert_eq!(seen.len(), expected, "{filter:?}");
        let foreign = ground.store.delivery_list(ProjectId::generate(), &filter, all()).await.unwrap();
        assert!(foreign.items.is_empty());
    }
}
