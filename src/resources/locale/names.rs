//! Names of locales: how they are compared, and which of them there are.

use crate::model::english::{list, nearest};
use crate::model::error::Failure;

/// The locales that can be generated.
pub(super) const SUPPORTED: &str = "/usr/share/i18n/SUPPORTED";
/// Most locales that a hint names.
const NAMED: usize = 6;

/// A name as it is compared: programs write the same charset as `UTF-8` and `utf8`.
pub(super) fn comparable(name: &str) -> String {
    let (name, modifier) = name.trim().split_once('@').unwrap_or((name.trim(), ""));
    let at = if modifier.is_empty() { "" } else { "@" };
    match name.split_once('.') {
        Some((language, charset)) => {
            let charset = charset.replace('-', "").to_ascii_lowercase();
            format!("{language}.{charset}{at}{modifier}")
        }
        None => format!("{name}{at}{modifier}"),
    }
}

/// The line for a locale: its name and its charset.
pub(super) fn entry<'a>(name: &str, supported: &'a str) -> Result<&'a str, Failure> {
    let named =
        |line: &&str| line.split(' ').next().is_some_and(|known| comparable(known) == comparable(name));
    supported.lines().map(str::trim).find(named).ok_or_else(|| {
        let all = supported.lines().filter_map(|line| line.split(' ').next());
        Failure::new(format!("there is no locale `{name}`")).hint(known_ones(name, all, SUPPORTED))
    })
}

/// A locale that is not there, and can't be generated.
pub(super) fn not_there(name: &str, there: &str) -> Failure {
    let language = name.split(['_', '.', '@']).next().unwrap_or_default();
    Failure::new(format!("the locale `{name}` is not there"))
        .hint(known_ones(name, there.lines(), "locale -a"))
        .hint(format!(
            "a package brings it: `locales` on Debian, `glibc-langpack-{language}` on Fedora, `glibc-locale` on openSUSE"
        ))
}

/// Which names are nearest.
fn known_ones<'a>(name: &str, names: impl Iterator<Item = &'a str> + Clone, place: &str) -> String {
    if let Some(near) = nearest(name, names.clone()) {
        return format!("did you mean `{near}`? All are in `{place}`");
    }
    let language = name.split(['_', '.', '@']).next().unwrap_or_default();
    let of_language =
        |known: &&str| !language.is_empty() && known.split(['_', '.', '@']).next() == Some(language);
    let same: Vec<String> = names.filter(of_language).take(NAMED).map(|name| format!("`{name}`")).collect();
    if same.is_empty() {
        return format!("the known ones are in `{place}`, such as `en_US.UTF-8`");
    }
    format!("there are {}; all are in `{place}`", list(&same, "and"))
}
