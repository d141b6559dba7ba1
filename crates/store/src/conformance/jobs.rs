use std::collections::BTreeMap;

use docmill_model::options::{ExtractOptions, JobOptions};
use docmill_model::{BatchStatus, Code, ConfigurationId, JobId, JobStatus, Product, ProjectId};
use serde_json::json;
use uuid::Uuid;

use super::{Ground, all, completed, refusal};
use crate::records::{
    FileCreated, InputKind, JobFilter, JobSource, LeaseState, Listeners, NewJob, Outcome, OutputsToSweep, PageRequest,
    outputs_prefix,
};

pub async fn a_job_reads_back(ground: &Ground<'_>) {
    let FileCreated::New(file) = ground.store.file_create(ground.new_file("a")).await.unwrap() else { panic!("new") };
    let mut new = ground.new_job(&file);
    new.configuration = Some(ConfigurationId::generate());
    new.parameters = Some(json!({"tier": "fast"}));
    new.user_metadata = BTreeMap::from([("k".to_owned(), "v".to_owned())]);
    let made = ground.store.job_create(new.clone()).await.unwrap();
    let read = ground.job_now(made.id).await;
    assert_eq!((read.status, read.batch, read.attempt), (JobStatus::Pending, None, 0));
    assert_eq!((read.options, read.source, read.parameters), (new.options, new.source, new.parameters));
    assert_eq!((read.configuration, read.user_metadata), (new.configuration, new.user_metadata));

    let claimed = ground.claim_one().await;
    assert_eq!((claimed.id, claimed.project, claimed.tries), (made.id, ground.project, 0));
    ground.clock.advance(10);
    assert!(ground.finish(&claimed, completed()).await);
    let done = ground.job_now(made.id).await;
    assert_eq!((done.status, done.finished_at), (JobStatus::Completed, Some(ground.now())));
    assert_eq!(done.outputs, Some(outputs_prefix(made.id, claimed.attempt)));
    assert_eq!((done.result.unwrap().pages, done.failure), (1, None));

    let other_product = JobId::from_uuid(Product::Extract, made.id.uuid());
    assert!(ground.store.job_get(ground.project, other_product).await.unwrap().is_none());
    assert!(ground.store.job_get(ProjectId::generate(), made.id).await.unwrap().is_none());
}

pub async fn lists_are_filtered_and_paged(ground: &Ground<'_>) {
    let batch = ground.batch(2).await;
    let mut made: Vec<JobId> = Vec::new();
    for item in ground.store.batch_results(ground.project, batch.id).await.unwrap().unwrap() {
        made.push(item.job.unwrap().0);
    }
    ground.clock.advance(10);
    made.push(ground.job("single").await.id);
    let extract = ground.store.job_create(extraction(ground, made[0])).await.unwrap().id;
    ground.store.job_cancel(ground.project, made[1]).await.unwrap();

    let JobSource::File { file, directory_file, .. } = ground.job_now(made[0]).await.source else { panic!("a file") };
    let with = |change: &dyn Fn(&mut JobFilter)| {
        let mut filter = JobFilter::default();
        change(&mut filter);
        filter
    };
    let now = ground.now();
    let cases: [(JobFilter, &[usize]); 10] = [
        (with(&|_| {}), &[2, 1, 0]),
        (with(&|filter| filter.status = Some(JobStatus::Pending)), &[2, 0]),
        (with(&|filter| filter.ids = vec![made[0], made[2], extract]), &[2, 0]),
        (with(&|filter| filter.configuration = Some(batch.configuration)), &[1, 0]),
        (with(&|filter| filter.input = Some(file.uuid())), &[0]),
        (with(&|filter| filter.input = directory_file.map(|id| id.uuid())), &[0]),
        (with(&|filter| filter.input = Some(Uuid::now_v7())), &[]),
        (with(&|filter| filter.input_kind = Some(InputKind::File)), &[2, 1, 0]),
        (with(&|filter| filter.input_kind = Some(InputKind::ParseJob)), &[]),
        (with(&|filter| (filter.created_from, filter.created_to) = (Some(now), Some(now))), &[2]),
    ];
    for (filter, expected) in cases {
        let mut seen = Vec::new();
        let mut page = PageRequest { after: None, limit: 1 };
        loop {
            let listed = ground.store.job_list(ground.project, Product::Parse, &filter, page).await.unwrap();
            seen.extend(listed.items.iter().map(|job| made.iter().position(|id| *id == job.id).unwrap()));
            let Some(next) = listed.next else { break };
            page.after = Some(next);
        }
        assert_eq!(seen, expected, "{filter:?}");
    }
    for (of_parse_job, expected) in [
        (with(&|filter| filter.input = Some(made[0].uuid())), vec![extract]),
        (with(&|filter| filter.input_kind = Some(InputKind::ParseJob)), vec![extract]),
        (with(&|filter| filter.input_kind = Some(InputKind::File)), vec![]),
    ] {
        let listed = ground.store.job_list(ground.project, Product::Extract, &of_parse_job, all()).await.unwrap();
        assert_eq!(listed.items.iter().map(|job| job.id).collect::<Vec<_>>(), expected);
    }
    assert_eq!(ground.job_now(made[0]).await.parameters, Some(json!({"tier": "agentic"})), "those of the batch");
    let foreign = ground.store.job_list(ProjectId::generate(), Product::Parse, &JobFilter::default(), all()).await;
    assert!(foreign.unwrap().items.is_empty());
}

pub async fn a_waiting_job_is_cancelled_at_once(ground: &Ground<'_>) {
    let id = ground.job("a").await.id;
    assert!(ground.store.job_cancel(ProjectId::generate(), id).await.unwrap().is_none());
    let job = ground.store.job_cancel(ground.project, id).await.unwrap().unwrap();
    assert_eq!((job.status, job.finished_at), (JobStatus::Cancelled, Some(ground.now())));
    assert_eq!(job.failure.unwrap().code, Code::Cancelled);
    assert_eq!(refusal(ground.store.job_cancel(ground.project, id).await), Code::Conflict);
    assert!(ground.claim(1).await.is_empty());
}

pub async fn a_running_job_is_asked_to_stop(ground: &Ground<'_>) {
    let id = ground.job("a").await.id;
    let claimed = ground.claim_one().await;
    assert_eq!(ground.beat(&claimed).await, LeaseState::Held);
    let job = ground.store.job_cancel(ground.project, id).await.unwrap().unwrap();
    assert_eq!(job.status, JobStatus::Running);
    assert_eq!(ground.beat(&claimed).await, LeaseState::CancelRequested);
    assert!(ground.finish(&claimed, Outcome::Cancelled).await);
    assert_eq!(ground.job_now(id).await.status, JobStatus::Cancelled);
    assert_eq!(ground.beat(&claimed).await, LeaseState::Lost);
}

pub async fn a_job_of_a_deleted_file_is_refused(ground: &Ground<'_>) {
    let directory = ground.directory().await;
    let entry = ground.entry(directory, "a").await;
    let file = ground.store.file_get(ground.project, entry.file).await.unwrap().unwrap();
    ground.store.job_create(ground.new_job(&file)).await.unwrap();
    ground.store.directory_file_delete(ground.project, directory, entry.id).await.unwrap();
    assert!(ground.claim(5).await.is_empty(), "the job that waited has ended");
    assert_eq!(refusal(ground.store.job_create(ground.new_job(&file)).await), Code::SourceDeleted);
}

/// An extraction that reads the pages of a parse job.
fn extraction(ground: &Ground<'_>, parse_job: JobId) -> NewJob {
    NewJob {
        project: ground.project,
        options: JobOptions::Extract(ExtractOptions::default()),
        parameters: None,
        configuration: None,
        source: JobSource::ParseJob { job: parse_job.uuid(), outputs: "outputs/x-1".into(), name: "x".into() },
        user_metadata: BTreeMap::new(),
        reuse: None,
        once: None,
        listeners: Listeners::default(),
    }
}

/// Ended jobs are left alone for a minute: a worker that lost its lease may still be writing.
const STRAGGLERS_MS: i64 = 60_000;
const KEPT_MS: i64 = 30 * 86_400_000;

async fn to_sweep(ground: &Ground<'_>) -> Vec<OutputsToSweep> {
    ground.store.outputs_sweep(KEPT_MS, 100).await.unwrap()
}

pub async fn a_deleted_job_is_not_found_and_leaves_nothing(ground: &Ground<'_>) {
    let batch = ground.batch(1).await;
    let claimed = ground.claim_one().await;
    ground.finish(&claimed, completed()).await;
    assert!(!ground.store.job_delete(ProjectId::generate(), claimed.id, true).await.unwrap(), "another project's");
    assert!(ground.store.job_delete(ground.project, claimed.id, false).await.unwrap());
    assert!(!ground.store.job_delete(ground.project, claimed.id, false).await.unwrap(), "twice");

    assert!(ground.store.job_get(ground.project, claimed.id).await.unwrap().is_none());
    assert!(ground.store.job_cancel(ground.project, claimed.id).await.unwrap().is_none());
    let listed = ground.store.job_list(ground.project, Product::Parse, &JobFilter::default(), all()).await.unwrap();
    assert!(listed.items.is_empty());
    let refused = ground.store.job_create(extraction(ground, claimed.id)).await;
    assert_eq!(refusal(refused), Code::SourceDeleted);

    assert_eq!(to_sweep(ground).await, [], "not yet");
    ground.clock.advance(STRAGGLERS_MS);
    assert_eq!(to_sweep(ground).await, [OutputsToSweep { job: claimed.id, attempts: 1, keep_attempt: None }]);
    ground.store.outputs_swept(claimed.id, true).await.unwrap();
    assert_eq!(to_sweep(ground).await, []);

    assert_eq!(ground.store.batch_recount(batch.id).await.unwrap(), BatchStatus::Completed);
    assert_eq!(ground.batch_now(batch.id).await.counts.completed, 1, "the batch goes on counting it");
}

pub async fn a_job_that_has_not_ended_is_deleted_by_force_only(ground: &Ground<'_>) {
    let batch = ground.batch(2).await;
    let running = ground.claim_one().await;
    let items = ground.store.batch_results(ground.project, batch.id).await.unwrap().unwrap();
    let ids: Vec<JobId> = items.iter().filter_map(|item| Some(item.job?.0)).collect();
    for id in &ids {
        assert_eq!(refusal(ground.store.job_delete(ground.project, *id, false).await), Code::Conflict);
        assert!(ground.store.job_delete(ground.project, *id, true).await.unwrap());
        assert!(ground.store.job_get(ground.project, *id).await.unwrap().is_none());
    }
    assert!(ground.claim(5).await.is_empty(), "the one that waited has ended");
    assert_eq!(ground.batch_now(batch.id).await.status, BatchStatus::Running, "the other one stops first");
    assert_eq!(ground.beat(&running).await, LeaseState::CancelRequested);
    ground.clock.advance(2 * STRAGGLERS_MS);
    assert_eq!(to_sweep(ground).await, [], "nothing is swept under a worker");
    ground.store.job_rescue(0).await.unwrap();
    let now = ground.batch_now(batch.id).await;
    assert_eq!((now.status, now.counts.cancelled), (BatchStatus::Completed, 2));
    ground.clock.advance(STRAGGLERS_MS);
    assert_eq!(to_sweep(ground).await, [OutputsToSweep { job: running.id, attempts: 1, keep_attempt: None }]);
}

pub async fn a_deleted_parse_job_ends_what_waits_for_its_pages(ground: &Ground<'_>) {
    let parse = ground.job("a").await.id;
    let claimed = ground.claim_one().await;
    ground.finish(&claimed, completed()).await;
    let reading = ground.store.job_create(extraction(ground, parse)).await.unwrap().id;
    let reader = ground.claim_one().await;
    let waiting = ground.store.job_create(extraction(ground, parse)).await.unwrap().id;
    ground.store.job_delete(ground.project, parse, false).await.unwrap();

    let ended = ground.job_now(waiting).await;
    assert_eq!((ended.status, ended.failure.unwrap().code), (JobStatus::Failed, Code::SourceDeleted));
    ground.clock.advance(STRAGGLERS_MS);
    assert_eq!(to_sweep(ground).await, [], "its pages are being read");
    assert!(ground.finish(&reader, completed()).await);
    assert_eq!(ground.job_now(reading).await.status, JobStatus::Completed);
    assert_eq!(to_sweep(ground).await, [OutputsToSweep { job: parse, attempts: 1, keep_attempt: None }]);
}
