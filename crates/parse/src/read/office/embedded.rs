//! Files that stand inside Office documents as objects: they are neither run nor read, and that is said.

use std::io::Cursor;

use docmill_model::document::Warning;
use zip::ZipArchive;

use super::xml;

/// Objects inside a document that were not read.
const EMBEDDED_NOT_READ: &str = "EMBEDDED_NOT_READ";
/// Objects that are named; of the others their number is told.
const NAMED_MAX: usize = 20;
const RELATIONS_BYTES_MAX: usize = 1 << 20;

/// A warning with the names of the objects. Workbooks behind charts are none: the charts show what is in them.
pub fn warning(bytes: &[u8]) -> Option<Warning> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let parts: Vec<String> = archive.file_names().flatten().map(Into::into).collect();
    if !parts.iter().any(|part| part.contains("/embeddings/")) {
        return None;
    }
    let mut objects = Vec::new();
    for part in parts.iter().filter(|part| part.ends_with(".rels") && !part.contains("/charts/")) {
        let relations = xml::part(&mut archive, part, RELATIONS_BYTES_MAX).unwrap_or_default();
        objects.extend(xml::tags(&relations, "Relationship").filter_map(object));
    }
    objects.sort();
    objects.dedup();
    if objects.is_empty() {
        return None;
    }
    let count = objects.len();
    objects.truncate(NAMED_MAX);
    let more = if count > NAMED_MAX { ", ..." } else { "" };
    let message = format!("Files embedded in the document were not read ({count}): {}{more}", objects.join(", "));
    Some(Warning::new(EMBEDDED_NOT_READ, message))
}

/// The name of the file that a relation leads to, where that is an object.
fn object(relation: &str) -> Option<String> {
    let kind = xml::attribute(relation, "Type")?;
    let is_object = kind.ends_with("/oleObject") || kind.ends_with("/package");
    let target = xml::attribute(relation, "Target").filter(|target| is_object && target.contains("embeddings/"))?;
    Some(xml::unescaped(target.rsplit('/').next()?))
}
