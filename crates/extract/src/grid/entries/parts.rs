//! What the fields of an entry are.

use crate::fields::Field;
use crate::recognise::Want;

/// What a field of an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Begin,
    End,
    /// The only date of an entry.
    Day,
    Organisation,
    Title,
    Level,
    Keywords,
    Other,
}

impl Part {
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Organisation | Self::Title | Self::Level)
    }
}

const BEGINS: &[&str] = &[
    "start", "started", "begin", "began", "begun", "from", "since", "since", "came", "joined", "von", "beginn", "ab",
    "seit", "debut", "du", "depuis", "desde", "inicio",
];
const ENDS: &[&str] =
    &["end", "ended", "until", "till", "to", "went", "left", "ende", "bis", "fin", "au", "jusque", "hasta", "through"];
const DAYS: &[&str] = &[
    "year",
    "date",
    "graduation",
    "graduated",
    "completed",
    "awarded",
    "issued",
    "jahr",
    "datum",
    "abschlussjahr",
    "annee",
    "ano",
    "fecha",
    "when",
];
const ORGANISATIONS: &[&str] = &[
    "company",
    "employer",
    "organization",
    "organisation",
    "firm",
    "institution",
    "institute",
    "school",
    "university",
    "college",
    "firma",
    "arbeitgeber",
    "unternehmen",
    "einrichtung",
    "schule",
    "hochschule",
    "entreprise",
    "employeur",
    "societe",
    "etablissement",
    "ecole",
    "empresa",
    "empleador",
    "institucion",
    "centro",
    "escuela",
    "universidad",
    "worked",
    "learnt",
    "studied",
    "bildungseinrichtung",
    "organismo",
    "compania",
    "institut",
];
const LEVELS: &[&str] = &[
    "level",
    "proficiency",
    "fluency",
    "niveau",
    "nivel",
    "well",
    "grade",
    "kenntnisstand",
    "competence",
    "maitrise",
    "dominio",
];
/// What an entry has besides its names and dates.
const OTHERS: &[&str] = &[
    "description",
    "summary",
    "location",
    "place",
    "city",
    "url",
    "link",
    "gpa",
    "note",
    "responsibilitie",
    "highlight",
    "achievement",
    "field",
    "major",
    "subject",
];

/// What each field is: by its name, else by what its description begins with.
pub fn parts(fields: &[Field]) -> Vec<Part> {
    fields.iter().map(part).collect()
}

fn part(field: &Field) -> Part {
    let own =
        field.path.last().map(|name| crate::tokens::tokens(&crate::tokens::split_camel(name))).unwrap_or_default();
    let own: Vec<String> = own.into_iter().map(|token| token.norm).collect();
    if field.many {
        return if matches!(field.want, Want::Text) { Part::Keywords } else { Part::Other };
    }
    let of = |words: &[String]| {
        let says = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
        match () {
            () if says(BEGINS) => Some(Part::Begin),
            () if says(ENDS) => Some(Part::End),
            () if says(DAYS) => Some(Part::Day),
            () if says(LEVELS) => Some(Part::Level),
            () if says(ORGANISATIONS) => Some(Part::Organisation),
            () if says(OTHERS) => Some(Part::Other),
            () => None,
        }
    };
    let found = of(&own).or_else(|| of(&field.said));
    match (found, &field.want) {
        (Some(found @ (Part::Begin | Part::End | Part::Day)), Want::Number { integer: true, .. } | Want::IdNumber) => {
            found
        }
        (_, Want::Number { .. } | Want::IdNumber | Want::Boolean | Want::Email | Want::Url | Want::Phone) => {
            Part::Other
        }
        (Some(part), _) => part,
        (None, Want::Date(_)) => Part::Day,
        (None, _) => Part::Title,
    }
}
