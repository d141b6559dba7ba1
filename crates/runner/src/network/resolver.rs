//! Looks names up, and lets only allowed addresses through: the connection goes to the very addresses that were checked,
//! so a name that changes its mind between a check and a connection gains nothing.

use std::net::SocketAddr;
use std::sync::Arc;

use docmill_model::Failure;
use docmill_model::network::Guard;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

#[derive(Clone)]
pub(super) struct GuardedResolver(Arc<Guard>);

impl GuardedResolver {
    pub const fn new(guard: Arc<Guard>) -> Self {
        Self(guard)
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(allowed(&guard, name.as_str(), found)?.into_iter()) as Addrs)
        })
    }
}

/// The addresses that may be connected to; the refusal when there is none.
fn allowed(guard: &Guard, host: &str, found: impl IntoIterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, Failure> {
    let mut allowed = Vec::new();
    let mut refused = None;
    for address in found {
        match guard.check_address(host, address.ip()) {
            Ok(()) => allowed.push(address),
            Err(failure) => refused = Some(failure),
        }
    }
    match refused {
        Some(failure) if allowed.is_empty() => Err(failure),
        _ => Ok(allowed),
    }
}

#[cfg(test)]
mod tests {
    use docmill_model::network::NetworkSettings;

    use super::*;

    #[test]
    fn only_allowed_addresses_of_a_name_are_left() {
        let guard = Guard::new(&NetworkSettings::default()).expect("defaults");
        let check = |found: &[&str], expected: Result<&[&str], &str>| {
            let found: Vec<SocketAddr> = found.iter().map(|text| text.parse().expect(text)).collect();
            let got = allowed(&guard, "name.example", found);
            match (&got, expected) {
                (Ok(left), Ok(expected)) => {
                    assert_eq!(left.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
                }
                (Err(failure), Err(words)) => assert!(failure.message.contains(words), "{failure}"),
                _ => panic!("{got:?}, expected {expected:?}"),
            }
        };
        check(&["1.1.1.1:0"], Ok(&["1.1.1.1:0"]));
        check(&["10.0.0.1:0", "1.1.1.1:0", "[::1]:0"], Ok(&["1.1.1.1:0"]));
        check(&["10.0.0.1:0"], Err("name.example is a private address"));
        check(&["[::ffff:169.254.169.254]:0"], Err("metadata"));
        check(&[], Ok(&[]));
    }
}
