//! What downloads need on a machine where the agent can't run.

use serde::{Deserialize, Serialize};

use crate::model::error::Failure;

/// The download program of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Downloader {
    /// curl. It reads addresses and headers from standard input.
    Curl,
    /// GNU wget. It reads addresses from standard input.
    GnuWget,
    /// wget of busybox, or another one. It takes the address as an argument, which all users of the machine can see.
    OpenWget,
    None,
}

/// Why a program can't do a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownloadLack {
    /// There is no download program.
    Program,
    /// The program can't hide headers and passwords from other users.
    Hiding,
    /// The program can't hide the address from other users.
    HidingAddress,
}

impl DownloadLack {
    /// The failure, with a message. `path` is the destination of the download.
    #[must_use]
    pub fn failure(self, path: &str) -> Failure {
        let failure = Failure::new(format!("`{path}` can't be downloaded: {}", self.reason()));
        failure.hint(match self {
            Self::Program | Self::Hiding => "install curl there",
            Self::HidingAddress => "install curl or GNU wget there",
        })
    }

    /// Why it can't.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Program => "there is neither `curl` nor `wget`",
            Self::Hiding => "headers and passwords need `curl`, which is not installed",
            Self::HidingAddress => {
                "its address may contain a secret, which the `wget` there shows to all users"
            }
        }
    }
}

/// The requirements of a download.
#[derive(Debug, Clone, Copy)]
pub struct Download<'a> {
    /// Addresses to try in order.
    pub urls: &'a [String],
    /// Whether there are headers, which other users must not see.
    pub headers: bool,
    /// Whether the addresses or headers contain a secret.
    pub secret: bool,
}

impl Download<'_> {
    /// Why a program can't do this download, if it can't.
    #[must_use]
    pub fn lack(self, downloader: Downloader) -> Option<DownloadLack> {
        let mut served = self.urls.iter().filter(|url| is_served(url)).peekable();
        served.peek()?;
        let hides = self.headers || served.clone().any(|url| has_password(url));
        match downloader {
            Downloader::Curl => None,
            Downloader::None => Some(DownloadLack::Program),
            Downloader::GnuWget | Downloader::OpenWget if hides => Some(DownloadLack::Hiding),
            Downloader::OpenWget if served.any(|url| self.hides_address(url)) => {
                Some(DownloadLack::HidingAddress)
            }
            Downloader::GnuWget | Downloader::OpenWget => None,
        }
    }

    /// Whether other users must not see the address.
    #[must_use]
    pub fn hides_address(self, url: &str) -> bool {
        self.secret || may_hold_a_token(url)
    }
}

fn is_served(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

fn has_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

/// Names of query parameters that contain credentials, or parts of such names.
const TELLING: [&str; 12] =
    ["token", "key", "sig", "secret", "pass", "pwd", "auth", "cred", "jwt", "session", "code", "ticket"];

/// Length of a value from which it may be a token rather than a version, name or number.
const LONG: usize = 16;

/// Whether the query of an address may contain a token: by the names of the parameters, or by long values that contain
/// no words. Needed only for values that are not declared as secrets.
fn may_hold_a_token(url: &str) -> bool {
    let Some((_, query)) = url.split_once('?') else { return false };
    let query = query.split('#').next().unwrap_or_default();
    query.split(['&', ';']).any(is_token)
}

fn is_token(parameter: &str) -> bool {
    let (name, value) = parameter.split_once('=').unwrap_or(("", parameter));
    let name = name.to_ascii_lowercase();
    let runs = value.split(|c: char| !c.is_ascii_alphanumeric());
    TELLING.iter().any(|word| name.contains(word)) || runs.into_iter().any(|run| run.len() >= LONG)
}

/// An address without its login, and without the parts of its query that may be a token.
pub(in crate::model) fn without_tokens(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let (place, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = place.split_once("://").unwrap_or(("", place));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let parameters: Vec<&str> = query.split(['&', ';']).filter(|parameter| !is_token(parameter)).collect();
    format!("{scheme}://{host}{path}?{}", parameters.join("&"))
}
