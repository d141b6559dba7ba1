use std::collections::BTreeMap;

use docmill_model::options::{ExtractOptions, JobOptions};
use docmill_model::{BatchStatus, Code, JobId, JobStatus};

use super::{Ground, LEASE_MS, completed};
use crate::records::{BlobRef, Content, DirectoryKind, FileCreated, JobSource, NewJob, Outcome, OutputsToSweep};

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

pub async fn an_expired_directory_waits_for_its_batches(ground: &Ground<'_>) {
    let until = Some(ground.now().plus_ms(DAY));
    let busy = ground.directory_until(DirectoryKind::Ephemeral, until).await;
    ground.entry(busy, "a").await;
    let batch = ground.store.batch_create(ground.new_batch(busy)).await.unwrap().id;
    let idle = ground.directory_until(DirectoryKind::Ephemeral, until).await;
    let entry = ground.entry(idle, "b").await;
    let kept = ground.directory_until(DirectoryKind::User, until).await;
    assert_eq!(ground.store.directory_expire().await.unwrap(), 0, "not yet");

    ground.clock.advance(DAY);
    assert_eq!(ground.store.directory_expire().await.unwrap(), 1);
    assert_eq!(ground.store.directory_expire().await.unwrap(), 0);
    let deleted = async |id| ground.store.directory_get(ground.project, id).await.unwrap().unwrap().deleted_at;
    assert_eq!((deleted(busy).await, deleted(idle).await, deleted(kept).await), (None, Some(ground.now()), None));
    assert!(ground.store.directory_file_find(ground.project, entry.id).await.unwrap().is_none());

    let job = ground.claim_one().await;
    ground.finish(&job, completed()).await;
    assert_eq!(ground.batch_now(batch).await.status, BatchStatus::Completed);
    assert_eq!(ground.store.directory_expire().await.unwrap(), 1);
    assert!(deleted(busy).await.is_some());
    assert_eq!(ground.job_now(job.id).await.status, JobStatus::Completed, "results outlive their directory");
}

fn blob_of(content: &Content) -> BlobRef {
    let Content::Blob(blob) = content else { panic!("a blob") };
    blob.clone()
}

pub async fn a_blob_is_doomed_before_it_is_swept(ground: &Ground<'_>) {
    let directory = ground.directory().await;
    let entry = ground.entry(directory, "a").await;
    let blob = blob_of(&entry.content);
    assert!(ground.store.blob_sweep(MINUTE).await.unwrap().is_empty());
    ground.store.directory_file_delete(ground.project, directory, entry.id).await.unwrap();
    assert!(ground.store.blob_sweep(MINUTE).await.unwrap().is_empty(), "doomed, not swept");

    assert_eq!(ground.store.blob_find(&blob.sha256).await.unwrap(), None, "nobody finds a doomed blob");
    let again = ground.store.file_create(ground.new_file("a")).await.unwrap();
    assert!(matches!(again, FileCreated::BlobGone));
    let again = ground.store.directory_file_create(ground.new_entry(directory, "a")).await.unwrap();
    assert!(matches!(again, FileCreated::BlobGone));
    let mut anew = ground.new_entry(directory, "a");
    let key = "files/xx/a-new".to_owned();
    anew.file.content = Content::Blob(BlobRef { key, ..blob.clone() });
    assert!(matches!(ground.store.directory_file_create(anew).await.unwrap(), FileCreated::New(_)));

    ground.clock.advance(MINUTE);
    for _ in 0..2 {
        let swept = ground.store.blob_sweep(MINUTE).await.unwrap();
        assert_eq!(swept, std::slice::from_ref(&blob), "again and again, until it is said to be gone");
    }
    ground.store.blob_swept(&blob.key).await.unwrap();
    assert!(ground.store.blob_sweep(MINUTE).await.unwrap().is_empty());
    let found = ground.store.blob_find(&blob.sha256).await.unwrap().unwrap();
    assert_eq!(found.key, "files/xx/a-new");
    ground.store.blob_swept(&found.key).await.unwrap();
    assert!(ground.store.blob_find(&blob.sha256).await.unwrap().is_some(), "a live blob is never forgotten");
}

pub async fn a_blob_stays_while_a_job_reads_it(ground: &Ground<'_>) {
    let batch = ground.batch(1).await;
    let job = ground.claim_one().await;
    ground.store.directory_delete(ground.project, batch.directory).await.unwrap();
    ground.store.blob_sweep(0).await.unwrap();
    assert!(ground.store.blob_sweep(0).await.unwrap().is_empty());
    ground.finish(&job, completed()).await;
    ground.store.blob_sweep(0).await.unwrap();
    assert_eq!(ground.store.blob_sweep(0).await.unwrap().len(), 1);
}

fn to_sweep(job: JobId, attempts: u32, keep_attempt: Option<u32>) -> OutputsToSweep {
    OutputsToSweep { job, attempts, keep_attempt }
}

pub async fn outputs_of_lost_attempts_go_first_and_results_later(ground: &Ground<'_>) {
    let mut ids = Vec::new();
    for name in ["straight", "second try", "failed", "never ran"] {
        ids.push(ground.job(name).await.id);
    }
    let jobs = ground.claim(3).await;
    ground.finish(&jobs[0], completed()).await;
    ground.finish(&jobs[2], Outcome::Failed(Code::FileDamaged.into())).await;
    ground.store.job_cancel(ground.project, ids[3]).await.unwrap();
    ground.clock.advance(LEASE_MS);
    ground.store.job_rescue(10).await.unwrap();
    let second = ground.claim_one().await;
    assert_eq!(second.id, ids[1]);
    ground.finish(&second, completed()).await;

    let sweep = async || ground.store.outputs_sweep(DAY, 10).await.unwrap();
    assert!(sweep().await.is_empty(), "a worker that lost its lease may still be writing");
    ground.clock.advance(MINUTE);
    let mut found = sweep().await;
    found.sort_by_key(|outputs| outputs.job);
    let expected = [to_sweep(ids[1], 2, Some(2)), to_sweep(ids[2], 1, None)];
    assert_eq!(found, expected);
    assert_eq!(ground.store.outputs_sweep(DAY, 1).await.unwrap().len(), 1);
    ground.store.outputs_swept(ids[1], false).await.unwrap();
    ground.store.outputs_swept(ids[2], true).await.unwrap();
    assert!(sweep().await.is_empty());
    assert!(ground.job_now(ids[1]).await.result.is_some());

    ground.clock.advance(DAY);
    let mut found = sweep().await;
    found.sort_by_key(|outputs| outputs.job);
    assert_eq!(found, [to_sweep(ids[0], 1, None), to_sweep(ids[1], 2, None)]);
    for outputs in found {
        ground.store.outputs_swept(outputs.job, true).await.unwrap();
    }
    assert!(sweep().await.is_empty());
    let job = ground.job_now(ids[0]).await;
    assert_eq!((job.status, job.result, job.outputs), (JobStatus::Completed, None, None));
}

pub async fn pages_stay_while_an_extraction_waits_for_them(ground: &Ground<'_>) {
    let parse = ground.job("a").await.id;
    let job = ground.claim_one().await;
    ground.finish(&job, completed()).await;
    let outputs = ground.job_now(parse).await.outputs.unwrap();
    let new = NewJob {
        parameters: None,
        project: ground.project,
        options: JobOptions::Extract(ExtractOptions::default()),
        configuration: None,
        source: JobSource::ParseJob { job: parse.uuid(), outputs, name: "a".to_owned() },
        user_metadata: BTreeMap::new(),
        once: None,
        listeners: Default::default(),
        reuse: None,
    };
    let extract = ground.store.job_create(new).await.unwrap().id;
    ground.clock.advance(DAY);
    assert!(ground.store.outputs_sweep(DAY, 10).await.unwrap().is_empty());
    ground.store.job_cancel(ground.project, extract).await.unwrap();
    assert_eq!(ground.store.outputs_sweep(DAY, 10).await.unwrap(), [to_sweep(parse, 1, None)]);
}
