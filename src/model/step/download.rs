//! What a machine needs to download where the program itself can't run there.

use serde::{Deserialize, Serialize};

use crate::model::error::Failure;

/// The program that downloads there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Downloader {
    /// curl: it reads addresses and headers from its input.
    Curl,
    /// GNU's wget: it reads addresses from its input.
    GnuWget,
    /// busybox's, or another: its address stands in its arguments, which everybody there can read.
    OpenWget,
    /// There is none.
    None,
}

/// What keeps a program from a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownloadLack {
    /// There is no program.
    Program,
    /// Headers and passwords can't be kept from others' eyes.
    Hiding,
    /// Nor can the address.
    HidingAddress,
}

impl DownloadLack {
    /// In words; `path` is where the download was to go.
    #[must_use]
    pub fn failure(self, path: &str) -> Failure {
        let what = format!("`{path}` can't be downloaded");
        match self {
            Self::Program => {
                Failure::new(format!("{what}: there is neither `curl` nor `wget`")).hint("install curl there")
            }
            Self::Hiding => {
                Failure::new(format!("{what}: headers and passwords need `curl`, which is not there"))
                    .hint("install curl there")
            }
            Self::HidingAddress => Failure::new(format!(
                "{what}: its address may hold a secret, and the `wget` there shows it to everybody"
            ))
            .hint("install curl there, or the wget of GNU"),
        }
    }
}

/// What a download asks of a program.
#[derive(Debug, Clone, Copy)]
pub struct Download<'a> {
    /// Addresses to try in order.
    pub urls: &'a [String],
    /// Whether headers go with it, which are nobody else's to read.
    pub headers: bool,
    /// Whether the addresses, or what is with them, hold a secret.
    pub secret: bool,
}

impl Download<'_> {
    /// What keeps this program from doing it, if anything does.
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

    /// Whether an address is nobody else's to read.
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

/// Names of a query's parameters that let somebody in, or a part of them.
const TELLING: [&str; 12] =
    ["token", "key", "sig", "secret", "pass", "pwd", "auth", "cred", "jwt", "session", "code", "ticket"];

/// Characters of a value that is no version, name or number any more.
const LONG: usize = 16;

/// Whether a query that nobody declared a secret may be one: by the names of its parameters, and by long values without
/// words in them. What is declared a secret needs no guess.
fn may_hold_a_token(url: &str) -> bool {
    let Some((_, query)) = url.split_once('?') else { return false };
    let query = query.split('#').next().unwrap_or_default();
    query.split(['&', ';']).any(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or(("", parameter));
        let name = name.to_ascii_lowercase();
        let runs = value.split(|c: char| !c.is_ascii_alphanumeric());
        TELLING.iter().any(|word| name.contains(word)) || runs.into_iter().any(|run| run.len() >= LONG)
    })
}
