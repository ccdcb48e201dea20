//! The files of a registry's index: in a directory, in a git repository, or over HTTP.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::archive::PACKED;
use super::cache::{CacheDirectory, keep};
use super::credentials::header_for;
use super::fetch_git::GitFetcher;
use super::source::{plain, read};
use super::source_address::is_inside;
use super::web_call::{WebCall, host, joined};
use crate::model::content::sha256;
use crate::model::error::Diagnostic;

/// Most bytes of a file of the index: all versions of one cookbook.
const LIMIT: u64 = 8 << 20;
/// Branches that count, in this order.
const BRANCHES: [&str; 2] = ["refs/heads/main", "refs/heads/master"];

/// Where an index is.
#[derive(Debug, Clone)]
pub(super) enum IndexPlace {
    Directory(Utf8PathBuf),
    Git(String),
    /// A URL that ends with `/`, and the name of the registry.
    Web(String, String),
}

impl IndexPlace {
    /// The place that is written in `chefrs.toml`.
    pub(super) fn read(written: &str, registry: &str, root: &Utf8Path) -> Self {
        if let Some(url) = written.strip_prefix("git+") {
            return Self::Git(url.to_owned());
        }
        if written.contains("://") {
            return Self::Web(format!("{}/", written.trim_end_matches('/')), registry.to_owned());
        }
        Self::Directory(root.join(written))
    }

    fn wrong(&self, what: &str, why: &str) -> Diagnostic {
        let place = match self {
            Self::Directory(root) => root.as_str(),
            Self::Git(url) | Self::Web(url, _) => url,
        };
        Diagnostic::error(format!("{what} of the registry `{place}` can't be read: {why}"))
    }

    /// The text of a file of the index. None if there is no such file.
    pub(super) fn text(
        &self,
        path: &str,
        git: &mut GitFetcher<'_>,
        (cache, offline): (&CacheDirectory, bool),
    ) -> Result<Option<String>, Diagnostic> {
        let unread = |why: &str| self.wrong(&format!("`{path}`"), why);
        let bytes = match self {
            Self::Directory(root) => below(root, path, LIMIT).map_err(|why| unread(&why))?,
            Self::Git(url) => {
                let clone = git.fetch(url)?;
                return clone.text(&self.head(&clone.names()?)?, path);
            }
            Self::Web(url, registry) => {
                let kept = cache.index(&sha256(format!("{url}{path}").as_bytes()));
                if offline {
                    let kept = read(&kept, LIMIT + 1);
                    let hint = "leave out `--offline` once";
                    Some(kept.map_err(|_| unread("it was never fetched").hint(hint))?)
                } else {
                    let found = fetched(&joined(url, path), Some(registry), LIMIT)?;
                    if let Some(bytes) = &found {
                        keep(&kept, bytes)?;
                    }
                    found
                }
            }
        };
        let Some(bytes) = bytes else { return Ok(None) };
        if bytes.len() as u64 > LIMIT {
            return Err(unread(&format!("it is larger than {} MiB", LIMIT >> 20)));
        }
        String::from_utf8(bytes).map(Some).map_err(|_| unread("it is not UTF-8"))
    }

    /// An archive that a line of the index names: a path below the root, or a URL.
    pub(super) fn archive(&self, source: &str, git: &mut GitFetcher<'_>) -> Result<Vec<u8>, Diagnostic> {
        let missing = || {
            self.wrong(&format!("the archive `{source}`"), "there is no such file")
                .hint("tell the people of the registry")
        };
        if source.contains("://") {
            let registry = match self {
                Self::Web(url, registry) if host(url) == host(source) => Some(registry.as_str()),
                _ => None,
            };
            if matches!(self, Self::Web(url, _) if url.starts_with("https://"))
                && !source.starts_with("https://")
            {
                return Err(self.wrong(&format!("the archive `{source}`"), "its URL is one without TLS"));
            }
            return fetched(source, registry, PACKED)?.ok_or_else(missing);
        }
        match self {
            Self::Directory(root) => below(root, source, PACKED + 1)
                .map_err(|why| self.wrong(&format!("the archive `{source}`"), &why))?
                .ok_or_else(missing),
            Self::Git(url) => {
                let clone = git.fetch(url)?;
                let commit = self.head(&clone.names()?)?;
                clone.bytes(&commit, source, PACKED)?.ok_or_else(missing)
            }
            Self::Web(url, registry) => {
                fetched(&joined(url, source), Some(registry), PACKED)?.ok_or_else(missing)
            }
        }
    }

    /// All files of the index, as `scope/name`. None if the place can't list them.
    pub(super) fn names(&self, git: &mut GitFetcher<'_>) -> Result<Option<Vec<String>>, Diagnostic> {
        Ok(match self {
            Self::Directory(root) => {
                let mut found = Vec::new();
                let entries = |folder: &Utf8Path| folder.read_dir_utf8().into_iter().flatten().flatten();
                for scope in entries(root).filter(|entry| entry.path().is_dir()) {
                    for name in entries(scope.path()) {
                        found.push(format!("{}/{}", scope.file_name(), name.file_name()));
                    }
                }
                Some(found)
            }
            Self::Git(url) => {
                let clone = git.fetch(url)?;
                let commit = self.head(&clone.names()?)?;
                Some(clone.paths(&commit)?)
            }
            Self::Web(..) => None,
        })
    }

    fn head(&self, names: &[super::git::GitName]) -> Result<String, Diagnostic> {
        let branches: Vec<_> = names.iter().filter(|name| name.name.starts_with("refs/heads/")).collect();
        let usual = BRANCHES.iter().find_map(|branch| branches.iter().find(|name| name.name == *branch));
        match (usual, branches.as_slice()) {
            (Some(name), _) | (None, [name]) => Ok(name.commit.clone()),
            _ => Err(self.wrong("the index", "it has no branch `main` or `master`")),
        }
    }
}

/// The file at a URL. None if the server says that there is none.
pub(super) fn fetched(url: &str, registry: Option<&str>, limit: u64) -> Result<Option<Vec<u8>>, Diagnostic> {
    let authorization = header_for(registry, host(url));
    let is_known = authorization.is_some();
    let call = WebCall { authorization, ..WebCall::get(url, limit) };
    let wrong = |why: &str| Diagnostic::error(format!("`{url}` can't be fetched: {why}"));
    let answer = call.send().map_err(|why| wrong(&why))?;
    match answer.status {
        200 => Ok(Some(answer.body)),
        404 | 410 => Ok(None),
        401 | 403 => {
            let why = if is_known { "the credentials are refused" } else { "it asks for credentials" };
            let token = registry.map(|name| {
                format!("or set `CHEFRS_TOKEN_{}` to its token", name.to_uppercase().replace('-', "_"))
            });
            let mut wrong = wrong(why).hint(format!("write them for `{}` to `~/.netrc`", host(url)));
            wrong.hints.extend(token);
            Err(wrong)
        }
        status => Err(wrong(&format!("the server answered with status {status}"))),
    }
}

/// A file below a directory, which no link leads out of.
fn below(root: &Utf8Path, path: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
    let told = |error: io::Error| plain(&error);
    if !is_inside(path) {
        return Err("it leads out of the directory".to_owned());
    }
    let root = root.canonicalize_utf8().map_err(told)?;
    match root.join(path).canonicalize_utf8() {
        Ok(real) if !real.starts_with(&root) => Err("a link leads out of the directory".to_owned()),
        Ok(real) if real.is_file() => read(&real, limit).map(Some).map_err(told),
        Ok(_) => Err("it is not a file".to_owned()),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(told(error)),
    }
}
