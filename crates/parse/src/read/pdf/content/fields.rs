//! Form fields by their widgets (ISO 32000-1, 12.7): what kind they are and what they hold.
//!
//! A widget is found on its page and asks its parents for what it lacks; the tree below the catalog is never walked, so
//! a document may have any number of fields.

use std::collections::HashMap;

use docmill_model::document::{FieldKind, FieldValue};
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, String as PdfString};
use hayro::hayro_syntax::page::Page;

use crate::read::pdf::strings::text_string;

/// Parents of parents.
const DEPTH_MAX: usize = 32;
/// Characters of one value.
const VALUE_MAX: usize = 20_000;
/// Bytes of all values of a page: widgets may share one that is large.
const PAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Values of one field, and options that are looked at for each.
const CHOSEN_MAX: usize = 100;
const OPTIONS_MAX: usize = 2_000;
/// Characters of a name.
const NAME_MAX: usize = 1_000;

/// Flags of fields (ISO 32000-1, tables 226, 228 and 230).
const MULTILINE: u32 = 1 << 12;
const PASSWORD: u32 = 1 << 13;
const RADIO: u32 = 1 << 15;
const PUSH_BUTTON: u32 = 1 << 16;
const COMBO: u32 = 1 << 17;
const MULTI_SELECT: u32 = 1 << 21;

/// A field as one of its widgets has it.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub name: String,
    pub title: Option<String>,
    pub kind: FieldKind,
    pub value: FieldValue,
    pub look: Look,
    /// Text size; 0 = as it fits.
    pub size: f64,
    /// Quarter turns against the clock.
    pub turned: i32,
}

/// What a field's widget shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing that its appearance does not show.
    Drawn,
    Text {
        text: String,
        multiline: bool,
        /// The appearance may be out of date.
        regenerate: bool,
    },
    Mark(bool),
}

/// The fields of a page.
pub(super) struct Fields<'a> {
    /// Parents that were seen: a field of many widgets is read once.
    parents: HashMap<ObjectIdentifier, Dict<'a>>,
    form: Option<Dict<'a>>,
    regenerate: bool,
    /// Bytes of values that were read.
    spent: usize,
}

impl<'a> Fields<'a> {
    pub fn new(page: &Page<'a>) -> Self {
        let root = page.xref().get::<Dict<'_>>(page.xref().root_id());
        let form = root.and_then(|root| root.get::<Dict<'_>>("AcroForm"));
        let regenerate = form.as_ref().and_then(|form| form.get::<bool>("NeedAppearances")).unwrap_or(false);
        Self { parents: HashMap::new(), form, regenerate, spent: 0 }
    }

    /// Whether the page has more in its fields than is looked at.
    pub const fn exhausted(&self) -> bool {
        self.spent > PAGE_BYTES_MAX
    }

    /// The field that the annotation is a widget of; `None` of anything else.
    pub fn read(&mut self, widget: &Dict<'a>) -> Option<Field> {
        if *widget.get::<Name<'_>>("Subtype")? != *b"Widget" || self.exhausted() {
            return None;
        }
        let line = Line(self.line(widget));
        let kind = line.get::<Name<'_>>("FT")?;
        let flags = line.get::<u32>("Ff").unwrap_or(0);
        let mut values = line.values(&mut self.spent);
        let (kind, value, look) = match kind.as_ref() {
            b"Tx" => text(values, flags, self.regenerate),
            b"Ch" => {
                line.show(&mut values, &mut self.spent);
                choice(values, flags, self.regenerate)
            }
            b"Btn" if flags & PUSH_BUTTON == 0 => button(values, widget, flags),
            b"Sig" => (FieldKind::Signature, line.signed(), Look::Drawn),
            _ => return None,
        };
        let dress = line.get::<PdfString<'_>>("DA");
        let dress = dress.or_else(|| self.form.as_ref()?.get::<PdfString<'_>>("DA"));
        let turn = widget.get::<Dict<'_>>("MK").and_then(|dress| dress.get::<i32>("R")).unwrap_or(0);
        Some(Field {
            name: line.name(),
            title: line.get::<PdfString<'_>>("TU").map(|title| shortened(&text_string(title.as_bytes()), NAME_MAX)),
            kind,
            value,
            look,
            size: dress.and_then(|dress| text_size(dress.as_bytes())).unwrap_or(0.0),
            turned: turn.rem_euclid(360) / 90,
        })
    }

    /// The widget and its parents.
    fn line(&mut self, widget: &Dict<'a>) -> Vec<Dict<'a>> {
        let mut line = vec![widget.clone()];
        let mut seen: Vec<ObjectIdentifier> = Vec::new();
        while let Some(last) = line.last().filter(|_| line.len() < DEPTH_MAX) {
            let Some(id) = last.get_ref("Parent").map(ObjectIdentifier::from) else { break };
            let known = self.parents.get(&id).cloned();
            let Some(parent) = known.or_else(|| last.get::<Dict<'_>>("Parent")) else { break };
            if seen.contains(&id) {
                break;
            }
            seen.push(id);
            self.parents.insert(id, parent.clone());
            line.push(parent);
        }
        line
    }
}

/// A widget and its parents, which it inherits from.
struct Line<'a>(Vec<Dict<'a>>);

impl<'a> Line<'a> {
    fn get<T: TryFrom<Object<'a>>>(&self, key: &str) -> Option<T> {
        self.0.iter().find_map(|dict| T::try_from(dict.get::<Object<'_>>(key)?).ok())
    }

    fn name(&self) -> String {
        let parts = self.0.iter().rev().filter_map(|dict| dict.get::<PdfString<'_>>("T"));
        let parts: Vec<String> = parts.map(|part| text_string(part.as_bytes())).collect();
        shortened(&parts.join("."), NAME_MAX)
    }

    fn values(&self, spent: &mut usize) -> Vec<String> {
        self.get::<Object<'_>>("V").map(|value| texts(value, spent)).unwrap_or_default()
    }

    /// Values as their options are shown.
    fn show(&self, values: &mut Vec<String>, spent: &mut usize) {
        values.retain(|text| !text.trim().is_empty());
        let Some(options) = self.get::<Array<'_>>("Opt").filter(|_| !values.is_empty()) else { return };
        let options = options.iter::<Object<'_>>().take(OPTIONS_MAX);
        let options: Vec<(String, String)> = options.filter_map(|own| option(own, spent)).collect();
        for text in values {
            if let Some((_, shown)) = options.iter().find(|(value, _)| value == text) {
                text.clone_from(shown);
            }
        }
    }

    /// Who signed, as far as the signature says.
    fn signed(&self) -> FieldValue {
        let Some(signature) = self.get::<Dict<'_>>("V") else { return FieldValue::Empty };
        match signature.get::<PdfString<'_>>("Name") {
            Some(name) => FieldValue::Text(shortened(&text_string(name.as_bytes()), NAME_MAX)),
            None => FieldValue::Checked(true),
        }
    }
}

fn text(values: Vec<String>, flags: u32, regenerate: bool) -> (FieldKind, FieldValue, Look) {
    let text = values.into_iter().next().filter(|_| flags & PASSWORD == 0).unwrap_or_default();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if text.trim().is_empty() {
        return (FieldKind::Text, FieldValue::Empty, Look::Drawn);
    }
    let look = Look::Text { text: text.clone(), multiline: flags & MULTILINE != 0, regenerate };
    (FieldKind::Text, FieldValue::Text(text), look)
}

fn choice(chosen: Vec<String>, flags: u32, regenerate: bool) -> (FieldKind, FieldValue, Look) {
    let kind = if flags & MULTI_SELECT == 0 { FieldKind::SingleSelect } else { FieldKind::MultiSelect };
    if chosen.is_empty() {
        return (kind, FieldValue::Empty, Look::Drawn);
    }
    // A list shows all of its options.
    let combo = flags & COMBO != 0;
    let look = Look::Text { text: chosen.join("\n"), multiline: !combo, regenerate: regenerate && combo };
    (kind, FieldValue::Chosen(chosen), look)
}

fn button(values: Vec<String>, widget: &Dict<'_>, flags: u32) -> (FieldKind, FieldValue, Look) {
    let off = |state: &str| state.is_empty() || state == "Off";
    let states = on_states(widget);
    let shown = widget.get::<Name<'_>>("AS").map(|state| text_string(&state));
    let chosen = values.into_iter().next().unwrap_or_default();
    let on = match shown {
        Some(state) => !off(&state),
        None if states.is_empty() => flags & RADIO == 0 && !off(&chosen),
        None => states.contains(&chosen),
    };
    if flags & RADIO == 0 {
        return (FieldKind::Checkbox, FieldValue::Checked(on), Look::Mark(on));
    }
    let state = states.into_iter().next().unwrap_or(chosen);
    let value = if on { FieldValue::Chosen(vec![state]) } else { FieldValue::Empty };
    (FieldKind::SingleSelect, value, Look::Mark(on))
}

/// States of a button in which it is on.
fn on_states(widget: &Dict<'_>) -> Vec<String> {
    let states = widget.get::<Dict<'_>>("AP").and_then(|looks| looks.get::<Dict<'_>>("N")).unwrap_or_default();
    let mut states: Vec<String> =
        states.keys().map(|state| text_string(&state)).filter(|state| state != "Off").collect();
    states.sort();
    states
}

/// Strings of a value, which may be a list of them.
fn texts(value: Object<'_>, spent: &mut usize) -> Vec<String> {
    let mut read = |bytes: &[u8]| {
        *spent += bytes.len() + 16;
        // Four bytes a character at most, and a mark in front.
        let bytes = &bytes[..bytes.len().min(4 * VALUE_MAX + 2)];
        vec![shortened(&text_string(bytes), VALUE_MAX)]
    };
    match value {
        Object::Array(values) => {
            let values = values.iter::<Object<'_>>().take(CHOSEN_MAX);
            values.filter(|value| !matches!(value, Object::Array(_))).flat_map(|value| texts(value, spent)).collect()
        }
        Object::String(text) => read(text.as_bytes()),
        Object::Name(name) => read(&name),
        Object::Stream(stream) => stream.decoded_data().map(|data| read(&data)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// An option's value and what is shown for it.
fn option(option: Object<'_>, spent: &mut usize) -> Option<(String, String)> {
    let mut texts = texts(option, spent).into_iter();
    let value = texts.next()?;
    let shown = texts.next().unwrap_or_else(|| value.clone());
    Some((value, shown))
}

fn shortened(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

/// The size that a default appearance (`/Helv 12 Tf 0 g`) chooses.
fn text_size(dress: &[u8]) -> Option<f64> {
    let dress = String::from_utf8_lossy(dress);
    let parts: Vec<&str> = dress.split_whitespace().collect();
    let at = parts.iter().rposition(|part| *part == "Tf")?;
    parts.get(at.checked_sub(1)?)?.parse().ok().filter(|size: &f64| size.is_finite() && *size >= 0.0)
}
