//! The lists of the source that apt has, and whether the repository answers.

use camino::Utf8Path;

use super::AptRepository;
use super::text::is_flat;
use crate::model::known::{Known, Stop};

/// Where apt keeps the lists.
pub(super) const DIRECTORY: &str = "/var/lib/apt/lists";

/// Characters that apt does not keep in the name of a list.
const QUOTED: &str = "\\|{}[]<>\"^~_=!@#$%&*";

/// Digits of what stands in place of them.
const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];

/// The host of an address. Empty for a directory of the machine.
pub(super) fn host(uri: &str) -> &str {
    let rest = uri.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The address of a release.
fn release(uri: &str, suite: &str) -> String {
    let uri = uri.trim_end_matches('/');
    match suite {
        "/" => format!("{uri}/"),
        suite if is_flat(suite) => format!("{uri}/{suite}"),
        suite => format!("{uri}/dists/{suite}/"),
    }
}

/// What the names of the lists of a release begin with. `None` for a way of transport that is not known here.
fn list_name(release: &str) -> Option<String> {
    let (scheme, rest) = release.split_once(':')?;
    let rest = match scheme {
        "http" | "https" => rest.strip_prefix("//")?,
        "file" | "copy" => rest.strip_prefix("//").unwrap_or(rest),
        _ => return None,
    };
    let rest = match rest.split_once('/') {
        Some((authority, path)) => {
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            format!("{host}/{path}")
        }
        None => rest.to_owned(),
    };
    let mut name = String::with_capacity(rest.len());
    for byte in rest.bytes() {
        match char::from(byte) {
            '/' => name.push('_'),
            c if QUOTED.contains(c) || !c.is_ascii_graphic() => {
                name.extend(['%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            }
            c => name.push(c),
        }
    }
    Some(name)
}

impl AptRepository {
    /// The addresses of all releases.
    fn releases<'a>(&'a self, suites: &'a [String]) -> impl Iterator<Item = String> + 'a {
        self.uri.0.iter().flat_map(|uri| suites.iter().map(|suite| release(uri, suite)))
    }

    /// Whether apt has no lists of the source, as after a refresh that was cut off.
    pub(super) fn lacks_lists(&self, suites: &[String], known: &Known) -> Result<bool, Stop> {
        let names = match known.list(Utf8Path::new(DIRECTORY)) {
            // Whatever makes it unknown will have run apt.
            Err(Stop::Unknown(_)) => return Ok(false),
            other => other?.unwrap_or_default(),
        };
        let mut wanted = self.releases(suites).filter_map(|release| list_name(&release));
        Ok(wanted.any(|wanted| !names.iter().any(|name| name.starts_with(&wanted))))
    }

    /// A warning if the repository does not answer.
    pub(super) fn unanswered(&self, suites: &[String], known: &Known) -> Result<Option<String>, Stop> {
        for release in self.releases(suites).filter(|release| release.starts_with("http")) {
            // A repository without a signature has the second alone.
            let (mut why, mut answers) = (String::new(), false);
            for name in ["InRelease", "Release"] {
                match known.download(&format!("{release}{name}"))? {
                    Ok(_) => answers = true,
                    Err(reason) if why.is_empty() => why.clone_from(reason),
                    Err(_) => {}
                }
                if answers {
                    break;
                }
            }
            if !answers {
                return Ok(Some(format!("the repository does not answer at `{release}InRelease`: {why}")));
            }
        }
        Ok(None)
    }
}
