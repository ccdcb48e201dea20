//! Whether the server has another version of a file than the one that the machine downloaded.

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::model::downloaded::{Downloaded, address_key};
use crate::model::known::{Known, Stop};
use crate::model::query::{HttpRequest, HttpResult, Query};
use crate::model::redirect::{REDIRECTS, is_same_origin, leads_to};
use crate::model::step::Downloader;

/// Most seconds for the answer of a server.
const PATIENCE: u64 = 30;

/// A file that may have been downloaded.
pub(super) struct VersionOfFile<'a> {
    pub(super) path: &'a Utf8Path,
    /// The declared addresses.
    pub(super) sources: &'a [String],
    /// The declared headers.
    pub(super) headers: &'a BTreeMap<String, String>,
    /// Whether the server may be asked at all.
    pub(super) is_asked: bool,
    /// Whether it may be asked by `ETag`.
    pub(super) etag: bool,
    /// Whether it may be asked by `Last-Modified`.
    pub(super) last_modified: bool,
    /// Seconds for the whole download.
    pub(super) timeout: u64,
}

/// What the server has, compared with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    Same,
    Other,
    /// The server was not asked, or did not tell.
    NotKnown,
}

impl VersionOfFile<'_> {
    pub(super) fn compare(&self, known: &Known) -> Result<Compared, Stop> {
        if !self.is_asked || !can_ask(known)? {
            return Ok(Compared::NotKnown);
        }
        let Some(file) = known.downloads()?.iter().rev().find(|file| file.path == self.path) else {
            return Ok(Compared::NotKnown);
        };
        let Some(url) = self.sources.iter().find(|url| address_key(url) == file.from) else {
            return Ok(Compared::NotKnown);
        };
        match known.digest(self.path) {
            Ok(digest) if digest == Some(&file.sha256) => self.ask(url, file, known),
            // Another resource may have written it.
            Ok(_) | Err(Stop::Unknown(_)) => Ok(Compared::NotKnown),
            Err(stop) => Err(stop),
        }
    }

    /// Asks the server, and those that it redirects to.
    fn ask(&self, url: &str, file: &Downloaded, known: &Known) -> Result<Compared, Stop> {
        let mut conditions = Vec::new();
        let mut condition = |is_used: bool, name: &str, value: &Option<String>| {
            conditions.extend(value.clone().filter(|_| is_used).map(|value| (name.to_owned(), value)));
        };
        condition(self.etag, "If-None-Match", &file.etag);
        condition(self.last_modified, "If-Modified-Since", &file.last_modified);
        if conditions.is_empty() {
            return Ok(Compared::NotKnown);
        }
        let mut at = url.to_owned();
        // The declared headers are only sent to the declared origin, the conditions only to the server that sent the file.
        let mut declared = Some(self.headers);
        for _ in 0..=REDIRECTS {
            let mut headers: Vec<(String, String)> =
                declared.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect();
            if is_same_origin(&at, &file.origin) {
                headers.extend(conditions.iter().cloned());
            }
            let answer = known.http(&self.request(&at, headers))?;
            match answer.status {
                Some(304) => return Ok(Compared::Same),
                Some(200..=299) => return Ok(self.compare_told(answer, file)),
                Some(301 | 302 | 303 | 307 | 308) => {}
                _ => return Ok(Compared::NotKnown),
            }
            let Some(next) = told(answer, "location").and_then(|location| leads_to(&at, location)) else {
                return Ok(Compared::NotKnown);
            };
            declared = declared.filter(|_| is_same_origin(&at, &next));
            at = next;
        }
        Ok(Compared::NotKnown)
    }

    fn request(&self, url: &str, headers: Vec<(String, String)>) -> HttpRequest {
        HttpRequest {
            url: url.to_owned(),
            headers,
            wanted_headers: ["etag", "last-modified", "location"].map(str::to_owned).to_vec(),
            // The range holds: it is a small number.
            timeout: u32::try_from(self.timeout.clamp(1, PATIENCE)).unwrap_or(u32::MAX),
            attempts: 1,
            of_version: true,
            ..HttpRequest::default()
        }
    }

    /// Not every server heeds the conditions, but some of those tell the version.
    fn compare_told(&self, answer: &HttpResult, file: &Downloaded) -> Compared {
        let same = |name: &str, remembered: &Option<String>| match (told(answer, name), remembered) {
            (Some(told), Some(remembered)) => Some(told == remembered),
            _ => None,
        };
        let etag = same("etag", &file.etag).filter(|_| self.etag);
        let last_modified = same("last-modified", &file.last_modified).filter(|_| self.last_modified);
        if etag.or(last_modified) == Some(true) { Compared::Same } else { Compared::Other }
    }
}

/// Whether the machine can send headers. The wget of busybox sends them to other servers, too.
fn can_ask(known: &Known) -> Result<bool, Stop> {
    known.want([Query::Host])?;
    Ok(!matches!(known.host()?.downloader, Some(Downloader::OpenWget | Downloader::None)))
}

fn told<'a>(answer: &'a HttpResult, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}
