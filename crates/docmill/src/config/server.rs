use std::net::{IpAddr, SocketAddr};

use docmill_server::Site;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How long requests are answered after `/readyz` has begun to refuse, milliseconds.
    pub unready_ms: u64,
    /// Time for running documents to end when the server is stopped, milliseconds.
    pub drain_ms: u64,
    /// What download links begin with; empty = what the request says.
    pub public_url: String,
    /// Addresses or networks of proxies whose forwarding headers are believed.
    pub trusted_proxies: Vec<String>,
}

impl ServerSettings {
    /// How the server is reached, or one sentence that says which setting is wrong.
    pub fn site(&self) -> Result<Site, String> {
        let read = |text: &String| {
            let network = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
            network
                .ok_or_else(|| format!("server.trusted_proxies: `{text}` is no address and no network like 10.0.0.0/8"))
        };
        let trusted_proxies = self.trusted_proxies.iter().map(read).collect::<Result<_, _>>()?;
        Site::new(&self.public_url, trusted_proxies).map_err(|message| format!("server.public_url {message}"))
    }
}
