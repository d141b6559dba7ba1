//! Which files docmill reads: one table. Names are understood by it, refusals take their advice from it, and
//! docs/FORMATS.md is made of it.

mod table;
mod told;

use image::ImageFormat;

use crate::services::Target;

pub use table::{BY_ANOTHER, FORMATS, HAND_MADE};
pub use told::markdown;

/// One format, or a family of formats that is read in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// As in `DocumentInfo::kind`, for what is read; what is not read shares names.
    pub id: &'static str,
    /// For people: "Word document".
    pub name: &'static str,
    /// Lower case, without the dot.
    pub extensions: &'static [&'static str],
    pub reader: Reader,
    /// What one page is.
    pub page: &'static str,
    pub kept: &'static str,
}

/// Who reads a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    Pdf,
    /// Pictures, decoded by `image` and read by OCR.
    Picture(ImageFormat),
    /// Plain text.
    Text,
    /// The `docling` crate, under the format's own name there.
    Docling,
    /// LibreOffice, which writes it as something that docmill reads.
    Converted(Target),
    /// Each file in it is a document of its own.
    Archive,
    /// Nobody; what the person can do instead.
    Nobody(&'static str),
}

/// The format that an extension (lower case, without dot) promises.
pub fn of_extension(extension: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.extensions.contains(&extension))
}

/// The format of this name that is read.
pub fn of_id(id: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.id == id && !matches!(format.reader, Reader::Nobody(_)))
}

/// Formats whose files may be empty: they are text, and nothing but text.
const TEXTS: &[&str] = &["txt", "md", "html", "csv", "asciidoc", "latex", "vtt", "json", "jsonl", "xml", "prn", "text"];

/// Whether files of the format of this name may be empty.
pub fn may_be_empty(id: &str) -> bool {
    TEXTS.contains(&id)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use docmill_model::texts;

    use super::*;

    #[test]
    fn what_may_be_empty_is_what_the_model_says() {
        let own = FORMATS.iter().filter(|format| may_be_empty(format.id));
        let own: BTreeSet<&str> = own.flat_map(|format| format.extensions.iter().copied()).collect();
        assert_eq!(own, texts::extensions().collect::<BTreeSet<_>>());
    }

    #[test]
    fn an_extension_stands_once_and_a_format_that_is_read_has_one_name() {
        let mut extensions = HashSet::new();
        let mut ids = HashSet::new();
        for format in FORMATS {
            assert!(format.extensions.iter().all(|extension| extensions.insert(extension)), "{}", format.name);
            assert!(matches!(format.reader, Reader::Nobody(_)) || ids.insert(format.id), "{}", format.id);
        }
    }
}
