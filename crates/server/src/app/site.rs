//! How clients reach this server: what absolute links begin with.

use std::net::IpAddr;

use ipnet::IpNet;

/// Bytes of a host or a prefix that a request may say.
const SAID_BYTES_MAX: usize = 255;

/// What the operator says about it.
#[derive(Debug, Clone, Default)]
pub struct Site {
    public_url: Option<String>,
    trusted_proxies: Vec<IpNet>,
}

/// What a request says about it.
#[derive(Debug, Default)]
pub struct Said<'a> {
    pub host: Option<&'a str>,
    /// `X-Forwarded-Proto`, `-Host` and `-Prefix`.
    pub forwarded_proto: Option<&'a str>,
    pub forwarded_host: Option<&'a str>,
    pub forwarded_prefix: Option<&'a str>,
}

impl Site {
    /// An empty `public_url` is none. The error continues a sentence that begins with the setting's name.
    pub fn new(public_url: &str, trusted_proxies: Vec<IpNet>) -> Result<Self, String> {
        let url = public_url.trim_end_matches('/');
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
        let usable =
            !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control() || "?#".contains(c));
        if !usable && !public_url.is_empty() {
            return Err("must begin with http:// or https:// and have no spaces, query or fragment".to_owned());
        }
        Ok(Self { public_url: usable.then(|| url.to_owned()), trusted_proxies })
    }

    /// What links in the answer to a request begin with, without a slash at the end; `None` when nobody says a host.
    /// Forwarding headers count only when `peer` is a trusted proxy: everybody else could point links elsewhere.
    pub fn base(&self, peer: Option<IpAddr>, said: &Said) -> Option<String> {
        if let Some(url) = &self.public_url {
            return Some(url.clone());
        }
        let trusted = peer.is_some_and(|peer| self.trusts(peer));
        let first = |header: Option<&'_ str>| {
            let value = header.filter(|_| trusted)?.split(',').next()?.trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        let proto = first(said.forwarded_proto).filter(|proto| proto == "https").map_or("http", |_| "https");
        let host = first(said.forwarded_host).filter(|host| is_host(host));
        let host = host.or_else(|| said.host.filter(|host| is_host(host)).map(str::to_owned))?;
        let prefix = first(said.forwarded_prefix).filter(|prefix| is_prefix(prefix)).unwrap_or_default();
        Some(format!("{proto}://{host}{}", prefix.trim_end_matches('/')))
    }

    fn trusts(&self, peer: IpAddr) -> bool {
        // An IPv4 peer of an IPv6 socket is the same peer.
        let peer = peer.to_canonical();
        self.trusted_proxies.iter().any(|network| network.contains(&peer))
    }
}

fn is_host(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    !text.is_empty() && text.len() <= SAID_BYTES_MAX && text.chars().all(fits)
}

fn is_prefix(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "/.-_~".contains(c);
    text.starts_with('/') && text.len() <= SAID_BYTES_MAX && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_absolute_and_plain() {
        for (url, expected) in [
            ("", Ok(None)),
            ("https://a.example/", Ok(Some("https://a.example"))),
            ("http://a.example:8/x", Ok(Some("http://a.example:8/x"))),
            ("a.example", Err(())),
            ("https://", Err(())),
            ("https://a.example/?x", Err(())),
            ("https://a example", Err(())),
        ] {
            let site = Site::new(url, Vec::new()).map_err(|_| ());
            assert_eq!(
                site.as_ref().map(|site| site.public_url.as_deref()),
                expected.as_ref().map(|url| *url),
                "{url}"
            );
        }
    }

    #[test]
    fn forwarding_headers_count_from_trusted_proxies_only() {
        let site = Site::new("", vec!["10.0.0.0/8".parse().unwrap()]).unwrap();
        let said = Said {
            host: Some("inner:8484"),
            forwarded_proto: Some("https, http"),
            forwarded_host: Some("docs.example, inner"),
            forwarded_prefix: Some("/mill/"),
        };
        for (peer, expected) in [
            (Some("10.1.2.3"), Some("https://docs.example/mill")),
            (Some("::ffff:10.1.2.3"), Some("https://docs.example/mill")),
            (Some("11.1.2.3"), Some("http://inner:8484")),
            (None, Some("http://inner:8484")),
        ] {
            let peer = peer.map(|peer| peer.parse().unwrap());
            assert_eq!(site.base(peer, &said).as_deref(), expected, "{peer:?}");
        }
        let odd = Said {
            host: Some("inner"),
            forwarded_proto: Some("gopher"),
            forwarded_host: Some("a b/c"),
            forwarded_prefix: Some("no-slash"),
        };
        let proxy = Some("10.0.0.1".parse().unwrap());
        assert_eq!(site.base(proxy, &odd).as_deref(), Some("http://inner"), "what cannot be is left out");
        assert_eq!(site.base(proxy, &Said::default()), None);
        let fixed = Site::new("https://a.example/x", Vec::new()).unwrap();
        assert_eq!(fixed.base(proxy, &said).as_deref(), Some("https://a.example/x"));
    }
}
