//! Remarks that readers of the document left on its pages (ISO 32000-1, 12.5.6.2), apart from what they draw.

use hayro::hayro_syntax::object::{Array, Dict, Name, String as PdfString};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::Affine;

use super::annotations::{ANNOTATIONS_MAX, HIDDEN};
use super::links::areas_of;
use crate::layout::Comment;
use crate::read::pdf::strings::text_string;

/// Bytes of one remark.
const REMARK_MAX: usize = 100_000;
/// Annotations whose `Contents` are a remark. What `FreeText` says is drawn, and links and widgets only describe.
const REMARKS: &[&[u8]] = &[
    b"Text",
    b"Highlight",
    b"Underline",
    b"Squiggly",
    b"StrikeOut",
    b"Caret",
    b"Ink",
    b"Square",
    b"Circle",
    b"Line",
    b"Polygon",
    b"PolyLine",
    b"Stamp",
];

/// The remarks on a page in its own frame; `shown` leads there from user space.
pub(super) fn of(page: &Page<'_>, shown: Affine) -> Vec<Comment> {
    let annotations = page.raw().get::<Array<'_>>("Annots");
    let annotations = annotations.iter().flat_map(Array::iter::<Dict<'_>>).take(ANNOTATIONS_MAX);
    annotations.filter_map(|annotation| remark(&annotation, shown)).collect()
}

fn remark(annotation: &Dict<'_>, shown: Affine) -> Option<Comment> {
    let kind = annotation.get::<Name<'_>>("Subtype")?;
    if !REMARKS.contains(&kind.as_ref()) || annotation.get::<u32>("F").unwrap_or(0) & HIDDEN != 0 {
        return None;
    }
    let text = |key: &str| {
        let text = annotation.get::<PdfString<'_>>(key)?;
        Some(text_string(text.as_bytes())).filter(|text| !text.trim().is_empty() && text.len() <= REMARK_MAX)
    };
    let content = text("Contents")?;
    Some(Comment { author: text("T"), content: content.replace('\r', "\n"), boxes: areas_of(annotation, shown) })
}
