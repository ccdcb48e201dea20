//! The addresses that cookbooks may be fetched from.

/// Kinds of addresses that git may use.
const SCHEMES: [&str; 5] = ["https", "ssh", "file", "http", "git"];
/// What is said of an address with a password. The line that has it must not be repeated.
pub(super) const PASSWORD: &str = "it holds a password, which git should get from its credential helper";

/// Why a URL can't be given to git.
pub(super) fn misfit_url(url: &str) -> Option<&'static str> {
    let has = |odd: fn(char) -> bool| url.contains(odd);
    if url.is_empty() || has(|c| c.is_control() || c.is_whitespace() || "#?%\"\\".contains(c)) {
        return Some("it is empty, or has characters that don't belong into one");
    }
    if url.starts_with('-') {
        return Some("it begins with `-`, as an option does");
    }
    if url.contains("::") {
        return Some("it would start another program");
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        let is_remote = url.split_once(':').is_some_and(|(host, _)| !host.contains('/') && !host.is_empty());
        let is_fit = url.starts_with('/') || is_remote;
        return (!is_fit).then_some("it is neither absolute nor on another machine");
    };
    let host = rest.split('/').next().unwrap_or_default();
    if !SCHEMES.contains(&scheme) {
        return Some("git must not use this kind of address");
    }
    if host.starts_with('-') {
        return Some("its host begins with `-`, as an option does");
    }
    host.rsplit_once('@').is_some_and(|(who, _)| who.contains(':')).then_some(PASSWORD)
}

/// Why files can't be fetched from a URL over HTTP.
pub(super) fn misfit_web(url: &str) -> Option<&'static str> {
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || "\"\\<>^`{}|#".contains(c) || !c.is_ascii();
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    match scheme {
        _ if url.contains(is_odd) => Some("it has characters that don't belong into one"),
        "https" | "http" if host.is_empty() => Some("it names no host"),
        "https" | "http" if host.contains('@') => Some(PASSWORD),
        "https" => None,
        "http" if is_loopback(host) => None,
        "http" => Some("without TLS, only this machine itself is used: write `https://`"),
        _ => Some("it does not begin with `https://`"),
    }
}

/// Whether `HOST` or `HOST:PORT` is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Why a name in an OCI registry can't be used: `HOST[:PORT]/NAME[/NAME…]`.
pub(super) fn misfit_oci(name: &str) -> Option<&'static str> {
    let Some((host, path)) = name.split_once('/') else {
        return Some("it has no host: write `HOST/NAME`");
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let is_path = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let is_part = |part: &str| {
        let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        part.chars().all(is_path) && ends(part.chars().next()) && ends(part.chars().last())
    };
    if host.is_empty() || !host.chars().all(is_host) || !(host.contains(['.', ':']) || host == "localhost") {
        return Some("it does not begin with a host, such as `oci.example.org` or `localhost:5000`");
    }
    if name.len() > 255 || !path.split('/').all(is_part) {
        return Some(
            "what comes after the host has lowercase letters, digits, `.`, `_` and `-`; a version belongs to `version`",
        );
    }
    None
}

/// Whether a path is relative and has no odd parts. The empty one is the root.
pub(super) fn is_inside(path: &str) -> bool {
    let is_fit = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(|c: char| c.is_control());
    path.is_empty() || path.split('/').all(is_fit)
}
