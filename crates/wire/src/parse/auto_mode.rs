//! Rules of `auto_mode_configuration` (contract 3.4) as the engine's own.

use docmill_model::auto_mode::{AutoRule, Counted, Reading, Trigger};
use docmill_model::options::Tier;
use serde_json::Value;

use super::options::{crop_at, spatial_at};
use crate::given;

const PATH: &str = "processing_options.auto_mode_configuration";
/// Parts of a rule that ask for a model, or that are done for every page anyway.
const NOT_FOLLOWED: [&str; 8] = [
    "parsing_conf.custom_prompt",
    "parsing_conf.specialized_chart_parsing",
    "parsing_conf.high_res_ocr",
    "parsing_conf.adaptive_long_table",
    "parsing_conf.outlined_table_extraction",
    "parsing_conf.presentation",
    "page_contains_at_least_n_charts",
    "page_contains_at_most_n_charts",
];
const FULL_PAGE_SHARE: f64 = 0.8;

fn given_rules(parameters: &Value) -> &[Value] {
    given::value(parameters, PATH).and_then(Value::as_array).map_or(&[][..], Vec::as_slice)
}

pub(super) fn rules(parameters: &Value) -> Vec<AutoRule> {
    let rule = |rule: &Value| AutoRule {
        any: given::text(rule, "trigger_mode").is_some_and(|mode| mode == "or"),
        triggers: triggers(rule),
        reading: reading(rule),
    };
    given_rules(parameters).iter().map(rule).collect()
}

/// Wire paths of what the rules ask for and docmill does not do.
pub(super) fn not_followed(parameters: &Value) -> Vec<String> {
    let asked = |rule: &Value, path: &str| {
        given::value(rule, path).is_some_and(|value| !given::is_empty(value) && value.as_bool() != Some(false))
    };
    let rules = given_rules(parameters).iter().enumerate();
    rules
        .flat_map(|(index, rule)| {
            let paths = NOT_FOLLOWED.iter().filter(move |path| asked(rule, path));
            paths.map(move |path| format!("{PATH}[{index}].{path}"))
        })
        .collect()
}

fn triggers(rule: &Value) -> Vec<Trigger> {
    let text = |path: &str| given::text(rule, path).filter(|text| !text.is_empty());
    let flag = |path: &str| given::value(rule, path).and_then(Value::as_bool);
    let mut globs: Vec<String> = given::texts(rule, "filename_match_glob_list");
    globs.extend(text("filename_match_glob"));
    let mut found = Vec::new();
    found.extend((!globs.is_empty()).then_some(Trigger::NameGlob(globs)));
    let flags = |path: &str| text(path).unwrap_or_default();
    found.extend(text("filename_regexp").map(|own| Trigger::NameRegex(own, flags("filename_regexp_mode"))));
    found.extend(text("regexp_in_page").map(|own| Trigger::TextRegex(own, flags("regexp_in_page_mode"))));
    found.extend(text("text_in_page").map(Trigger::Text));
    found.extend(flag("table_in_page").map(Trigger::Table));
    found.extend(flag("image_in_page").map(Trigger::Image));
    found.extend(flag("page_md_error").map(Trigger::Failed));
    let share = number(rule, "full_page_image_in_page_threshold").unwrap_or(FULL_PAGE_SHARE);
    found.extend(flag("full_page_image_in_page").map(|own| Trigger::FullPageImage(own, share)));
    let sure = number(rule, "layout_element_in_page_confidence_threshold").unwrap_or(0.0);
    found.extend(text("layout_element_in_page").map(|own| Trigger::Element(own, sure)));
    // "Longer" and "shorter" leave the number itself out.
    let longer = number(rule, "page_longer_than_n_chars");
    found.extend(longer.map(|count| Trigger::AtLeast(Counted::Chars, count.floor() + 1.0)));
    let shorter = number(rule, "page_shorter_than_n_chars");
    found.extend(shorter.map(|count| Trigger::AtMost(Counted::Chars, count.ceil() - 1.0)));
    for (name, counted) in Counted::NAMED {
        let least = number(rule, &format!("page_contains_at_least_n_{name}"));
        found.extend(least.map(|count| Trigger::AtLeast(counted, count)));
        let most = number(rule, &format!("page_contains_at_most_n_{name}"));
        found.extend(most.map(|count| Trigger::AtMost(counted, count)));
    }
    found
}

/// A number, or a text that is one.
fn number(rule: &Value, path: &str) -> Option<f64> {
    let value = given::value(rule, path)?;
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
}

fn reading(rule: &Value) -> Reading {
    let flag = |path: &str| given::value(rule, path).and_then(Value::as_bool);
    let spatial = given::value(rule, "parsing_conf.spatial_text").is_some_and(|value| !given::is_empty(value));
    Reading {
        tier: given::text(rule, "parsing_conf.tier").and_then(|tier| Tier::from_text(&tier)),
        ocr_language: given::text(rule, "parsing_conf.language").filter(|language| !language.is_empty()),
        loose_tables: flag("parsing_conf.aggressive_table_extraction"),
        crop: crop_at(rule, "parsing_conf.crop_box"),
        ignore_hidden_text: flag("parsing_conf.ignore.ignore_hidden_text"),
        ignore_diagonal_text: flag("parsing_conf.ignore.ignore_diagonal_text"),
        spatial: spatial.then(|| spatial_at(rule, "parsing_conf.spatial_text")),
    }
}
