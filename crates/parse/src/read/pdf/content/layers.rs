//! Optional content (ISO 32000-1, 8.11): which layers are shown when the document is opened.

use std::collections::HashSet;

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, Name, ObjectIdentifier};

/// The layers that are switched off.
#[derive(Debug, Default)]
pub struct Layers {
    off: HashSet<ObjectIdentifier>,
}

impl Layers {
    pub fn of(pdf: &Pdf) -> Self {
        Self::read(pdf).unwrap_or_default()
    }

    fn read(pdf: &Pdf) -> Option<Self> {
        let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
        let properties = root.get::<Dict<'_>>("OCProperties")?;
        let shown = properties.get::<Dict<'_>>("D")?;
        let mut off = HashSet::new();
        if shown.get::<Name<'_>>("BaseState").is_some_and(|state| state.as_ref() == b"OFF") {
            off.extend(ids(&properties, "OCGs"));
        }
        for id in ids(&shown, "ON") {
            off.remove(&id);
        }
        off.extend(ids(&shown, "OFF"));
        Some(Self { off })
    }

    /// Whether what belongs to this group or membership dictionary is shown. `id` is the object's own number.
    pub fn shows(&self, group: &Dict<'_>, id: Option<ObjectIdentifier>) -> bool {
        if self.off.is_empty() {
            return true;
        }
        if group.get::<Name<'_>>("Type").is_none_or(|kind| kind.as_ref() != b"OCMD") {
            return id.is_none_or(|id| !self.off.contains(&id));
        }
        let mut groups: Vec<ObjectIdentifier> = ids(group, "OCGs").collect();
        if groups.is_empty() {
            groups.extend(group.get_ref("OCGs").map(ObjectIdentifier::from));
        }
        let is_off = |id: &ObjectIdentifier| self.off.contains(id);
        if groups.is_empty() {
            return true;
        }
        match group.get::<Name<'_>>("P").as_ref().map(AsRef::as_ref) {
            Some(b"AllOn") => !groups.iter().any(is_off),
            Some(b"AnyOff") => groups.iter().any(is_off),
            Some(b"AllOff") => groups.iter().all(is_off),
            _ => !groups.iter().all(is_off),
        }
    }
}

fn ids<'d>(dict: &'d Dict<'_>, key: &str) -> impl Iterator<Item = ObjectIdentifier> + use<'d> {
    let array = dict.get::<Array<'_>>(key);
    let ids: Vec<ObjectIdentifier> = array
        .iter()
        .flat_map(Array::raw_iter)
        .filter_map(|item| item.as_obj_ref().map(ObjectIdentifier::from))
        .collect();
    ids.into_iter()
}
