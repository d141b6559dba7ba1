//! Values that the schema's own limits refuse: they are named, not given.

use std::collections::HashMap;
use std::sync::LazyLock;

use docmill_model::schema::Node;
use regex::Regex;
use serde_json::Value;

use crate::recognise::pattern;

/// Bytes of a compiled pattern.
const PATTERN_BYTES_MAX: usize = 1 << 20;
/// How near a quotient must be to a whole number: decimal fractions are not exact in binary.
const WHOLE: f64 = 1e-9;

/// Checks values by their nodes; each pattern is compiled once.
#[derive(Default)]
pub struct Limits {
    /// `None` = it cannot be compiled here (look-around), so that it refuses nothing.
    patterns: HashMap<String, Option<Regex>>,
}

impl Limits {
    /// The keyword of the schema that a scalar breaks.
    pub fn broken(&mut self, node: &Node, value: &Value) -> Option<&'static str> {
        match value {
            Value::Number(number) => number.as_f64().and_then(|number| of_number(node, number)),
            Value::String(text) => self.of_text(node, text),
            _ => None,
        }
    }

    fn of_text(&mut self, node: &Node, text: &str) -> Option<&'static str> {
        static INSTANT: LazyLock<Regex> =
            LazyLock::new(|| pattern(r"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$"));
        let length = text.chars().count() as u64;
        match () {
            () if node.limits.min_length.is_some_and(|least| length < least) => Some("minLength"),
            () if node.limits.max_length.is_some_and(|most| length > most) => Some("maxLength"),
            () if node.pattern.as_ref().is_some_and(|own| !self.matches(own, text)) => Some("pattern"),
            // A day without a time is no point in time, and a time is not invented.
            () if node.format.as_deref() == Some("date-time") && !INSTANT.is_match(text) => Some("format"),
            () => None,
        }
    }

    fn matches(&mut self, own: &str, text: &str) -> bool {
        let compiled = self
            .patterns
            .entry(own.to_owned())
            .or_insert_with(|| regex::RegexBuilder::new(own).size_limit(PATTERN_BYTES_MAX).build().ok());
        compiled.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}

fn of_number(node: &Node, number: f64) -> Option<&'static str> {
    let limits = &node.limits;
    let whole = |step: f64| {
        let quotient = number / step;
        (quotient - quotient.round()).abs() < WHOLE
    };
    match () {
        () if limits.minimum.is_some_and(|least| number < least) => Some("minimum"),
        () if limits.maximum.is_some_and(|most| number > most) => Some("maximum"),
        () if limits.exclusive_minimum.is_some_and(|below| number <= below) => Some("exclusiveMinimum"),
        () if limits.exclusive_maximum.is_some_and(|above| number >= above) => Some("exclusiveMaximum"),
        () if limits.multiple_of.is_some_and(|step| !whole(step)) => Some("multipleOf"),
        () => None,
    }
}

/// How many items of an array are given, and the keyword that leaves the others out. Too few are none at all.
pub fn items(node: &Node, found: usize) -> (usize, Option<&'static str>) {
    if found > 0 && node.limits.min_items.is_some_and(|least| (found as u64) < least) {
        return (0, Some("minItems"));
    }
    match node.limits.max_items {
        Some(most) if found as u64 > most => (most as usize, Some("maxItems")),
        _ => (found, None),
    }
}
