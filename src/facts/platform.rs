//! Which distribution this is, from `os-release` and kin.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The files' texts; empty where a file is missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Texts<'a> {
    /// `/etc/os-release`.
    pub os_release: &'a str,
    /// `/etc/debian_version`.
    pub debian_version: &'a str,
    /// `/etc/lsb-release`.
    pub lsb_release: &'a str,
}

/// `platform`, `platform_version`, `platform_family`, `lsb`.
#[must_use]
pub fn facts(texts: &Texts<'_>) -> Map<String, Value> {
    let release = parse_assignments(texts.os_release);
    let field = |name: &str| release.get(name).map_or("", String::as_str);
    let id = if field("ID").is_empty() { "unknown" } else { field("ID") };
    let platform = match id {
        "rhel" => "redhat",
        "amzn" => "amazon",
        "ol" => "oracle",
        "sles" => "suse",
        "opensuse-leap" => "opensuseleap",
        id => id,
    };
    // Debian's own file tells the point release, unless it names the next one: `trixie/sid`.
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

/// Reads lines of the form `NAME="value"`, as a shell would that expands nothing.
#[must_use]
pub fn parse_assignments(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), unquote(value.trim())))
        .collect()
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

/// What `lsb_release` would say, from its own file or, as newer releases of that program do, from `os-release`.
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
