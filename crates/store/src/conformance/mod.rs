//! What every backend of the `Store` trait must do, as plain async functions over a fresh store and a clock that is
//! moved by hand. A backend's tests call them all through `conformance_suite!`.

#![allow(clippy::unwrap_used, reason = "test code that lives in the library so that every backend can run it")]

pub mod admin;
pub mod batches;
pub mod blobs;
pub mod configurations;
pub mod creates;
pub mod directories;
pub mod files;
pub mod jobs;
pub mod keys;
pub mod queue;
pub mod reuse;
pub mod upkeep;
pub mod webhooks;

use std::sync::atomic::{AtomicI64, Ordering};

use docmill_model::ids::Preset;
use docmill_model::options::{JobOptions, ParseOptions};
use docmill_model::results::JobResult;
use docmill_model::{BatchId, Code, ConfigurationId, DirectoryId, ProjectId, Timestamp};
use serde_json::{Map, json};

use crate::admin::Admin;
use crate::clock::Clock;
use crate::error::{StoreError, StoreResult};
use crate::records::*;
use crate::traits::Store;

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl Default for ManualClock {
    /// Some day in 2026, so that times print like real ones.
    fn default() -> Self {
        Self(AtomicI64::new(1_795_000_000_000))
    }
}

impl ManualClock {
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// How long a lease of the suite holds, milliseconds.
pub const LEASE_MS: i64 = 30_000;
pub const WORKER: &str = "worker";

/// What the suite is run on: the store as the product sees it, and as operators do.
pub trait Whole: Store + Admin {}

impl<T: Store + Admin> Whole for T {}

/// A fresh store with the shortest ways to put something into it.
pub struct Ground<'a> {
    pub store: &'a dyn Whole,
    pub clock: &'a ManualClock,
    pub project: ProjectId,
}

impl<'a> Ground<'a> {
    pub async fn new(store: &'a dyn Whole, clock: &'a ManualClock) -> Self {
        let project = store.project_default().await.unwrap().id;
        Self { store, clock, project }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub async fn directory(&self) -> DirectoryId {
        self.directory_until(DirectoryKind::User, None).await
    }

    pub async fn directory_until(&self, kind: DirectoryKind, expires_at: Option<Timestamp>) -> DirectoryId {
        let new = self.new_directory(kind, expires_at);
        self.store.directory_create(new).await.unwrap().id
    }

    pub fn new_directory(&self, kind: DirectoryKind, expires_at: Option<Timestamp>) -> NewDirectory {
        NewDirectory {
            project: self.project,
            name: "inbox".to_owned(),
            kind,
            description: None,
            expires_at,
            system_metadata: None,
            once: None,
        }
    }

    /// A file whose content is its name, so that other names are other content. An empty name is an empty file.
    pub fn new_file(&self, name: &str) -> NewFile {
        let content = Content::Blob(BlobRef {
            key: format!("files/xx/{name}"),
            sha256: format!("hash of {name}"),
            bytes: name.len() as u64,
        });
        let (external_file_id, purpose) = (None, "user_data".to_owned());
        NewFile { project: self.project, name: name.to_owned(), external_file_id, purpose, content, once: None }
    }

    pub fn new_entry(&self, directory: DirectoryId, name: &str) -> NewDirectoryFile {
        NewDirectoryFile {
            directory,
            file: self.new_file(name),
            display_name: name.to_owned(),
            unique_id: name.to_owned(),
            metadata: Map::new(),
            once: None,
        }
    }

    /// A file of no bytes under a name.
    pub async fn empty_entry(&self, directory: DirectoryId, name: &str) -> DirectoryFile {
        let mut new = self.new_entry(directory, name);
        new.file.content = self.new_file("").content;
        self.created(new).await
    }

    pub async fn entry(&self, directory: DirectoryId, name: &str) -> DirectoryFile {
        self.created(self.new_entry(directory, name)).await
    }

    async fn created(&self, new: NewDirectoryFile) -> DirectoryFile {
        let name = new.display_name.clone();
        match self.store.directory_file_create(new).await.unwrap() {
            FileCreated::New(entry) => entry,
            other => panic!("{name} should be new: {other:?}"),
        }
    }

    pub fn options(&self) -> JobOptions {
        JobOptions::Parse(ParseOptions::default())
    }

    pub fn new_batch(&self, directory: DirectoryId) -> NewBatch {
        NewBatch {
            project: self.project,
            directory,
            configuration: ConfigurationId::Preset(Preset::ParseAgentic),
            options: self.options(),
            parameters: Some(json!({"tier": "agentic"})),
            files_max: 1_000,
            once: None,
            listeners: Listeners::default(),
            job_listeners: Listeners::default(),
            reuse: None,
        }
    }

    /// A retry of all that failed, as it was.
    pub fn batch_retry(&self, batch: BatchId) -> BatchRetry {
        BatchRetry {
            project: self.project,
            batch,
            codes: Vec::new(),
            cancelled: false,
            configuration: None,
            base_timeout_s: None,
            page_timeout_s: None,
            once: None,
        }
    }

    /// A batch over a new directory with `files` files.
    pub async fn batch(&self, files: usize) -> Batch {
        let directory = self.directory().await;
        for number in 0..files {
            self.entry(directory, &format!("f{number}")).await;
        }
        self.store.batch_create(self.new_batch(directory)).await.unwrap()
    }

    pub async fn batch_now(&self, id: BatchId) -> Batch {
        self.store.batch_get(self.project, id).await.unwrap().unwrap()
    }

    /// A single job over a new stored file.
    pub async fn job(&self, name: &str) -> Job {
        let FileCreated::New(file) = self.store.file_create(self.new_file(name)).await.unwrap() else {
            panic!("{name} should be new")
        };
        self.store.job_create(self.new_job(&file)).await.unwrap()
    }

    pub fn new_job(&self, file: &File) -> NewJob {
        NewJob {
            project: self.project,
            options: self.options(),
            parameters: None,
            configuration: None,
            source: JobSource::File {
                file: file.id,
                directory_file: None,
                name: file.name.clone(),
                content: file.content.clone(),
            },
            user_metadata: Default::default(),
            once: None,
            listeners: Listeners::default(),
            reuse: None,
        }
    }

    pub async fn claim(&self, count: u32) -> Vec<ClaimedJob> {
        self.store.job_claim(WORKER, count, LEASE_MS, Caps::default()).await.unwrap()
    }

    pub async fn claim_one(&self) -> ClaimedJob {
        let mut claimed = self.claim(1).await;
        assert_eq!(claimed.len(), 1, "one job is due");
        claimed.remove(0)
    }

    pub async fn finish(&self, job: &ClaimedJob, outcome: Outcome) -> bool {
        let finish = Finish { job: job.id, attempt: job.attempt, outcome };
        self.store.job_finish(WORKER, vec![finish]).await.unwrap()[0]
    }

    pub async fn beat(&self, job: &ClaimedJob) -> LeaseState {
        let beat = Beat { job: job.id, attempt: job.attempt, pages_done: 1 };
        self.store.job_heartbeat(WORKER, &[beat], LEASE_MS).await.unwrap()[0]
    }

    pub async fn job_now(&self, job: docmill_model::JobId) -> Job {
        self.store.job_get(self.project, job).await.unwrap().unwrap()
    }
}

pub fn completed() -> Outcome {
    Outcome::Completed(JobResult { pages: 1, ..JobResult::default() })
}

pub fn all() -> PageRequest {
    PageRequest { after: None, limit: 1_000 }
}

/// The code with which a step was refused.
pub fn refusal<T>(answer: StoreResult<T>) -> Code {
    match answer {
        Ok(_) => panic!("the step should have been refused"),
        Err(StoreError::Refused(failure)) => failure.code,
        Err(error) => panic!("refused, not broken: {error}"),
    }
}

/// Makes one test of every case, each on a fresh store. `$open` is an async function that takes the clock and gives
/// `(anything to keep, the store)`.
#[macro_export]
macro_rules! conformance_suite {
    ($open:ident) => {
        $crate::conformance_suite! { $open;
            batches: [
                a_batch_is_a_snapshot_of_its_directory,
                a_batch_that_cannot_be_made_is_refused,
                an_empty_file_is_an_item_without_a_job,
                a_batch_of_empty_files_is_completed_at_once,
                a_batch_is_settled_by_its_last_job,
                a_failed_or_cancelled_job_leaves_a_failure_on_its_item,
                a_waiting_batch_is_cancelled_at_once,
                a_running_batch_is_cancelled_when_its_last_job_stops,
                a_finished_batch_cannot_be_cancelled,
                a_deleted_file_or_directory_ends_what_waits_for_it,
                a_recount_of_a_sound_batch_changes_nothing,
                lists_are_filtered_and_paged,
                paging_neither_repeats_nor_skips_while_states_change,
                another_project_learns_nothing,
                batches_say_what_runs_and_what_failed,
                the_pace_is_measured_from_the_first_claim,
                failed_items_are_retried_in_their_batch,
                a_retry_may_do_it_otherwise,
                what_cannot_be_retried_is_refused,
            ]
            configurations: [
                saving_again_replaces_the_parameters,
                every_version_is_kept,
                an_update_changes_what_is_given,
                lists_are_filtered_and_paged,
                a_deleted_one_is_gone,
            ]
            creates: [
                a_create_sent_again_answers_what_was_made,
                two_equal_creates_may_both_be_meant,
                a_first_send_that_its_repeat_overtook_makes_nothing,
                one_key_for_two_requests_is_refused,
                what_was_deleted_since_is_made_anew,
            ]
            directories: [
                a_directory_reads_back,
                a_deleted_directory_says_so,
                an_update_changes_what_is_given,
                lists_are_filtered_and_paged,
            ]
            files: [
                a_stored_file_reads_back,
                the_same_upload_again_answers_the_entry_that_is_there,
                unicode_forms_and_long_names_are_kept_as_given,
                a_directory_that_cannot_take_files_refuses_them,
                a_deleted_entry_is_not_found_and_frees_its_unique_id,
                an_entry_of_a_stored_file_can_be_added,
                an_uploaded_file_goes_with_its_last_entry,
                an_entry_is_changed_and_moved,
                a_deleted_file_takes_its_entries_and_waiting_jobs_along,
                a_job_by_file_id_ends_when_the_last_entry_goes,
                jobs_of_a_file_that_stays_go_on_when_an_entry_goes,
                stored_files_are_filtered_ordered_and_paged,
                lists_are_filtered_and_paged,
            ]
            admin: [
                stuck_jobs_are_listed_with_the_reason,
                a_job_put_back_is_due_at_once_and_its_old_lease_counts_for_nothing,
                after_the_clock_was_set_back_nothing_waits_for_it,
                a_prioritised_batch_goes_first_and_pays_nothing_for_it,
                only_an_open_batch_has_a_priority,
            ]
            jobs: [
                a_job_reads_back,
                lists_are_filtered_and_paged,
                a_waiting_job_is_cancelled_at_once,
                a_running_job_is_asked_to_stop,
                a_job_of_a_deleted_file_is_refused,
                a_deleted_job_is_not_found_and_leaves_nothing,
                a_job_that_has_not_ended_is_deleted_by_force_only,
                a_deleted_parse_job_ends_what_waits_for_its_pages,
            ]
            keys: [
                the_default_project_stays,
                projects_have_names_of_their_own,
                a_key_is_found_until_it_is_revoked,
                signing_keys_rotate_and_keep_their_predecessor,
            ]
            queue: [
                a_claim_leases_the_oldest_jobs,
                only_the_current_attempt_may_finish,
                a_group_of_finishes_is_judged_one_by_one,
                a_heartbeat_keeps_the_lease,
                a_retry_waits_and_counts_strikes,
                an_expired_lease_goes_back_and_fails_at_the_limit,
                a_new_owner_releases_every_lease,
                a_wish_to_stop_outlives_the_lease,
                a_source_deleted_under_a_running_job_stops_its_retries,
                a_late_small_batch_starts_at_once,
                projects_share_alike_whatever_they_have_queued,
                caps_hold_and_say_so,
                rates_hold_and_say_so,
                a_projects_own_shares_go_before_the_settings,
                an_idle_lane_earns_no_credit,
                depth_and_changes_follow_the_queue,
            ]
            reuse: [
                a_known_result_is_taken_over,
                only_the_same_work_by_the_same_engine_is_taken_over,
                a_result_that_lacks_something_is_not_kept_for_others,
                a_second_batch_reads_what_is_new,
                shared_outputs_stay_as_long_as_anybody_has_them,
                a_deleted_file_takes_its_results_out_of_use,
                a_deleted_job_takes_its_result_out_of_use,
            ]
            upkeep: [
                an_expired_directory_waits_for_its_batches,
                a_blob_is_doomed_before_it_is_swept,
                a_blob_stays_while_a_job_reads_it,
                outputs_of_lost_attempts_go_first_and_results_later,
                pages_stay_while_an_extraction_waits_for_them,
            ]
            webhooks: [
                a_webhook_reads_back_changes_and_goes,
                a_batch_tells_of_each_of_its_states_once,
                a_job_tells_of_each_of_its_states_once,
                jobs_of_a_batch_tell_only_their_own_listeners,
                who_is_not_asked_for_costs_nothing,
                a_saved_webhook_counts_as_it_is_now,
                a_delivery_is_fenced_retried_and_given_up,
                a_slow_receiver_does_not_hold_back_others,
                a_test_goes_to_its_webhook_alone,
                old_events_are_forgotten_when_nothing_waits,
                the_log_is_filtered_and_paged,
            ]
        }
    };
    ($open:ident; $($resource:ident: [$($case:ident,)*])*) => {$(
        mod $resource {
            $(
                #[tokio::test]
                async fn $case() {
                    let clock = std::sync::Arc::new($crate::conformance::ManualClock::default());
                    let (_kept, store) = super::$open(clock.clone()).await;
                    let ground = $crate::conformance::Ground::new(&store, &clock).await;
                    $crate::conformance::$resource::$case(&ground).await;
                }
            )*
        }
    )*};
}
