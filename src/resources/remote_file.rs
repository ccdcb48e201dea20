//! `remote_file`: a file to download.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::{AbsolutePath, FileMode, Strings};
use crate::model::error::{Failure, FailureKind};
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableDownload, PortableFile, Portables};
use crate::model::query::{Answer, FileKind, Query, Stat};
use crate::model::schema::CommandList;
use crate::model::step::{Attributes, Fetch, Step};
use crate::provider::file_state::FileState;
use crate::provider::{
    Action, Provider, action, at_path, backups, checks, checksum, default_attributes, followed_link,
    ownership, parents,
};

mod addresses;
mod version;

use addresses::{Addresses, shown};
use version::{Compared, VersionOfFile};

/// A file that the machine downloads.
///
/// With `checksum`, the file is downloaded if it is missing or differs; if it is right, the network is not used.
///
/// Without `checksum`, an existing file is up to date, because a plan must not download. But if chefrs downloaded it, and
/// it has not changed since, the server is asked whether it has another version, by the `ETag` and `Last-Modified` that it
/// sent. If it has one, the file is downloaded again. A server that does not answer has none.
///
/// The action `refresh` downloads the file, unless the server says that it is still the same.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RemoteFile {
    /// Where the file is.
    path: AbsolutePath,
    /// Address of the file, or several that are tried in order: `https://…`, `http://…`, `file:///…`.
    source: Option<Strings>,
    /// SHA-256 of the file, or at least its first eight digits. A download that differs is refused.
    checksum: Option<String>,
    /// Address of a published list with the SHA-256 of the file: `https://example.org/SHA256SUMS`. The list is downloaded
    /// first, and a download that differs is refused. A list has lines such as `SHA-256  name` or `SHA256 (name) =
    /// SHA-256`, or it is one SHA-256 alone. An existing file is not compared with it, because a plan must not download.
    checksum_url: Option<String>,
    /// Name of the file in the list of `checksum_url`. Default: the last part of the first `source`.
    checksum_name: Option<String>,
    /// Headers of the request.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Owner of the file, by name or number.
    owner: Option<String>,
    /// Group of the file, by name or number.
    group: Option<String>,
    /// Permissions, in octal. Default for a new file: `"0644"`, or `"0600"` for a file with a secret and for a sensitive
    /// resource.
    mode: Option<FileMode>,
    /// Command that must succeed before the file is replaced, or several. `{path}` is the temporary file with the new
    /// content. A list of strings is one command with its arguments. In a list with a list or a table in it, each item is
    /// a command: `{ { "gpg", "--verify", "/etc/app.sig", "{path}" }, "test -s {path}" }`. A table may say more: `{ command = "…", user =
    /// "app" }`.
    verify: Option<CommandList>,
    /// Number of old versions to keep on the machine, in the state directory of chefrs. Default: 5, or 0 for a file
    /// with a secret and for a sensitive resource.
    backup: Option<u32>,
    /// Whether a link, device or socket at the path may be replaced. A directory is never replaced.
    #[serde(default)]
    force_unlink: bool,
    /// Whether a link at the path is kept, and the file that it leads to is managed instead. Each link, and the directories
    /// above it, must be such that only root and the user who runs chefrs may change them.
    #[serde(default)]
    follow_link: bool,
    /// Whether the server is asked for another version of a file without `checksum`. Without it, `refresh` always
    /// downloads.
    #[serde(default = "yes")]
    use_conditional_get: bool,
    /// Whether the server is asked by the `ETag` that it sent.
    #[serde(default = "yes")]
    use_etag: bool,
    /// Whether the server is asked by the `Last-Modified` that it sent.
    #[serde(default = "yes")]
    use_last_modified: bool,
    /// Seconds for the whole download.
    #[serde(default = "ten_minutes")]
    timeout: u64,
    /// Greatest size in bytes. A larger file is refused. Default: 10 GiB.
    #[serde(default = "ten_gibibytes")]
    size_limit: u64,
    /// Whether a value is a secret.
    #[serde(skip)]
    secret: bool,
}

fn yes() -> bool {
    true
}

fn ten_minutes() -> u64 {
    600
}

fn ten_gibibytes() -> u64 {
    10 << 30
}

impl RemoteFile {
    /// The properties that it shares with other files.
    fn state(&self) -> FileState {
        FileState {
            path: self.path.to_path_buf(),
            content: None,
            attributes: Attributes {
                owner: self.owner.clone(),
                group: self.group.clone(),
                mode: self.mode.map(|mode| mode.0),
            },
            verify: self.verify.clone().unwrap_or_default().0,
            backup: backups::wanted(self.backup, self.secret),
            force_unlink: self.force_unlink,
            follow_link: self.follow_link,
            secret: self.secret,
        }
    }

    fn addresses(&self) -> Addresses<'_> {
        Addresses {
            sources: self.source.as_ref().map_or(&[], |source| &source.0),
            checksum: self.checksum.as_deref(),
            checksum_url: self.checksum_url.as_ref(),
            checksum_name: self.checksum_name.as_ref(),
            headers: &self.headers,
        }
    }

    fn plan_create(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let stat = match known.stat(&self.path) {
            // Whatever will be there is replaced by the file with the checksum.
            Err(Stop::Unknown(_)) if self.checksum.is_some() => None,
            _ => self.there(known)?,
        };
        match stat {
            None => {
                parents::require(&self.path, known)?;
                Ok(vec![self.fetch(None, known)?])
            }
            Some(stat) if stat.kind != FileKind::File => Ok(vec![self.fetch(Some(stat), known)?]),
            Some(stat) if !self.is_right(known)? => Ok(vec![self.fetch(Some(stat), known)?]),
            Some(stat) if self.version().compare(known)? == Compared::Other => self.fetch_other(stat, known),
            // Only owner, group and mode are left.
            Some(_) => self.state().plan_create(known),
        }
    }

    /// What is at the path: nothing, a file, or something that may be replaced.
    fn there<'k>(&self, known: &'k Known) -> Result<Option<&'k Stat>, Stop> {
        match known.stat(&self.path)? {
            Some(stat) if self.force_unlink && stat.kind != FileKind::Directory => Ok(Some(stat)),
            _ => at_path::file(&self.path, known),
        }
    }

    fn is_right(&self, known: &Known) -> Result<bool, Stop> {
        let Some(wanted) = &self.checksum else { return Ok(true) };
        Ok(known.digest(&self.path)?.is_some_and(|digest| checksum::matches(wanted, digest)))
    }

    fn plan_refresh(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let stat = match known.stat(&self.path) {
            Err(Stop::Unknown(_)) => None,
            _ => self.there(known)?,
        };
        match stat {
            None => parents::require(&self.path, known)?,
            Some(stat) if stat.kind == FileKind::File => match self.version().compare(known)? {
                // Only owner, group and mode are left.
                Compared::Same => return self.state().plan_create(known),
                Compared::Other => return self.fetch_other(stat, known),
                Compared::NotKnown => {}
            },
            Some(_) => {}
        }
        Ok(vec![self.fetch(stat, known)?.repeats()])
    }

    /// Downloads another version. A server may tell another version each time, so whether it holds is not asked.
    fn fetch_other(&self, stat: &Stat, known: &Known) -> Result<Vec<Change>, Stop> {
        let mut change = self.fetch(Some(stat), known)?;
        change.summary.push_str(", which has another version now");
        Ok(vec![change.repeats()])
    }

    fn version(&self) -> VersionOfFile<'_> {
        VersionOfFile {
            path: &self.path,
            sources: self.source.as_ref().map_or(&[], |source| &source.0),
            headers: &self.headers,
            is_asked: self.remembers(),
            etag: self.use_etag,
            last_modified: self.use_last_modified,
            timeout: self.timeout,
        }
    }

    /// Whether the machine remembers the version of the file. With a checksum, nobody asks for it.
    fn remembers(&self) -> bool {
        let served = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        self.use_conditional_get
            && (self.use_etag || self.use_last_modified)
            && self.checksum.is_none()
            && self.source.iter().flat_map(|source| &source.0).any(served)
    }

    fn fetch(&self, replaced: Option<&Stat>, known: &Known) -> Result<Change, Stop> {
        let addresses = self.addresses();
        addresses.require_a_source(known)?;
        let FileState { attributes: declared, verify, .. } = self.state();
        checks::require(&verify, known)?;
        checks::require_programs(&verify, known)?;
        // Something else than a file leaves nothing to the file that takes its place.
        let file = replaced.filter(|stat| stat.kind == FileKind::File);
        let (attributes, reason, narrowed) = match file {
            Some(stat) => {
                let (attributes, reason) = default_attributes::over(&declared, self.secret, stat, known)?;
                (attributes, reason, String::new())
            }
            None => {
                let (attributes, narrowed) = default_attributes::of_new(&declared, self.secret, known)?;
                (attributes, None, narrowed)
            }
        };
        ownership::require_accounts(&attributes, known)?;
        let path = || self.path.to_path_buf();
        let (backup, unsaved) = backups::keep(backups::wanted(self.backup, self.secret), file);
        let fetch = Fetch {
            urls: addresses.sources.to_vec(),
            path: path(),
            checksum: self.checksum.as_ref().map(|wanted| wanted.to_ascii_lowercase()),
            published: addresses.published(),
            unlink: file.is_none() && replaced.is_some(),
            headers: self.headers.clone(),
            attributes: attributes.clone(),
            backup,
            timeout: self.timeout,
            size_limit: self.size_limit,
            secret: self.secret,
            verify: checks::of_file(&self.path, &verify),
            remember: self.remembers(),
        };
        require_downloader(&fetch, known)?;
        let step = Step::Fetch(fetch);
        let verb = match replaced {
            Some(stat) if file.is_none() => &format!("replace {} by a download from", stat.kind.noun()),
            Some(_) => "replace by a download from",
            None => "download from",
        };
        let from = addresses.sources.first().map_or_else(String::new, |url| shown(url));
        let mut summary = format!("{verb} {from}{}{narrowed}", ownership::describe(&declared));
        // Writing to a string can't fail.
        if let Some(reason) = reason {
            let _ = write!(summary, "{}, {reason}", ownership::describe(&attributes));
        }
        if let Some(list) = &self.checksum_url {
            let _ = write!(summary, ", checksum from {}", shown(list));
        }
        let list = file.and_then(|stat| stat.access.as_deref()).filter(|_| !attributes.is_empty());
        if let Some(list) = list {
            let _ = write!(summary, ", {}", ownership::removes(list));
        }
        summary.push_str(&unsaved);
        let mut after = match file {
            // It is a new file of unknown size.
            Some(stat) => Stat { inode: (0, 0), access: None, ..stat.clone() },
            None => at_path::stat(FileKind::File, &known.host()?.user, &attributes),
        };
        ownership::overlay(&mut after, &attributes);
        // The resource itself.
        let here = Answer::Unknown(String::new());
        let digest = match &self.checksum {
            Some(whole) if whole.len() == 64 => Answer::Digest(Some(whole.to_ascii_lowercase())),
            _ => here.clone(),
        };
        Ok(at_path::with_stat(Change::new(summary, step), &self.path, Some(&after))
            .then(Query::Digest(path()), digest)
            .then(Query::Read(path()), here))
    }
}

/// Paths where a package may install curl.
const CURL: [&str; 3] = ["/usr/bin/curl", "/usr/local/bin/curl", "/bin/curl"];

/// Fails if the target's own downloader can't do this, and no earlier resource installs curl.
fn require_downloader(fetch: &Fetch, known: &Known) -> Result<(), Stop> {
    let Some(lack) = known.host()?.downloader.and_then(|downloader| fetch.lack(downloader)) else {
        return Ok(());
    };
    known.want(CURL.map(|place| Query::Resolve(place.into())))?;
    for place in CURL {
        if known.resolve(place.into())?.is_some() {
            return Ok(());
        }
    }
    Err(lack.failure(fetch.path.as_str()).of_kind(FailureKind::Impossible).into())
}

impl Provider for RemoteFile {
    const NAME: &'static str = "remote_file";
    const ACTIONS: &'static [Action] = &[
        action(
            "create",
            "Downloads the file if it is missing or its checksum differs, and sets owner, group and mode.",
        ),
        action(
            "create_if_missing",
            "Downloads the file if nothing is there. An existing file is left as it is.",
        ),
        action(
            "refresh",
            "Downloads the file in every run, unless the server says that it is still the same.",
        ),
        action("delete", "Removes the file."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("path");
    const PLAN: &'static str = "Says whether the file would be downloaded. With `checksum` that is exact; the content itself is \
         unknown until it is downloaded.";
    const PLATFORMS: &'static str = "Any Linux. The agent downloads by itself. Through a shell, the target needs curl or wget; with the wget of \
         busybox alone the server is not asked for another version, and a file without `checksum` stays as it is.";
    const EXAMPLE: &'static str = r#"
remote_file "/var/cache/blog-1.2.tar.gz" {
  source = "https://example.org/blog-1.2.tar.gz",
  checksum = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  mode = "0644",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        self.state().check()?;
        if action == "delete" { Ok(()) } else { self.addresses().check() }
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(&*self.path);
        needs.mode(self.mode);
        self.verify.iter().flat_map(|checks| &checks.0).for_each(|check| needs.command(check));
        self.source.iter().flat_map(|urls| &urls.0).for_each(|url| needs.fetch(url));
        self.checksum_url.iter().for_each(|url| needs.fetch(url));
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        if action == "delete" {
            return vec![Query::Stat(self.path.to_path_buf())];
        }
        let mut queries = self.state().observe();
        if self.checksum.is_some() && action == "create" {
            queries.push(Query::Digest(self.path.to_path_buf()));
        }
        if self.remembers() && action != "create_if_missing" {
            queries.push(Query::Downloads);
        }
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        if action == "delete" {
            self.state().portable(action, into);
            return Ok(());
        }
        let addresses = self.addresses();
        into.add(Portable::Download(PortableDownload {
            file: PortableFile { only_if_missing: action == "create_if_missing", ..self.state().plain() },
            urls: addresses.sources.to_vec(),
            sha256: self.checksum.as_ref().map(|checksum| checksum.to_ascii_lowercase()),
            published: addresses.published(),
            headers: self.headers.clone(),
            is_refreshed: action == "refresh",
            timeout: self.timeout,
        }));
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        if self.follow_link
            && let Some(end) = followed_link::end(&self.path, known)?
        {
            let path = AbsolutePath::parse(end.as_str()).map_err(Failure::new)?;
            let changes = Self { path, ..self.clone() }.plan_there(action, known)?;
            return Ok(changes
                .into_iter()
                .map(|change| followed_link::through(&self.path, &end, change))
                .collect());
        }
        self.plan_there(action, known)
    }
}

impl RemoteFile {
    fn plan_there(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        match action {
            "delete" => self.state().plan_delete(known),
            "create_if_missing"
                if known.stat(&self.path)?.is_some_and(|stat| stat.kind == FileKind::File) =>
            {
                Ok(Vec::new())
            }
            "refresh" => self.plan_refresh(known),
            _ => self.plan_create(known),
        }
    }
}
