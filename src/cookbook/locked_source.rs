//! A source as `chefrs.lock` has it: `git+URL?subdirectory=postgres#COMMIT`, `registry+URL`, `oci+HOST/NAME@DIGEST`,
//! `url+URL`.

use super::shared_origin::{ArchiveOrigin, FetchedOrigin, GitOrigin, GitPick};

/// Length of a digest in an OCI registry: `sha256:` and 64 digits.
const DIGEST: usize = 71;

/// The source as it is written.
pub(super) fn written(origin: &FetchedOrigin, exact: &str) -> String {
    match origin {
        FetchedOrigin::Git(origin) => of_git(origin, exact),
        FetchedOrigin::Registry(index) => format!("registry+{index}"),
        FetchedOrigin::Oci(name) => format!("oci+{name}@{exact}"),
        FetchedOrigin::Archive(archive) => format!("url+{}", archive.url),
    }
}

/// Parses it: the origin, and the commit or digest.
pub(super) fn read(text: &str) -> Option<(FetchedOrigin, String)> {
    let (kind, rest) = text.split_once('+')?;
    let of = |origin: FetchedOrigin| Some((origin, String::new()));
    match kind {
        "git" => git_source(rest),
        "registry" => of(FetchedOrigin::Registry(rest.to_owned())),
        "url" => of(FetchedOrigin::Archive(ArchiveOrigin { url: rest.to_owned(), sum: None })),
        "oci" => {
            let (name, digest) = rest.split_once('@')?;
            let is_digest = digest.strip_prefix("sha256:").is_some_and(is_hex) && digest.len() == DIGEST;
            is_digest.then(|| (FetchedOrigin::Oci(name.to_owned()), digest.to_owned()))
        }
        _ => None,
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn of_git(origin: &GitOrigin, commit: &str) -> String {
    let mut parameters = Vec::new();
    if !origin.subdirectory.is_empty() {
        parameters.push(format!("subdirectory={}", escaped(&origin.subdirectory)));
    }
    match &origin.pick {
        GitPick::Tag(tag) => parameters.push(format!("tag={}", escaped(tag))),
        GitPick::Branch(branch) => parameters.push(format!("branch={}", escaped(branch))),
        GitPick::Revision(revision) => parameters.push(format!("revision={revision}")),
        _ => {}
    }
    let mark = if parameters.is_empty() { "" } else { "?" };
    format!("git+{}{mark}{}#{commit}", origin.url, parameters.join("&"))
}

fn git_source(text: &str) -> Option<(FetchedOrigin, String)> {
    let (place, commit) = text.rsplit_once('#')?;
    let (url, parameters) = place.split_once('?').unwrap_or((place, ""));
    let mut origin = GitOrigin { url: url.to_owned(), subdirectory: String::new(), pick: GitPick::Version };
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let (key, value) = parameter.split_once('=')?;
        match key {
            "subdirectory" => origin.subdirectory = unescaped(value)?,
            "tag" => origin.pick = GitPick::Tag(unescaped(value)?),
            "branch" => origin.pick = GitPick::Branch(unescaped(value)?),
            "revision" => origin.pick = GitPick::Revision(unescaped(value)?),
            _ => return None,
        }
    }
    (commit.len() >= 40 && is_hex(commit)).then(|| (FetchedOrigin::Git(origin), commit.to_owned()))
}

/// Characters that separate the parts of a source.
const SPECIAL: &str = "%?&#=";

fn escaped(text: &str) -> String {
    let escape = |c: char| if SPECIAL.contains(c) { format!("%{:02X}", u32::from(c)) } else { c.to_string() };
    text.chars().map(escape).collect()
}

fn unescaped(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut whole = parts.next()?.to_owned();
    for part in parts {
        let code = u8::from_str_radix(part.get(..2)?, 16).ok()?;
        whole.push(char::from(code));
        whole.push_str(&part[2..]);
    }
    Some(whole)
}
