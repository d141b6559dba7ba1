//! Words laid over the pages of a PDF by an incremental update (ISO 32000-1, 7.5.6): the file's own bytes stay as they are.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, MaybeRef, Object};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::Affine;
use regex::bytes::Regex;

use super::objects::{Bytes, Objects, array_text, dict_without, entry};
use super::{FONT, Layer, add_font, compressed, stream};

/// Bytes of a trailer that are looked at.
const TRAILER_MAX: usize = 64 * 1024;
/// Page trees that are looked into for what a page inherits.
const PARENTS_MAX: usize = 64;
/// The highest object number that readers have to know (ISO 32000-1, annex C).
const OBJECTS_MAX: u32 = 8_388_607;

/// The file with the layers over the pages with these indices. `shown` leads from a page's user space to the page as it is
/// shown. `None` where the file has no sound end to go on from, or is encrypted.
pub fn update(
    pdf: &Pdf,
    bytes: &[u8],
    layers: &BTreeMap<usize, Layer>,
    shown: impl Fn(&Page<'_>) -> Affine,
) -> Option<Vec<u8>> {
    let end = End::of(bytes)?;
    let mut objects = Objects::new(end.size);
    let font = add_font(&mut objects);
    // What a page leaves of its graphics state must not move the layer.
    let save = objects.add(stream("", b"q\n"));
    for (index, layer) in layers {
        let page = pdf.pages().get(*index)?;
        let mut content = b"\nQ\n".to_vec();
        content.extend(layer.content(shown(page).inverse()));
        let content = objects.add(compressed("", &content));
        let dict = page.raw();
        let own = match dict.get_raw::<Object<'_>>("Contents") {
            Some(MaybeRef::NotRef(Object::Array(list))) => array_text(&list),
            Some(contents) => match dict.get::<Array<'_>>("Contents") {
                Some(list) => array_text(&list),
                None => entry(contents),
            },
            None => String::new(),
        };
        let resources = resources(dict).unwrap_or_else(Dict::empty);
        let fonts = resources.get::<Dict<'_>>("Font").unwrap_or_else(Dict::empty);
        let page = format!(
            "<< {} /Contents [{save} 0 R {own} {content} 0 R] /Resources << {} /Font << {} /{FONT} {font} 0 R >> >> >>",
            dict_without(dict, &["Contents", "Resources"]),
            dict_without(&resources, &["Font"]),
            dict_without(&fonts, &[FONT]),
        );
        let id = dict.obj_id().filter(|id| id.obj_number > 0 && id.gen_number == 0)?;
        objects.set(id.obj_number, page.into_bytes());
    }
    let mut file = bytes.to_vec();
    file.push(b'\n');
    let mut file = Bytes::new(file);
    file.write(&objects);
    Some(if end.is_table {
        file.end_with_table(&end.entries, objects.size(), Some(end.place))
    } else {
        file.end_with_stream(&end.entries, objects.size(), end.place)
    })
}

/// The page's own resources, else those of the tree that it stands in.
fn resources<'a>(page: &Dict<'a>) -> Option<Dict<'a>> {
    let mut dict = page.clone();
    for _ in 0..PARENTS_MAX {
        if let Some(resources) = dict.get::<Dict<'a>>("Resources") {
            return Some(resources);
        }
        dict = dict.get::<Dict<'a>>("Parent")?;
    }
    None
}

/// What the end of a file says.
struct End {
    /// Where its newest table of references begins, and whether that is no stream.
    place: usize,
    is_table: bool,
    size: u32,
    /// Entries of the trailer that a new one has to repeat.
    entries: String,
}

impl End {
    fn of(bytes: &[u8]) -> Option<Self> {
        static START: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"startxref\s+(\d+)\s+%%EOF\s*$").ok());
        static REPEATED: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"(?s-u)/(Root|Info)\s+\d+\s+\d+\s+R|/ID\s*\[.*?\]").ok());
        static SIZE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"/Size\s+(\d+)").ok());
        let number = |found: regex::bytes::Captures<'_>| std::str::from_utf8(&found[1]).ok()?.parse::<u32>().ok();
        let tail = &bytes[bytes.len().saturating_sub(2048)..];
        let place = START.as_ref()?.captures(tail).and_then(number)? as usize;
        let rest = bytes.get(place..)?;
        let is_table = rest.starts_with(b"xref");
        let find = |mark: &[u8]| rest.windows(mark.len()).position(|window| window == mark);
        let begin = if is_table { find(b"trailer")? } else { 0 };
        let end = if is_table { find(b"startxref")? } else { find(b"stream")? };
        let trailer = rest.get(begin..end).filter(|trailer| trailer.len() <= TRAILER_MAX)?;
        let encrypted = trailer.windows(8).any(|window| window == b"/Encrypt");
        let size = SIZE.as_ref()?.captures(trailer).and_then(number).filter(|size| *size < OBJECTS_MAX)?;
        let repeated: Vec<&[u8]> = REPEATED.as_ref()?.find_iter(trailer).map(|found| found.as_bytes()).collect();
        // Identifiers may be any bytes; those that are no text are left out.
        let entries: Vec<&str> = repeated.into_iter().filter_map(|entry| std::str::from_utf8(entry).ok()).collect();
        let rooted = entries.iter().any(|entry| entry.starts_with("/Root"));
        (!encrypted && rooted).then(|| Self { place, is_table, size, entries: entries.join(" ") })
    }
}
