use docmill_model::options::{JobOptions, ParseOptions, Tier};
use docmill_model::results::JobResult;
use docmill_model::{BatchStatus, Code, DirectoryId, JobStatus};

use super::{Ground, LEASE_MS, refusal};
use crate::records::*;

const ENGINE: &str = "docmill 1; ocr none";
const KEPT_MS: i64 = 48 * 3_600_000;
const RESULTS_KEPT_MS: i64 = 30 * 86_400_000;

fn reuse(engine: &str) -> Option<Reuse> {
    Some(Reuse { engine: engine.to_owned(), kept_ms: KEPT_MS })
}

fn read_by(engine: &str) -> JobResult {
    JobResult { pages: 1, engine: engine.to_owned(), ..JobResult::default() }
}

async fn file(ground: &Ground<'_>, name: &str) -> File {
    let FileCreated::New(file) = ground.store.file_create(ground.new_file(name)).await.unwrap() else { panic!("new") };
    file
}

/// A job over a new file of this name and content, which may take a result over.
async fn job(ground: &Ground<'_>, name: &str) -> Job {
    let new = NewJob { reuse: reuse(ENGINE), ..ground.new_job(&file(ground, name).await) };
    ground.store.job_create(new).await.unwrap()
}

async fn finish(ground: &Ground<'_>, result: JobResult) {
    let claimed = ground.claim_one().await;
    assert!(ground.finish(&claimed, Outcome::Completed(result)).await);
}

pub async fn a_known_result_is_taken_over(ground: &Ground<'_>) {
    let first = job(ground, "a.txt").await;
    assert_eq!((first.status, first.reused_from), (JobStatus::Pending, None));
    finish(ground, read_by(ENGINE)).await;
    let first = ground.job_now(first.id).await;
    let second = job(ground, "a.txt").await;
    assert_eq!((second.status, second.reused_from), (JobStatus::Completed, Some(first.id)));
    assert_ne!(second.id, first.id);
    assert_eq!((&second.outputs, &second.result), (&first.outputs, &first.result));
    assert_eq!((second.started_at, second.finished_at), (Some(ground.now()), Some(ground.now())));
    assert!(ground.claim(5).await.is_empty(), "nothing is read");
    // The age counts from the reading, however often its result was used since.
    ground.clock.advance(KEPT_MS - 1);
    assert_eq!(job(ground, "a.txt").await.reused_from, Some(first.id));
    ground.clock.advance(1);
    assert_eq!(job(ground, "a.txt").await.status, JobStatus::Pending);
}

pub async fn only_the_same_work_by_the_same_engine_is_taken_over(ground: &Ground<'_>) {
    job(ground, "a.txt").await;
    finish(ground, read_by(ENGINE)).await;
    let known = file(ground, "a.txt").await;
    let same = || NewJob { reuse: reuse(ENGINE), ..ground.new_job(&known) };
    let with = |options: ParseOptions| NewJob { options: JobOptions::Parse(options), ..same() };
    let named = |name: &str| {
        let mut new = same();
        if let JobSource::File { name: old, .. } = &mut new.source {
            *old = name.to_owned();
        }
        new
    };
    for (what, new, taken) in [
        ("the same", same(), true),
        ("another name with the same ending", named("b.TXT"), true),
        ("another ending", named("a.md"), false),
        ("another engine", NewJob { reuse: reuse("docmill 2; ocr none"), ..same() }, false),
        ("nothing is to be used again", NewJob { reuse: None, ..same() }, false),
        ("other options", with(ParseOptions { tier: Tier::Fast, ..Default::default() }), false),
        ("no cache", with(ParseOptions { disable_cache: true, ..Default::default() }), false),
    ] {
        let made = ground.store.job_create(new).await.unwrap();
        assert_eq!(made.reused_from.is_some(), taken, "{what}");
    }
    let other = job(ground, "other.txt").await;
    assert_eq!(other.reused_from, None, "other content");
}

pub async fn a_result_that_lacks_something_is_not_kept_for_others(ground: &Ground<'_>) {
    let no_cache = ParseOptions { disable_cache: true, ..Default::default() };
    let lacking = JobResult { lacks_something: true, ..read_by(ENGINE) };
    for (what, options, result) in [
        ("no cache", no_cache, read_by(ENGINE)),
        ("no OCR", ParseOptions::default(), lacking),
        ("failed pages", ParseOptions::default(), JobResult { pages_failed: 1, ..read_by(ENGINE) }),
        ("an older engine", ParseOptions::default(), read_by("docmill 0; ocr none")),
    ] {
        let new = ground.new_job(&file(ground, what).await);
        let new = NewJob { options: JobOptions::Parse(options), reuse: reuse(ENGINE), ..new };
        ground.store.job_create(new.clone()).await.unwrap();
        finish(ground, result).await;
        let again = NewJob { options: ground.options(), ..new };
        assert_eq!(ground.store.job_create(again).await.unwrap().reused_from, None, "{what}");
        finish(ground, JobResult { lacks_something: true, ..read_by(ENGINE) }).await;
    }
}

async fn directory_of(ground: &Ground<'_>, names: &[&str]) -> DirectoryId {
    let directory = ground.directory().await;
    for name in names {
        ground.entry(directory, name).await;
    }
    directory
}

pub async fn a_second_batch_reads_what_is_new(ground: &Ground<'_>) {
    let batch = async |names: &[&str]| {
        let directory = directory_of(ground, names).await;
        let new = NewBatch { reuse: reuse(ENGINE), ..ground.new_batch(directory) };
        ground.store.batch_create(new).await.unwrap()
    };
    let first = batch(&["a", "b", ""]).await;
    assert_eq!((first.counts.reused, first.status), (0, BatchStatus::Pending));
    for _ in 0..2 {
        finish(ground, read_by(ENGINE)).await;
    }
    let more = batch(&["a", "b", "", "c"]).await;
    let counts = BatchCounts { total: 4, completed: 2, without_job: 1, reused: 2, ..Default::default() };
    assert_eq!((more.counts, more.status), (counts, BatchStatus::Pending));
    let claimed = ground.claim(9).await;
    assert_eq!(claimed.iter().map(|job| job.source.name()).collect::<Vec<_>>(), ["c"]);
    assert!(ground.finish(&claimed[0], Outcome::Completed(read_by(ENGINE))).await);
    assert_eq!(ground.batch_now(more.id).await.status, BatchStatus::Completed);
    let same = batch(&["a", "b", "", "c"]).await;
    assert_eq!((same.status, same.counts.reused, same.finished_at), (BatchStatus::Completed, 3, Some(ground.now())));
    assert_eq!(ground.store.batch_recount(more.id).await.unwrap(), BatchStatus::Completed);
    assert_eq!(ground.batch_now(more.id).await.counts, BatchCounts { completed: 3, ..counts }, "a recount agrees");
    assert_eq!(refusal(ground.store.batch_retry(ground.batch_retry(same.id)).await), Code::Conflict);
}

pub async fn shared_outputs_stay_as_long_as_anybody_has_them(ground: &Ground<'_>) {
    let first = job(ground, "a").await.id;
    finish(ground, read_by(ENGINE)).await;
    ground.clock.advance(KEPT_MS / 2);
    let second = job(ground, "a").await.id;
    let to_sweep = async || ground.store.outputs_sweep(RESULTS_KEPT_MS, 100).await.unwrap();
    ground.clock.advance(RESULTS_KEPT_MS - KEPT_MS / 2);
    assert_eq!(to_sweep().await, [], "the first is old enough, but the second has its outputs");
    ground.clock.advance(KEPT_MS / 2);
    // The second wrote nothing, so there is nothing of its own to delete.
    assert_eq!(to_sweep().await, [OutputsToSweep { job: second, attempts: 0, keep_attempt: None }]);
    ground.store.outputs_swept(second, true).await.unwrap();
    assert_eq!(to_sweep().await, [OutputsToSweep { job: first, attempts: 1, keep_attempt: None }]);
    ground.store.outputs_swept(first, true).await.unwrap();
    assert_eq!((to_sweep().await, ground.job_now(second).await.outputs), (vec![], None));
}

pub async fn a_deleted_file_takes_its_results_out_of_use(ground: &Ground<'_>) {
    let directory = directory_of(ground, &["a"]).await;
    let new = NewBatch { reuse: reuse(ENGINE), ..ground.new_batch(directory) };
    let batch = ground.store.batch_create(new).await.unwrap();
    finish(ground, read_by(ENGINE)).await;
    let taken = job(ground, "a").await;
    assert!(taken.reused_from.is_some());
    let items = ground.store.batch_results(ground.project, batch.id).await.unwrap().unwrap();
    ground.store.directory_file_delete(ground.project, directory, items[0].directory_file).await.unwrap();
    assert_eq!(job(ground, "a").await.reused_from, None);
    assert!(ground.job_now(taken.id).await.outputs.is_some(), "who had it keeps it");

    // Deleted while it is read: the result is the job's own, and nobody else's.
    ground.store.job_release_all().await.unwrap();
    let directory = directory_of(ground, &["z"]).await;
    let new = NewBatch { reuse: reuse(ENGINE), ..ground.new_batch(directory) };
    ground.store.batch_create(new).await.unwrap();
    let claimed = ground.store.job_claim("other", 9, LEASE_MS, Caps::default()).await.unwrap();
    ground.store.directory_delete(ground.project, directory).await.unwrap();
    for job in claimed {
        let finish = Finish { job: job.id, attempt: job.attempt, outcome: Outcome::Completed(read_by(ENGINE)) };
        ground.store.job_finish("other", vec![finish]).await.unwrap();
    }
    assert_eq!(job(ground, "z").await.reused_from, None);
}

pub async fn a_deleted_job_takes_its_result_out_of_use(ground: &Ground<'_>) {
    let kept = job(ground, "a").await.id;
    finish(ground, read_by(ENGINE)).await;
    assert!(ground.store.job_delete(ground.project, kept, false).await.unwrap());
    assert_eq!(job(ground, "a").await.reused_from, None);
    // Deleted by force while it runs: its worker may still be done before it hears of it.
    let claimed = ground.claim_one().await;
    assert!(ground.store.job_delete(ground.project, claimed.id, true).await.unwrap());
    assert!(ground.finish(&claimed, Outcome::Completed(read_by(ENGINE))).await);
    assert_eq!(job(ground, "a").await.reused_from, None);
}
