//! Rules of parse parameters that concern more than one field: versions of tiers, and what a tier refuses
//! (contract 3.1 to 3.4). They run on values whose shapes were checked.

use docmill_model::options::Tier;
use serde_json::Value;

use super::versions;
use crate::errors::{FieldError, Loc};
use crate::given;

/// What the fast tier cannot do, with the values that ask for it (`None` = any value that is not empty).
const NOT_ON_FAST: &[(&str, Option<&str>)] = &[
    ("agentic_options.custom_prompt", None),
    ("output_options.granular_bboxes", None),
    ("output_options.markdown.annotate_line_numbers", None),
    ("output_options.watermark_handling", None),
    ("processing_options.specialized_chart_parsing", None),
    ("processing_options.forms", Some("enrich")),
];

/// Everything that is wrong with complete parameters; `base` is where they stand in the request.
pub(super) fn check(parameters: &Value, base: &[Loc]) -> Vec<FieldError> {
    let mut rules = Rules { parameters, base, errors: Vec::new() };
    rules.tier_and_version();
    rules.auto_mode();
    rules.errors
}

struct Rules<'a> {
    parameters: &'a Value,
    base: &'a [Loc],
    errors: Vec<FieldError>,
}

impl Rules<'_> {
    fn refuse(&mut self, kind: &'static str, steps: Vec<Loc>, message: String, input: &Value) {
        let loc = self.base.iter().cloned().chain(steps).collect();
        self.errors.push(FieldError::new(kind, loc, message, input));
    }

    fn refuse_at(&mut self, path: &str, message: &str) {
        let input = given::value(self.parameters, path).cloned().unwrap_or(Value::Null);
        self.refuse("value_error", path.split('.').map(Loc::from).collect(), format!("Value error, {message}"), &input);
    }

    fn tier_and_version(&mut self) {
        let tier_text = given::text(self.parameters, "tier");
        let version = given::text(self.parameters, "version");
        for (name, value) in [("tier", &tier_text), ("version", &version)] {
            match value.as_deref() {
                None if given::value(self.parameters, name).is_none() => {
                    self.refuse("missing", vec![name.into()], "Field required".to_owned(), self.parameters);
                }
                Some("configured") => self.refuse_at(name, "`configured` needs a configuration_id"),
                _ => {}
            }
        }
        let Some(tier) = tier_text.as_deref().and_then(Tier::from_text) else { return };
        if let Some(version) = version.filter(|version| version != "configured") {
            self.version(tier, &version, vec!["version".into()]);
        }
        self.refused_by(tier);
    }

    fn version(&mut self, tier: Tier, version: &str, steps: Vec<Loc>) {
        if !versions::is_version(tier, version) {
            let newest = versions::of(tier).first().copied().unwrap_or("latest");
            let message = format!(
                "Value error, this is no version of tier {}; use latest, {newest} or another of /api/v2/parse/versions",
                tier.as_str()
            );
            self.refuse("value_error", steps, message, &Value::from(version));
        }
    }

    fn refused_by(&mut self, tier: Tier) {
        if tier == Tier::Fast {
            for (path, only) in NOT_ON_FAST {
                let asked = given::value(self.parameters, path).is_some_and(|value| match (only, value) {
                    (Some(wanted), _) => value.as_str() == Some(wanted),
                    (None, Value::Bool(on)) => *on,
                    (None, Value::String(text)) => !text.is_empty(),
                    (None, _) => !given::is_empty(value),
                });
                if asked {
                    self.refuse_at(path, "tier fast does not do this; use cost_effective or higher");
                }
            }
        } else if given::value(self.parameters, "fast_options").is_some() {
            self.refuse_at("fast_options", "only tier fast takes these options");
        }
        let optimizer = "processing_options.cost_optimizer.enable";
        if matches!(tier, Tier::Fast | Tier::CostEffective) && given::flag(self.parameters, optimizer) {
            self.refuse_at(optimizer, "only tiers agentic and agentic_plus have a cost optimizer");
        }
    }

    fn auto_mode(&mut self) {
        let path = "processing_options.auto_mode_configuration";
        let rules = given::value(self.parameters, path).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for (index, rule) in rules.iter().enumerate() {
            let at = |name: &str| -> Vec<Loc> {
                let steps = path.split('.').map(Loc::from);
                steps.chain([Loc::Index(index), "parsing_conf".into(), name.into()]).collect()
            };
            let tier = given::text(rule, "parsing_conf.tier").and_then(|text| Tier::from_text(&text));
            match (tier, given::text(rule, "parsing_conf.version")) {
                (Some(tier), Some(version)) => self.version(tier, &version, at("version")),
                (None, None) => {}
                (tier, _) => {
                    let name = if tier.is_some() { "version" } else { "tier" };
                    let message = "Value error, give tier and version together or neither".to_owned();
                    self.refuse("value_error", at(name), message, &Value::Null);
                }
            }
        }
    }
}
