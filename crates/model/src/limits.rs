//! Every limit of docmill: a name, a unit and a default. `config.default.toml` documents those that can be set.

use serde::{Deserialize, Serialize};

/// What a caller may send. Each has an error of its own; none is silently clamped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Files in the source directory of a batch.
    pub batch_files_max: u32,
    /// How long a create that is sent again answers the first one, milliseconds (10 minutes).
    pub create_kept_ms: i64,
    /// Characters of an `Idempotency-Key`.
    pub idempotency_key_chars_max: u32,
    /// How long a result may be used for the same content, options and engine again, milliseconds (48 hours); 0 =
    /// every file is read.
    pub reuse_kept_ms: i64,
    /// How long a schema draft waits until its sample is read, milliseconds.
    pub sample_wait_ms: u64,
    /// Streams of events and exports that are open at a time.
    pub streams_max: u32,
    /// Bytes of one uploaded file (512 MiB).
    pub upload_bytes_max: u64,
    /// Bytes of a JSON request body.
    pub body_bytes_max: u64,
    /// Characters of a file's display name or unique id.
    pub name_chars_max: u32,
    /// Characters of a directory's or configuration's name.
    pub title_chars_max: u32,
    /// Entries of a page of a list.
    pub page_size_max: u32,
    /// Entries of a page of a list when the caller does not say.
    pub page_size_default: u32,
    /// Pages read of one document; the rest is reported as not read.
    pub document_pages_max: u32,
    /// Lifetime of an ephemeral directory made without `expires_at`, milliseconds.
    pub ephemeral_lifetime_ms: i64,
    /// Bytes of a JSON object given as metadata.
    pub metadata_bytes_max: u32,
    /// Lifetime of a download link when the caller does not say, milliseconds.
    pub link_lifetime_ms: i64,
    /// Longest lifetime of a download link that a caller may ask for, milliseconds.
    pub link_lifetime_ms_max: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            batch_files_max: 1_000,
            create_kept_ms: 600_000,
            idempotency_key_chars_max: 255,
            reuse_kept_ms: 48 * 3_600_000,
            sample_wait_ms: 45_000,
            streams_max: 100,
            upload_bytes_max: 512 * 1024 * 1024,
            body_bytes_max: 2 * 1024 * 1024,
            name_chars_max: 3_000,
            title_chars_max: 255,
            page_size_max: 1_000,
            page_size_default: 50,
            document_pages_max: 20_000,
            ephemeral_lifetime_ms: 48 * 3_600_000,
            metadata_bytes_max: 16 * 1024,
            link_lifetime_ms: 3_600_000,
            link_lifetime_ms_max: 7 * 86_400_000,
        }
    }
}

/// How jobs are run: leases, retries and what one document may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunLimits {
    /// How long a lease holds without a heartbeat, milliseconds. Heartbeats come every third of it.
    pub lease_ms: i64,
    /// Times that a document may kill or stall its reader before its job fails.
    pub strikes_max: u32,
    /// Times that a job's lease may run out (its worker died) before the job fails.
    pub expiries_max: u32,
    /// First wait before a job is tried again, milliseconds; doubles each time.
    pub retry_first_ms: i64,
    /// Longest wait before a job is tried again, milliseconds.
    pub retry_longest_ms: i64,
    /// Wall-clock time of a whole document apart from its pages, milliseconds.
    pub document_base_ms: u64,
    /// Wall-clock time of one page, OCR included, milliseconds.
    pub page_ms: u64,
    /// Wall-clock time of LibreOffice for one document, milliseconds.
    pub conversion_ms: u64,
    /// Pages that may kill or stall the reader within one attempt; the document fails at the next one.
    pub page_restarts_max: u32,
    /// Resident memory of one reader child, bytes.
    pub reader_memory_bytes_max: u64,
    /// Documents after which a reader child is replaced.
    pub reader_documents_max: u32,
    /// Share of pages that may fail before the job fails (0 to 1), unless the job says otherwise. 1 = the job fails
    /// only when nothing came out of it: four good pages of five are worth more to a caller than an error, and
    /// every failed page says so in the result. LlamaCloud's own default is 0.05 (contract 3.3).
    pub page_failure_ratio: f64,
    /// How long results are kept after their job ended, milliseconds (30 days).
    pub results_kept_ms: i64,
    /// Jobs of one project that may run at a time, over all workers; 0 = any number.
    pub project_jobs_max: u32,
    /// Jobs of one project that may be started in a minute, over all workers; 0 = any number.
    pub project_jobs_per_minute: u32,
    /// Jobs of one batch, or of the single jobs of a project, that may run at a time, over all workers; 0 = any number.
    pub batch_jobs_max: u32,
    /// Jobs of one batch, or of the single jobs of a project, that may be started in a minute; 0 = any number.
    pub batch_jobs_per_minute: u32,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            lease_ms: 30_000,
            strikes_max: 3,
            expiries_max: 10,
            retry_first_ms: 1_000,
            retry_longest_ms: 300_000,
            document_base_ms: 300_000,
            page_ms: 120_000,
            conversion_ms: 120_000,
            page_restarts_max: 5,
            reader_memory_bytes_max: 2 * 1024 * 1024 * 1024,
            reader_documents_max: 200,
            page_failure_ratio: 1.0,
            results_kept_ms: 30 * 86_400_000,
            project_jobs_max: 0,
            project_jobs_per_minute: 0,
            batch_jobs_max: 0,
            batch_jobs_per_minute: 0,
        }
    }
}

/// How webhooks are delivered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookLimits {
    /// Attempts before a delivery is given up. With these waits that is after about three hours; LlamaCloud makes 3
    /// within seven seconds, which no restart of a receiver fits into.
    pub attempts_max: u32,
    /// First wait before the next attempt, milliseconds; doubles each time.
    pub first_wait_ms: i64,
    /// Longest wait before the next attempt, milliseconds.
    pub longest_wait_ms: i64,
    /// Time for one attempt, answer included, milliseconds.
    pub timeout_ms: u64,
    /// Deliveries under way at the same time.
    pub at_once_max: u32,
    /// Deliveries under way to one host at the same time.
    pub per_host_max: u32,
    /// How long events and their deliveries are kept, milliseconds (30 days).
    pub log_kept_ms: i64,
}

impl Default for WebhookLimits {
    fn default() -> Self {
        Self {
            attempts_max: 15,
            first_wait_ms: 1_000,
            longest_wait_ms: 3_600_000,
            timeout_ms: 30_000,
            at_once_max: 32,
            per_host_max: 4,
            log_kept_ms: 30 * 86_400_000,
        }
    }
}
