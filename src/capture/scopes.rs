//! The kinds of things that a capture takes. Each can be chosen, or left out.

use super::declaration::CapturedResource;

/// A kind of things.
#[derive(Debug)]
pub struct CaptureScope {
    /// Its name on the command line.
    pub name: &'static str,
    /// Resource types of such things.
    types: &'static [&'static str],
    /// Where their paths begin, if not every path of these types counts.
    places: &'static [&'static str],
}

const fn of_types(name: &'static str, types: &'static [&'static str]) -> CaptureScope {
    CaptureScope { name, types, places: &[] }
}

/// Types of things that have a path, and the commands that have them read.
const AT_PATHS: &[&str] =
    &["file", "cookbook_file", "template", "directory", "link", "remote_directory", "remote_file", "execute"];

const fn at_places(name: &'static str, places: &'static [&'static str]) -> CaptureScope {
    CaptureScope { name, types: AT_PATHS, places }
}

/// Name of the scope of databases, which have packages and services of their own.
pub(super) const DATABASES: &str = "databases";

/// Name of the scope of packages of languages.
pub(super) const GLOBALS: &str = "globals";

/// All of them. A thing belongs to the first that has it.
pub static SCOPES: &[CaptureScope] = &[
    of_types("packages", &["package"]),
    of_types(GLOBALS, &["pip_package", "npm_package", "gem_package"]),
    of_types("environments", &["python_venv", "git"]),
    of_types("users", &["user"]),
    of_types("groups", &["group"]),
    of_types("keys", &["authorized_key"]),
    of_types("services", &["service", "systemd_unit"]),
    of_types("locale", &["locale"]),
    of_types("timezone", &["timezone"]),
    of_types("mounts", &["mount", "swap_file"]),
    of_types("alternatives", &["alternatives"]),
    of_types(
        DATABASES,
        &[
            "postgresql.role",
            "postgresql.database",
            "postgresql.extension",
            "postgresql.parameter",
            "mariadb.user",
            "mariadb.database",
            "mariadb.grant",
        ],
    ),
    of_types("sources", &["package_lists"]),
    at_places(
        "sources",
        &[
            "/etc/apt/",
            "/usr/share/keyrings/",
            "/etc/yum.repos.d",
            "/etc/dnf",
            "/etc/zypp",
            "/etc/pki/rpm-gpg",
            "/etc/portage",
        ],
    ),
    at_places("sudoers", &["/etc/sudoers"]),
    at_places("cron", &["/etc/cron", "/var/spool/cron"]),
    at_places("sysctl", &["/etc/sysctl", "load /etc/sysctl"]),
    at_places("firewall", &["/etc/nftables", "/etc/iptables", "/etc/ufw", "/etc/firewalld"]),
    at_places("containers", &["/etc/containers"]),
    at_places("trees", &["/opt/", "/srv/", "/var/www/"]),
    at_places("files", &[]),
];

/// The scope that a resource belongs to.
fn of(resource: &CapturedResource) -> Option<&'static str> {
    let begins = |place: &&str| resource.names.iter().any(|name| name.starts_with(*place));
    let has = |scope: &&CaptureScope| {
        scope.types.contains(&resource.r#type.as_str())
            && (scope.places.is_empty() || scope.places.iter().any(begins))
    };
    SCOPES.iter().find(has).map(|scope| scope.name)
}

/// The scopes that were chosen.
#[derive(Debug, Default)]
pub struct ChosenScopes {
    /// Those alone, if there are any.
    pub only: Vec<String>,
    /// Not those.
    pub without: Vec<String>,
}

impl ChosenScopes {
    /// Whether a scope is taken.
    pub(super) fn has(&self, scope: &str) -> bool {
        let names = |list: &[String]| list.iter().any(|name| name == scope);
        (self.only.is_empty() || names(&self.only)) && !names(&self.without)
    }

    /// Whether a resource is taken.
    pub(super) fn take(&self, resource: &CapturedResource) -> bool {
        of(resource).is_none_or(|scope| self.has(scope))
    }
}
