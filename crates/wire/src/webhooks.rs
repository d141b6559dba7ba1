//! Webhooks (contract 2.8, section 6): who is told, given inline or saved; what is sent; and the log of deliveries,
//! which is docmill's own.

mod message;

use std::collections::BTreeMap;

use docmill_model::webhook::{BodyFormat, Endpoint, EventKind};
use docmill_model::{BatchId, DeliveryId, JobId, ProjectId, Timestamp, WebhookId};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::check::{self, Field, Rule, may, must};
use crate::errors::{FieldError, Loc};
use crate::forms::WEBHOOK_ID;
use crate::given;
use crate::render::{printed, printed_if};

pub use message::{EVENT_ID, EVENT_TYPE, SIGNATURE, message, signature, verify};

/// Names of all events of LlamaCloud, those of products that docmill does not have among them (contract section 6).
const EVENTS: &[&str] = &[
    "batch.pending",
    "batch.running",
    "batch.success",
    "batch.error",
    "batch.cancelled",
    "parse.pending",
    "parse.running",
    "parse.success",
    "parse.partial_success",
    "parse.error",
    "parse.cancelled",
    "extract.pending",
    "extract.success",
    "extract.partial_success",
    "extract.error",
    "extract.cancelled",
    "classify.pending",
    "classify.running",
    "classify.success",
    "classify.partial_success",
    "classify.error",
    "classify.cancelled",
    "split.pending",
    "split.processing",
    "split.success",
    "split.error",
    "split.cancelled",
    "sheets.pending",
    "sheets.success",
    "sheets.partial_success",
    "sheets.error",
    "sheets.cancelled",
    "verify.pending",
    "verify.running",
    "verify.success",
    "verify.error",
    "verify.cancelled",
    "unmapped_event",
];

/// Those that docmill has.
const OWN_EVENTS: &[&str] = &{
    let mut names = [""; EventKind::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = EventKind::ALL[at].as_str();
        at += 1;
    }
    names
};

/// Characters of a header's value or of a secret.
const VALUE_CHARS_MAX: usize = 2_000;

/// `webhook_configuration_ids`.
pub const IDS: Rule = Rule::List { of: &WEBHOOK_ID, max: 4 };

const SETTINGS: &[Field] = &[
    may("webhook_events", Rule::List { of: &Rule::OneOf(EVENTS), max: EVENTS.len() }),
    may("webhook_headers", Rule::Map { of: &Rule::Form(header_value), max: 20 }),
    may("webhook_output_format", Rule::OneOf(&["string", "json"])),
    may("webhook_signing_secret", Rule::Text { min: 1, max: VALUE_CHARS_MAX }),
];

/// `webhook_configurations`.
pub const INLINE: Rule = Rule::List { of: &Rule::Joined(&[&[must("webhook_url", Rule::Url)], SETTINGS]), max: 10 };

/// Body of POST /api/v1/beta/webhook-configs.
pub static CREATE: Rule = Rule::Joined(&[&[must("webhook_url", Rule::Url)], SETTINGS]);
/// Body of PUT /api/v1/beta/webhook-configs/{id}.
pub static UPDATE: Rule = Rule::Joined(&[&[may("webhook_url", Rule::Url)], SETTINGS]);
/// Body of POST /api/v2/webhook-configs/{id}/test.
pub static TEST: Rule = Rule::Object(&[may("event_type", Rule::OneOf(OWN_EVENTS))]);

/// Headers that are docmill's, or belong to the connection.
const RESERVED: &[&str] = &[
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "lc-signature",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-webhook-event-id",
    "x-webhook-event-type",
];

/// Who is told of what a request makes. Whether an address may be told at all is the server's to say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    pub saved: Vec<WebhookId>,
    pub inline: Vec<Endpoint>,
}

impl Asked {
    pub const fn is_empty(&self) -> bool {
        self.saved.is_empty() && self.inline.is_empty()
    }

    /// Reads both fields of a checked body.
    pub fn read(body: &Value) -> Self {
        let ids = given::texts(body, "webhook_configuration_ids");
        let inline = given::value(body, "webhook_configurations").and_then(Value::as_array);
        Self {
            saved: ids.iter().filter_map(|text| text.parse().ok()).collect(),
            inline: inline.into_iter().flatten().map(endpoint).collect(),
        }
    }
}

/// What the tables cannot say of the inline configurations of a body that stands at `base`.
pub(crate) fn inline_errors(body: &Value, base: &[Loc]) -> Vec<FieldError> {
    let inline = given::value(body, "webhook_configurations").and_then(Value::as_array);
    let place =
        |index: usize| base.iter().cloned().chain(["webhook_configurations".into(), Loc::Index(index)]).collect();
    inline.into_iter().flatten().enumerate().flat_map(|(index, given)| errors(given, place(index))).collect()
}

/// An empty list of events would never tell anything (contract 2.8), and a header must be one.
fn errors(given: &Value, base: Vec<Loc>) -> Vec<FieldError> {
    let refuse = |steps: &[&str], message: &str, input: &Value| {
        let loc = base.iter().cloned().chain(steps.iter().map(|step| Loc::from(*step))).collect();
        FieldError::new("value_error", loc, format!("Value error, {message}"), input)
    };
    let mut errors = Vec::new();
    if let Some(events) = given.get("webhook_events").filter(|events| events.as_array().is_some_and(Vec::is_empty)) {
        errors.push(refuse(&["webhook_events"], "name at least one event, or leave it out for all", events));
    }
    for name in given::object(given, "webhook_headers").unwrap_or_default().keys() {
        let shown: String = name.chars().take(100).collect();
        if let Err(message) = header_name(name) {
            errors.push(refuse(&["webhook_headers", &shown], &message, &Value::from(shown.as_str())));
        }
    }
    errors
}

fn header_name(name: &str) -> Result<(), String> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || name.len() > 100 || !name.bytes().all(token) {
        return Err("this is not the name of an HTTP header".to_owned());
    }
    match RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
        true => Err("this header is set by docmill".to_owned()),
        false => Ok(()),
    }
}

fn header_value(value: &str) -> Result<(), String> {
    let fits = value.len() <= VALUE_CHARS_MAX && value.bytes().all(|byte| byte == b'\t' || (32..127).contains(&byte));
    if fits {
        Ok(())
    } else {
        Err(format!("a header's value has at most {VALUE_CHARS_MAX} printable ASCII characters"))
    }
}

/// Reads a checked configuration.
fn endpoint(given: &Value) -> Endpoint {
    Endpoint {
        url: given::text(given, "webhook_url").unwrap_or_default(),
        events: events(given),
        headers: headers(given).unwrap_or_default(),
        format: format(given).unwrap_or_default(),
        secret: given::text(given, "webhook_signing_secret"),
    }
}

fn events(given: &Value) -> Option<Vec<String>> {
    given::value(given, "webhook_events").map(|_| given::texts(given, "webhook_events"))
}

fn headers(given: &Value) -> Option<BTreeMap<String, String>> {
    let headers = given::object(given, "webhook_headers")?.into_iter();
    Some(headers.filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect())
}

fn format(given: &Value) -> Option<BodyFormat> {
    given::text(given, "webhook_output_format").map(|text| match text.as_str() {
        "json" => BodyFormat::Json,
        _ => BodyFormat::String,
    })
}

/// POST /api/v1/beta/webhook-configs.
pub fn create(body: &Value) -> Result<Endpoint, Vec<FieldError>> {
    checked(&CREATE, body).map(endpoint)
}

fn checked<'a>(rule: &Rule, body: &'a Value) -> Result<&'a Value, Vec<FieldError>> {
    let mut found = check::body(rule, body);
    found.extend(errors(body, vec!["body".into()]));
    if found.is_empty() { Ok(body) } else { Err(found) }
}

/// PUT /api/v1/beta/webhook-configs/{id}: what is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Update {
    pub url: Option<String>,
    /// `Some(None)`: null was given, which means all events.
    pub events: Option<Option<Vec<String>>>,
    pub headers: Option<BTreeMap<String, String>>,
    pub format: Option<BodyFormat>,
    pub secret: Option<String>,
}

impl Update {
    pub fn read(body: &Value) -> Result<Self, Vec<FieldError>> {
        let body = checked(&UPDATE, body)?;
        Ok(Self {
            url: given::text(body, "webhook_url"),
            events: body.get("webhook_events").map(|_| events(body)),
            headers: headers(body),
            format: format(body),
            secret: given::text(body, "webhook_signing_secret"),
        })
    }
}

/// POST /api/v2/webhook-configs/{id}/test: which event to play; `unmapped_event` when nothing is said.
pub fn test(body: &Value) -> Result<EventKind, Vec<FieldError>> {
    let errors = check::body(&TEST, body);
    let kind = given::text(body, "event_type").map_or(Some(EventKind::Unmapped), |text| EventKind::from_text(&text));
    kind.filter(|_| errors.is_empty()).ok_or(errors)
}

/// A saved configuration. Its secret is never shown.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WebhookConfig {
    pub id: WebhookId,
    tenant_id: ProjectId,
    tenant_type: &'static str,
    webhook_url: String,
    has_secret: bool,
    webhook_events: Option<Vec<String>>,
    webhook_headers: BTreeMap<String, String>,
    webhook_output_format: BodyFormat,
    #[serde(serialize_with = "printed")]
    created_at: Timestamp,
    #[serde(serialize_with = "printed")]
    updated_at: Timestamp,
}

impl WebhookConfig {
    pub fn new(
        id: WebhookId,
        project: ProjectId,
        endpoint: Endpoint,
        created_at: Timestamp,
        updated_at: Timestamp,
    ) -> Self {
        Self {
            id,
            tenant_id: project,
            tenant_type: "project",
            webhook_url: endpoint.url,
            has_secret: endpoint.secret.is_some(),
            webhook_events: endpoint.events,
            webhook_headers: endpoint.headers,
            webhook_output_format: endpoint.format,
            created_at,
            updated_at,
        }
    }
}

/// One event on its way to one receiver (docmill's own).
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Delivery {
    pub id: DeliveryId,
    pub event_id: Uuid,
    pub event_type: &'static str,
    pub webhook_configuration_id: Option<WebhookId>,
    pub batch_id: Option<BatchId>,
    #[serde(serialize_with = "printed_if")]
    pub job_id: Option<JobId>,
    /// Host and port; the rest of the address may hold secrets.
    pub target: String,
    /// `PENDING`, `DELIVERED` or `DEAD`.
    pub state: &'static str,
    pub attempts: u32,
    /// While it is pending.
    #[serde(serialize_with = "printed_if")]
    pub next_attempt_at: Option<Timestamp>,
    /// HTTP status of the last answer.
    pub response_status: Option<u16>,
    pub error_message: Option<String>,
    #[serde(serialize_with = "printed")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "printed")]
    pub updated_at: Timestamp,
    /// Only where one delivery is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<Vec<Attempt>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Attempt {
    pub attempt: u32,
    pub response_status: Option<u16>,
    pub error_message: Option<String>,
    pub elapsed_ms: u64,
    #[serde(serialize_with = "printed")]
    pub ended_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_event_of_docmill_is_one_of_llamacloud() {
        for kind in EventKind::ALL {
            assert!(EVENTS.contains(&kind.as_str()), "{kind}");
        }
    }

    #[test]
    fn a_configuration_is_checked_whole() {
        let check = |body: Value, expected: &[&str]| {
            let told = create(&body).err().unwrap_or_default();
            let told: Vec<String> = told.iter().map(|error| format!("{:?} {}", error.loc, error.msg)).collect();
            assert_eq!(told.len(), expected.len(), "{told:?}");
            for (told, words) in told.iter().zip(expected) {
                assert!(words.split('|').all(|word| told.contains(word)), "`{words}` is not in `{told}`");
            }
        };
        let with = |name: &str, value: Value| json!({"webhook_url": "https://example.com/hook", name: value});
        check(with("webhook_events", json!(["batch.success", "sheets.error"])), &[]);
        check(with("webhook_headers", json!({"Authorization": "Bearer x y"})), &[]);
        check(json!({}), &["webhook_url|Field required"]);
        check(with("webhook_events", json!([])), &["webhook_events|at least one event"]);
        check(with("webhook_events", json!(["batch.done"])), &["webhook_events|Input should be"]);
        check(with("webhook_headers", json!({"a b": "x"})), &["webhook_headers|a b|name of an HTTP header"]);
        check(with("webhook_headers", json!({"": "x"})), &["name of an HTTP header"]);
        check(with("webhook_headers", json!({"Host": "x"})), &["Host|set by docmill"]);
        check(with("webhook_headers", json!({"lc-signature": "x"})), &["set by docmill"]);
        check(with("webhook_headers", json!({"X-A": "x\r\nY: z"})), &["X-A|printable ASCII"]);
        let headers: serde_json::Map<_, _> = (0..21).map(|number| (format!("X-{number}"), json!("x"))).collect();
        check(with("webhook_headers", Value::Object(headers)), &["at most 20 items"]);
        check(with("webhook_headers", json!({"X-A": "x".repeat(2_001)})), &["X-A|at most 2000"]);
        check(with("webhook_signing_secret", json!("x".repeat(2_001))), &["at most 2000 characters"]);
        check(with("webhook_url", json!(format!("https://a/{}", "x".repeat(2_000)))), &["at most 2000 characters"]);
        check(with("webhook_output_format", json!("xml")), &["Input should be 'string' or 'json'"]);
        check(with("webhook_signing_secret", json!("")), &["at least 1 character"]);
        check(with("more", json!(1)), &["more|Extra inputs"]);
    }

    #[test]
    fn an_update_says_what_changes_and_null_means_all_events() {
        assert_eq!(Update::read(&json!({"webhook_headers": null})), Ok(Update::default()));
        let all = Update::read(&json!({"webhook_events": null, "webhook_output_format": "json"})).unwrap();
        assert_eq!((all.events, all.format), (Some(None), Some(BodyFormat::Json)));
        assert!(Update::read(&json!({"webhook_events": []})).is_err());
    }
}
