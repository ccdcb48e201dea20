//! Resolves host names without libc: literal addresses, `/etc/hosts`, and `getent` as a child process.

use std::net::{IpAddr, SocketAddr};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::process;
use super::surroundings::Surroundings;

/// Timeout of `getent`, in seconds.
const TIMEOUT: u64 = 20;

/// Addresses of a name in a hosts file.
#[must_use]
pub fn in_hosts(text: &str, name: &str) -> Vec<IpAddr> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split('#').next().unwrap_or_default().split_ascii_whitespace();
            let address = words.next()?.parse().ok()?;
            words.any(|word| word.eq_ignore_ascii_case(name)).then_some(address)
        })
        .collect()
}

/// Addresses of a name, without asking other machines.
pub(super) fn known_here(name: &str) -> Vec<IpAddr> {
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse() {
        return vec![address];
    }
    let hosts = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    let found = in_hosts(&hosts, name);
    if found.is_empty() && name.eq_ignore_ascii_case("localhost") {
        return vec![[127, 0, 0, 1].into()];
    }
    found
}

/// Addresses of any name.
fn anywhere(name: &str) -> Vec<IpAddr> {
    let known = known_here(name);
    // `getent` would take a name with a leading dash for an option.
    if !known.is_empty() || name.starts_with('-') {
        return known;
    }
    let argv = ["getent", "ahosts", name];
    let text = process::output_of(&argv, &Surroundings::default(), TIMEOUT).unwrap_or_default();
    let mut found: Vec<IpAddr> = Vec::new();
    for address in text.lines().filter_map(|line| line.split_ascii_whitespace().next()?.parse().ok()) {
        if !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

/// The resolver of requests.
#[derive(Debug)]
pub(super) struct Names {
    /// The address that every name has.
    pub(super) connect_to: Option<IpAddr>,
}

impl Resolver for Names {
    fn resolve(&self, uri: &Uri, config: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri.host().ok_or(Error::HostNotFound)?;
        let secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let addresses = match self.connect_to {
            Some(ip) => vec![ip],
            None => anywhere(host),
        };
        let addresses = addresses.into_iter().map(|ip| SocketAddr::new(ip, port));
        let mut found = self.empty();
        for address in config.ip_family().keep_wanted(addresses.collect::<Vec<_>>().into_iter()).take(16) {
            found.push(address);
        }
        if found.is_empty() { Err(Error::HostNotFound) } else { Ok(found) }
    }
}
