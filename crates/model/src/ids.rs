//! Ids: one list of kinds, each with its prefix; generated time-sortable, parsed strictly at the edge.
//!
//! Contract 1.5: an id is accepted with or without its prefix, refused with a wrong one, and always emitted with it.
//! Below the edge only the bare UUID is stored.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::options::Product;

/// Why a text is no id of the wanted kind. The text shows what came and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a {noun} id; expected {prefix}-<uuid>")]
pub struct IdError {
    pub given: String,
    pub noun: &'static str,
    pub prefix: &'static str,
}

/// Reads `<prefix>-<uuid>` or a bare UUID.
fn parse_prefixed(given: &str, noun: &'static str, prefix: &'static str) -> Result<Uuid, IdError> {
    let bare = given.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')).unwrap_or(given);
    // `Uuid::parse_str` also takes braces and urn forms; ids have exactly one spelling.
    if bare.len() == 36
        && let Ok(uuid) = Uuid::parse_str(bare)
    {
        return Ok(uuid);
    }
    Err(IdError { given: given.chars().take(80).collect(), noun, prefix })
}

/// The pattern of a UUID, without anchors (ECMA 262, as in JSON Schema).
pub const UUID_PATTERN: &str = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

/// An id as it is printed: with its prefix.
fn printed_schema(prefix: &str) -> Schema {
    json_schema!({"type": "string", "pattern": format!("^{prefix}-{UUID_PATTERN}$")})
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal, $noun:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            /// A new id; later ids sort after earlier ones (UUID version 7).
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }

            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "-{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(given: &str) -> Result<Self, IdError> {
                parse_prefixed(given, $noun, $prefix).map(Self)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                printed_schema($prefix)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

// Append-only: a prefix, once given out, never changes its meaning.
ids! {
    BatchId, "bat", "batch";
    DirectoryId, "dir", "directory";
    /// The entry of a file in a directory. Usable wherever a file id is wanted.
    DirectoryFileId, "dfl", "directory file";
    /// A stored file (bytes and a name).
    FileId, "fil", "file";
    KeyId, "key", "key";
    ProjectId, "prj", "project";
    /// A saved webhook configuration.
    WebhookId, "whc", "webhook configuration";
    /// One event on its way to one endpoint.
    DeliveryId, "whd", "webhook delivery";
}

/// A parse or an extract job. The product is part of the id, so a reference names what it refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId {
    pub product: Product,
    uuid: Uuid,
}

impl JobId {
    pub fn generate(product: Product) -> Self {
        Self { product, uuid: Uuid::now_v7() }
    }

    pub const fn from_uuid(product: Product, uuid: Uuid) -> Self {
        Self { product, uuid }
    }

    pub const fn uuid(self) -> Uuid {
        self.uuid
    }

    const fn prefix(product: Product) -> (&'static str, &'static str) {
        match product {
            Product::Parse => ("pjb", "parse job"),
            Product::Extract => ("exj", "extract job"),
        }
    }

    /// Reads the id of a job of this product.
    pub fn parse(product: Product, given: &str) -> Result<Self, IdError> {
        let (prefix, noun) = Self::prefix(product);
        Ok(Self { product, uuid: parse_prefixed(given, noun, prefix)? })
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", Self::prefix(self.product).0, self.uuid)
    }
}

impl JsonSchema for JobId {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("JobId")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        printed_schema("(pjb|exj)")
    }
}

/// A saved configuration (`cfg-<uuid>`) or a built-in preset (`cfg-PARSE_AGENTIC`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfigurationId {
    Saved(Uuid),
    Preset(Preset),
}

/// The built-in parse presets, read-only (contract section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Preset {
    ParseFast,
    ParseCostEffective,
    ParseAgentic,
    ParseAgenticPlus,
}

impl Preset {
    pub const ALL: [Self; 4] = [Self::ParseFast, Self::ParseCostEffective, Self::ParseAgentic, Self::ParseAgenticPlus];

    pub const fn name(self) -> &'static str {
        match self {
            Self::ParseFast => "PARSE_FAST",
            Self::ParseCostEffective => "PARSE_COST_EFFECTIVE",
            Self::ParseAgentic => "PARSE_AGENTIC",
            Self::ParseAgenticPlus => "PARSE_AGENTIC_PLUS",
        }
    }
}

impl ConfigurationId {
    pub fn generate() -> Self {
        Self::Saved(Uuid::now_v7())
    }
}

impl fmt::Display for ConfigurationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Saved(uuid) => write!(f, "cfg-{uuid}"),
            Self::Preset(preset) => write!(f, "cfg-{}", preset.name()),
        }
    }
}

impl FromStr for ConfigurationId {
    type Err = IdError;

    fn from_str(given: &str) -> Result<Self, IdError> {
        let bare = given.strip_prefix("cfg-").unwrap_or(given);
        if let Some(preset) = Preset::ALL.into_iter().find(|preset| preset.name() == bare) {
            return Ok(Self::Preset(preset));
        }
        parse_prefixed(given, "configuration", "cfg").map(Self::Saved)
    }
}

impl JsonSchema for ConfigurationId {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("ConfigurationId")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let presets = Preset::ALL.map(Preset::name).join("|");
        json_schema!({"type": "string", "pattern": format!("^cfg-({UUID_PATTERN}|{presets})$")})
    }
}

impl Serialize for ConfigurationId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ConfigurationId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    #[test]
    fn an_id_reads_with_and_without_its_prefix_and_prints_with_it() {
        for given in [UUID.to_owned(), format!("bat-{UUID}")] {
            let id: BatchId = given.parse().expect(&given);
            assert_eq!(id.to_string(), format!("bat-{UUID}"));
        }
    }

    #[test]
    fn a_wrong_prefix_is_refused_with_what_was_expected() {
        for given in [format!("dir-{UUID}"), "bat-".into(), String::new(), "bat-1".into(), format!("{{{UUID}}}")] {
            let error = given.parse::<BatchId>().expect_err(&given);
            assert!(error.to_string().contains("expected bat-<uuid>"), "{error}");
        }
    }

    #[test]
    fn a_job_id_says_its_product() {
        let id = JobId::parse(Product::Extract, UUID).expect("bare uuid");
        assert_eq!(id.to_string(), format!("exj-{UUID}"));
        assert!(JobId::parse(Product::Extract, &format!("pjb-{UUID}")).is_err());
    }

    #[test]
    fn presets_are_configuration_ids() {
        let id: ConfigurationId = "cfg-PARSE_AGENTIC".parse().expect("preset");
        assert_eq!(id, ConfigurationId::Preset(Preset::ParseAgentic));
        assert!("cfg-PARSE_NOTHING".parse::<ConfigurationId>().is_err());
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let ids: Vec<BatchId> = (0..100).map(|_| BatchId::generate()).collect();
        assert!(ids.is_sorted());
    }
}
