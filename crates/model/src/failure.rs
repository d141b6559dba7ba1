//! One table of everything that can go wrong: stable code, class, sentence, what to do.
//!
//! The class decides what the queue does with a job; the server alone turns a code into an HTTP status.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Whose problem a failure is, and therefore whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// The request cannot be served as it stands: change it.
    Caller,
    /// This file cannot be read: other files are not affected, and another try changes nothing.
    File,
    /// The document killed or stalled its reader, or its server did not give it: tried again a few times, then the
    /// file's own failure.
    Strike,
    /// Something outside was not there (store, blobs, model): tried again.
    Transient,
    /// docmill's own fault.
    Bug,
}

macro_rules! codes {
    ($($variant:ident, $text:literal, $class:ident, $sentence:literal, $advice:literal;)*) => {
        /// The stable code of a failure. Codes are never renamed or reused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($variant,)* }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            pub const fn class(self) -> FailureClass {
                match self { $(Self::$variant => FailureClass::$class,)* }
            }

            /// What happened, in one sentence, when nothing more exact is known.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)* }
            }

            /// What the person who sees it can do.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice,)* }
            }

            pub fn from_text(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

codes! {
    // Requests.
    InvalidRequest, "INVALID_REQUEST", Caller, "The request is not valid.", "Correct the named field and send it again.";
    InvalidJson, "INVALID_JSON", Caller, "The body is not valid JSON.", "Send a JSON object.";
    Unauthorized, "UNAUTHORIZED", Caller, "The API key is missing or unknown.", "Send `Authorization: Bearer <key>`; `docmill key create` makes a key.";
    NotFound, "NOT_FOUND", Caller, "There is no such resource in this project.", "Check the id and the key's project.";
    MethodNotAllowed, "METHOD_NOT_ALLOWED", Caller, "This path does not take that method.", "Use a method that this path has.";
    NotImplemented, "NOT_IMPLEMENTED", Caller, "This call is not part of docmill.", "See docs/QUIRKS.md for what is in scope.";
    Forbidden, "FORBIDDEN", Caller, "This is read-only.", "Built-in presets cannot be changed; save a configuration of your own.";
    LinkInvalid, "LINK_INVALID", Caller, "The link is not one of this server, or it was altered.", "Ask for a new link and use it as it is.";
    LinkExpired, "LINK_EXPIRED", Caller, "The link has expired.", "Ask for a new link.";
    RangeNotSatisfiable, "RANGE_NOT_SATISFIABLE", Caller, "The wanted range begins after the end of the file.", "Ask for a range within the file's size.";
    Conflict, "CONFLICT", Caller, "The resource is not in a state that allows this.", "Read its status first.";
    DuplicateUniqueId, "DUPLICATE_UNIQUE_ID", Caller, "The directory already has another file with this unique_id.", "Delete that file first or give another unique_id.";
    IdempotencyKeyReused, "IDEMPOTENCY_KEY_REUSED", Caller, "The Idempotency-Key was used before with another request.", "Use a new key for every new request.";
    PayloadTooLarge, "PAYLOAD_TOO_LARGE", Caller, "The body is larger than the limit.", "Split it, or raise the limit in the configuration.";
    UploadIncomplete, "UPLOAD_INCOMPLETE", Caller, "The upload ended before the file did.", "Send it again.";
    EmptyDirectory, "EMPTY_DIRECTORY", Caller, "The directory has no files.", "Upload files before creating a batch.";
    TooManyFiles, "TOO_MANY_FILES", Caller, "The directory has more files than a batch may have.", "Split the files over several directories.";
    DirectoryExpired, "DIRECTORY_EXPIRED", Caller, "The directory has expired.", "Create a new directory.";
    ConfigurationMismatch, "CONFIGURATION_MISMATCH", Caller, "The configuration is for another product.", "Use a configuration of the same product as the job type.";
    SchemaInvalid, "SCHEMA_INVALID", Caller, "The data schema is not valid.", "See contract rules for schemas: the root is an object, at most 7 levels.";
    AddressForbidden, "ADDRESS_FORBIDDEN", Caller, "docmill does not connect to this address.", "Give a public http or https address; who runs docmill can allow others in network.allowed_hosts.";
    ProxyForbidden, "PROXY_FORBIDDEN", Caller, "docmill does not use this proxy.", "Leave http_proxy out; who runs docmill can allow proxies in network.allowed_proxies.";
    TierLacksOutput, "TIER_LACKS_OUTPUT", Caller, "This tier does not make that output.", "Use tier cost_effective or higher.";
    NotUsable, "NOT_USABLE", Caller, "This cannot be used here.", "See the message.";
    // Files.
    EmptyFile, "EMPTY_FILE", File, "The file is empty.", "Upload the file again.";
    UnsupportedFileType, "UNSUPPORTED_FILE_TYPE", File, "docmill cannot read this kind of file.", "docs/FORMATS.md lists what is read, and what to do with other files.";
    FileTypeMismatch, "FILE_TYPE_MISMATCH", File, "The content is not what the file's name says.", "Give the file the name that fits its content.";
    ConverterMissing, "CONVERTER_MISSING", File, "This kind of file is read by LibreOffice, which is not installed.", "Install the package that the message names; `docmill doctor` says what is there.";
    PdfIsProtected, "PDF_IS_PROTECTED", File, "The document is protected with a password.", "Remove the password and upload it again.";
    FileDamaged, "FILE_DAMAGED", File, "The file is damaged or incomplete.", "Upload an intact copy.";
    NoDataFoundInFile, "NO_DATA_FOUND_IN_FILE", File, "The document has no pages.", "Check the file.";
    TooManyPages, "TOO_MANY_PAGES", File, "The document has more pages than the limit.", "Split it, or name the pages in page_ranges.";
    PagesOutOfRange, "PAGES_OUT_OF_RANGE", File, "None of the wanted pages exists in the document.", "Correct page_ranges.";
    TooManyPagesFailed, "TOO_MANY_PAGES_FAILED", File, "More pages failed than the job allows.", "See the failed pages in the result, or raise allowed_page_failure_ratio.";
    PageUnfit, "PAGE_UNFIT", File, "A page came out in a way that the job was told to fail on.", "See the message, or leave out the option of processing_control.job_failure_conditions that it names.";
    SourceDeleted, "SOURCE_DELETED", File, "The file was deleted before it was read.", "Upload it again.";
    SourceChanged, "SOURCE_CHANGED", File, "The file changed after the batch began.", "Run the batch again.";
    FileTooLarge, "FILE_TOO_LARGE", File, "The file unpacks to more than the limit.", "Split it, or convert it to PDF.";
    SourceRefused, "SOURCE_REFUSED", File, "The server of source_url did not give the document.", "Open the address in a browser; what needs a login must be uploaded instead.";
    SourceTooLarge, "SOURCE_TOO_LARGE", File, "The document at source_url is larger than the limit.", "Raise limits.upload_bytes_max, or split the document.";
    ParseJobNotCompleted, "PARSE_JOB_NOT_COMPLETED", File, "The parse job that this extraction builds on did not complete.", "Parse the file first.";
    // The document's doing.
    ReaderDied, "READER_DIED", Strike, "The document made its reader stop.", "Report the file if it opens elsewhere.";
    ReaderTimeout, "READER_TIMEOUT", Strike, "Reading took longer than the limit.", "Raise processing_control.timeouts, or split the document.";
    ReaderMemory, "READER_MEMORY", Strike, "Reading needed more memory than the limit.", "Raise run.reader_memory_bytes_max, or split the document.";
    // The other side's doing, tried again a few times as well.
    SourceUnreachable, "SOURCE_UNREACHABLE", Strike, "The server of source_url could not be reached.", "Check the address, or upload the file instead.";
    // Outside.
    TooManyStreams, "TOO_MANY_STREAMS", Transient, "Too many clients watch batches at this moment.", "Try again later, or poll the batch.";
    ServerStopping, "SERVER_STOPPING", Transient, "The server is being stopped.", "Send new requests to another server, or to this one once it is back.";
    StoreUnavailable, "STORE_UNAVAILABLE", Transient, "The database is not available.", "Wait; docmill tries again.";
    BlobsUnavailable, "BLOBS_UNAVAILABLE", Transient, "The file storage is not available.", "Wait; docmill tries again.";
    DiskFull, "DISK_FULL", Transient, "There is no space left on the disk of the server or of its database.", "Free some space and try again.";
    OcrFailed, "OCR_FAILED", Transient, "The OCR program failed.", "Run `docmill doctor`.";
    WorkerLost, "WORKER_LOST", Transient, "The workers that had this job died too often.", "Look at the workers' logs.";
    WebhookUnreachable, "WEBHOOK_UNREACHABLE", Transient, "The receiver of the webhook could not be reached.", "Check webhook_url and that the receiver runs; then replay the delivery.";
    WebhookTimeout, "WEBHOOK_TIMEOUT", Transient, "The receiver of the webhook did not answer in time.", "Answer first and work later; then replay the delivery.";
    WebhookRefused, "WEBHOOK_REFUSED", Transient, "The receiver of the webhook did not answer with 2xx.", "Look at the receiver's log; then replay the delivery.";
    // The caller's wish.
    Cancelled, "CANCELLED", Caller, "The job was cancelled before it ended.", "Create the batch or the job again if it is still wanted.";
    // Ours.
    BatchSnapshotUnreadable, "BATCH_SNAPSHOT_UNREADABLE", Bug, "The batch's own record cannot be read.", "Create the batch again and report this.";
    Internal, "INTERNAL", Bug, "Something went wrong inside docmill.", "Report this with the request id.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl JsonSchema for Code {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Code")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let codes: Vec<&str> = Self::ALL.iter().map(|code| code.as_str()).collect();
        json_schema!({"type": "string", "enum": codes, "description": "docmill's stable code of a failure"})
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    /// A code of another release reads as `INTERNAL`, so that old rows stay readable.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self::from_text(&text).unwrap_or(Self::Internal))
    }
}

/// A failure with its sentence. Prints as `CODE: sentence`, the form of every `error_message` (contract 4.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Failure {
    pub code: Code,
    /// One sentence for the person who sent the file or the request; no internals.
    pub message: String,
}

impl Failure {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub const fn class(&self) -> FailureClass {
        self.code.class()
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self { code, message: code.sentence().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_has_a_sentence_and_advice() {
        for code in Code::ALL {
            assert_eq!(Code::from_text(code.as_str()), Some(*code));
            assert!(code.sentence().ends_with('.') && code.advice().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn a_failure_prints_code_and_sentence() {
        assert_eq!(Failure::from(Code::EmptyFile).to_string(), "EMPTY_FILE: The file is empty.");
    }
}
