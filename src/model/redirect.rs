//! HTTP redirects: where they lead, and whether that is still the same origin. Headers and logins are never sent to
//! another.

/// Limit for redirects.
pub const REDIRECTS: usize = 10;

/// The address of a `Location` header, relative to `at`. `None` if it is not http or https.
#[must_use]
pub fn leads_to(at: &str, location: &str) -> Option<String> {
    let location = location.split('#').next().unwrap_or_default();
    let (scheme, rest) = at.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let next = if is_of_the_web(location) {
        location.to_owned()
    } else if let Some(rest) = location.strip_prefix("//") {
        format!("{scheme}://{rest}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else if location.split(['/', '?']).next().is_some_and(|first| first.contains(':')) {
        return None;
    } else {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let directory = if location.starts_with('?') { path } else { &path[..path.rfind('/').unwrap_or(0)] };
        let slash = if location.starts_with('?') { "" } else { "/" };
        format!("{scheme}://{authority}{directory}{slash}{location}")
    };
    // A login holds for all addresses of its origin.
    let login = authority.rsplit_once('@').filter(|_| is_same_origin(at, &next));
    Some(match (login, next.split_once("://")) {
        (Some((login, _)), Some((scheme, rest)))
            if !rest.split('/').next().unwrap_or_default().contains('@') =>
        {
            format!("{scheme}://{login}@{rest}")
        }
        _ => next,
    })
}

fn is_of_the_web(url: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| url.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)))
}

/// Whether scheme, host and port are the same.
#[must_use]
pub fn is_same_origin(one: &str, other: &str) -> bool {
    origin(one).is_some_and(|origin_of_one| Some(origin_of_one) == origin(other))
}

/// Scheme, host and port of an address, without its login: `https://example.org`.
#[must_use]
pub fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase();
    let scheme = scheme.to_ascii_lowercase();
    let usual = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(usual).unwrap_or(&host);
    Some(format!("{scheme}://{host}"))
}
