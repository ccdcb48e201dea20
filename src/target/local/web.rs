//! The client for http and https, with the certificate authorities of this machine.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Error, Proxy};

use super::environment::own;
use super::names::Names;
use crate::model::variables::SSL_CERT_FILE;

/// Certificate bundles of Debian, Fedora and SUSE.
const BUNDLES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"];

/// How requests are made. Redirects are left to the caller.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WebClient {
    /// Time for the whole request.
    pub(super) left: Duration,
    /// The address to connect to, instead of the one that the name has.
    pub(super) connect_to: Option<IpAddr>,
    /// Whether any certificate is accepted.
    pub(super) any_certificate: bool,
}

impl WebClient {
    pub(crate) fn new(left: Duration) -> Self {
        Self { left, connect_to: None, any_certificate: false }
    }

    /// The client for an address.
    ///
    /// # Errors
    /// The certificate authorities can't be read.
    pub(crate) fn agent(self, url: &str) -> Result<Agent, String> {
        // Addresses of this machine are never reached through a proxy.
        let proxy = if self.connect_to.is_some() || is_here(url) { None } else { Proxy::try_from_env() };
        let tls = TlsConfig::builder().root_certs(authorities()?).disable_verification(self.any_certificate);
        let config = Agent::config_builder()
            .proxy(proxy)
            .timeout_global(Some(self.left))
            .timeout_connect(Some(self.left.min(Duration::from_secs(30))))
            .max_redirects(0)
            // Ask for the file itself, not for a compressed form.
            .accept_encoding("identity")
            .user_agent(concat!("chefrs/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls.build())
            .build();
        let names = Names { connect_to: self.connect_to };
        Ok(Agent::with_parts(config, DefaultConnector::default(), names))
    }
}

/// Whether a URL has an address of this machine.
pub(in crate::target) fn is_here(url: &str) -> bool {
    let host = url.parse::<ureq::http::Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
    host.is_some_and(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

/// The certificate authorities of this machine, or those that are built into chefrs if it has none.
fn authorities() -> Result<RootCerts, String> {
    let said = own(SSL_CERT_FILE);
    let bundle = match &said {
        Some(path) => Some(std::fs::read(path).map_err(|error| format!("can't read `{path}`: {error}"))?),
        None => BUNDLES.iter().find_map(|path| std::fs::read(path).ok()),
    };
    let Some(bundle) = bundle else { return Ok(RootCerts::WebPki) };
    let certificates: Vec<_> = parse_pem(&bundle)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return match said {
            Some(path) => Err(format!("there is no certificate in `{path}`")),
            None => Ok(RootCerts::WebPki),
        };
    }
    Ok(RootCerts::Specific(Arc::new(certificates)))
}

/// Why there was no answer.
pub(crate) fn explain(error: &Error) -> String {
    match error {
        Error::StatusCode(status) => format!("the server answered with status {status}"),
        Error::HostNotFound => "there is no host of that name".into(),
        Error::Timeout(_) => "no answer in time".into(),
        Error::ConnectionFailed => "the connection failed".into(),
        Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            "the connection failed".into()
        }
        Error::Io(error) => error.to_string().to_lowercase(),
        other => other.to_string(),
    }
}
