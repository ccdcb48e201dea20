//! The addresses of a `remote_file`: of the file itself, and of the list with its checksum.

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::model::english::list;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::Query;
use crate::model::step::PublishedChecksum;
use crate::provider::checksum;

/// What a cook said of them.
pub(super) struct Addresses<'a> {
    /// Addresses of the file.
    pub(super) sources: &'a [String],
    /// The checksum, if it is declared.
    pub(super) checksum: Option<&'a str>,
    /// Address of the list with the checksum.
    pub(super) checksum_url: Option<&'a String>,
    /// Name of the file in that list.
    pub(super) checksum_name: Option<&'a String>,
    /// Headers of the request.
    pub(super) headers: &'a BTreeMap<String, String>,
}

impl Addresses<'_> {
    /// Where the checksum is published.
    pub(super) fn published(&self) -> Option<PublishedChecksum> {
        let url = self.checksum_url?.clone();
        let name = self
            .checksum_name
            .cloned()
            .unwrap_or_else(|| self.sources.first().map_or_else(String::new, |url| name_in(url)));
        Some(PublishedChecksum { url, name })
    }

    /// Fails if all sources are local files and none of them exists.
    pub(super) fn require_a_source(&self, known: &Known) -> Result<(), Stop> {
        // Addresses with percent-encoding are left to the download.
        let here: Option<Vec<&Utf8Path>> = self
            .sources
            .iter()
            .map(|url| {
                url.strip_prefix("file://").filter(|path| !path.contains(['%', '?', '#'])).map(Utf8Path::new)
            })
            .collect();
        let Some(here) = here.filter(|here| !here.is_empty()) else { return Ok(()) };
        known.want(here.iter().map(|path| Query::Resolve((*path).to_owned())))?;
        for path in &here {
            if known.resolve(path)?.is_some() {
                return Ok(());
            }
        }
        let paths: Vec<String> = here.iter().map(|path| format!("`{path}`")).collect();
        Err(Failure::new(format!("there is no file {} to copy", list(&paths, "or")))
            .hint("declare the resource that makes it before this one")
            .into())
    }

    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.sources.is_empty() {
            return Err(Failure::new("it needs `source`, the address of the file"));
        }
        let fits = |url: &&String| {
            let transport = ["https://", "http://", "file:///"].iter().any(|known| url.starts_with(known));
            transport && !url.contains(|c: char| c.is_control() || c == ' ')
        };
        if let Some(url) = self.sources.iter().chain(self.checksum_url).find(|url| !fits(url)) {
            return Err(Failure::new(format!("`{}` is not an address to download from", shown(url).escape_debug()))
                .hint("https://host/path, http://host/path, or file:///path; a cookbook's own file is `cookbook_file`"));
        }
        let broken = |text: &String| text.contains(|c: char| c.is_control());
        if let Some((name, _)) = self.headers.iter().find(|(name, value)| broken(name) || broken(value)) {
            return Err(Failure::new(format!(
                "the header `{}` has control characters in it",
                name.escape_debug()
            )));
        }
        if self.checksum_url.is_none() {
            if self.checksum_name.is_some() {
                return Err(Failure::new("`checksum_name` needs `checksum_url`, the address of the list"));
            }
            return self.checksum.map_or(Ok(()), checksum::check);
        }
        if self.checksum.is_some() {
            return Err(Failure::new("`checksum` and `checksum_url` exclude each other; say one"));
        }
        match self.published() {
            Some(published) if published.name.is_empty() => {
                Err(Failure::new("the address of the file does not tell its name in the list of checksums")
                    .hint("say `checksum_name`"))
            }
            _ => Ok(()),
        }
    }
}

/// The last part of an address.
fn name_in(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.split_once("://").and_then(|(_, rest)| rest.rsplit_once('/')).map_or("", |(_, name)| name).to_owned()
}

/// An address without its login and query.
pub(super) fn shown(url: &str) -> String {
    let Some((transport, rest)) = url.split_once("://") else { return url.to_owned() };
    let rest = rest.split('?').next().unwrap_or(rest);
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or(authority);
    format!("{transport}://{host}{path}")
}
