//! Facts about the distribution, from `os-release` and similar files.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::model::sorted;

/// Texts of the files. Empty if a file does not exist.
#[derive(Debug, Clone, Copy, Default)]
pub struct Texts<'a> {
    /// `/etc/os-release`.
    pub os_release: &'a str,
    /// `/etc/debian_version`.
    pub debian_version: &'a str,
    /// `/etc/lsb-release`.
    pub lsb_release: &'a str,
}

/// Values of `ID` in `os-release` that the fact `platform` says in another way: that of Chef.
const RENAMED: &[(&str, &str)] = &[
    ("rhel", "redhat"),
    ("amzn", "amazon"),
    ("ol", "oracle"),
    ("sles", "suse"),
    ("opensuse-leap", "opensuseleap"),
];

/// The `ID` in `os-release` of a platform.
#[must_use]
pub fn os_release_id(platform: &str) -> &str {
    RENAMED.iter().find(|(_, renamed)| *renamed == platform).map_or(platform, |(id, _)| id)
}

/// The facts `platform`, `platform_version`, `platform_family` and `lsb`.
#[must_use]
pub fn facts(texts: &Texts<'_>) -> Map<String, Value> {
    let release = parse_assignments(texts.os_release);
    let field = |name: &str| release.get(name).map_or("", String::as_str);
    let id = if field("ID").is_empty() { "unknown" } else { field("ID") };
    let platform =
        RENAMED.iter().find(|(of_release, _)| *of_release == id).map_or(id, |(_, platform)| platform);
    // Debian's own file has the point release, or else the name of the next release: `trixie/sid`.
    let point = texts.debian_version.trim();
    let is_point = point.starts_with(|c: char| c.is_ascii_digit());
    let version = if id == "debian" && is_point { point } else { field("VERSION_ID") };
    let mut facts = Map::new();
    facts.insert("platform".into(), json!(platform));
    facts.insert("platform_version".into(), json!(version));
    facts.insert("platform_family".into(), json!(family(id, field("ID_LIKE"))));
    facts.insert("lsb".into(), lsb(texts, &release, version));
    facts
}

/// Parses lines of the form `NAME="value"`, like a shell without expansions.
#[must_use]
pub fn parse_assignments(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let assignments = lines.filter_map(|line| line.split_once('='));
    sorted::collected(assignments.map(|(name, value)| (name.trim().to_owned(), unquote(value.trim()))))
}

fn unquote(value: &str) -> String {
    let inner = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    let mut text = String::with_capacity(value.len());
    let mut escaped = false;
    for c in inner.unwrap_or(value).chars() {
        if c == '\\' && !escaped {
            escaped = true;
            continue;
        }
        escaped = false;
        text.push(c);
    }
    text
}

fn family(id: &str, like: &str) -> &'static str {
    std::iter::once(id)
        .chain(like.split_ascii_whitespace())
        .find_map(|id| {
            Some(match id {
                "debian" | "ubuntu" | "raspbian" | "linuxmint" | "devuan" | "kali" => "debian",
                "fedora" => "fedora",
                "rhel" | "centos" | "rocky" | "almalinux" | "ol" | "scientific" => "rhel",
                "amzn" => "amazon",
                "suse" | "sles" | "opensuse" | "opensuse-leap" | "opensuse-tumbleweed" => "suse",
                "arch" | "manjaro" => "arch",
                "alpine" => "alpine",
                "gentoo" => "gentoo",
                _ => return None,
            })
        })
        .unwrap_or("unknown")
}

/// The fact `lsb`: the values that `lsb_release` prints, from its own file, or from `os-release` as in newer versions
/// of that program.
fn lsb(texts: &Texts<'_>, release: &BTreeMap<String, String>, version: &str) -> Value {
    let said = parse_assignments(texts.lsb_release);
    let pick = |lsb: &str, other: &str| -> String {
        said.get(lsb).or_else(|| release.get(other)).cloned().unwrap_or_default()
    };
    let id = said.get("DISTRIB_ID").cloned().unwrap_or_else(|| {
        let name = release.get("NAME").map_or("", String::as_str);
        name.split_ascii_whitespace().next().unwrap_or_default().to_owned()
    });
    let number = said.get("DISTRIB_RELEASE").cloned().unwrap_or_else(|| version.to_owned());
    json!({
        "id": id,
        "release": number,
        "codename": pick("DISTRIB_CODENAME", "VERSION_CODENAME"),
        "description": pick("DISTRIB_DESCRIPTION", "PRETTY_NAME"),
    })
}
