//! The seam between docmill and its database, a trait a resource.
//!
//! Every method that reads or changes something of a project takes the project's id, and answers `None` or
//! `NOT_FOUND` for another project's rows: nobody learns that an id exists elsewhere.

use std::collections::HashMap;

use async_trait::async_trait;
use docmill_model::webhook::EventKind;
use docmill_model::{
    BatchId, BatchStatus, ConfigurationId, DeliveryId, DirectoryFileId, DirectoryId, FileId, JobId, KeyId, Product,
    ProjectId, Timestamp, WebhookId,
};

use crate::error::StoreResult;
use crate::records::*;

/// The whole store.
pub trait Store:
    Keys + Directories + Files + Configurations + Batches + Jobs + Queue + Upkeep + Webhooks + Deliveries
{
}

impl<T: Keys + Directories + Files + Configurations + Batches + Jobs + Queue + Upkeep + Webhooks + Deliveries> Store
    for T
{
}

#[async_trait]
pub trait Keys: Send + Sync + 'static {
    /// The one project of a fresh store; made when the store is made.
    async fn project_default(&self) -> StoreResult<Project>;
    async fn project_get(&self, project: ProjectId) -> StoreResult<Option<Project>>;
    /// A further project of the default one's organization. `CONFLICT` when the name is taken.
    async fn project_create(&self, name: &str) -> StoreResult<Project>;
    /// How much of the workers the project gets from its next job on; `None` when there is no such project.
    async fn project_share(&self, project: ProjectId, shares: Shares) -> StoreResult<Option<Project>>;
    /// Every project, oldest first. For the operator: callers of the API see the project of their key only.
    async fn project_list(&self) -> StoreResult<Vec<Project>>;
    async fn key_create(&self, new: NewKey) -> StoreResult<Key>;
    /// The key with this hash, unless it was revoked.
    async fn key_find(&self, secret_hash: &str) -> StoreResult<Option<Key>>;
    async fn key_list(&self) -> StoreResult<Vec<Key>>;
    /// False when there is no such key or it was revoked before.
    async fn key_revoke(&self, key: KeyId) -> StoreResult<bool>;
    /// The secrets of signed links. The first call makes one; a current one that is older than `rotate_after_ms`
    /// becomes the predecessor of a new one.
    async fn signing_keys(&self, rotate_after_ms: i64) -> StoreResult<SigningKeys>;
}

#[async_trait]
pub trait Directories: Send + Sync + 'static {
    async fn directory_create(&self, new: NewDirectory) -> StoreResult<Directory>;
    /// Also finds deleted directories (`deleted_at` says so); the caller decides what that means.
    async fn directory_get(&self, project: ProjectId, id: DirectoryId) -> StoreResult<Option<Directory>>;
    /// Newest first.
    async fn directory_list(
        &self,
        project: ProjectId,
        filter: &DirectoryFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<Directory>>;
    /// Soft: the directory and its files get `deleted_at`; jobs of its files that wait end with `SOURCE_DELETED`
    /// (their batches settle). False when it is unknown or deleted before.
    async fn directory_delete(&self, project: ProjectId, id: DirectoryId) -> StoreResult<bool>;
    /// `None` when it is unknown or deleted. An expired directory may still be renamed.
    async fn directory_update(
        &self,
        project: ProjectId,
        id: DirectoryId,
        change: DirectoryChange,
    ) -> StoreResult<Option<Directory>>;
}

#[async_trait]
pub trait Files: Send + Sync + 'static {
    /// A live blob with this content, if the store has one, so that its bytes need not be put again.
    async fn blob_find(&self, sha256: &str) -> StoreResult<Option<BlobRef>>;
    /// A stored file without a directory. `BlobGone` when its blob was doomed meanwhile: put the bytes again
    /// under a new key and repeat.
    async fn file_create(&self, new: NewFile) -> StoreResult<FileCreated<File>>;
    /// A deleted file is not found.
    async fn file_get(&self, project: ProjectId, id: FileId) -> StoreResult<Option<File>>;
    /// Live files, those of directories among them.
    async fn file_list(
        &self,
        project: ProjectId,
        filter: &FileFilter,
        order: FileOrder,
        page: PageRequest,
    ) -> StoreResult<Listed<File>>;
    /// Soft, with every directory entry of it. Waiting jobs of the file end as in `directory_file_delete`. False when
    /// unknown or deleted before.
    async fn file_delete(&self, project: ProjectId, id: FileId) -> StoreResult<bool>;
    /// The stored file and its directory entry in one step. Refuses with `NOT_FOUND` (directory), `DIRECTORY_EXPIRED`,
    /// `DUPLICATE_UNIQUE_ID` (same unique_id, other content). The same unique_id with the same content answers the
    /// entry that is there: a client that sends an upload again makes no second one.
    async fn directory_file_create(&self, new: NewDirectoryFile) -> StoreResult<FileCreated<DirectoryFile>>;
    /// A deleted entry is not found.
    async fn directory_file_get(
        &self,
        project: ProjectId,
        directory: DirectoryId,
        id: DirectoryFileId,
    ) -> StoreResult<Option<DirectoryFile>>;
    /// The entry wherever it is; deleted ones are not found. For `file_id` fields that take a directory file.
    async fn directory_file_find(&self, project: ProjectId, id: DirectoryFileId) -> StoreResult<Option<DirectoryFile>>;
    /// Oldest first.
    async fn directory_file_list(
        &self,
        project: ProjectId,
        directory: DirectoryId,
        filter: &DirectoryFileFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<DirectoryFile>>;
    /// An entry of a stored file. Refuses as `directory_file_create` does, and with `NOT_FOUND` for the file; the same
    /// unique_id for the same file answers the entry that is there.
    async fn directory_file_add(&self, new: NewEntry) -> StoreResult<DirectoryFile>;
    /// Changes what is given. `None` when the entry is unknown or deleted. Refuses with `DUPLICATE_UNIQUE_ID` when the
    /// directory has another live entry with that unique_id; a move also with `NOT_FOUND` and `DIRECTORY_EXPIRED` of
    /// the directory that it goes to.
    async fn directory_file_update(
        &self,
        project: ProjectId,
        directory: DirectoryId,
        id: DirectoryFileId,
        change: DirectoryFileChange,
    ) -> StoreResult<Option<DirectoryFile>>;
    /// Soft; a file that was uploaded into a directory goes with its last entry, one that was stored for itself stays.
    /// Jobs that wait for the entry end with `SOURCE_DELETED`, running ones may finish but are not tried again. False
    /// when unknown or deleted before.
    async fn directory_file_delete(
        &self,
        project: ProjectId,
        directory: DirectoryId,
        id: DirectoryFileId,
    ) -> StoreResult<bool>;
}

#[async_trait]
pub trait Configurations: Send + Sync + 'static {
    /// Creates, or adds a version to the one with the same project, name and product (contract section 5). The same
    /// parameters again add none.
    async fn configuration_save(&self, new: NewConfiguration) -> StoreResult<Configuration>;
    async fn configuration_get(&self, project: ProjectId, id: ConfigurationId) -> StoreResult<Option<Configuration>>;
    /// Changes what is given; other parameters add a version. `None` when there is no such configuration; `CONFLICT` when the name is taken.
    async fn configuration_update(
        &self,
        project: ProjectId,
        id: ConfigurationId,
        name: Option<String>,
        parameters: Option<NewParameters>,
    ) -> StoreResult<Option<Configuration>>;
    /// Newest first: as they are now by when they were made, versions by when they were saved.
    async fn configuration_list(
        &self,
        project: ProjectId,
        filter: &ConfigurationFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<Configuration>>;
    /// With all its versions.
    async fn configuration_delete(&self, project: ProjectId, id: ConfigurationId) -> StoreResult<bool>;
}

#[async_trait]
pub trait Batches: Send + Sync + 'static {
    /// Snapshot of the directory's files and of the options, one item a file and one job an item, in one transaction.
    /// An empty file gets an item with an error and no job; with no job at all the batch is COMPLETED at once.
    /// Refuses with `NOT_FOUND` (directory, webhook configuration), `DIRECTORY_EXPIRED`, `EMPTY_DIRECTORY`,
    /// `TOO_MANY_FILES`.
    async fn batch_create(&self, new: NewBatch) -> StoreResult<Batch>;
    async fn batch_get(&self, project: ProjectId, id: BatchId) -> StoreResult<Option<Batch>>;
    /// Newest first.
    async fn batch_list(
        &self,
        project: ProjectId,
        filter: &BatchFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<Batch>>;
    /// What these batches say beside their own rows; the caller has seen that they are its own. An unknown one has
    /// nothing to say.
    async fn batch_facts(&self, ids: &[BatchId]) -> StoreResult<HashMap<BatchId, BatchFacts>>;
    /// One entry per item, in the order of the snapshot. `None` when there is no such batch.
    async fn batch_results(&self, project: ProjectId, id: BatchId) -> StoreResult<Option<Vec<BatchItem>>>;
    /// Waiting jobs end CANCELLED, leased ones are asked to stop; the batch is CANCELLED when the last one ended.
    /// `None` when there is no such batch; `CONFLICT` when it is terminal.
    async fn batch_cancel(&self, project: ProjectId, id: BatchId) -> StoreResult<Option<Batch>>;
    /// Failed items get a new job each, and the batch is RUNNING once more with a higher generation. Items whose file is
    /// gone are left as they are. `None` when there is no such batch; `CONFLICT` when it is open or broken, or when
    /// nothing is left to retry.
    async fn batch_retry(&self, retry: BatchRetry) -> StoreResult<Option<Batch>>;
    /// Counts the batch's jobs anew, repairs its counters, and settles it. A batch that cannot be repaired (items
    /// missing, snapshot unreadable) becomes FAILED. For upkeep and tests; answers the status after it.
    async fn batch_recount(&self, id: BatchId) -> StoreResult<BatchStatus>;
}

#[async_trait]
pub trait Jobs: Send + Sync + 'static {
    /// A job outside a batch. Refuses with `SOURCE_DELETED` when its file was deleted meanwhile, and with `NOT_FOUND`
    /// for an unknown webhook configuration.
    async fn job_create(&self, new: NewJob) -> StoreResult<Job>;
    async fn job_get(&self, project: ProjectId, id: JobId) -> StoreResult<Option<Job>>;
    /// Newest first.
    async fn job_list(
        &self,
        project: ProjectId,
        product: Product,
        filter: &JobFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<Job>>;
    /// A waiting job ends CANCELLED, a leased one is asked to stop. `None` when there is no such job; `CONFLICT` when
    /// it is terminal.
    async fn job_cancel(&self, project: ProjectId, id: JobId) -> StoreResult<Option<Job>>;
    /// Nobody finds the job any more, and the upkeep sweeps its outputs; a batch goes on counting it. Extractions that
    /// wait for its pages end with `SOURCE_DELETED`, running ones may finish but are not tried again. A job that is
    /// not terminal is refused with `CONFLICT`, or with `force` cancelled as by `job_cancel`. False when there is no
    /// such job.
    async fn job_delete(&self, project: ProjectId, id: JobId, force: bool) -> StoreResult<bool>;
}

/// How workers take and return jobs. The lease is on the job row; `(job, attempt)` is the fence.
#[async_trait]
pub trait Queue: Send + Sync + 'static {
    /// Leases up to `count` jobs that are due, fairly between lanes (a lane is a batch, or a project's single jobs).
    /// The first claim of a batch makes it RUNNING. No more than `caps` says run at a time.
    async fn job_claim(&self, worker: &str, count: u32, lease_ms: i64, caps: Caps) -> StoreResult<Vec<ClaimedJob>>;
    /// Renews leases and notes progress. One answer a beat, in order.
    async fn job_heartbeat(&self, worker: &str, beats: &[Beat], lease_ms: i64) -> StoreResult<Vec<LeaseState>>;
    /// Ends attempts, all in one transaction, each fenced; counters are summed per batch and every batch that has no
    /// open job left is settled in the same transaction. One answer a finish, in order: false = refused, because
    /// the lease is not this attempt's any more.
    async fn job_finish(&self, worker: &str, finishes: Vec<Finish>) -> StoreResult<Vec<bool>>;
    /// Returns jobs whose lease ran out to the queue; past `expiries_max` they fail with `WORKER_LOST`.
    async fn job_rescue(&self, expiries_max: u32) -> StoreResult<u32>;
    /// Returns every leased job at once, without counting an expiry, and every leased webhook delivery. Only for a
    /// store with one owner, at its start: no worker of an earlier owner can be alive.
    async fn job_release_all(&self) -> StoreResult<u32>;
    /// Jobs by state, for readiness, metrics and tests.
    async fn queue_depth(&self) -> StoreResult<QueueDepth>;
    /// Changes after every commit that gives work, ends a job or has somebody told. A hint: a poll is the truth.
    fn changes(&self) -> tokio::sync::watch::Receiver<u64>;
}

/// Duties that run now and then. Each answers how much it did; all may run again at any time.
#[async_trait]
pub trait Upkeep: Send + Sync + 'static {
    /// Ephemeral directories past their time, with no open batch, are deleted with their files.
    async fn directory_expire(&self) -> StoreResult<u32>;
    /// Blobs that nothing refers to are doomed; doomed longer than `grace_ms` are returned for deletion.
    async fn blob_sweep(&self, grace_ms: i64) -> StoreResult<Vec<BlobRef>>;
    /// The object of a returned blob is gone; forget the row.
    async fn blob_swept(&self, key: &str) -> StoreResult<()>;
    /// Those of these keys that no blob row has (`orphans::sweep_orphans`).
    async fn blob_unknown(&self, keys: &[String]) -> StoreResult<Vec<String>>;
    /// Ended jobs with outputs to delete: those of attempts that were not accepted, and all once the job was deleted or
    /// ended more than `kept_ms` ago. Jobs that ended within the last minute are left out: a worker that lost its lease may still
    /// be writing.
    async fn outputs_sweep(&self, kept_ms: i64, limit: u32) -> StoreResult<Vec<OutputsToSweep>>;
    async fn outputs_swept(&self, job: JobId, everything: bool) -> StoreResult<()>;
}

/// Saved webhook configurations, and the log of what was delivered.
///
/// Events are no step of their own: every step that changes the state of a batch or a job with listeners inserts them
/// in its own transaction.
#[async_trait]
pub trait Webhooks: Send + Sync + 'static {
    async fn webhook_create(&self, new: NewWebhook) -> StoreResult<Webhook>;
    async fn webhook_get(&self, project: ProjectId, id: WebhookId) -> StoreResult<Option<Webhook>>;
    /// Changes what is given.
    async fn webhook_update(
        &self,
        project: ProjectId,
        id: WebhookId,
        change: WebhookChange,
    ) -> StoreResult<Option<Webhook>>;
    /// Newest first.
    async fn webhook_list(&self, project: ProjectId, page: PageRequest) -> StoreResult<Listed<Webhook>>;
    async fn webhook_count(&self, project: ProjectId) -> StoreResult<u64>;
    /// Deliveries to it that wait are given up. False when there is no such configuration.
    async fn webhook_delete(&self, project: ProjectId, id: WebhookId) -> StoreResult<bool>;
    /// An event about nothing, to this configuration alone, whatever events it wants.
    async fn webhook_test(&self, project: ProjectId, id: WebhookId, kind: EventKind) -> StoreResult<Option<Delivery>>;
    /// Newest first.
    async fn delivery_list(
        &self,
        project: ProjectId,
        filter: &DeliveryFilter,
        page: PageRequest,
    ) -> StoreResult<Listed<Delivery>>;
    /// With its attempts, the first one first.
    async fn delivery_get(
        &self,
        project: ProjectId,
        id: DeliveryId,
    ) -> StoreResult<Option<(Delivery, Vec<DeliveryAttempt>)>>;
    /// Sends the same event to the same endpoint again, as a delivery of its own. `CONFLICT` while the first one still
    /// waits, or when its configuration was deleted.
    async fn delivery_replay(&self, project: ProjectId, id: DeliveryId) -> StoreResult<Option<Delivery>>;
}

/// How senders take and return deliveries. The lease is on the delivery's row; `(delivery, attempt)` is the fence.
#[async_trait]
pub trait Deliveries: Send + Sync + 'static {
    /// When there is something to send, at the earliest: the next due time or the end of a lease. One indexed read, so
    /// that it may be asked after every change.
    async fn delivery_due(&self) -> StoreResult<Option<Timestamp>>;
    /// Leases up to `count` deliveries that are due, the longest due first, and never more than `per_target` to one
    /// host at a time: a receiver that hangs must not hold back the others.
    async fn delivery_claim(&self, count: u32, per_target: u32, lease_ms: i64) -> StoreResult<Vec<ClaimedDelivery>>;
    /// Ends attempts. False = refused, because the lease is not this attempt's any more.
    async fn delivery_finish(&self, finishes: Vec<DeliveryFinish>) -> StoreResult<Vec<bool>>;
    /// Forgets events older than `kept_ms` of which nothing is pending, with their deliveries. Answers how many.
    async fn delivery_expire(&self, kept_ms: i64) -> StoreResult<u32>;
}
