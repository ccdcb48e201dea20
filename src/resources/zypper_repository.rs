//! `zypper_repository`: a source of packages for zypper.

use std::collections::BTreeMap;

use camino::Utf8Path;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::{FileMode, Strings};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::step::Command;
use crate::provider::repository_file::{RepositoryFile, check_addresses};
use crate::provider::{Action, Provider, action};

/// Directory of the sources.
const DIRECTORY: &str = "/etc/zypp/repos.d";

/// A source of packages for zypper: a file in `/etc/zypp/repos.d`.
///
/// When the file changes, the lists of this source are read, in the same run. If that fails, a new file goes away again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ZypperRepository {
    /// Name of the source and of its file.
    repo_name: String,
    /// Name for people. Default: the name.
    description: Option<String>,
    /// Address of the repository, or a list of addresses of the same.
    #[serde(default)]
    baseurl: Strings,
    /// Address of a list of mirrors.
    mirrorlist: Option<String>,
    /// Directory of the repository below its address.
    path: Option<String>,
    /// Whether the source is used.
    #[serde(default = "yes")]
    enabled: bool,
    /// Whether zypper reads the lists again by itself.
    #[serde(default = "yes")]
    autorefresh: bool,
    /// Whether signatures are checked.
    #[serde(default = "yes")]
    gpgcheck: bool,
    /// Address of the key, or a list of addresses.
    #[serde(default)]
    gpgkey: Strings,
    /// Whether the keys are trusted and imported when the lists are read. Default: whether `gpgkey` is declared.
    gpgautoimportkeys: Option<bool>,
    /// Priority among the sources: the lowest number wins.
    #[serde(default = "usual_priority")]
    priority: u32,
    /// Whether downloaded packages are kept.
    #[serde(default)]
    keeppackages: bool,
    /// More settings of the file.
    #[serde(default)]
    options: BTreeMap<String, String>,
    /// Whether the lists of this source are read when the file has changed.
    #[serde(default = "yes")]
    refresh_cache: bool,
    /// Permissions of the file, in octal. Default: `"0644"`, or `"0600"` with a secret in it and for a sensitive resource.
    mode: Option<FileMode>,
    /// Whether a value is a secret.
    #[serde(skip)]
    secret: bool,
}

fn yes() -> bool {
    true
}

fn usual_priority() -> u32 {
    99
}

impl ZypperRepository {
    fn file(&self) -> RepositoryFile {
        let mut file = RepositoryFile {
            path: Utf8Path::new(DIRECTORY).join(format!("{}.repo", self.repo_name)),
            by: format!("zypper_repository[{}]", self.repo_name),
            section: self.repo_name.clone(),
            mode: self.mode,
            secret: self.secret,
            ..RepositoryFile::default()
        };
        file.set("name", Some(self.description.as_ref().unwrap_or(&self.repo_name)));
        file.switch("enabled", Some(self.enabled));
        file.switch("autorefresh", Some(self.autorefresh));
        file.set("baseurl", Some(self.baseurl.0.join(" ")));
        file.set("mirrorlist", self.mirrorlist.as_ref());
        file.set("path", self.path.as_ref());
        file.set("priority", Some(self.priority));
        file.switch("keeppackages", Some(self.keeppackages));
        file.switch("gpgcheck", Some(self.gpgcheck));
        file.set("gpgkey", Some(self.gpgkey.0.join(" ")));
        for (name, value) in &self.options {
            file.set(name, Some(value));
        }
        file
    }

    /// The command that reads the lists of this source alone.
    fn refresh(&self, known: &Known) -> Result<Command, Stop> {
        if known.host()?.package_manager.as_deref() != Some("zypper") {
            return Err(Failure::impossible("there is no zypper on this machine")
                .hint("guard it: only_if = node.platform_family == \"suse\"")
                .hint("or only write the file: refresh_cache = false")
                .into());
        }
        Ok(self.refresh_command())
    }

    fn refresh_command(&self) -> Command {
        let imports = self.gpgautoimportkeys.unwrap_or(!self.gpgkey.0.is_empty());
        let options = ["--non-interactive"].into_iter().chain(imports.then_some("--gpg-auto-import-keys"));
        let argv = ["zypper"].into_iter().chain(options).chain(["refresh", "--repo", &self.repo_name]);
        Command { timeout: 900, ..Command::new(argv) }
    }
}

impl Provider for ZypperRepository {
    const NAME: &'static str = "zypper_repository";
    const ACTIONS: &'static [Action] = &[
        action("create", "Writes the file, and reads the lists of the source when it has changed."),
        action("remove", "Removes the file."),
        action("refresh", "Reads the lists of the source."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("repo_name");
    const NEEDS_ROOT: bool = true;
    const REACH: Reach = Reach::Offers;
    const PLAN: &'static str = "The file is shown as a diff. What the source offers is unknown until its lists are read, so packages \
         further down may be reported as unknown.";
    const PLATFORMS: &'static str = "Systems with zypper: openSUSE and SUSE Linux Enterprise.";
    const EXAMPLE: &'static str = r#"
directory "/etc/zypp/repos.d" { recursive = true }

zypper_repository "vendor" {
  description = "Packages of the vendor",
  baseurl = "https://rpm.example.org/sle15",
  gpgkey = "https://rpm.example.org/key.asc",
  refresh_cache = false,
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        self.file().check()?;
        if action != "create" {
            return Ok(());
        }
        if self.baseurl.0.is_empty() == self.mirrorlist.is_none() {
            return Err(Failure::new(
                "it needs `baseurl` or `mirrorlist`, and not both: where is the repository?",
            ));
        }
        check_addresses("baseurl", &self.baseurl.0)?;
        check_addresses("mirrorlist", &self.mirrorlist)?;
        check_addresses("gpgkey", &self.gpgkey.0)
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(self.file().path);
        needs.mode(self.mode);
        let addresses = self.baseurl.0.iter().chain(&self.gpgkey.0).chain(&self.mirrorlist);
        addresses.for_each(|url| needs.fetch(url));
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        self.file().observe(action)
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let is_read = action == "refresh" || self.refresh_cache && self.enabled;
        if is_read
            && action != "remove"
            && into.machine.manager.is_none_or(|manager| manager.name != "zypper")
        {
            return Err("there is no zypper on a machine with these facts".into());
        }
        self.file().portable(action, is_read.then(|| self.refresh_command()), into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        self.file().plan(action, self.refresh_cache && self.enabled, || self.refresh(known), known)
    }
}
