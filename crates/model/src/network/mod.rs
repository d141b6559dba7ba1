//! The one guard of every request that docmill makes on a caller's word (webhooks, `source_url`): which addresses it
//! may go to. Pure: names are looked up elsewhere, and every address that came out is asked for here.

mod address;

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::{Code, Failure};

/// Characters of an address that a caller may give.
pub const URL_CHARS_MAX: usize = 2_000;

/// Where docmill may go on a caller's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkSettings {
    /// Hosts and addresses that are allowed although they are not public: names (`hooks.internal`, `*.internal`),
    /// addresses (`10.0.0.5`) and blocks (`10.0.0.0/8`). Their ports are not looked at.
    pub allowed_hosts: Vec<String>,
    /// Ports of other hosts: numbers and ranges.
    pub allowed_ports: Vec<String>,
    /// Proxies that `http_proxy` may name, exactly as callers write them.
    pub allowed_proxies: Vec<String>,
    /// Time to connect, milliseconds.
    pub connect_timeout_ms: u64,
    /// Time to fetch a document whole, milliseconds.
    pub source_timeout_ms: u64,
    /// Redirects that are followed when a document is fetched. Each is checked as the first address was.
    pub source_redirects_max: u32,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            allowed_ports: ["80", "443", "1024-65535"].map(str::to_owned).to_vec(),
            allowed_proxies: Vec::new(),
            connect_timeout_ms: 10_000,
            source_timeout_ms: 300_000,
            source_redirects_max: 5,
        }
    }
}

/// `NetworkSettings` with their rules read.
#[derive(Debug, Clone)]
pub struct Guard {
    settings: NetworkSettings,
    blocks: Vec<IpNet>,
    names: Vec<String>,
    ports: Vec<(u16, u16)>,
}

impl Default for Guard {
    fn default() -> Self {
        let settings = NetworkSettings::default();
        Self::new(&settings).unwrap_or_else(|_| Self::closed(settings))
    }
}

impl Guard {
    /// Allows nothing but what is added.
    const fn closed(settings: NetworkSettings) -> Self {
        Self { settings, blocks: Vec::new(), names: Vec::new(), ports: Vec::new() }
    }

    /// Fails with a sentence that names the setting and the entry that cannot be read.
    pub fn new(settings: &NetworkSettings) -> Result<Self, String> {
        let mut guard = Self::closed(settings.clone());
        for entry in &settings.allowed_hosts {
            match entry.parse::<IpNet>().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from)) {
                Ok(block) => guard.blocks.push(block),
                Err(_) => guard.names.push(name(entry)?),
            }
        }
        for entry in &settings.allowed_ports {
            guard.ports.push(ports(entry)?);
        }
        Ok(guard)
    }

    pub const fn settings(&self) -> &NetworkSettings {
        &self.settings
    }

    /// What can be said about an address without looking its name up. `ADDRESS_FORBIDDEN` for another scheme than
    /// http and https, a user in it, a port that is not allowed, and a literal address that is not public, in any of
    /// its spellings (decimal, octal and hexadecimal ones are IPv4 addresses too).
    pub fn check_url(&self, text: &str) -> Result<Url, Failure> {
        let refuse = |why: String| Failure::new(Code::AddressForbidden, why);
        if text.chars().count() > URL_CHARS_MAX {
            return Err(refuse(format!("The address has more than {URL_CHARS_MAX} characters.")));
        }
        let url = Url::parse(text).map_err(|error| refuse(format!("The address cannot be read: {error}.")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse(format!("docmill does not speak {}: give an http or https address.", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("The address holds a user name or a password, which docmill does not send.".to_owned()));
        }
        let host = url.host().ok_or_else(|| refuse("The address names no host.".to_owned()))?;
        let literal = match &host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(IpAddr::V4(*address)),
            Host::Ipv6(address) => Some(IpAddr::V6(*address)),
        };
        let allowed = literal.is_some_and(|address| self.is_allowed_block(address))
            || matches!(&host, Host::Domain(domain) if self.is_allowed_name(domain));
        if allowed {
            return Ok(url);
        }
        if let Some(address) = literal {
            self.check_address("", address)?;
        }
        let port = url.port_or_known_default().unwrap_or_default();
        if !self.ports.iter().any(|(first, last)| (*first..=*last).contains(&port)) {
            return Err(refuse(format!("docmill does not connect to port {port}.")));
        }
        Ok(url)
    }

    /// Whether a connection to `host` may go to this address. Asked for every address that the name resolves to, at
    /// the moment of connecting: what a name said earlier counts for nothing.
    pub fn check_address(&self, host: &str, address: IpAddr) -> Result<(), Failure> {
        if self.is_allowed_name(host) || self.is_allowed_block(address) {
            return Ok(());
        }
        match address::not_public(address) {
            None => Ok(()),
            Some(what) => {
                // The address itself is not told: callers must not learn what names mean inside.
                let message = match host {
                    "" => format!("{address} is {what}, which docmill does not connect to."),
                    host => format!("{host} is {what}, which docmill does not connect to."),
                };
                Err(Failure::new(Code::AddressForbidden, message))
            }
        }
    }

    /// `PROXY_FORBIDDEN` unless the administrator listed exactly this proxy.
    pub fn check_proxy(&self, proxy: &str) -> Result<(), Failure> {
        let bare = |text: &str| text.trim_end_matches('/').to_owned();
        if self.settings.allowed_proxies.iter().any(|allowed| bare(allowed) == bare(proxy)) {
            return Ok(());
        }
        Err(Code::ProxyForbidden.into())
    }

    fn is_allowed_name(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.names.iter().any(|name| match name.strip_prefix('*') {
            Some(suffix) => host.ends_with(suffix),
            None => *name == host,
        })
    }

    fn is_allowed_block(&self, address: IpAddr) -> bool {
        // A mapped address is the IPv4 address that it carries.
        let address = address.to_canonical();
        self.blocks.iter().any(|block| block.contains(&address))
    }
}

/// The last part of an address's path, as the name of the document there; `document` when it has none.
pub fn file_name(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let name = percent_encoding::percent_decode_str(last).decode_utf8_lossy();
    let name: String =
        name.chars().filter(|sign| !sign.is_control() && *sign != '/' && *sign != '\\').take(255).collect();
    if name.trim_matches('.').is_empty() { "document".to_owned() } else { name }
}

/// A host name, or `*.` and the end of one.
fn name(entry: &str) -> Result<String, String> {
    let bare = entry.strip_prefix("*.").unwrap_or(entry);
    match Host::parse(bare) {
        Ok(Host::Domain(domain)) if !domain.contains('*') => {
            let domain = domain.trim_end_matches('.');
            Ok(if entry.starts_with("*.") { format!("*.{domain}") } else { domain.to_owned() })
        }
        _ => Err(format!("network.allowed_hosts: `{entry}` is no host name, address or block of addresses")),
    }
}

fn ports(entry: &str) -> Result<(u16, u16), String> {
    let (first, last) = entry.split_once('-').unwrap_or((entry, entry));
    match (first.trim().parse(), last.trim().parse()) {
        (Ok(first), Ok(last)) if first <= last => Ok((first, last)),
        _ => Err(format!("network.allowed_ports: `{entry}` is no port or range of ports")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(hosts: &[&str]) -> Guard {
        let allowed_hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        Guard::new(&NetworkSettings { allowed_hosts, ..NetworkSettings::default() }).expect("sound settings")
    }

    /// The refusal's sentence must hold these words; `None` = allowed.
    fn check(guard: &Guard, url: &str, expected: Option<&str>) {
        let said = guard.check_url(url).err();
        assert!(said.as_ref().is_none_or(|failure| failure.code == Code::AddressForbidden), "{url}");
        let said = said.map(|failure| failure.message);
        match (&said, expected) {
            (None, None) => {}
            (Some(said), Some(words)) if said.contains(words) => {}
            _ => panic!("{url}: {said:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn an_address_is_judged_by_what_can_be_seen() {
        let guard = guard(&[]);
        for url in
            ["https://example.com/hook?a=b", "http://example.com:8080/", "http://8.8.8.8/", "https://[2606:4700::1]/"]
        {
            check(&guard, url, None);
        }
        for (url, words) in [
            ("ftp://example.com/", "does not speak ftp"),
            ("file:///etc/passwd", "does not speak file"),
            ("http:", "cannot be read"),
            ("http://", "cannot be read"),
            ("https://user@example.com/", "user name"),
            ("https://user:secret@example.com/", "user name"),
            ("http://example.com:22/", "port 22"),
            ("http://example.com:1023/", "port 1023"),
            ("http://127.0.0.1/", "127.0.0.1 is a loopback address"),
            ("http://127.0.0.1:8080/", "loopback"),
            // Other spellings of 127.0.0.1.
            ("http://2130706433/", "127.0.0.1 is a loopback address"),
            ("http://0x7f000001/", "loopback"),
            ("http://0177.0.0.1/", "loopback"),
            ("http://127.1/", "loopback"),
            ("http://0/", "unspecified"),
            ("http://①②⑦.0.0.1/", "loopback"),
            ("http://[::1]/", "loopback"),
            ("http://[::ffff:10.0.0.1]/", "private"),
            ("http://169.254.169.254/latest/meta-data/", "metadata"),
            ("http://[fd00:ec2::254]/", "metadata"),
        ] {
            check(&guard, url, Some(words));
        }
        check(&guard, &format!("https://example.com/{}", "a".repeat(URL_CHARS_MAX)), Some("characters"));
    }

    #[test]
    fn a_name_is_judged_by_every_address_that_it_has() {
        let refused = |guard: &Guard, host: &str, address: &str| {
            guard.check_address(host, address.parse().expect(address)).err().map(|failure| failure.message)
        };
        let strict = guard(&[]);
        assert_eq!(refused(&strict, "example.com", "1.1.1.1"), None);
        let said = refused(&strict, "intra.example.com", "10.1.2.3").expect("refused");
        assert_eq!(said, "intra.example.com is a private address, which docmill does not connect to.");
        let named = guard(&["localhost", "*.internal", "10.0.0.0/8", "fd00::/8"]);
        for (host, address) in [
            ("localhost", "127.0.0.1"),
            ("LOCALHOST.", "::1"),
            ("hooks.internal", "192.168.1.1"),
            ("other.example.com", "10.9.9.9"),
            ("other.example.com", "::ffff:10.9.9.9"),
            ("other.example.com", "fd12::1"),
        ] {
            assert_eq!(refused(&named, host, address), None, "{host} {address}");
        }
        for (host, address) in [("internal", "192.168.1.1"), ("xinternal", "192.168.1.1"), ("other", "127.0.0.1")] {
            assert!(refused(&named, host, address).is_some(), "{host} {address}");
        }
    }

    #[test]
    fn what_is_allowed_is_allowed_on_every_port() {
        let guard = guard(&["10.0.0.0/8", "localhost", "::1"]);
        for url in ["http://10.1.2.3:22/", "http://localhost:81/", "http://[::1]:9/", "http://[::ffff:10.0.0.1]/"] {
            check(&guard, url, None);
        }
        check(&guard, "http://192.168.0.1/", Some("private"));
        check(&guard, "http://localhost.example.com:81/", Some("port 81"));
    }

    #[test]
    fn a_document_is_named_by_its_address() {
        for (url, expected) in [
            ("https://a.example/reports/q3%20final.pdf?token=x#page=2", "q3 final.pdf"),
            ("https://a.example/reports/", "document"),
            ("https://a.example", "document"),
            ("https://a.example/a%2F..%2Fb.pdf", "a..b.pdf"),
            ("https://a.example/%2e%2e%0a", "document"),
            ("https://a.example/%FF.pdf", "\u{fffd}.pdf"),
        ] {
            assert_eq!(file_name(&Url::parse(url).expect(url)), expected, "{url}");
        }
    }

    #[test]
    fn only_listed_proxies_are_used() {
        let settings = NetworkSettings { allowed_proxies: vec!["http://proxy:3128".to_owned()], ..Default::default() };
        let guard = Guard::new(&settings).expect("sound settings");
        assert_eq!(guard.check_proxy("http://proxy:3128/"), Ok(()));
        for other in ["http://proxy:3129", "https://proxy:3128", "http://proxy:3128/x", ""] {
            assert_eq!(guard.check_proxy(other).map_err(|failure| failure.code), Err(Code::ProxyForbidden), "{other}");
        }
    }

    #[test]
    fn settings_that_cannot_be_read_are_told() {
        for (hosts, ports, words) in [
            (vec!["10.0.0.0/40"], vec![], "allowed_hosts: `10.0.0.0/40`"),
            (vec!["a b"], vec![], "allowed_hosts: `a b`"),
            (vec!["*"], vec![], "allowed_hosts: `*`"),
            (vec![], vec!["80-20"], "allowed_ports: `80-20`"),
            (vec![], vec!["http"], "allowed_ports: `http`"),
            (vec![], vec!["70000"], "allowed_ports: `70000`"),
        ] {
            let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
            let settings =
                NetworkSettings { allowed_hosts: owned(hosts), allowed_ports: owned(ports), ..Default::default() };
            let said = Guard::new(&settings).expect_err(words);
            assert!(said.contains(words), "{said}");
        }
    }
}
