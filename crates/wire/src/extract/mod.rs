//! Extract jobs (contract 2.6 and section 4): requests, options and answers.

mod answer;
mod explanation;
mod metadata;
mod rows;
mod schemas;

pub use answer::{ExtractJob, ExtractUsage, JobMetadata, PagesUsage};
pub use explanation::{ExplainedCandidate, ExplainedField};
pub use metadata::{Asked, metadata};
pub use rows::Rows;
pub use schemas::{
    GenerateSchema, GeneratedParameters, GeneratedSchema, ValidateSchema, ValidatedSchema, generate_schema,
    validate_schema,
};

use docmill_model::ConfigurationId;
use docmill_model::options::{ExtractOptions, ExtractTarget, ParseOptions, Sheets, Tier};
use serde_json::{Value, json};

use crate::check::{self, Field, Rule, TEXT, may, must};
use crate::errors::{FieldError, Loc};
use crate::forms;
use crate::given;
use crate::references::Reference;
use crate::schema;
use crate::webhooks;

const CONFIGURATION: &[Field] = &[
    must("data_schema", Rule::AnyObject),
    may("tier", Rule::OneOf(&["cost_effective", "agentic", "agentic_plus", "turbo"])),
    may("version", Rule::Written { pattern: VERSION, read: version }),
    may("parse_tier", Rule::OneOf(&["fast", "cost_effective", "agentic", "agentic_plus"])),
    may("parse_config_id", forms::CONFIGURATION_ID),
    may("cite_sources", Rule::Bool),
    may("advanced_citations", Rule::Bool),
    may("confidence_scores", Rule::Bool),
    may("extraction_target", Rule::OneOf(&["per_doc", "per_page", "per_table_row"])),
    may("target_pages", forms::TARGET_PAGES),
    may("max_pages", Rule::Int { min: 1, max: u32::MAX as i64 }),
    may("system_prompt", TEXT),
    may("disable_cache", Rule::Bool),
    may("spreadsheet_mode", Rule::Bool),
    may("sheet_names", Rule::List { of: &TEXT, max: 1_000 }),
];

const INLINE: Rule = Rule::Object(CONFIGURATION);

/// `parameters` of an `extract_v2` configuration.
pub const SAVED: Rule = Rule::Joined(&[&[may("product_type", Rule::OneOf(&["extract_v2"]))], CONFIGURATION]);

/// Body of POST /api/v2/extract.
pub const CREATE: Rule = Rule::Object(&[
    must("file_input", forms::INPUT),
    may("configuration", INLINE),
    may("configuration_id", forms::CONFIGURATION_ID),
    may("webhook_configuration_ids", webhooks::IDS),
    may("webhook_configurations", webhooks::INLINE),
]);

/// JSON Schema of `CREATE`, with exactly one of the two ways to say the configuration.
pub fn create_schema() -> Value {
    let mut schema = schema::of(&CREATE);
    schema["oneOf"] = json!([
        {"required": ["configuration"], "properties": {"configuration": {"type": "object"}}},
        {"required": ["configuration_id"], "properties": {"configuration_id": {"type": "string"}}},
    ]);
    schema
}

/// The tier that benchmarks of LlamaCloud assume when none is given (contract 4.1).
const TIER_DEFAULT: &str = "cost_effective";

const VERSION: &str = "^(latest|[0-9]{1,4}([.][0-9]{1,4})*|[0-9]{4}-[0-9]{2}-[0-9]{2})$";

/// `latest`, a name such as `2.5`, or a date.
fn version(text: &str) -> Result<(), String> {
    let digits = |part: &str, count: std::ops::RangeInclusive<usize>| {
        count.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let name = text.split('.').all(|part| digits(part, 1..=4));
    let date = matches!(text.split('-').collect::<Vec<_>>()[..], [year, month, day]
        if digits(year, 4..=4) && digits(month, 2..=2) && digits(day, 2..=2));
    if text == "latest" || name || date { Ok(()) } else { Err("give latest, a name like 2.5 or a date".to_owned()) }
}

/// POST /api/v2/extract.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateExtract {
    pub input: Reference,
    /// As the caller wrote it; the job echoes it.
    pub file_input: String,
    pub configuration: ExtractConfiguration,
    /// Who is told of the job.
    pub webhooks: webhooks::Asked,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ExtractConfiguration {
    /// Checked; `options` reads it.
    Inline(Value),
    Saved(ConfigurationId),
}

impl CreateExtract {
    pub fn read(body: &Value) -> Result<Self, Vec<FieldError>> {
        let mut errors = check::body(&CREATE, body);
        errors.extend(webhooks::inline_errors(body, &["body".into()]));
        let inline = given::value(body, "configuration");
        let saved = given::text(body, "configuration_id").and_then(|text| text.parse().ok());
        if body.is_object() && inline.is_some() == given::value(body, "configuration_id").is_some() {
            let message = "Value error, Give exactly one of configuration and configuration_id";
            errors.push(FieldError::body("", message, body));
        }
        if errors.is_empty()
            && let Some(inline) = inline
        {
            errors.extend(rules(inline, &["body".into(), "configuration".into()]));
        }
        let file_input = given::text(body, "file_input").unwrap_or_default();
        let configuration = match (inline, saved) {
            (Some(inline), None) => Some(ExtractConfiguration::Inline(inline.clone())),
            (None, Some(id)) => Some(ExtractConfiguration::Saved(id)),
            _ => None,
        };
        match (Reference::input(&file_input), configuration) {
            (Ok(input), Some(configuration)) if errors.is_empty() => {
                Ok(Self { input, file_input, configuration, webhooks: webhooks::Asked::read(body) })
            }
            _ => Err(errors),
        }
    }
}

/// The engine's options for complete parameters: an inline configuration or those of an `extract_v2` one. A given
/// `parse_config_id` is not resolved here: see `parse_configuration` and `with_parse`. Rules of the schema itself
/// are not checked here (`model::schema`).
pub fn options(parameters: &Value) -> Result<ExtractOptions, Vec<FieldError>> {
    let errors = check(parameters, &["body".into()]);
    if errors.is_empty() { Ok(resolve(parameters)) } else { Err(errors) }
}

/// The parse configuration that the parameters name for the parse step.
pub fn parse_configuration(parameters: &Value) -> Option<ConfigurationId> {
    given::text(parameters, "parse_config_id").and_then(|text| text.parse().ok())
}

/// The options with the parse step of a saved parse configuration. Pages and cache are the extraction's own when it
/// says something about them.
pub fn with_parse(options: ExtractOptions, saved: ParseOptions) -> ExtractOptions {
    let own = options.parse;
    let pages = if own.pages == Default::default() { saved.pages.clone() } else { own.pages };
    let disable_cache = own.disable_cache || saved.disable_cache;
    let sheets = if options.spreadsheet.is_some() { own.sheets } else { saved.sheets };
    ExtractOptions { parse: ParseOptions { pages, disable_cache, sheets, ..saved }, ..options }
}

/// Everything wrong with complete parameters that stand at `base`.
pub(crate) fn check(parameters: &Value, base: &[Loc]) -> Vec<FieldError> {
    let errors = check::at(&SAVED, parameters, base.to_vec());
    if errors.is_empty() { rules(parameters, base) } else { errors }
}

/// Rules of more than one field (contract 4.1).
fn rules(parameters: &Value, base: &[Loc]) -> Vec<FieldError> {
    let tier = given::text(parameters, "tier").unwrap_or_else(|| TIER_DEFAULT.to_owned());
    let is_given = |name: &str| given::value(parameters, name).is_some();
    let sheets = given::flag(parameters, "spreadsheet_mode");
    let per_doc = given::text(parameters, "extraction_target").is_none_or(|target| target == "per_doc");
    let wrong = [
        ("parse_tier", tier == "turbo" && is_given("parse_tier"), "tier turbo has no parse step"),
        ("parse_config_id", tier == "turbo" && is_given("parse_config_id"), "tier turbo has no parse step"),
        ("extraction_target", tier == "agentic_plus" && !per_doc, "tier agentic_plus extracts per_doc only"),
        ("spreadsheet_mode", sheets && tier != "agentic_plus", "only tier agentic_plus has spreadsheet mode"),
        (
            "cite_sources",
            sheets && given::flag(parameters, "cite_sources"),
            "spreadsheet mode gives no citations; switch one of them off",
        ),
        (
            "confidence_scores",
            sheets && given::flag(parameters, "confidence_scores"),
            "spreadsheet mode gives no confidence scores; switch one of them off",
        ),
        ("sheet_names", is_given("sheet_names") && !sheets, "sheet names need spreadsheet_mode"),
    ];
    let refuse = |(name, _, message): &(&str, bool, &str)| {
        let loc = base.iter().cloned().chain([Loc::from(*name)]).collect();
        let input = parameters.get(name).unwrap_or(&Value::Null);
        FieldError::new("value_error", loc, format!("Value error, {message}"), input)
    };
    wrong.iter().filter(|(_, broken, _)| *broken).map(refuse).collect()
}

fn resolve(parameters: &Value) -> ExtractOptions {
    let text = |name| given::text(parameters, name);
    let flag = |name| given::flag(parameters, name);
    let tier = text("tier").unwrap_or_else(|| TIER_DEFAULT.to_owned());
    let spreadsheet = flag("spreadsheet_mode").then(|| given::texts(parameters, "sheet_names"));
    let sheets =
        spreadsheet.as_ref().map(|names| Sheets { hidden: !names.is_empty(), whole: true, ..Sheets::default() });
    // Names of sheets say more than numbers of pages (contract 4.1).
    let named = spreadsheet.as_ref().is_some_and(|names| !names.is_empty());
    let pages = text("target_pages").filter(|_| !named);
    ExtractOptions {
        data_schema: parameters.get("data_schema").cloned().unwrap_or_default(),
        parse: ParseOptions {
            tier: parse_tier(text("parse_tier").as_deref(), &tier),
            version: "latest".to_owned(),
            pages: crate::parse::pages(pages, given::int(parameters, "max_pages").filter(|_| !named)),
            sheets: sheets.unwrap_or_default(),
            disable_cache: flag("disable_cache"),
            ..ParseOptions::default()
        },
        tier,
        version: text("version"),
        cite_sources: flag("cite_sources"),
        loose_citations: parameters.get("advanced_citations") == Some(&Value::Bool(false)),
        confidence_scores: flag("confidence_scores"),
        system_prompt: text("system_prompt"),
        target: match text("extraction_target").as_deref() {
            Some("per_page") => ExtractTarget::PerPage,
            Some("per_table_row") => ExtractTarget::PerTableRow,
            _ => ExtractTarget::PerDoc,
        },
        spreadsheet,
        not_followed: Vec::new(),
    }
}

/// As the extract tier; agentic_plus parses agentic (contract 4.1), and so does turbo, which has no parse tier.
fn parse_tier(given: Option<&str>, extract_tier: &str) -> Tier {
    match (given.and_then(Tier::from_text), extract_tier) {
        (Some(tier), _) => tier,
        (None, "cost_effective") => Tier::CostEffective,
        (None, _) => Tier::Agentic,
    }
}
