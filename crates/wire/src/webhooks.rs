//! Webhook fields of create bodies (contract section 6). They are checked here; that this release does not deliver
//! webhooks is the server's answer.

use serde_json::Value;

use crate::check::{Rule, TEXT, may};
use crate::given;

/// `webhook_configuration_ids`.
pub const IDS: Rule = Rule::List { of: &TEXT, max: 4 };

/// `webhook_configurations`.
pub const INLINE: Rule = Rule::List {
    of: &Rule::Object(&[
        may("webhook_url", Rule::Url),
        may("webhook_events", Rule::List { of: &TEXT, max: 100 }),
        may("webhook_headers", Rule::Map { of: &TEXT, max: 100 }),
        may("webhook_output_format", Rule::OneOf(&["string", "json"])),
        may("webhook_signing_secret", TEXT),
    ]),
    max: 10,
};

/// Whether either field is not empty.
pub(crate) fn asked_for(body: &Value) -> bool {
    ["webhook_configuration_ids", "webhook_configurations"]
        .iter()
        .filter_map(|name| given::value(body, name))
        .any(|value| value.as_array().is_some_and(|list| !list.is_empty()))
}
