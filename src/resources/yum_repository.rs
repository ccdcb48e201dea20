//! `yum_repository`: a source of packages for dnf and yum.

use std::collections::BTreeMap;

use camino::Utf8Path;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::{AbsolutePath, FileMode, Strings};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::step::Command;
use crate::provider::repository_file::{RepositoryFile, check_addresses};
use crate::provider::{Action, Provider, action};

/// Directory of the sources.
const DIRECTORY: &str = "/etc/yum.repos.d";

/// A source of packages for dnf and yum: a file in `/etc/yum.repos.d`.
///
/// When the file changes, the lists of this source are read, in the same run. If that fails, a new file goes away again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct YumRepository {
    /// Name of the source and of its file.
    repositoryid: String,
    /// Name for people. Default: the name.
    description: Option<String>,
    /// Address of the repository, or a list of addresses of the same.
    #[serde(default)]
    baseurl: Strings,
    /// Address of a list of mirrors.
    mirrorlist: Option<String>,
    /// Address of a metalink, which has mirrors and checksums.
    metalink: Option<String>,
    /// Whether the source is used.
    #[serde(default = "yes")]
    enabled: bool,
    /// Whether packages must be signed.
    #[serde(default = "yes")]
    gpgcheck: bool,
    /// Whether the lists must be signed too.
    repo_gpgcheck: Option<bool>,
    /// Address of the key, or a list of addresses. The package manager imports it before it installs the first package.
    #[serde(default)]
    gpgkey: Strings,
    /// Priority among the sources: the lowest number wins, 99 is usual.
    priority: Option<u32>,
    /// Cost of an access, to prefer near sources of the same priority. 1000 is usual.
    cost: Option<u32>,
    /// Packages of this source that are ignored.
    #[serde(default)]
    exclude: Strings,
    /// The only packages of this source that are used.
    #[serde(default)]
    includepkgs: Strings,
    /// Age at which lists are read again: seconds, or with a unit: `"6h"`, `"never"`.
    metadata_expire: Option<String>,
    /// Whether packages of this source are not hidden by modules.
    module_hotfixes: Option<bool>,
    /// Whether the source may be missing when packages are installed.
    skip_if_unavailable: Option<bool>,
    /// Whether the fastest mirror is looked for.
    fastestmirror: Option<bool>,
    /// Address of a proxy.
    proxy: Option<String>,
    /// User at the proxy.
    proxy_username: Option<String>,
    /// Password at the proxy.
    proxy_password: Option<String>,
    /// User at the repository.
    username: Option<String>,
    /// Password at the repository.
    password: Option<String>,
    /// Whether the certificate of the server is checked.
    sslverify: Option<bool>,
    /// File of the certificate authorities.
    sslcacert: Option<AbsolutePath>,
    /// File of the client's certificate.
    sslclientcert: Option<AbsolutePath>,
    /// File of the client's key.
    sslclientkey: Option<AbsolutePath>,
    /// Seconds until a connection is given up.
    timeout: Option<u32>,
    /// More settings of the file, as in dnf.conf(5).
    #[serde(default)]
    options: BTreeMap<String, String>,
    /// Whether the lists of this source are read when the file has changed.
    #[serde(default = "yes")]
    make_cache: bool,
    /// Permissions of the file, in octal. Default: `"0644"`, or `"0600"` with a secret in it and for a sensitive resource.
    mode: Option<FileMode>,
    /// Whether a value is a secret.
    #[serde(skip)]
    secret: bool,
}

fn yes() -> bool {
    true
}

/// A list as the file has it.
fn joined(list: &Strings) -> Option<String> {
    (!list.0.is_empty()).then(|| list.0.join(" "))
}

impl YumRepository {
    fn file(&self) -> RepositoryFile {
        let mut file = RepositoryFile {
            path: Utf8Path::new(DIRECTORY).join(format!("{}.repo", self.repositoryid)),
            by: format!("yum_repository[{}]", self.repositoryid),
            section: self.repositoryid.clone(),
            mode: self.mode,
            secret: self.secret,
            ..RepositoryFile::default()
        };
        let path = |path: &Option<AbsolutePath>| path.as_ref().map(|path| path.to_string());
        file.set("name", Some(self.description.as_ref().unwrap_or(&self.repositoryid)));
        file.set("baseurl", joined(&self.baseurl));
        file.set("mirrorlist", self.mirrorlist.as_ref());
        file.set("metalink", self.metalink.as_ref());
        file.switch("enabled", Some(self.enabled));
        file.switch("gpgcheck", Some(self.gpgcheck));
        file.switch("repo_gpgcheck", self.repo_gpgcheck);
        file.set("gpgkey", joined(&self.gpgkey));
        file.set("priority", self.priority);
        file.set("cost", self.cost);
        file.set("exclude", joined(&self.exclude));
        file.set("includepkgs", joined(&self.includepkgs));
        file.set("metadata_expire", self.metadata_expire.as_ref());
        file.switch("module_hotfixes", self.module_hotfixes);
        file.switch("skip_if_unavailable", self.skip_if_unavailable);
        file.switch("fastestmirror", self.fastestmirror);
        file.set("proxy", self.proxy.as_ref());
        file.set("proxy_username", self.proxy_username.as_ref());
        file.set("proxy_password", self.proxy_password.as_ref());
        file.set("username", self.username.as_ref());
        file.set("password", self.password.as_ref());
        file.switch("sslverify", self.sslverify);
        file.set("sslcacert", path(&self.sslcacert));
        file.set("sslclientcert", path(&self.sslclientcert));
        file.set("sslclientkey", path(&self.sslclientkey));
        file.set("timeout", self.timeout);
        for (name, value) in &self.options {
            file.set(name, Some(value));
        }
        file
    }

    /// The command that reads the lists of this source alone.
    fn cache(&self, known: &Known) -> Result<Command, Stop> {
        self.cache_with(known.host()?.package_manager.as_deref()).ok_or_else(|| {
            Failure::impossible("there is no dnf on this machine, and no yum")
                .hint("guard it: only_if = node.platform_family == \"rhel\"")
                .hint("or only write the file: make_cache = false")
                .into()
        })
    }

    /// The same with the package manager of that name; nothing if it is another one.
    fn cache_with(&self, manager: Option<&str>) -> Option<Command> {
        // dnf 5 is started by the same name.
        let program = match manager? {
            "yum" => "yum",
            "dnf" | "dnf5" => "dnf",
            _ => return None,
        };
        let only = ["--disablerepo=*".to_owned(), format!("--enablerepo={}", self.repositoryid)];
        let argv = [program, "-q", "-y"].map(str::to_owned).into_iter().chain(only);
        Some(Command { timeout: 900, ..Command::new(argv.chain(["makecache".to_owned()])) })
    }
}

impl Provider for YumRepository {
    const NAME: &'static str = "yum_repository";
    const ACTIONS: &'static [Action] = &[
        action("create", "Writes the file, and reads the lists of the source when it has changed."),
        action("remove", "Removes the file."),
        action("makecache", "Reads the lists of the source."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("repositoryid");
    const NEEDS_ROOT: bool = true;
    const REACH: Reach = Reach::Offers;
    const PLAN: &'static str = "The file is shown as a diff. What the source offers is unknown until its lists are read, so packages \
         further down may be reported as unknown.";
    const PLATFORMS: &'static str =
        "Systems with dnf or yum: Red Hat Enterprise Linux, its rebuilds, and Fedora.";
    const EXAMPLE: &'static str = r#"
directory "/etc/yum.repos.d"

yum_repository "vendor" {
  description = "Packages of the vendor",
  baseurl = "https://rpm.example.org/el9",
  gpgkey = "https://rpm.example.org/key.asc",
  make_cache = false,
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        self.file().check()?;
        if action != "create" {
            return Ok(());
        }
        if self.baseurl.0.is_empty() && self.mirrorlist.is_none() && self.metalink.is_none() {
            return Err(Failure::new(
                "it needs `baseurl`, `mirrorlist` or `metalink`: where is the repository?",
            ));
        }
        check_addresses("baseurl", &self.baseurl.0)?;
        check_addresses("mirrorlist", &self.mirrorlist)?;
        check_addresses("metalink", &self.metalink)?;
        check_addresses("gpgkey", &self.gpgkey.0)
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(self.file().path);
        needs.mode(self.mode);
        let addresses =
            self.baseurl.0.iter().chain(&self.gpgkey.0).chain(&self.mirrorlist).chain(&self.metalink);
        addresses.for_each(|url| needs.fetch(url));
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        self.file().observe(action)
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let command = self.cache_with(into.machine.manager.map(|manager| manager.name));
        let is_read = action == "makecache" || self.make_cache && self.enabled;
        if command.is_none() && is_read && action != "remove" {
            return Err("there is no dnf on a machine with these facts, and no yum".into());
        }
        self.file().portable(action, command.filter(|_| is_read), into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        self.file().plan(action, self.make_cache && self.enabled, || self.cache(known), known)
    }
}
