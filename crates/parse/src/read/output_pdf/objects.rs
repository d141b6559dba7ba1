//! Writing objects and the tables of where they stand (ISO 32000-1, 7.5).

use std::fmt::Write;

use hayro::hayro_syntax::object::{Array, Dict, MaybeRef, Object};

/// Objects to be written, each complete but for its number.
pub struct Objects {
    next: u32,
    objects: Vec<(u32, Vec<u8>)>,
}

impl Objects {
    /// New objects are counted from `next`.
    pub fn new(next: u32) -> Self {
        Self { next, objects: Vec::new() }
    }

    pub fn add(&mut self, object: Vec<u8>) -> u32 {
        let number = self.next;
        self.next += 1;
        self.objects.push((number, object));
        number
    }

    /// An object whose number is known.
    pub fn set(&mut self, number: u32, object: Vec<u8>) {
        self.objects.push((number, object));
    }

    /// One more than the highest number.
    pub fn size(&self) -> u32 {
        self.next
    }
}

/// A file in the making.
pub struct Bytes {
    bytes: Vec<u8>,
    /// Numbers of the written objects and where they begin.
    places: Vec<(u32, usize)>,
}

impl Bytes {
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, places: Vec::new() }
    }

    pub fn write(&mut self, objects: &Objects) {
        for (number, object) in &objects.objects {
            self.places.push((*number, self.bytes.len()));
            self.bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
            self.bytes.extend_from_slice(object);
            self.bytes.extend_from_slice(b"\nendobj\n");
        }
    }

    /// Ends the file with a table of references; `entries` are what its trailer says beside its size.
    pub fn end_with_table(mut self, entries: &str, size: u32, before: Option<usize>) -> Vec<u8> {
        let start = self.bytes.len();
        let mut table = String::from("xref\n0 1\n0000000000 65535 f \n");
        self.places.sort_unstable();
        for (number, place) in &self.places {
            let _ = write!(table, "{number} 1\n{place:010} 00000 n \n");
        }
        let before = before.map(|place| format!("/Prev {place}")).unwrap_or_default();
        let _ = write!(table, "trailer\n<< /Size {size} {entries} {before} >>\nstartxref\n{start}\n%%EOF\n");
        self.bytes.extend_from_slice(table.as_bytes());
        self.bytes
    }

    /// The same with a stream of references, which a file has to go on with that has them already.
    pub fn end_with_stream(mut self, entries: &str, size: u32, before: usize) -> Vec<u8> {
        let start = self.bytes.len();
        self.places.push((size, start));
        self.places.sort_unstable();
        let (mut index, mut data) = (String::new(), Vec::new());
        for (number, place) in &self.places {
            let _ = write!(index, "{number} 1 ");
            data.push(1);
            data.extend_from_slice(&(*place as u64).to_be_bytes());
            data.push(0);
        }
        let dict = format!("/Type /XRef /Size {} /W [1 8 1] /Index [{index}] {entries} /Prev {before}", size + 1);
        self.bytes.extend_from_slice(format!("{size} 0 obj\n").as_bytes());
        self.bytes.extend_from_slice(&super::compressed(&dict, &data));
        self.bytes.extend_from_slice(format!("\nendobj\nstartxref\n{start}\n%%EOF\n").as_bytes());
        self.bytes
    }
}

/// A dictionary as it is written, without some of its entries.
pub fn dict_without(dict: &Dict<'_>, left_out: &[&str]) -> String {
    let mut text = String::new();
    for (name, value) in dict.entries() {
        if !left_out.iter().any(|own| own.as_bytes() == name.as_ref()) {
            let _ = write!(text, "{} {} ", name_text(name.as_ref()), entry(value));
        }
    }
    text
}

pub fn entry(value: MaybeRef<Object<'_>>) -> String {
    match value {
        MaybeRef::Ref(reference) => reference.to_string(),
        MaybeRef::NotRef(object) => object_text(&object),
    }
}

fn object_text(object: &Object<'_>) -> String {
    match object {
        Object::Boolean(value) => value.to_string(),
        Object::Number(value) if value.as_f64().fract() == 0.0 => value.as_i64().to_string(),
        Object::Number(value) => value.as_f64().to_string(),
        Object::String(value) => {
            let digits: String = value.as_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
            format!("<{digits}>")
        }
        Object::Name(value) => name_text(value.as_ref()),
        Object::Dict(value) => format!("<< {}>>", dict_without(value, &[])),
        Object::Array(value) => format!("[{}]", array_text(value)),
        // A stream is always an object of its own.
        Object::Null(_) | Object::Stream(_) => "null".to_owned(),
    }
}

/// What stands between the brackets.
pub fn array_text(array: &Array<'_>) -> String {
    array.raw_iter().map(entry).collect::<Vec<_>>().join(" ")
}

fn name_text(name: &[u8]) -> String {
    let mut text = String::from("/");
    for byte in name {
        if byte.is_ascii_alphanumeric() || b"_-.+*".contains(byte) {
            text.push(char::from(*byte));
        } else {
            let _ = write!(text, "#{byte:02X}");
        }
    }
    text
}
