//! Requests that docmill makes on a caller's word. Every one goes through here: no proxy of the environment, no
//! redirect that was not looked at, and no address that the guard does not allow, at the moment of connecting.

mod resolver;

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use docmill_model::network::Guard;
use docmill_model::{Code, Failure};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Proxy, Url};

use resolver::GuardedResolver;

pub(crate) struct Network {
    guard: Arc<Guard>,
    /// Made when it is first needed: it reads the system's certificates.
    direct: OnceLock<Client>,
}

impl Network {
    pub fn new(guard: &Guard) -> Self {
        Self { guard: Arc::new(guard.clone()), direct: OnceLock::new() }
    }

    /// The address, when docmill may connect to it as far as can be seen. For every address, redirects too: a literal
    /// one never meets the resolver.
    pub fn check(&self, url: &str) -> Result<Url, Failure> {
        self.guard.check_url(url)
    }

    /// A client that connects to allowed addresses only and follows no redirect.
    pub fn direct(&self) -> Result<Client, Failure> {
        if let Some(client) = self.direct.get() {
            return Ok(client.clone());
        }
        let resolver = GuardedResolver::new(Arc::clone(&self.guard));
        let client = build(|| self.builder().no_proxy().dns_resolver(resolver.clone()))?;
        Ok(self.direct.get_or_init(|| client).clone())
    }

    /// A client that sends everything through this proxy, which then decides where a name leads. Only for proxies that
    /// the administrator listed.
    pub fn through(&self, proxy: &str) -> Result<Client, Failure> {
        self.guard.check_proxy(proxy)?;
        let proxy = Proxy::all(proxy).map_err(|_| Failure::from(Code::ProxyForbidden))?;
        build(|| self.builder().proxy(proxy.clone()))
    }

    fn builder(&self) -> ClientBuilder {
        let connect = Duration::from_millis(self.guard.settings().connect_timeout_ms);
        Client::builder().redirect(Policy::none()).connect_timeout(connect).referer(false)
    }
}

/// Without certificates of the system, plain http still works and every https address is refused as untrusted.
fn build(builder: impl Fn() -> ClientBuilder) -> Result<Client, Failure> {
    // An error says that another part of the program has chosen a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder().build().or_else(|error| {
        tracing::warn!(error = &error as &dyn Error, "the system's certificates cannot be used; https will fail");
        builder().tls_certs_only([]).build().map_err(|_| Failure::from(Code::Internal))
    })
}

/// The guard's refusal, when that is what a request failed for.
pub(crate) fn refusal(error: &reqwest::Error) -> Option<Failure> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(failure) = error.downcast_ref::<Failure>() {
            return Some(failure.clone());
        }
        cause = error.source();
    }
    None
}

/// What a failed request failed for, as a caller may read it: the innermost cause, without addresses.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let kind = match (error.is_timeout(), error.is_connect()) {
        (true, _) => "no answer in time",
        (false, true) => "no connection",
        (false, false) => "the connection broke off",
    };
    let text = cause.to_string();
    if error.is_timeout() || text.is_empty() { kind.to_owned() } else { format!("{kind}: {text}") }
}
