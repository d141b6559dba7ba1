//! Files out of zip, tar and gzip archives and out of letters, within the budget.

use std::io::{Cursor, Read};

use docling::{ArchiveLimits, EmailAttachments};
use docmill_model::{Code, Failure};
use flate2::read::MultiGzDecoder;

use super::member::over_limit;
use super::{BYTES_MAX, Budget, DOCUMENTS_MAX, Part, Parts};
use crate::Source;
use crate::detect::archive;

/// Bytes in front of a tar archive that tell it: the mark stands in its first header.
const TAR_HEAD: usize = 512;

pub fn zip(bytes: &[u8], budget: &mut Budget) -> Result<Parts, Failure> {
    check_depth(budget)?;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged("zip"))?;
    let mut names: Vec<(String, usize)> = (0..archive.len())
        .filter_map(|index| {
            let file = archive.by_index_raw(index).ok()?;
            let name = file.name().map_or_else(|_| String::from_utf8_lossy(file.name_raw()).into_owned(), Into::into);
            Some((path(&name)?, index))
        })
        .collect();
    names.sort_by_key(|named| natural(&named.0));
    let mut parts = Parts::default();
    for (path, index) in names {
        let Ok(mut file) = archive.by_index(index) else {
            parts.left.push(format!("{path}: {}: it cannot be unpacked.", Code::FileDamaged));
            continue;
        };
        // The size is what the directory says; never more than that is unpacked.
        let size = usize::try_from(file.size()).unwrap_or(usize::MAX);
        if !budget.take(size) {
            parts.left.push(over_limit(&path));
            continue;
        }
        let mut unpacked = Vec::new();
        match file.by_ref().take(size as u64).read_to_end(&mut unpacked) {
            Ok(_) => parts.parts.push(Part { path, bytes: unpacked }),
            Err(_) => parts.left.push(format!("{path}: {}: it cannot be unpacked.", Code::FileDamaged)),
        }
    }
    Ok(parts)
}

pub fn tar(bytes: impl Read, budget: &mut Budget) -> Result<Parts, Failure> {
    check_depth(budget)?;
    let mut archive = tar::Archive::new(bytes);
    let mut parts = Parts::default();
    for entry in archive.entries().map_err(|_| damaged("tar"))? {
        let Ok(mut entry) = entry else {
            // What stands behind the damage cannot be found.
            if parts.parts.is_empty() && parts.left.is_empty() {
                return Err(damaged("tar"));
            }
            parts.left.push("the rest of the archive: it is damaged or incomplete".to_owned());
            break;
        };
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let Some(path) = path(&String::from_utf8_lossy(&entry.path_bytes())) else { continue };
        let size = usize::try_from(entry.size()).unwrap_or(usize::MAX);
        if !budget.take(size) {
            parts.left.push(over_limit(&path));
            continue;
        }
        let mut unpacked = Vec::new();
        match entry.read_to_end(&mut unpacked) {
            Ok(read) if read == size => parts.parts.push(Part { path, bytes: unpacked }),
            _ => parts.left.push(format!("{path}: {}: it is damaged or incomplete.", Code::FileDamaged)),
        }
    }
    parts.parts.sort_by_key(|part| natural(&part.path));
    Ok(parts)
}

pub enum Gunzipped {
    Archive(Parts),
    File(Source),
}

pub fn gzip(source: &Source, budget: &mut Budget) -> Result<Gunzipped, Failure> {
    check_depth(budget)?;
    let mut head = Vec::new();
    let mut packed = MultiGzDecoder::new(source.bytes.as_slice());
    packed.by_ref().take(TAR_HEAD as u64).read_to_end(&mut head).map_err(|_| damaged("gzip"))?;
    if head.get(257..262) == Some(b"ustar") {
        let limit = (BYTES_MAX as u64).saturating_add(archive::RATIO_FLOOR_BYTES as u64);
        return tar(MultiGzDecoder::new(source.bytes.as_slice()).take(limit), budget).map(Gunzipped::Archive);
    }
    let room = budget.bytes.min(source.bytes.len().saturating_mul(archive::RATIO_MAX as usize)).max(head.len());
    let room = room.max((archive::RATIO_FLOOR_BYTES as usize).min(budget.bytes));
    let mut bytes = head;
    packed.take((room - bytes.len()) as u64 + 1).read_to_end(&mut bytes).map_err(|_| damaged("gzip"))?;
    if bytes.len() > room || !budget.take(bytes.len()) {
        return Err(Failure::new(Code::FileTooLarge, "The file is too large to be unpacked."));
    }
    let name = source.name.strip_suffix(".gz").unwrap_or(&source.name).to_owned();
    Ok(Gunzipped::File(Source { name, bytes: bytes.into() }))
}

/// What is attached to a letter. Pictures that the letter shows in its text are no documents.
pub fn attachments(bytes: &[u8], budget: &mut Budget) -> Parts {
    let mut parts = Parts::default();
    let limits = ArchiveLimits {
        max_entries: DOCUMENTS_MAX,
        max_entry_size: BYTES_MAX as u64,
        max_total_size: BYTES_MAX as u64,
        ..ArchiveLimits::default()
    };
    let Ok(found) = EmailAttachments::open(bytes, &limits) else { return parts };
    for entry in found.entries().iter().filter(|entry| !entry.inline) {
        match found.data(entry.index) {
            Some(_) if budget.depth == 0 => {
                parts.left.push(format!("{}: it is nested deeper than the limit.", entry.name));
            }
            Some(data) if budget.take(data.len()) => {
                parts.parts.push(Part { path: entry.name.clone(), bytes: data.to_vec() });
            }
            Some(_) => parts.left.push(over_limit(&entry.name)),
            None => {
                let why = entry.skipped.as_deref().unwrap_or("it is empty");
                parts.left.push(format!("{}: {why}.", entry.name));
            }
        }
    }
    parts
}

fn check_depth(budget: &Budget) -> Result<(), Failure> {
    if budget.depth > 0 {
        return Ok(());
    }
    Err(Failure::new(Code::UnsupportedFileType, "Archives are nested deeper than the limit."))
}

fn damaged(kind: &str) -> Failure {
    Failure::new(Code::FileDamaged, format!("The {kind} archive is damaged or incomplete."))
}

/// The path as it is shown: no drive, no root, no way up. `None` for folders and for what systems leave behind.
fn path(name: &str) -> Option<String> {
    let parts: Vec<String> = name
        .split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "." | "..") && !part.ends_with(':'))
        .map(|part| part.chars().filter(|char| !char.is_control()).collect())
        .collect();
    let last = parts.last()?;
    let left_behind =
        parts[0] == "__MACOSX" || last.starts_with("._") || matches!(last.as_str(), ".DS_Store" | "Thumbs.db");
    let is_folder = name.ends_with(['/', '\\']);
    (!left_behind && !is_folder).then(|| parts.join("/"))
}

/// Sorts `page2` before `page10`.
fn natural(path: &str) -> Vec<(u64, String)> {
    let mut key = vec![(0, String::new())];
    let mut digits = String::new();
    for char in path.chars() {
        if char.is_ascii_digit() && digits.len() < 18 {
            digits.push(char);
            continue;
        }
        if !digits.is_empty() {
            key.push((digits.parse().unwrap_or_default(), String::new()));
            digits.clear();
        }
        if let Some((_, text)) = key.last_mut() {
            text.push(char);
        }
    }
    if !digits.is_empty() {
        key.push((digits.parse().unwrap_or_default(), String::new()));
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_only_name() {
        for (name, expected) in [
            ("a/b.txt", Some("a/b.txt")),
            ("/etc/passwd", Some("etc/passwd")),
            ("../../up.txt", Some("up.txt")),
            ("C:\\docs\\a.doc", Some("docs/a.doc")),
            ("a/", None),
            ("__MACOSX/._a.txt", None),
            ("x/.DS_Store", None),
            ("a\nb.txt", Some("ab.txt")),
        ] {
            assert_eq!(path(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn numbers_in_names_count() {
        let mut names = ["p10.txt", "p9.txt", "a2/b1", "a2/a", "p9a.txt"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["a2/a", "a2/b1", "p9.txt", "p9a.txt", "p10.txt"]);
    }
}
