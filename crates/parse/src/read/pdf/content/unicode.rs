//! Codes to characters. The font's own word comes first (`ToUnicode`, glyph names); where it says nothing, the
//! character collection of its codes and the tables of the embedded font program are asked.

use std::cell::OnceCell;
use std::collections::HashMap;

use hayro::hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, CidFamily};
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, String as PdfString};
use hayro_font::{CMapResolverFn, Font, FontGlyph};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, GlyphNames, MetadataProvider};

pub(super) struct Reader<'a> {
    dict: Dict<'a>,
    cmaps: CMapResolverFn,
    /// The font's own names of its codes are a guess: a TrueType font with neither an encoding nor `ToUnicode` is
    /// read by standard names, which subsets do not follow.
    guessed: bool,
    /// `ToUnicode` is the name of an identity: the code is the character.
    is_code: bool,
    /// The document draws the letters itself.
    drawn: bool,
    collection: OnceCell<Option<Collection>>,
    program: OnceCell<HashMap<u32, char>>,
    /// Whether the font is composite, not embedded and of no known collection.
    absent: OnceCell<bool>,
}

/// How codes become numbers of a known character collection, and those characters.
struct Collection {
    codes: CMap,
    characters: CMap,
}

impl<'a> Reader<'a> {
    pub fn new(dict: &Dict<'a>, cmaps: &CMapResolverFn) -> Self {
        let is =
            |key: &str, names: &[&[u8]]| dict.get::<Name<'_>>(key).is_some_and(|name| names.contains(&name.as_ref()));
        let truetype = is("Subtype", &[b"TrueType"]);
        let told = dict.contains_key("ToUnicode") || dict.contains_key("Encoding");
        Self {
            dict: dict.clone(),
            cmaps: cmaps.clone(),
            guessed: truetype && !told,
            is_code: is("ToUnicode", &[b"Identity-H", b"Identity-V"]),
            drawn: is("Subtype", &[b"Type3"]),
            collection: OnceCell::new(),
            program: OnceCell::new(),
            absent: OnceCell::new(),
        }
    }

    /// The characters of this code; `None` when nothing tells them.
    pub fn read(&self, font: &Font<'_>, code: u32) -> Option<String> {
        let glyph = font.glyph(font.map_code(code), code);
        let own = match &glyph {
            FontGlyph::Outline(glyph) => glyph.as_unicode(),
            FontGlyph::Type3(glyph) => glyph.as_unicode(),
        };
        let own = own.map(|own| match own {
            BfString::Char(character) => character.to_string(),
            BfString::String(text) => text,
        });
        if !self.guessed && own.as_deref().is_some_and(tells) {
            return own;
        }
        if self.is_code {
            return char::from_u32(code).map(String::from).filter(|text| tells(text));
        }
        let found = self.by_collection(code).or_else(|| self.by_program(font, code)).filter(|text| tells(text));
        let found = found.or_else(|| self.by_usual_order(code)).or_else(|| self.by_letter(code));
        // A private character is still better than none: symbol fonts have nothing else.
        found.or(own.filter(|own| !own.chars().all(|c| c.is_control() || c == '\u{fffd}')))
    }

    fn by_collection(&self, code: u32) -> Option<String> {
        let collection = self.collection.get_or_init(|| self.find_collection()).as_ref()?;
        let cid = (1..=4).find_map(|length| collection.codes.lookup_cid_code(code, length))?;
        match collection.characters.lookup_bf_string(cid)? {
            BfString::Char(character) => Some(character.to_string()),
            BfString::String(text) => Some(text),
        }
    }

    fn find_collection(&self) -> Option<Collection> {
        let descendant = self.dict.get::<Array<'_>>("DescendantFonts")?.iter::<Dict<'_>>().next()?;
        let codes = self.codes()?;
        let named = codes.metadata().character_collection.clone().map(|collection| collection.family);
        let family = named.filter(|family| family.ucs2_cmap().is_some()).or_else(|| family_of(&descendant))?;
        let characters = self.load(family.ucs2_cmap()?)?;
        Some(Collection { codes, characters })
    }

    fn codes(&self) -> Option<CMap> {
        match self.dict.get::<Object<'_>>("Encoding")? {
            Object::Name(name) => match name.as_ref() {
                b"Identity-H" | b"Identity-V" => Some(CMap::identity_h()),
                name => self.load(CMapName::from_bytes(name)),
            },
            Object::Stream(stream) => self.parse(&stream.decoded_data().ok()?),
            _ => None,
        }
    }

    fn load(&self, name: CMapName<'_>) -> Option<CMap> {
        self.parse((self.cmaps)(name)?)
    }

    fn parse(&self, data: &[u8]) -> Option<CMap> {
        let cmaps = self.cmaps.clone();
        CMap::parse(data, move |name| (cmaps)(name))
    }

    /// Codes of a font that is neither embedded nor described are its glyph numbers. Those of the fonts that ship with
    /// Windows begin with the ASCII characters, the space as number 3: a guess, and the only one there is.
    fn by_usual_order(&self, code: u32) -> Option<String> {
        let absent = *self.absent.get_or_init(|| self.is_absent().unwrap_or(false));
        let character = || (3..=97).contains(&code).then(|| char::from_u32(code + 29)).flatten().map(String::from);
        absent.then(character).flatten()
    }

    /// Bitmap fonts of TeX and others name their glyphs by numbers; letters and digits keep their ASCII codes in all of
    /// their encodings.
    fn by_letter(&self, code: u32) -> Option<String> {
        let letter = char::from_u32(code).filter(char::is_ascii_alphanumeric);
        self.drawn.then_some(letter).flatten().map(String::from)
    }

    fn is_absent(&self) -> Option<bool> {
        let descendant = self.dict.get::<Array<'_>>("DescendantFonts")?.iter::<Dict<'_>>().next()?;
        let descriptor = descendant.get::<Dict<'_>>("FontDescriptor").unwrap_or_default();
        let embedded = ["FontFile", "FontFile2", "FontFile3"].iter().any(|key| descriptor.contains_key(*key));
        Some(!embedded && !self.dict.contains_key("ToUnicode") && family_of(&descendant).is_none())
    }

    /// The character for which the embedded program would choose this glyph.
    fn by_program(&self, font: &Font<'_>, code: u32) -> Option<String> {
        let FontGlyph::Outline(glyph) = font.glyph(font.map_code(code), code) else { return None };
        let characters = self.program.get_or_init(|| {
            let data = glyph.font_data();
            data.map(|data| characters_of(AsRef::<[u8]>::as_ref(&*data.data))).unwrap_or_default()
        });
        characters.get(&glyph.glyph_id().to_u32()).map(char::to_string)
    }
}

/// Whether the text can be read as text.
fn tells(text: &str) -> bool {
    !text.is_empty()
        && !text
            .chars()
            .any(|c| (c.is_control() && !c.is_whitespace()) || matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}'))
}

fn family_of(descendant: &Dict<'_>) -> Option<CidFamily> {
    let system = descendant.get::<Dict<'_>>("CIDSystemInfo")?;
    let part = |key: &str| system.get::<PdfString<'_>>(key).map(|text| text.as_bytes().to_vec());
    let family = CidFamily::from_registry_ordering(&part("Registry")?, &part("Ordering")?);
    family.ucs2_cmap().is_some().then_some(family)
}

/// Glyph numbers to characters: the font's character table backwards, then its glyph names.
fn characters_of(data: &[u8]) -> HashMap<u32, char> {
    let mut characters = HashMap::new();
    let Ok(font) = FontRef::new(data) else { return characters };
    for (character, glyph) in font.charmap().mappings() {
        if let Some(character) = char::from_u32(plain(character)) {
            let known = characters.entry(glyph.to_u32()).or_insert(character);
            // Of several characters with one glyph the smallest is the usual one, spaces aside.
            if character < *known && !character.is_whitespace() {
                *known = character;
            }
        }
    }
    if font.post().is_ok() {
        for (glyph, name) in GlyphNames::new(&font).iter() {
            if let Some(character) = named(name.as_str()) {
                characters.entry(glyph.to_u32()).or_insert(character);
            }
        }
    }
    characters
}

/// Symbol fonts keep the codes of their letters in a private range (Microsoft's encoding 3,0).
fn plain(character: u32) -> u32 {
    match character {
        0xF020..=0xF07E => character - 0xF000,
        other => other,
    }
}

/// Glyph names that say their character: `A`, `uni00E9`, `u1F600`.
fn named(name: &str) -> Option<char> {
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return letter.is_ascii_alphanumeric().then_some(letter);
    }
    let digits = name.strip_prefix("uni").or_else(|| name.strip_prefix('u'))?;
    let fits = (4..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyph_names_tell_characters() {
        for (name, expected) in [
            ("A", Some('A')),
            ("uni00E9", Some('é')),
            ("u1F600", Some('😀')),
            ("g12", None),
            ("uniZZZZ", None),
            ("é", None),
        ] {
            assert_eq!(named(name), expected, "{name}");
        }
    }

    #[test]
    fn private_and_control_characters_tell_nothing() {
        for (text, expected) in [("a", true), ("fi", true), ("\u{f0b7}", false), ("\u{2}", false), ("", false)] {
            assert_eq!(tells(text), expected, "{text:?}");
        }
    }
}
