//! What a request may name as its input: a stored file, a file of a directory, or a finished parse job.

use docmill_model::{DirectoryFileId, FileId, JobId, Product};
use uuid::Uuid;

/// Contract 1.5: `dfl-` is used for both kinds of files, and ids come with or without their prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    File(FileId),
    DirectoryFile(DirectoryFileId),
    ParseJob(JobId),
    /// Without prefix: try a file, then a directory file, then (where one is taken) a parse job.
    Bare(Uuid),
}

impl Reference {
    /// Reads an id where only files are taken (`file_id`).
    pub fn file(text: &str) -> Result<Self, String> {
        match Self::input(text) {
            Ok(Self::ParseJob(_)) | Err(_) => Err(refusal(text, "a file", "fil-<uuid> or dfl-<uuid>")),
            found => found,
        }
    }

    /// Reads an id where files and parse jobs are taken (`file_input`).
    pub fn input(text: &str) -> Result<Self, String> {
        let refuse = || refusal(text, "a file or parse job", "fil-<uuid>, dfl-<uuid> or pjb-<uuid>");
        let prefixed = match text.split_once('-').map(|(prefix, _)| prefix) {
            Some(FileId::PREFIX) => text.parse().ok().map(Self::File),
            Some(DirectoryFileId::PREFIX) => text.parse().ok().map(Self::DirectoryFile),
            Some("pjb") => JobId::parse(Product::Parse, text).ok().map(Self::ParseJob),
            _ => text.parse::<FileId>().ok().map(|id| Self::Bare(id.uuid())),
        };
        prefixed.ok_or_else(refuse)
    }
}

fn refusal(text: &str, noun: &str, expected: &str) -> String {
    let shown: String = text.chars().take(80).collect();
    format!("`{shown}` is not the id of {noun}; expected {expected}")
}

/// For tables of fields.
pub(crate) fn is_file(text: &str) -> Result<(), String> {
    Reference::file(text).map(|_| ())
}

pub(crate) fn is_input(text: &str) -> Result<(), String> {
    Reference::input(text).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_decide() {
        let uuid = "01890a5d-ac96-774b-bcce-b302099a8057";
        let bare = Uuid::parse_str(uuid).unwrap();
        let check = |given: &str, file: bool, input: Option<Reference>| {
            assert_eq!(Reference::input(given).ok(), input, "{given}");
            assert_eq!(Reference::file(given).is_ok(), file, "{given}");
        };
        check(uuid, true, Some(Reference::Bare(bare)));
        check(&format!("fil-{uuid}"), true, Some(Reference::File(FileId::from_uuid(bare))));
        check(&format!("dfl-{uuid}"), true, Some(Reference::DirectoryFile(DirectoryFileId::from_uuid(bare))));
        let job = JobId::from_uuid(Product::Parse, bare);
        check(&format!("pjb-{uuid}"), false, Some(Reference::ParseJob(job)));
        check(&format!("bat-{uuid}"), false, None);
        check("fil-1", false, None);
        check("", false, None);
    }
}
