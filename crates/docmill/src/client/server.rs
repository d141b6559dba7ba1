use clap::Args;

use super::Client;
use crate::config::Config;
use crate::refusal::{Refusal, Refused};

/// Which server, and with which key
#[derive(Debug, Clone, Args)]
pub struct ServerArgs {
    /// Address of the server; the one on this machine by default
    #[arg(long, global = true, value_name = "URL", env = "LLAMA_CLOUD_BASE_URL", hide_env_values = true)]
    server: Option<String>,
    /// API key of the server
    #[arg(long, global = true, value_name = "KEY", env = "LLAMA_CLOUD_API_KEY", hide_env_values = true)]
    key: Option<String>,
}

impl ServerArgs {
    pub fn client(&self, config: &Config) -> Refused<Client> {
        let server = self.server.clone().filter(|server| !server.is_empty()).unwrap_or_else(|| here(config));
        client_at(&server, self.key.clone())
    }
}

/// A client of this server. Without a key the environment is asked for one.
pub fn client_at(server: &str, key: Option<String>) -> Refused<Client> {
    let key = key.or_else(|| std::env::var("LLAMA_CLOUD_API_KEY").ok()).filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| {
        Refusal::usage("a server wants an API key")
            .hint("Give it with --key or LLAMA_CLOUD_API_KEY; `docmill key create` makes one.")
    })?;
    Client::new(server, &key)
}

/// Where `docmill serve` listens on this machine by the settings; an open address is reached over the loopback.
fn here(config: &Config) -> String {
    let mut address = config.server.listen;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    format!("http://{address}")
}
