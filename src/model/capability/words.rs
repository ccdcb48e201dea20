//! Names in needs and patterns in one form each: paths, addresses, units and command lines.

use camino::Utf8Path;

use super::kind::{ANYTHING, Capability, LONGEST_PATTERN};
use crate::model::content::without_dots;

/// Beginnings of variables that choose which code a program runs.
const CODE: &[&str] = &[
    "LD_",
    "PATH",
    "BASH",
    "ENV",
    "SHELLOPTS",
    "PYTHON",
    "PERL",
    "RUBY",
    "GEM_",
    "BUNDLE_",
    "NODE_",
    "NPM_",
    "npm_",
    "PIP_",
    "GIT_",
    "SSH_",
    "JAVA_",
    "_JAVA",
    "JDK_",
    "CLASSPATH",
    "LUA_",
    "PHP",
    "IFS",
    "EDITOR",
    "VISUAL",
    "PAGER",
    "GCONV",
    "GLIBC",
    "MALLOC",
    "OPENSSL_",
    "APT_",
    "DPKG",
    "DEBIAN_FRONTEND_",
    "PROMPT",
    "PS4",
    "SHELL",
    "MANPATH",
];

/// Whether a variable chooses which code a program runs.
pub(super) fn chooses_code(name: &str) -> bool {
    CODE.iter().any(|head| name.starts_with(head)) && name != "DEBIAN_FRONTEND"
}

/// The parts of a path, an address or a name.
pub(super) fn segments(text: &str) -> Vec<&str> {
    text.split('/').collect()
}

/// A path without `.` and `..`.
pub(super) fn plain_path(path: &str) -> String {
    if path.starts_with('/') { without_dots(Utf8Path::new(path)).into_string() } else { path.to_owned() }
}

/// The pattern of a directory and all that is below it.
pub(super) fn below(path: &str) -> String {
    match plain_path(path).as_str() {
        "/" => "/**".to_owned(),
        plain => format!("{plain}/**"),
    }
}

/// The name of a unit without the ending of services.
pub(super) fn plain_unit(name: &str) -> String {
    name.strip_suffix(".service").unwrap_or(name).to_owned()
}

/// A name without empty parts: `mount//srv` is `mount/srv`.
pub(super) fn without_empty(name: &str) -> String {
    name.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}

/// An address with a plain host: without a login, in lowercase, and its path without `.` and `..`.
pub(super) fn plain_address(url: &str) -> String {
    if let Some(path) = url.strip_prefix("unix:") {
        return format!("unix:{path}");
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        // As git and ssh write it: `user@host:path`.
        return match url.split_once(':') {
            Some((host, path)) if !host.contains('/') => {
                plain_address(&format!("ssh://{host}/{}", path.trim_start_matches('/')))
            }
            _ => format!("file://{}", plain_path(url)),
        };
    };
    // Some clients take a backslash for a slash.
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default().to_lowercase();
    let (path, query) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
    let path = path.replace('\\', "/").replace("%2e", ".").replace("%2E", ".");
    let path = without_dots(Utf8Path::new(&format!("/{path}"))).into_string();
    format!("{}://{host}{path}{query}", scheme.to_lowercase())
}

/// A command line with quotes where they are needed.
pub(super) fn line<S: AsRef<str>>(argv: impl IntoIterator<Item = S>) -> String {
    let quoted = |word: S| {
        let word = word.as_ref();
        let is_plain = |c: char| !c.is_whitespace() && !"'\"\\".contains(c) && !c.is_control();
        if !word.is_empty() && word.chars().all(is_plain) {
            return word.to_owned();
        }
        let mut text = String::from("'");
        for c in word.chars() {
            match c {
                '\'' => text.push_str(r"'\''"),
                // TOML and a terminal would show it differently.
                '\n' => text.push('\n'),
                c => text.push(c),
            }
        }
        text.push('\'');
        text
    };
    argv.into_iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// The words of a command line, without their quotes.
pub(super) fn line_words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted, mut has_word) = (Vec::new(), String::new(), false, false);
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\'' => {
                is_quoted = !is_quoted;
                has_word = true;
            }
            '\\' if !is_quoted => {
                word.extend(characters.next());
                has_word = true;
            }
            c if c.is_whitespace() && !is_quoted => {
                if std::mem::take(&mut has_word) {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => {
                word.push(c);
                has_word = true;
            }
        }
    }
    if has_word {
        words.push(word);
    }
    words
}

/// Why a pattern can't be one of a kind, if it can't.
#[must_use]
pub fn misfit(kind: Capability, pattern: &str) -> Option<&'static str> {
    let is_odd = |c: char| c.is_control() && !(kind == Capability::Execute && matches!(c, '\n' | '\t'));
    if pattern.trim().is_empty() || pattern.len() > LONGEST_PATTERN || pattern.contains(is_odd) {
        return Some("it is empty, too long, or has control characters");
    }
    if pattern == ANYTHING {
        return None;
    }
    if kind != Capability::Execute
        && segments(pattern).iter().any(|part| part.contains(ANYTHING) && *part != ANYTHING)
    {
        return Some("`**` must be a whole part: `/srv/www/**`");
    }
    match kind {
        Capability::File | Capability::Read if !pattern.starts_with('/') => {
            Some("a path begins with `/`: `/etc/nginx/**`")
        }
        Capability::File | Capability::Read
            if segments(pattern).iter().skip(1).any(|part| matches!(*part, "" | "." | ".."))
                && pattern != "/" =>
        {
            Some("a path has no `.`, no `..` and no empty part")
        }
        Capability::Execute if line_words(pattern).first().is_none_or(|first| !first.starts_with('/')) => {
            Some("a program is named with its path: `/usr/sbin/nginx -t`")
        }
        Capability::Fetch if !pattern.contains("://") && !pattern.starts_with("unix:") => {
            Some("an address has a scheme: `https://nginx.org/**`")
        }
        _ => None,
    }
}
