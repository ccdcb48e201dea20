//! Requests over HTTP to registries and for archives: with an end, a limit, and credentials that stay with their host.

use std::io::Read as _;
use std::time::Duration;

use ureq::RequestExt as _;

use super::source_address::{is_loopback, misfit_web};
use crate::target::local::web::{WebClient, explain};

/// Time for one request.
const TIME: Duration = Duration::from_secs(300);
/// Most redirects that are followed.
const REDIRECTS: usize = 5;

/// A request.
#[derive(Debug, Clone, Default)]
pub(super) struct WebCall {
    /// `GET`, unless it is said.
    pub(super) method: Option<&'static str>,
    pub(super) url: String,
    /// Sent to this host alone.
    pub(super) authorization: Option<String>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Vec<u8>>,
    /// Most bytes of the answer.
    pub(super) limit: u64,
}

/// An answer.
#[derive(Debug)]
pub(super) struct WebAnswer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl WebAnswer {
    /// A header, by its name in lowercase.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl WebCall {
    /// A request for a page.
    pub(super) fn get(url: impl Into<String>, limit: u64) -> Self {
        Self { url: url.into(), limit, ..Self::default() }
    }

    /// Sends it, and follows redirects. The error is why there is no answer.
    pub(super) fn send(&self) -> Result<WebAnswer, String> {
        let mut url = self.url.clone();
        for _ in 0..=REDIRECTS {
            if let Some(why) = misfit_web(&url) {
                return Err(format!("it leads to a URL that is not used: {why}"));
            }
            let answer = self.once(&url)?;
            let is_redirect = matches!(answer.status, 301 | 302 | 303 | 307 | 308);
            match answer.header("location").filter(|_| is_redirect) {
                Some(place) => {
                    let next = joined(&url, place);
                    // Not even to this machine: what is there is not for others to ask.
                    if url.starts_with("https://") && !next.starts_with("https://") {
                        return Err("it leads to a URL without TLS".to_owned());
                    }
                    url = next;
                }
                None => return Ok(answer),
            }
        }
        Err("it leads from one address to another without an end".to_owned())
    }

    fn once(&self, url: &str) -> Result<WebAnswer, String> {
        let agent = WebClient::new(TIME).agent(url)?;
        let mut request = ureq::http::Request::builder().method(self.method.unwrap_or("GET")).uri(url);
        let is_same =
            host(url) == host(&self.url) && url.starts_with("https:") == self.url.starts_with("https:");
        if let Some(value) = self.authorization.as_ref().filter(|_| is_same) {
            request = request.header("authorization", value);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let odd = |error: ureq::http::Error| format!("the request can't be made: {error}");
        let sent = match &self.body {
            Some(body) => {
                let request = request.body(body.as_slice()).map_err(odd)?;
                request.with_agent(&agent).configure().http_status_as_error(false).run()
            }
            None => {
                let request = request.body(()).map_err(odd)?;
                request.with_agent(&agent).configure().http_status_as_error(false).run()
            }
        };
        let response = sent.map_err(|error| explain(&error))?;
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let mut answer =
            WebAnswer { status: response.status().as_u16(), headers: headers.collect(), body: Vec::new() };
        let mut reader = response.into_body().into_reader().take(self.limit + 1);
        reader
            .read_to_end(&mut answer.body)
            .map_err(|error| format!("the answer ended early: {}", super::source::plain(&error)))?;
        if answer.body.len() as u64 > self.limit {
            return Err(format!("the answer is larger than {} KiB", self.limit >> 10));
        }
        Ok(answer)
    }
}

/// `https://HOST:PORT/PATH`: the part between the slashes.
pub(super) fn host(url: &str) -> &str {
    url.split_once("://").map_or("", |(_, rest)| rest).split(['/', '?']).next().unwrap_or_default()
}

/// The scheme for a host: without TLS for this machine alone.
pub(super) fn scheme(host: &str) -> &'static str {
    if is_loopback(host) { "http" } else { "https" }
}

/// An address that another one names.
pub(super) fn joined(base: &str, place: &str) -> String {
    if place.contains("://") {
        return place.to_owned();
    }
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", base));
    if let Some(other) = place.strip_prefix("//") {
        return format!("{scheme}://{other}");
    }
    let rest = rest.split('?').next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if place.starts_with('/') {
        return format!("{scheme}://{host}{place}");
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let gap = if folder.is_empty() { "" } else { "/" };
    format!("{scheme}://{host}/{folder}{gap}{place}")
}
