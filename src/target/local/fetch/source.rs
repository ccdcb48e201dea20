//! Where a download comes from: a server or a file of this machine.

use std::collections::BTreeMap;
use std::io::Read;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use camino::Utf8Path;

use crate::model::downloaded::Version;
use crate::model::error::Failure;
use crate::model::query::READ_LIMIT;
use crate::model::redirect;
use crate::model::step::Fetch;
use crate::target::interrupt::HALTED;
use crate::target::local::accounts::Accounts;
use crate::target::local::open::open_source;
use crate::target::local::surroundings::Surroundings;
use crate::target::local::web::{self, WebClient};

/// Timeout of a page that a plan needs, in seconds.
pub(in crate::target) const PAGE_TIMEOUT: u64 = 60;
/// Why a page that is too large is not read.
pub(in crate::target) const TOO_LARGE: &str = "it has more than 1 MiB";

/// A failed download. The next mirror is tried unless it is `Disk`.
pub(super) enum DownloadTrouble {
    Mirror(String),
    /// A failure with hints.
    Source(Failure),
    Disk(Failure),
}

/// What is read, and what is known of it.
pub(super) struct OpenSource {
    pub(super) body: Box<dyn Read>,
    pub(super) length: Option<u64>,
    /// What the server told of it.
    pub(super) version: Option<Version>,
}

pub(super) fn open(
    url: &str,
    step: &Fetch,
    deadline: Instant,
    with: &Surroundings,
) -> Result<OpenSource, DownloadTrouble> {
    match url.strip_prefix("file://") {
        Some(path) => open_file(path, &with.accounts),
        None => open_url(url, &step.headers, deadline),
    }
}

fn open_file(path: &str, accounts: &Accounts) -> Result<OpenSource, DownloadTrouble> {
    // A file URL may have a host, and only local files can be read.
    let path = path.strip_prefix("localhost").unwrap_or(path);
    if !path.starts_with('/') {
        return Err(DownloadTrouble::Mirror("the address of a file is `file:///path`".into()));
    }
    match open_source(Utf8Path::new(path), accounts) {
        Ok(opened) => {
            Ok(OpenSource { body: Box::new(opened.file), length: Some(opened.size), version: None })
        }
        Err(failure) => Err(DownloadTrouble::Source(failure)),
    }
}

fn open_url(
    url: &str,
    headers: &BTreeMap<String, String>,
    deadline: Instant,
) -> Result<OpenSource, DownloadTrouble> {
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(DownloadTrouble::Mirror(
            "the address begins with none of `http://`, `https://`, and `file://`".into(),
        ));
    }
    let mut at = url.to_owned();
    // The headers may be secrets, so they are only sent to the declared origin.
    let mut headers = Some(headers);
    let mut followed = 0;
    let response = loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(DownloadTrouble::Mirror("the time was over before its turn".into()));
        }
        let agent = WebClient::new(left).agent(&at).map_err(DownloadTrouble::Mirror)?;
        let mut request = agent.get(&at);
        for (name, value) in headers.into_iter().flatten() {
            request = request.header(name, value);
        }
        let response = request.call().map_err(|error| DownloadTrouble::Mirror(web::explain(&error)))?;
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            break response;
        }
        let location = response.headers().get("location").and_then(|location| location.to_str().ok());
        let next = location.and_then(|location| redirect::leads_to(&at, location));
        let Some(next) = next.filter(|_| followed < redirect::REDIRECTS) else {
            let why = if followed < redirect::REDIRECTS {
                "to an address that is not http or https"
            } else {
                "too often"
            };
            return Err(DownloadTrouble::Mirror(format!("it is redirected {why}")));
        };
        followed += 1;
        headers = headers.filter(|_| redirect::is_same_origin(&at, &next));
        at = next;
    };
    let mut version = Version { at, ..Version::default() };
    for (name, value) in response.headers() {
        version.take(name.as_str(), value.to_str().unwrap_or_default());
    }
    // Any content encoding is ignored: the bytes are stored as they come.
    let length =
        response.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
    Ok(OpenSource { body: Box::new(response.into_body().into_reader()), length, version: Some(version) })
}

/// Answers `Query::Download`: the bytes in base64, or why nothing came.
pub(in crate::target::local) fn page(url: &str, with: &Surroundings) -> Result<String, String> {
    let words = |trouble| match trouble {
        DownloadTrouble::Mirror(why) => why,
        DownloadTrouble::Source(failure) | DownloadTrouble::Disk(failure) => failure.message,
    };
    let deadline = Instant::now() + Duration::from_secs(PAGE_TIMEOUT);
    let OpenSource { body, .. } = open_url(url, &BTreeMap::new(), deadline).map_err(words)?;
    let mut bytes = Vec::new();
    body.take(READ_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| format!("it broke off: {error}"))?;
    if with.interrupt.is_halted() {
        return Err(HALTED.to_owned());
    }
    if bytes.len() as u64 > READ_LIMIT {
        return Err(TOO_LARGE.to_owned());
    }
    Ok(STANDARD.encode(bytes))
}
