//! Jobs that end, or are ended, while a reader is in the middle of a page.

use std::time::Duration;

use docmill_model::document::{BBox, Page, PageOutcome, Word};
use docmill_model::options::{ExtractOptions, ExtractTarget, JobOptions, ParseOptions};
use docmill_model::{BatchStatus, JobId, JobStatus, Product};
use docmill_store::*;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::world::{Met, PATIENCE, World, settings};

fn kill(met: &Met) {
    let pid = Pid::from_raw(met.pid.cast_signed()).expect("a process id");
    kill_process(pid, Signal::KILL).expect("the reader lives");
}

#[tokio::test]
async fn a_reader_killed_from_outside_costs_its_page_and_not_the_job() {
    let world = World::new().await;
    let meeting = world.meeting();
    let job = world.job(&format!("text a\n{}\ntext c", meeting.order())).await;
    let runner = world.start(settings("obeys"));
    let met = meeting.reader().await;
    kill(&met);
    met.dies().await;
    let failed = "2 FAILED READER_DIED: Reading page 2 made the reader stop.";
    assert_eq!(world.told(job).await, ["1 a", failed, "3 c"]);
    world.drain(&runner).await;
}

#[tokio::test]
async fn a_document_of_one_page_whose_reader_is_killed_is_read_again() {
    let world = World::new().await;
    let meeting = world.meeting();
    let job = world.job(&meeting.order()).await;
    let runner = world.start(settings("obeys"));
    kill(&meeting.reader().await);
    meeting.reader().await.go_on().await;
    assert_eq!(world.ended(job).await.status, JobStatus::Completed);
    let job = world.get(job).await;
    assert_eq!((job.attempt, job.strikes), (2, 1));
    world.drain(&runner).await;
}

#[tokio::test]
async fn a_cancelled_job_stops_its_reader() {
    let schema = serde_json::json!({"type": "object", "properties": {"total": {"type": "string"}}});
    let extract = ExtractOptions { data_schema: schema, ..ExtractOptions::default() };
    for options in [JobOptions::Parse(ParseOptions::default()), JobOptions::Extract(extract)] {
        let world = World::new().await;
        let meeting = world.meeting();
        let job = world.job_of(Content::Blob(world.blob(&meeting.order()).await), options).await;
        let runner = world.start(settings("obeys"));
        let met = meeting.reader().await;
        world.store.job_cancel(world.project, job).await.expect("cancel");
        met.dies().await;
        assert_eq!(world.ended(job).await.status, JobStatus::Cancelled);
        world.drain(&runner).await;
        assert_eq!(world.outputs().await, Vec::<String>::new());
    }
}

/// Pages and fields for an extraction that takes minutes.
async fn long_extraction(world: &World) -> JobId {
    let leaf = |leaf: usize| (format!("leaf_{leaf}"), json!({}));
    let leaves: serde_json::Map<_, _> = (0..5_000).map(leaf).collect();
    let options = ExtractOptions {
        data_schema: json!({"type": "object", "properties": leaves}),
        target: ExtractTarget::PerPage,
        ..ExtractOptions::default()
    };
    let word = |text: &str, at: u16| Word {
        text: text.to_owned(),
        bbox: Some(BBox { x: 60.0 * f32::from(at), y: 100.0, w: 50.0, h: 10.0 }),
        line: 0,
        confidence: None,
    };
    let words = ["Leaf", "17:", "oak", "and", "leaf", "4711:", "elm"];
    let words: Vec<Word> = words.iter().zip(1..).map(|(text, at)| word(text, at)).collect();
    let page =
        |number| Page { number, width: Some(600.0), height: Some(800.0), words: words.clone(), ..Page::default() };
    let lines = (1..=5_000).map(|number| serde_json::to_string(&PageOutcome::Read(Box::new(page(number)))));
    let lines: Vec<String> = lines.map(|line| line.expect("json") + "\n").collect();
    world.blobs.put("outputs/long/1/pages.jsonl", lines.concat().into()).await.expect("put");
    let job = JobId::generate(Product::Parse).uuid();
    let source = JobSource::ParseJob { job, outputs: "outputs/long/1".to_owned(), name: "long.pdf".to_owned() };
    world.job_from(source, JobOptions::Extract(options)).await
}

#[tokio::test]
async fn a_cancelled_extraction_leaves_its_thread() {
    let world = World::new().await;
    let job = long_extraction(&world).await;
    let runner = world.start(settings("obeys"));
    let running = |wanted: i64| {
        let gauge = runner.counters().extractions_running.clone();
        async move {
            while gauge.get() != wanted {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::time::timeout(PATIENCE, running(1)).await.expect("the extraction begins");
    world.store.job_cancel(world.project, job).await.expect("cancel");
    assert_eq!(world.ended(job).await.status, JobStatus::Cancelled);
    tokio::time::timeout(PATIENCE, running(0)).await.expect("the thread is left");
    world.drain(&runner).await;
}

#[tokio::test]
async fn a_lost_lease_means_a_refused_result_and_no_outputs() {
    let world = World::new().await;
    let meeting = world.meeting();
    let job = world.job(&meeting.order()).await;
    let runner = world.start(settings("obeys"));
    let first = meeting.reader().await;
    // Another owner takes every job back; the worker is still at it and gets the job a second time.
    assert_eq!(world.store.job_release_all().await.expect("release"), 1);
    let second = meeting.reader().await;
    // Whether the first attempt hears of it before it ends or not, it must not count.
    first.go_on().await;
    world.until(job, |job| job.attempt == 2).await;
    second.go_on().await;
    let ended = world.ended(job).await;
    assert_eq!((ended.status, ended.attempt, ended.strikes), (JobStatus::Completed, 2, 0));
    world.drain(&runner).await;
    let counters = runner.counters();
    assert_eq!((counters.documents_done.get(), counters.results_refused.get()), (1, 1), "accepted, refused");
    assert_eq!(world.outputs().await, [format!("{}/pages.jsonl", ended.outputs.expect("outputs"))]);
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_costs_a_try_and_no_result() {
    let world = World::new().await;
    let meeting = world.meeting();
    let job = world.job(&meeting.order()).await;
    let mut settings = settings("obeys");
    settings.upkeep.as_mut().expect("upkeep").rescue_ms = 50;
    let runner = world.start(settings);
    let first = meeting.reader().await;
    // Every lease is over at once; the worker lives and gets its own job a second time.
    world.clock.jump(86_400_000);
    let second = meeting.reader().await;
    first.go_on().await;
    second.go_on().await;
    let ended = world.ended(job).await;
    assert_eq!((ended.status, ended.attempt, ended.strikes), (JobStatus::Completed, 2, 0));
    world.drain(&runner).await;
    let counters = runner.counters();
    assert_eq!((counters.documents_done.get(), counters.results_refused.get()), (1, 1), "accepted, refused");
    assert_eq!(world.outputs().await, [format!("{}/pages.jsonl", ended.outputs.expect("outputs"))]);
}

#[tokio::test]
async fn a_drained_worker_gives_its_jobs_back_at_no_cost_and_leaves_no_child() {
    let world = World::new().await;
    let meeting = world.meeting();
    let job = world.job(&meeting.order()).await;
    let runner = world.start(settings("obeys"));
    let met = meeting.reader().await;
    runner.drain(Duration::ZERO).await;
    met.dies().await;
    let given_back = world.get(job).await;
    assert_eq!((given_back.status, given_back.strikes), (JobStatus::Pending, 0));
    assert_eq!(runner.counters().readers_alive.get(), 0);
    runner.drain(Duration::ZERO).await;

    let next = world.start(settings("obeys"));
    meeting.reader().await.go_on().await;
    assert_eq!(world.ended(job).await.status, JobStatus::Completed);
    world.drain(&next).await;
}

#[tokio::test]
async fn a_drained_worker_lets_its_jobs_end_until_the_deadline() {
    let world = World::new().await;
    let meeting = world.meeting();
    let job = world.job(&meeting.order()).await;
    let later = world.job("text a").await;
    let mut settings = settings("obeys");
    settings.slots = 1;
    let runner = world.start(settings);
    let met = meeting.reader().await;
    tokio::join!(runner.drain(Duration::from_secs(60)), met.go_on());
    assert_eq!(world.get(job).await.status, JobStatus::Completed);
    assert_eq!(world.get(later).await.status, JobStatus::Pending, "a draining worker claims nothing");
}

async fn batch(world: &World, documents: &[&str]) -> Batch {
    let directory = NewDirectory {
        project: world.project,
        name: "documents".to_owned(),
        kind: DirectoryKind::User,
        description: None,
        expires_at: None,
        system_metadata: None,
        once: None,
    };
    let directory = world.store.directory_create(directory).await.expect("directory").id;
    for (number, text) in documents.iter().enumerate() {
        let name = format!("{number}.txt");
        let file = NewFile {
            project: world.project,
            name: name.clone(),
            external_file_id: None,
            purpose: "user_data".to_owned(),
            content: Content::Blob(world.blob(text).await),
            once: None,
        };
        let metadata = Default::default();
        let new =
            NewDirectoryFile { directory, file, display_name: name.clone(), unique_id: name, metadata, once: None };
        world.store.directory_file_create(new).await.expect("file");
    }
    let new = NewBatch {
        project: world.project,
        directory,
        configuration: docmill_model::ConfigurationId::Preset(docmill_model::ids::Preset::ParseAgentic),
        options: docmill_model::options::JobOptions::Parse(Default::default()),
        parameters: None,
        files_max: 1_000,
        once: None,
        listeners: Default::default(),
        job_listeners: Default::default(),
        reuse: None,
    };
    world.store.batch_create(new).await.expect("batch")
}

#[tokio::test]
async fn a_batch_of_text_files_ends_completed_with_the_real_reader() {
    let world = World::new().await;
    let batch = batch(&world, &["One line.\n", "Another line.\n", "The last line.\n"]).await;
    let runner = world.start(settings("honest"));
    let mut texts = Vec::new();
    for item in world.store.batch_results(world.project, batch.id).await.expect("results").expect("the batch") {
        let (job, _) = item.job.expect("every file has a job");
        let job = world.ended(job).await;
        assert_eq!(job.status, JobStatus::Completed, "{:?}", job.failure);
        texts.extend(world.pages(&job).await);
    }
    assert_eq!(
        texts.iter().map(|text| text.trim()).collect::<Vec<_>>(),
        ["1 One line.", "1 Another line.", "1 The last line."]
    );
    let ended = world.store.batch_get(world.project, batch.id).await.expect("batch").expect("the batch");
    assert_eq!((ended.status, ended.counts.completed), (BatchStatus::Completed, 3));
    world.drain(&runner).await;
}
