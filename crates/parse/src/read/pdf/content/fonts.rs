//! Fonts by their dictionaries: how codes are read, what each one means and how wide it is, looked up once.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use hayro::hayro_interpret::hayro_cmap;
use hayro::hayro_syntax::object::{Array, Dict, Name, Stream};
use hayro::hayro_syntax::page::Resources;
use hayro::kurbo::{ParamCurveArea, Shape};
use hayro_font::{CMapResolverFn, FontCache, FontGlyph, FontQuery, FontResolverFn, StandardFont};
use rustc_hash::FxHashMap;

use super::machine::FontNames;
use super::unicode::Reader;
use crate::read::pdf::drawing::Style;

/// Characters that one glyph may stand for.
const CHARS_MAX: usize = 32;
/// A font descriptor's weight from which on a font is bold (ISO 32000-1, table 122).
const BOLD_WEIGHT: f32 = 600.0;
/// Width of the stems of bold cuts, thousandths of an em; regular ones have 70 to 100, and wrong values are far off.
const BOLD_STEMS: std::ops::RangeInclusive<f32> = 120.0..=300.0;
const FLAG_FIXED_PITCH: u32 = 1;
const FLAG_FORCE_BOLD: u32 = 1 << 18;
/// Usual letters are half as wide as the text is high.
const LETTERS_PER_EM: f64 = 2.0;
/// Letters whose strokes are measured where nothing else tells a font's weight.
const LETTERS: &[u8] = b"nhmuiltradeosHIETL";

/// A font; `None` when it cannot be loaded.
pub(super) type Loaded<'a> = Option<Rc<Font<'a>>>;

/// The fonts of an open document.
pub struct Fonts<'a> {
    cache: FontCache<'a>,
    resolver: FontResolverFn,
    cmaps: CMapResolverFn,
    /// By where the dictionary lies in the file.
    known: RefCell<HashMap<(usize, usize), Loaded<'a>>>,
    spare: OnceCell<Loaded<'a>>,
}

impl<'a> Fonts<'a> {
    pub fn new() -> Self {
        Self {
            cache: FontCache::new(),
            resolver: Arc::new(|query| match query {
                FontQuery::Standard(font) => Some(font.get_font_data()),
                FontQuery::Fallback(query) => Some(query.pick_standard_font().get_font_data()),
            }),
            cmaps: Arc::new(hayro_cmap::load_embedded),
            known: RefCell::new(HashMap::new()),
            spare: OnceCell::new(),
        }
    }

    /// The font of this name in the resources. An unknown name is Helvetica, as other readers have it; a font that
    /// cannot be loaded is none: no text is better than a wrong one.
    pub(super) fn named(&self, name: &Name<'_>, resources: &Resources<'a>, names: &mut FontNames<'a>) -> Loaded<'a> {
        if let Some(font) = names.get(name.as_ref()) {
            return font.clone();
        }
        let font = match resources.get_font(name) {
            Some(dict) => self.font(&dict),
            None => self.spare(),
        };
        names.insert(name.as_ref().to_vec(), font.clone());
        font
    }

    fn font(&self, dict: &Dict<'a>) -> Loaded<'a> {
        let key = (dict.data().as_ptr() as usize, dict.data().len());
        if let Some(font) = self.known.borrow().get(&key) {
            return font.clone();
        }
        let inner = self.cache.font(dict, &self.resolver, &self.cmaps);
        let font = inner.map(|inner| Rc::new(Font::new(inner, dict, &self.cmaps)));
        self.known.borrow_mut().insert(key, font.clone());
        font
    }

    /// The font of text that names none.
    pub(super) fn spare(&self) -> Loaded<'a> {
        let load = || {
            let inner = self.cache.standard_font(StandardFont::Helvetica, &self.resolver)?;
            let mut font = Font::new(inner, &Dict::default(), &self.cmaps);
            font.ascii_only = true;
            Some(Rc::new(font))
        };
        self.spare.get_or_init(load).clone()
    }
}

/// A font with what was looked up of its codes.
pub(super) struct Font<'a> {
    inner: hayro_font::Font<'a>,
    reader: Reader<'a>,
    pub style: Style,
    pub horizontal: bool,
    /// Height of an em in text space units of size 1; not 1 for fonts drawn by the document itself.
    pub em: f64,
    /// Stands in for a font that is not there: only plain letters can be what they seem.
    ascii_only: bool,
    /// One-byte codes by their number, which is all that most fonts have, and others.
    by_byte: [OnceCell<Note>; 256],
    by_code: RefCell<FxHashMap<u32, Note>>,
    text: RefCell<String>,
}

/// What a code stands for. Lengths in thousandths of the text size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Note {
    /// Along the writing direction; negative for vertical text, which runs down.
    pub advance: f64,
    /// Where the glyph's own origin lies.
    pub origin: (f64, f64),
    /// Whether its characters are known.
    pub mapped: bool,
    start: u32,
    len: u16,
    /// Its text, when that is one ASCII character; else 0.
    ascii: u8,
}

impl<'a> Font<'a> {
    fn new(inner: hayro_font::Font<'a>, dict: &Dict<'a>, cmaps: &CMapResolverFn) -> Self {
        let horizontal = inner.is_horizontal();
        let kind = dict.get::<Name<'_>>("Subtype").map(|name| name.as_ref().to_vec()).unwrap_or_default();
        let own_em = (kind == b"Type3").then(|| type3_em(dict));
        Self {
            style: style(&inner, dict, &kind),
            reader: Reader::new(dict, cmaps),
            inner,
            horizontal,
            em: own_em.flatten().unwrap_or(1.0),
            ascii_only: false,
            by_byte: [const { OnceCell::new() }; 256],
            by_code: RefCell::default(),
            text: RefCell::default(),
        }
    }

    pub fn reads(&self, bytes: &[u8]) -> bool {
        !self.ascii_only || bytes.is_ascii()
    }

    /// The code at `offset` and how many bytes it has.
    pub fn read_code(&self, bytes: &[u8], offset: usize) -> (u32, usize) {
        self.inner.read_code(bytes, offset)
    }

    #[inline]
    pub fn note(&self, code: u32) -> Note {
        if let Some(place) = self.by_byte.get(code as usize) {
            return *place.get_or_init(|| self.look_up(code));
        }
        if let Some(note) = self.by_code.borrow().get(&code) {
            return *note;
        }
        let note = self.look_up(code);
        self.by_code.borrow_mut().insert(code, note);
        note
    }

    fn look_up(&self, code: u32) -> Note {
        let (advance, origin) = (self.inner.code_advance(code), self.inner.origin_displacement(code));
        let mut text = self.text.borrow_mut();
        let start = text.len();
        let read = self.reader.read(&self.inner, code);
        text.extend(read.iter().flat_map(|read| read.chars()).take(CHARS_MAX));
        Note {
            advance: if self.horizontal { advance.x } else { advance.y },
            origin: (origin.x, origin.y),
            mapped: read.is_some(),
            start: start as u32,
            len: (text.len() - start) as u16,
            ascii: match text.as_bytes()[start..] {
                [byte] => byte,
                _ => 0,
            },
        }
    }

    /// Appends the code's characters and returns how many bytes they are.
    #[inline]
    pub fn push_text(&self, note: &Note, to: &mut String) -> u16 {
        if note.ascii != 0 {
            to.push(char::from(note.ascii));
            return note.len;
        }
        let (text, start) = (self.text.borrow(), note.start as usize);
        to.push_str(text.get(start..start + usize::from(note.len)).unwrap_or_default());
        note.len
    }
}

fn style(font: &hayro_font::Font<'_>, dict: &Dict<'_>, kind: &[u8]) -> Style {
    let descriptor = descriptor(dict);
    let flags = descriptor.get::<u32>("Flags").unwrap_or(0);
    let name = dict.get::<Name<'_>>("BaseFont").map(|name| name.as_str().to_ascii_lowercase()).unwrap_or_default();
    let program = program_of(font);
    let weight = program.as_ref().and_then(|data| data.weight);
    let bold = names_a_bold_cut(&name)
        || flags & FLAG_FORCE_BOLD != 0
        || descriptor.get::<f32>("FontWeight").is_some_and(|weight| weight >= BOLD_WEIGHT)
        || (!names_a_regular_cut(&name)
            && descriptor.get::<f32>("StemV").is_some_and(|stem| BOLD_STEMS.contains(&stem)))
        || weight.is_some_and(|weight| (600..=1000).contains(&weight));
    let embedded = ["FontFile", "FontFile3"].iter().any(|key| descriptor.get::<Stream<'_>>(*key).is_some());
    let silent = !bold && weight.is_none() && embedded && kind != b"Type0";
    Style {
        bold,
        mono: flags & FLAG_FIXED_PITCH != 0 || ["courier", "mono", "consol"].iter().any(|part| name.contains(part)),
        colour: [0; 3],
        stroke: if silent { stroke_of(font) } else { None },
    }
}

fn descriptor<'a>(dict: &Dict<'a>) -> Dict<'a> {
    let descendant =
        || dict.get::<Array<'_>>("DescendantFonts")?.iter::<Dict<'_>>().next()?.get::<Dict<'_>>("FontDescriptor");
    dict.get::<Dict<'_>>("FontDescriptor").or_else(descendant).unwrap_or_default()
}

fn program_of(font: &hayro_font::Font<'_>) -> Option<hayro_font::OutlineFontData> {
    match font.glyph(hayro_font::GlyphId::NOTDEF, 0) {
        FontGlyph::Outline(glyph) => glyph.font_data(),
        FontGlyph::Type3(_) => None,
    }
}

/// Cuts are named in many ways: `-Bold`, `-Bd`, `Demi`, TeX's `cmbx`, and the `Medi` of the Nimbus families.
fn names_a_bold_cut(name: &str) -> bool {
    let name = name.split_once('+').map_or(name, |(_, name)| name);
    ["bold", "black", "heavy", "demi"].iter().any(|part| name.contains(part))
        || ["-bd", "-medi", "-blk"].iter().any(|end| name.ends_with(end))
        || ["cmbx", "cmssbx", "sfbx"].iter().any(|start| name.starts_with(start))
}

fn names_a_regular_cut(name: &str) -> bool {
    ["regular", "roman", "book", "light", "thin"].iter().any(|part| name.contains(part))
}

/// Area over half the perimeter: the mean width of the letters' strokes, em. Fonts of TeX and others tell no weight,
/// but a bold cut is drawn with wider strokes than its regular one.
fn stroke_of(font: &hayro_font::Font<'_>) -> Option<f32> {
    let outline = |code: u32| match font.glyph(font.map_code(code), code) {
        FontGlyph::Outline(glyph) => Some(glyph.outline()),
        FontGlyph::Type3(_) => None,
    };
    let (mut area, mut perimeter) = (0.0, 0.0);
    for outline in LETTERS.iter().filter_map(|letter| outline(u32::from(*letter))) {
        area += outline.segments().map(|segment| segment.signed_area()).sum::<f64>().abs();
        perimeter += outline.perimeter(1.0);
    }
    (perimeter > 0.0).then(|| (area * 2.0 / perimeter / 1000.0) as f32)
}

/// Fonts drawn by the document have units of their own: their box tells how high letters are, else their widths.
fn type3_em(dict: &Dict<'_>) -> Option<f64> {
    let matrix = dict.get::<[f64; 6]>("FontMatrix").unwrap_or([0.001, 0.0, 0.0, 0.001, 0.0, 0.0]);
    let [x0, y0, x1, y1] = dict.get::<[f64; 4]>("FontBBox").unwrap_or_default();
    let em = (y1 - y0).abs() * matrix[3].abs().max(matrix[1].abs());
    if x1 != x0 && em > 1e-4 {
        return Some(em);
    }
    let widths: Vec<f64> = dict.get::<Array<'_>>("Widths")?.iter::<f64>().filter(|width| *width > 0.0).collect();
    let mean = widths.iter().sum::<f64>() / widths.len().max(1) as f64 * matrix[0].abs();
    (mean > 1e-4).then_some(LETTERS_PER_EM * mean)
}
