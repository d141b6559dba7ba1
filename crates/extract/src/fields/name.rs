//! What the name of a property says.

use crate::concepts::{Role, role_of};
use crate::tokens::label;

/// Words of a name that say whose the value is where nothing else says it: `applicant_surname` is a surname.
const BEARERS: &[&str] = &[
    "applicant",
    "taxpayer",
    "person",
    "personal",
    "guest",
    "patient",
    "subject",
    "student",
    "participant",
    "employee",
    "candidate",
    "member",
    "user",
    "declarant",
    "signer",
    "attendee",
    "trainee",
];
/// Words at the end of a name that say the unit of a number: `weight_kg` is a weight.
const UNIT_WORDS: &[&str] = &[
    "kg", "g", "mm", "cm", "m", "v", "w", "kw", "hz", "volt", "watt", "kwh", "eur", "usd", "gbp", "chf", "year",
    "month", "day", "hour", "percent", "celsiu", "c", "degree",
];

/// What a name says: its own words, with its parent's, and whose it is.
pub(super) struct Name {
    pub own: Vec<String>,
    /// The parent's words before its own; equal to `own` at the root.
    pub full: Vec<String>,
    pub parent: Vec<String>,
    pub role: Option<Role>,
    /// The own words without those that say the role.
    pub rest: Vec<String>,
}

impl Name {
    pub fn of(path: &[String]) -> Self {
        let words: Vec<Vec<String>> = path.iter().map(|name| label(name)).collect();
        let own = words.last().cloned().unwrap_or_default();
        let parent = words.iter().rev().nth(1).cloned().unwrap_or_default();
        let full = parent.iter().chain(&own).cloned().collect();
        let own_role = role_of(&own).filter(|(_, rest)| !rest.is_empty());
        let outer = words.iter().rev().skip(1).find_map(|words| role_of(words));
        let rest = own_role.as_ref().map_or_else(|| own.clone(), |(_, rest)| rest.clone());
        let rest = bare(rest);
        let alone = role_of(&own).filter(|(_, rest)| rest.is_empty());
        let role = own_role.or(outer).or(alone).map(|(role, _)| role);
        Self { own, full, parent, role, rest }
    }
}

/// The words without those that say whose the value is or in which unit, where others are left.
fn bare(mut words: Vec<String>) -> Vec<String> {
    if words.len() > 1 && words.last().is_some_and(|word| UNIT_WORDS.contains(&word.as_str())) {
        words.pop();
    }
    if words.len() > 1 && BEARERS.contains(&words[0].as_str()) {
        words.remove(0);
    }
    words
}
