use docmill_model::ids::Preset;
use docmill_model::options::{JobOptions, ParseOptions, Tier};
use docmill_model::{BatchId, BatchStatus, Code, ConfigurationId, DirectoryId, Failure, JobStatus, ProjectId};

use super::{Ground, all, completed, refusal};
use crate::records::{
    BatchCounts, BatchFacts, BatchFilter, BatchItem, BatchRetry, DirectoryKind, ErrorGroup, Outcome, PageRequest,
};

async fn items(ground: &Ground<'_>, id: BatchId) -> Vec<BatchItem> {
    ground.store.batch_results(ground.project, id).await.unwrap().unwrap()
}

fn failures(items: &[BatchItem]) -> Vec<Option<Code>> {
    items.iter().map(|item| item.failure.as_ref().map(|failure| failure.code)).collect()
}

pub async fn a_batch_is_a_snapshot_of_its_directory(ground: &Ground<'_>) {
    let directory = ground.directory().await;
    let gone = ground.entry(directory, "gone").await;
    let names = ["c", "a", "b"];
    for name in names {
        ground.entry(directory, name).await;
    }
    ground.store.directory_file_delete(ground.project, directory, gone.id).await.unwrap();
    let made = ground.store.batch_create(ground.new_batch(directory)).await.unwrap();
    ground.entry(directory, "late").await;

    let batch = ground.batch_now(made.id).await;
    assert_eq!((batch.status, batch.directory), (BatchStatus::Pending, directory));
    assert_eq!(batch.counts, BatchCounts { total: 3, ..Default::default() });
    assert_eq!((batch.configuration, batch.started_at, batch.finished_at), (made.configuration, None, None));
    let items = items(ground, made.id).await;
    let seen: Vec<_> = items.iter().map(|item| (item.display_name.as_str(), item.unique_id.as_str())).collect();
    assert_eq!(seen, [("c", "c"), ("a", "a"), ("b", "b")], "in the order of the uploads");
    for item in &items {
        let (job, status) = item.job.unwrap();
        assert_eq!((status, item.failure.is_none()), (JobStatus::Pending, true));
        let job = ground.job_now(job).await;
        assert_eq!((job.batch, &job.options), (Some(made.id), &ground.options()));
        assert_eq!(job.source.name(), item.display_name);
    }
}

pub async fn a_batch_that_cannot_be_made_is_refused(ground: &Ground<'_>) {
    let empty = ground.directory().await;
    let expired = ground.directory_until(DirectoryKind::Ephemeral, Some(ground.now().plus_ms(1))).await;
    ground.entry(expired, "a").await;
    ground.clock.advance(1);
    let full = ground.directory().await;
    for name in ["a", "b", "c"] {
        ground.entry(full, name).await;
    }
    for (directory, expected) in [
        (DirectoryId::generate(), Code::NotFound),
        (empty, Code::EmptyDirectory),
        (expired, Code::DirectoryExpired),
        (full, Code::TooManyFiles),
    ] {
        let mut new = ground.new_batch(directory);
        new.files_max = 2;
        assert_eq!(refusal(ground.store.batch_create(new).await), expected);
    }
    let mut exactly = ground.new_batch(full);
    exactly.files_max = 3;
    assert_eq!(ground.store.batch_create(exactly).await.unwrap().counts.total, 3);
    let mut foreign = ground.new_batch(full);
    foreign.project = ProjectId::generate();
    assert_eq!(refusal(ground.store.batch_create(foreign).await), Code::NotFound);
}

pub async fn an_empty_file_is_an_item_without_a_job(ground: &Ground<'_>) {
    let directory = ground.directory().await;
    ground.entry(directory, "a").await;
    ground.entry(directory, "").await;
    ground.empty_entry(directory, "scan.pdf").await;
    ground.empty_entry(directory, "notes.txt").await;
    let batch = ground.store.batch_create(ground.new_batch(directory)).await.unwrap();
    assert_eq!(batch.counts, BatchCounts { total: 4, without_job: 2, ..Default::default() });
    let items = items(ground, batch.id).await;
    assert_eq!(failures(&items), [None, Some(Code::EmptyFile), Some(Code::EmptyFile), None]);
    assert_eq!(items.iter().map(|item| item.job.is_some()).collect::<Vec<_>>(), [true, false, false, true]);
    for job in ground.claim(9).await {
        assert!(ground.finish(&job, completed()).await);
    }
    assert_eq!(ground.batch_now(batch.id).await.status, BatchStatus::Completed);
}

pub async fn a_batch_of_empty_files_is_completed_at_once(ground: &Ground<'_>) {
    let directory = ground.directory().await;
    ground.entry(directory, "").await;
    let batch = ground.store.batch_create(ground.new_batch(directory)).await.unwrap();
    assert_eq!((batch.status, batch.finished_at), (BatchStatus::Completed, Some(ground.now())));
    assert_eq!(ground.batch_now(batch.id).await.status, BatchStatus::Completed);
    assert!(ground.claim(5).await.is_empty());
}

pub async fn a_batch_is_settled_by_its_last_job(ground: &Ground<'_>) {
    let id = ground.batch(2).await.id;
    ground.clock.advance(10);
    let first = ground.claim_one().await;
    let begun = ground.batch_now(id).await;
    assert_eq!((begun.status, begun.started_at), (BatchStatus::Running, Some(ground.now())));
    assert!(ground.finish(&first, completed()).await);
    assert_eq!(ground.batch_now(id).await.status, BatchStatus::Running);
    ground.clock.advance(10);
    let second = ground.claim_one().await;
    assert!(ground.finish(&second, Outcome::Failed(Code::FileDamaged.into())).await);
    let done = ground.batch_now(id).await;
    assert_eq!(done.counts, BatchCounts { total: 2, completed: 1, failed: 1, ..Default::default() });
    assert_eq!((done.status, done.finished_at), (BatchStatus::Completed, Some(ground.now())));
    assert_eq!(done.failure, None, "a failed file is no failed batch");
}

pub async fn a_failed_or_cancelled_job_leaves_a_failure_on_its_item(ground: &Ground<'_>) {
    let id = ground.batch(4).await.id;
    let jobs = ground.claim(4).await;
    let outcomes = [
        completed(),
        Outcome::Failed(Failure::new(Code::PdfIsProtected, "Needs a password.")),
        Outcome::Cancelled,
        Outcome::Retry { failure: Code::ReaderDied.into(), strike: true, delay_ms: 0 },
    ];
    for (job, outcome) in jobs.iter().zip(outcomes) {
        assert!(ground.finish(job, outcome).await);
    }
    let items = items(ground, id).await;
    assert_eq!(failures(&items), [None, Some(Code::PdfIsProtected), Some(Code::Cancelled), None]);
    assert_eq!(items[1].failure.as_ref().unwrap().to_string(), "PDF_IS_PROTECTED: Needs a password.");
    let statuses: Vec<_> = items.iter().map(|item| item.job.unwrap().1).collect();
    use JobStatus::{Cancelled, Completed, Failed, Pending};
    assert_eq!(statuses, [Completed, Failed, Cancelled, Pending]);
}

pub async fn a_waiting_batch_is_cancelled_at_once(ground: &Ground<'_>) {
    let id = ground.batch(3).await.id;
    let batch = ground.store.batch_cancel(ground.project, id).await.unwrap().unwrap();
    assert_eq!(batch.status, BatchStatus::Cancelled);
    assert_eq!(batch.counts, BatchCounts { total: 3, cancelled: 3, ..Default::default() });
    assert_eq!(failures(&items(ground, id).await), [Some(Code::Cancelled); 3]);
    assert!(ground.claim(5).await.is_empty());
}

pub async fn a_running_batch_is_cancelled_when_its_last_job_stops(ground: &Ground<'_>) {
    let id = ground.batch(3).await.id;
    let jobs = ground.claim(2).await;
    let asked = ground.store.batch_cancel(ground.project, id).await.unwrap().unwrap();
    assert_eq!((asked.status, asked.counts.cancelled), (BatchStatus::Running, 1));
    let again = ground.store.batch_cancel(ground.project, id).await.unwrap().unwrap();
    assert_eq!((again.status, again.counts.cancelled), (BatchStatus::Running, 1), "asking twice is no error");
    assert!(ground.finish(&jobs[0], completed()).await, "work that is done is kept");
    assert_eq!(ground.batch_now(id).await.status, BatchStatus::Running);
    assert!(ground.finish(&jobs[1], Outcome::Cancelled).await);
    let done = ground.batch_now(id).await;
    assert_eq!(done.counts, BatchCounts { total: 3, completed: 1, cancelled: 2, ..Default::default() });
    assert_eq!(done.status, BatchStatus::Cancelled);
}

pub async fn a_finished_batch_cannot_be_cancelled(ground: &Ground<'_>) {
    let id = ground.batch(1).await.id;
    let job = ground.claim_one().await;
    ground.finish(&job, completed()).await;
    assert_eq!(refusal(ground.store.batch_cancel(ground.project, id).await), Code::Conflict);
    let cancelled = ground.batch(1).await.id;
    ground.store.batch_cancel(ground.project, cancelled).await.unwrap();
    assert_eq!(refusal(ground.store.batch_cancel(ground.project, cancelled).await), Code::Conflict);
    assert!(ground.store.batch_cancel(ground.project, BatchId::generate()).await.unwrap().is_none());
    assert!(ground.store.batch_cancel(ProjectId::generate(), id).await.unwrap().is_none());
}

pub async fn a_deleted_file_or_directory_ends_what_waits_for_it(ground: &Ground<'_>) {
    let batch = ground.batch(3).await;
    let running = ground.claim_one().await;
    let waiting = items(ground, batch.id).await[1].directory_file;
    assert!(ground.store.directory_file_delete(ground.project, batch.directory, waiting).await.unwrap());
    assert_eq!(failures(&items(ground, batch.id).await), [None, Some(Code::SourceDeleted), None]);
    assert!(ground.store.directory_delete(ground.project, batch.directory).await.unwrap());
    let seen = failures(&items(ground, batch.id).await);
    assert_eq!(seen, [None, Some(Code::SourceDeleted), Some(Code::SourceDeleted)]);
    assert_eq!(ground.batch_now(batch.id).await.status, BatchStatus::Running);
    assert!(ground.finish(&running, completed()).await, "what is being read may finish");
    let done = ground.batch_now(batch.id).await;
    assert_eq!((done.status, done.counts.completed, done.counts.failed), (BatchStatus::Completed, 1, 2));
}

pub async fn a_recount_of_a_sound_batch_changes_nothing(ground: &Ground<'_>) {
    let id = ground.batch(2).await.id;
    assert_eq!(ground.store.batch_recount(id).await.unwrap(), BatchStatus::Pending);
    let jobs = ground.claim(2).await;
    ground.finish(&jobs[0], completed()).await;
    let before = ground.batch_now(id).await.counts;
    assert_eq!(ground.store.batch_recount(id).await.unwrap(), BatchStatus::Running);
    assert_eq!(ground.batch_now(id).await.counts, before);
    ground.finish(&jobs[1], completed()).await;
    assert_eq!(ground.store.batch_recount(id).await.unwrap(), BatchStatus::Completed);
    assert_eq!(refusal(ground.store.batch_recount(BatchId::generate()).await), Code::NotFound);
}

pub async fn lists_are_filtered_and_paged(ground: &Ground<'_>) {
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(ground.batch(1).await);
        ground.clock.advance(10);
    }
    for number in [1, 3] {
        ground.store.batch_cancel(ground.project, made[number].id).await.unwrap();
    }
    let with = |change: &dyn Fn(&mut BatchFilter)| {
        let mut filter = BatchFilter::default();
        change(&mut filter);
        filter
    };
    let at = |number: usize| Some(made[number].created_at);
    let cases: [(BatchFilter, &[usize]); 6] = [
        (with(&|_| {}), &[4, 3, 2, 1, 0]),
        (with(&|filter| filter.status = Some(BatchStatus::Cancelled)), &[3, 1]),
        (with(&|filter| filter.status = Some(BatchStatus::Throttled)), &[]),
        (with(&|filter| filter.directory = Some(made[2].directory)), &[2]),
        (with(&|filter| (filter.created_from, filter.created_to) = (at(1), at(3))), &[3, 2, 1]),
        (with(&|filter| (filter.created_from, filter.status) = (at(2), Some(BatchStatus::Pending))), &[4, 2]),
    ];
    for (filter, expected) in cases {
        let mut seen = Vec::new();
        let mut page = PageRequest { after: None, limit: 2 };
        loop {
            let listed = ground.store.batch_list(ground.project, &filter, page).await.unwrap();
            assert!(listed.next.is_none() || listed.items.len() == 2, "a page is full before the end");
            seen.extend(listed.items.iter().map(|batch| made.iter().position(|m| m.id == batch.id).unwrap()));
            let Some(next) = listed.next else { break };
            page.after = Some(next);
        }
        assert_eq!(seen, expected, "{filter:?}");
    }
}

pub async fn paging_neither_repeats_nor_skips_while_states_change(ground: &Ground<'_>) {
    let mut made = Vec::new();
    for _ in 0..6 {
        made.push(ground.batch(1).await.id);
    }
    let filter = BatchFilter { status: Some(BatchStatus::Pending), ..Default::default() };
    let page = PageRequest { after: None, limit: 2 };
    let first = ground.store.batch_list(ground.project, &filter, page).await.unwrap();
    // The row at the cursor leaves the filter, and a new one comes, between two pages.
    ground.store.batch_cancel(ground.project, made[4]).await.unwrap();
    ground.store.batch_cancel(ground.project, made[2]).await.unwrap();
    ground.batch(1).await;
    let page = PageRequest { after: first.next, limit: 10 };
    let rest = ground.store.batch_list(ground.project, &filter, page).await.unwrap();
    let seen: Vec<_> = first.items.iter().chain(&rest.items).map(|batch| batch.id).collect();
    assert_eq!(seen, [made[5], made[4], made[3], made[1], made[0]]);
}

pub async fn another_project_learns_nothing(ground: &Ground<'_>) {
    let id = ground.batch(1).await.id;
    let other = ProjectId::generate();
    assert!(ground.store.batch_get(other, id).await.unwrap().is_none());
    assert!(ground.store.batch_results(other, id).await.unwrap().is_none());
    assert!(ground.store.batch_results(ground.project, BatchId::generate()).await.unwrap().is_none());
    let listed = ground.store.batch_list(other, &BatchFilter::default(), all()).await.unwrap();
    assert!(listed.items.is_empty());
}

pub async fn batches_say_what_runs_and_what_failed(ground: &Ground<'_>) {
    let directory = ground.directory().await;
    for name in ["a", "b", "c", "d", "e", ""] {
        ground.entry(directory, name).await;
    }
    let batch = ground.store.batch_create(ground.new_batch(directory)).await.unwrap().id;
    let other = ground.batch(1).await.id;
    let facts = async || ground.store.batch_facts(&[batch, other]).await.unwrap();
    let empty = ErrorGroup {
        code: Code::EmptyFile,
        count: 1,
        file: String::new(),
        message: Code::EmptyFile.sentence().to_owned(),
    };
    let due = Some(ground.now());
    let expected = BatchFacts { next_due: due, errors: vec![empty.clone()], ..BatchFacts::default() };
    assert_eq!(facts().await[&batch], expected);
    assert_eq!(facts().await[&other], BatchFacts { next_due: due, ..BatchFacts::default() });

    let mut jobs = ground.claim(6).await;
    jobs.retain(|job| job.batch == Some(batch));
    assert_eq!(jobs.len(), 5);
    let told = facts().await;
    assert_eq!((told[&batch].running, told[&batch].next_due, told[&other].running), (5, None, 1));

    for (job, message) in jobs.iter().zip(["first", "second"]) {
        assert!(ground.finish(job, Outcome::Failed(Failure::new(Code::FileDamaged, message))).await);
    }
    let retry = Outcome::Retry { failure: Code::BlobsUnavailable.into(), strike: false, delay_ms: 500 };
    assert!(ground.finish(&jobs[2], retry).await);
    assert!(ground.finish(&jobs[3], Outcome::Cancelled).await);
    let damaged = ErrorGroup {
        code: Code::FileDamaged,
        count: 2,
        file: jobs[0].source.name().to_owned(),
        message: "first".into(),
    };
    let expected = BatchFacts {
        running: 1,
        next_due: Some(ground.now().plus_ms(500)),
        last_failure: Some(Code::BlobsUnavailable),
        errors: vec![damaged, empty],
    };
    assert_eq!(facts().await[&batch], expected, "cancelled ones did not fail");
}

pub async fn the_pace_is_measured_from_the_first_claim(ground: &Ground<'_>) {
    let batch = ground.batch(3).await;
    assert_eq!(batch.pace, None);
    ground.clock.advance(50);
    let begun = ground.now();
    let first = ground.claim_one().await;
    ground.clock.advance(50);
    assert!(ground.finish(&first, completed()).await);
    let second = ground.claim_one().await;
    assert_eq!(ground.batch_now(batch.id).await.pace, Some((begun, 0)), "later claims change nothing");
    // A server that was down did not read.
    assert_eq!(ground.store.job_release_all().await.unwrap(), 1);
    assert_eq!(ground.batch_now(batch.id).await.pace, None);
    assert!(!ground.finish(&second, completed()).await);
    ground.claim_one().await;
    assert_eq!(ground.batch_now(batch.id).await.pace, Some((ground.now(), 1)));
}

pub async fn failed_items_are_retried_in_their_batch(ground: &Ground<'_>) {
    let batch = ground.batch(5).await.id;
    let jobs = ground.claim(5).await;
    assert!(ground.finish(&jobs[0], completed()).await);
    for (job, code) in jobs[1..4].iter().zip([Code::ReaderTimeout, Code::ReaderTimeout, Code::FileDamaged]) {
        assert!(ground.finish(job, Outcome::Failed(code.into())).await);
    }
    ground.store.batch_cancel(ground.project, batch).await.unwrap();
    assert!(ground.finish(&jobs[4], Outcome::Cancelled).await);
    assert_eq!(ground.batch_now(batch).await.status, BatchStatus::Cancelled);

    let only = BatchRetry { codes: vec![Code::ReaderTimeout], ..ground.batch_retry(batch) };
    let retried = ground.store.batch_retry(only).await.unwrap().unwrap();
    assert_eq!((retried.status, retried.generation, retried.finished_at), (BatchStatus::Running, 1, None));
    let expected = BatchCounts { total: 5, completed: 1, failed: 1, cancelled: 1, ..Default::default() };
    assert_eq!((retried.counts, retried.counts.open()), (expected, 2));
    let before = items(ground, batch).await;
    let again: Vec<_> = before.iter().filter(|item| item.retried_from.is_some()).collect();
    assert_eq!(again.iter().map(|item| item.retried_from).collect::<Vec<_>>(), [Some(jobs[1].id), Some(jobs[2].id)]);
    assert_eq!(ground.job_now(jobs[1].id).await.status, JobStatus::Failed, "the old job stays as it was");

    let second = ground.claim(9).await;
    assert_eq!(
        second.iter().map(|job| Some(job.id)).collect::<Vec<_>>(),
        again.iter().map(|item| item.job.map(|(id, _)| id)).collect::<Vec<_>>()
    );
    assert_eq!(second[0].options, ground.options());
    for job in &second {
        assert!(ground.finish(job, completed()).await);
    }
    let done = ground.batch_now(batch).await;
    assert_eq!(
        (done.status, done.counts.completed),
        (BatchStatus::Completed, 3),
        "the wish to cancel was the old one's"
    );

    let cancelled = BatchRetry { cancelled: true, ..ground.batch_retry(batch) };
    let retried = ground.store.batch_retry(cancelled).await.unwrap().unwrap();
    assert_eq!((retried.generation, retried.counts.open()), (2, 2));
    assert_eq!(ground.store.batch_recount(batch).await.unwrap(), BatchStatus::Running, "old jobs do not count");
    assert_eq!(ground.batch_now(batch).await.counts, retried.counts);
}

pub async fn a_retry_may_do_it_otherwise(ground: &Ground<'_>) {
    let batch = ground.batch(1).await.id;
    let fail = async || {
        let job = ground.claim_one().await;
        assert!(ground.finish(&job, Outcome::Failed(Code::ReaderTimeout.into())).await);
        job
    };
    fail().await;
    let longer = BatchRetry { page_timeout_s: Some(300), ..ground.batch_retry(batch) };
    ground.store.batch_retry(longer).await.unwrap();
    let slow = fail().await;
    assert_eq!((slow.options.parse().page_timeout_s, slow.options.parse().base_timeout_s), (Some(300), None));
    // The next one goes on from what the last one did.
    let base = BatchRetry { base_timeout_s: Some(60), ..ground.batch_retry(batch) };
    ground.store.batch_retry(base).await.unwrap();
    let slow = fail().await;
    assert_eq!((slow.options.parse().page_timeout_s, slow.options.parse().base_timeout_s), (Some(300), Some(60)));
    let fast = ConfigurationId::Preset(Preset::ParseFast);
    let options = JobOptions::Parse(ParseOptions { tier: Tier::Fast, ..Default::default() });
    let other = BatchRetry {
        configuration: Some((fast, options.clone(), serde_json::json!({"tier": "fast"}))),
        ..ground.batch_retry(batch)
    };
    ground.store.batch_retry(other).await.unwrap();
    let job = fail().await;
    assert_eq!(job.options, options);
    assert_eq!(ground.job_now(job.id).await.configuration, Some(fast));
}

pub async fn what_cannot_be_retried_is_refused(ground: &Ground<'_>) {
    let retry = async |batch| ground.store.batch_retry(ground.batch_retry(batch)).await;
    assert!(retry(BatchId::generate()).await.unwrap().is_none());
    let batch = ground.batch(2).await;
    assert_eq!(refusal(retry(batch.id).await), Code::Conflict, "PENDING");
    let jobs = ground.claim(2).await;
    assert_eq!(refusal(retry(batch.id).await), Code::Conflict, "RUNNING");
    assert!(ground.finish(&jobs[0], completed()).await);
    assert!(ground.finish(&jobs[1], Outcome::Failed(Code::ReaderDied.into())).await);
    let other = BatchRetry { codes: vec![Code::FileDamaged], ..ground.batch_retry(batch.id) };
    assert_eq!(refusal(ground.store.batch_retry(other).await), Code::Conflict, "no such code");
    let foreign = BatchRetry { project: ProjectId::generate(), ..ground.batch_retry(batch.id) };
    assert!(ground.store.batch_retry(foreign).await.unwrap().is_none());
    let failed = items(ground, batch.id).await[1].directory_file;
    ground.store.directory_file_delete(ground.project, batch.directory, failed).await.unwrap();
    assert_eq!(refusal(retry(batch.id).await), Code::Conflict, "its file is gone");
}
