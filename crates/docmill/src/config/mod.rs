//! Settings, in layers: built-in defaults, a file, the environment, command line options.
//!
//! `config.default.toml` is both the documentation and the lowest layer, so the two cannot part.

mod chunks;
mod folders;
mod log;
mod ocr;
mod office;
mod server;
mod store;
mod telemetry;
mod workers;

pub use log::{LogFormat, LogSettings};
pub use telemetry::TelemetrySettings;

use std::path::{Path, PathBuf};

use docmill_model::limits::{Limits, RunLimits, WebhookLimits};
use docmill_model::network::{Guard, NetworkSettings};
use docmill_runner::confine::Isolation;
use figment::Figment;
use figment::error::Kind;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::refusal::{Refusal, Refused};
use chunks::ChunkSettings;
use folders::{config_file_default, data_folder_default};
use ocr::OcrSettings;
use office::OfficeSettings;
use server::ServerSettings;
use store::StoreSettings;
use workers::Workers;

/// The lowest layer, with a comment for every setting.
pub const DEFAULTS: &str = include_str!("../../../../config.default.toml");

/// Variables that begin with `DOCMILL_` and are not settings.
const NOT_SETTINGS: &[&str] = &["bootstrap_key", "config_file", "api_key", "webhook_secret"];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Empty = the user's data folder.
    pub data: String,
    pub workers: Workers,
    pub store: StoreSettings,
    /// What readers and tools do where the kernel lacks a restriction.
    pub isolation: Isolation,
    pub server: ServerSettings,
    pub ocr: OcrSettings,
    pub office: OfficeSettings,
    pub log: LogSettings,
    pub telemetry: TelemetrySettings,
    pub chunks: ChunkSettings,
    pub limits: Limits,
    pub run: RunLimits,
    pub webhooks: WebhookLimits,
    pub network: NetworkSettings,
}

impl Config {
    /// Reads all layers. `file` is what `--config-file` named: then it must exist. `flags` are settings given as
    /// command line options, by their dotted name.
    pub fn load(file: Option<&Path>, flags: &[(&str, Value)]) -> Refused<Self> {
        let mut layers = Figment::from(Toml::string(DEFAULTS));
        if let Some(path) = file {
            if !path.is_file() {
                return Err(Refusal::usage(format!("there is no configuration file `{}`", path.display())));
            }
            layers = layers.merge(Toml::file_exact(path));
        } else if let Some(path) = config_file_default().filter(|path| path.is_file()) {
            layers = layers.merge(Toml::file_exact(path));
        }
        layers = layers.merge(Env::prefixed("DOCMILL_").ignore(NOT_SETTINGS).split("__"));
        for (name, value) in flags {
            layers = layers.merge(Serialized::default(name, value));
        }
        let config: Self = layers.extract().map_err(|error| refuse(&error))?;
        config.check()?;
        Ok(config)
    }

    /// Rules over several settings, or finer than their type.
    fn check(&self) -> Refused<()> {
        let rules = [
            (
                self.workers.slots() >= 1 || self.store.is_shared(),
                "workers must be at least 1: the built-in database has one process, and nobody else would read",
            ),
            (self.store.connections_max >= 2, "store.connections_max must be at least 2"),
            (
                !self.store.is_shared() || !self.store.blobs.is_empty(),
                "store.blobs must say where all processes on the database find the bytes: s3://BUCKET or file:///FOLDER",
            ),
            (self.limits.batch_files_max >= 1, "limits.batch_files_max must be at least 1"),
            (self.limits.page_size_default >= 1, "limits.page_size_default must be at least 1"),
            (
                self.limits.page_size_default <= self.limits.page_size_max,
                "limits.page_size_default must not be above limits.page_size_max",
            ),
            (
                (16..=8_192).contains(&self.chunks.target_tokens),
                "chunks.target_tokens must be from 16 to 8192: fewer hold no sentence, more no model embeds at once",
            ),
            (self.run.lease_ms >= 1_000, "run.lease_ms must be at least 1000"),
            ((0.0..=1.0).contains(&self.run.page_failure_ratio), "run.page_failure_ratio must be from 0 to 1"),
            (self.limits.link_lifetime_ms >= 1_000, "limits.link_lifetime_ms must be at least 1000"),
            (
                self.limits.link_lifetime_ms <= self.limits.link_lifetime_ms_max,
                "limits.link_lifetime_ms must not be above limits.link_lifetime_ms_max",
            ),
            (
                self.run.retry_first_ms <= self.run.retry_longest_ms,
                "run.retry_first_ms must not be above run.retry_longest_ms",
            ),
            (self.webhooks.attempts_max >= 1, "webhooks.attempts_max must be at least 1"),
            (
                self.webhooks.first_wait_ms <= self.webhooks.longest_wait_ms,
                "webhooks.first_wait_ms must not be above webhooks.longest_wait_ms",
            ),
        ];
        self.guard()?;
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, sentence)) => Err(Refusal::usage(sentence).hint(HINT)),
            None => self.server.site().map(|_| ()).map_err(|sentence| Refusal::usage(sentence).hint(HINT)),
        }
    }

    /// Where requests on a caller's word may go.
    pub fn guard(&self) -> Refused<Guard> {
        Guard::new(&self.network).map_err(|sentence| Refusal::usage(sentence).hint(HINT))
    }

    /// The folder of the server's database and files.
    pub fn data_folder(&self) -> Refused<PathBuf> {
        if !self.data.is_empty() {
            return Ok(PathBuf::from(&self.data));
        }
        data_folder_default().ok_or_else(|| {
            Refusal::usage("there is no data folder: neither XDG_DATA_HOME nor HOME is set")
                .hint("Give one with --data DIR.")
        })
    }
}

const HINT: &str = "Every setting is described in config.default.toml.";

/// Figment's error as one sentence that names the setting and where it was set.
fn refuse(error: &figment::Error) -> Refusal {
    let origin = error.metadata.as_ref().map_or_else(String::new, |metadata| match &metadata.source {
        Some(source) => format!(" in {source}"),
        None if metadata.name.contains("environment") => " in the environment (DOCMILL_...)".to_owned(),
        None => " on the command line".to_owned(),
    });
    let setting = error.path.join(".");
    let sentence = match &error.kind {
        Kind::UnknownField(name, _) => {
            // The path may or may not end in the field itself, depending on the provider.
            let full = if error.path.last() == Some(name) || setting.is_empty() {
                name.clone()
            } else {
                format!("{setting}.{name}")
            };
            format!("there is no setting `{}`{origin}", if error.path.last() == Some(name) { setting } else { full })
        }
        Kind::Message(message) => {
            format!(
                "the configuration{origin} cannot be read: {}",
                message.lines().collect::<Vec<_>>().join(" ").trim()
            )
        }
        kind => format!("the setting `{setting}`{origin} is not usable: {kind}"),
    };
    Refusal::usage(sentence).hint(HINT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults() -> Config {
        Figment::from(Toml::string(DEFAULTS)).extract().expect("defaults")
    }

    #[test]
    fn the_documented_defaults_are_the_defaults_of_the_code() {
        let config = defaults();
        assert_eq!(config.limits, Limits::default());
        assert_eq!(config.run, RunLimits::default());
        assert_eq!(config.webhooks, WebhookLimits::default());
        assert_eq!(config.network, NetworkSettings::default());
        assert_eq!((config.data.as_str(), config.workers), ("", Workers::Word(workers::Word::Auto)));
        config.check().expect("defaults are allowed");
    }

    #[test]
    fn every_setting_is_documented_with_its_default() {
        let written: Value = Figment::from(Toml::string(DEFAULTS)).extract().expect("toml");
        let known = serde_json::to_value(defaults()).expect("settings");
        assert_eq!(written, known);
        let lines: Vec<&str> = DEFAULTS.lines().collect();
        for pair in lines.windows(2) {
            let is_setting = pair[1].contains(" = ") && !pair[1].starts_with('#');
            assert!(!is_setting || pair[0].starts_with('#'), "`{}` has no comment above it", pair[1]);
        }
    }

    #[test]
    fn what_cannot_be_is_refused_in_one_sentence() {
        type Change = fn(&mut Config);
        let table: [(Change, &str); 10] = [
            (|config| config.limits.link_lifetime_ms = 999, "limits.link_lifetime_ms must be at least 1000"),
            (
                |config| config.server.public_url = "docs.example.com".to_owned(),
                "server.public_url must begin with http:// or https:// and have no spaces, query or fragment",
            ),
            (
                |config| config.server.trusted_proxies = vec!["proxy".to_owned()],
                "server.trusted_proxies: `proxy` is no address and no network like 10.0.0.0/8",
            ),
            (|config| config.limits.batch_files_max = 0, "limits.batch_files_max must be at least 1"),
            (|config| config.run.page_failure_ratio = 1.5, "run.page_failure_ratio must be from 0 to 1"),
            (
                |config| config.workers = Workers::Number(0),
                "workers must be at least 1: the built-in database has one process, and nobody else would read",
            ),
            (|config| config.run.lease_ms = 5, "run.lease_ms must be at least 1000"),
            (|config| config.webhooks.attempts_max = 0, "webhooks.attempts_max must be at least 1"),
            (
                |config| config.network.allowed_hosts = vec!["10.0.0.0/99".to_owned()],
                "network.allowed_hosts: `10.0.0.0/99` is no host name, address or block of addresses",
            ),
            (
                |config| config.chunks.target_tokens = 15,
                "chunks.target_tokens must be from 16 to 8192: fewer hold no sentence, more no model embeds at once",
            ),
        ];
        for (change, expected) in table {
            let mut config = defaults();
            change(&mut config);
            assert_eq!(config.check().expect_err(expected).sentence, expected);
        }
    }
}
