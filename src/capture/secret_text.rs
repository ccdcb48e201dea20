//! Secrets in the text of a file: what looks like one is left out of a capture, and has a name instead.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use camino::Utf8Path;
use memchr::memmem;

use super::secret_words::{AUTHORIZATION, in_words, names_program};
use crate::model::pattern;
use crate::model::sorted;

/// Files of which all that matters is secret.
const SECRET_FILES: &[&str] = &[
    "*/.env",
    "*.env",
    "*/.env.*",
    "*/.pgpass",
    "*htpasswd*",
    "*/.netrc",
    "*/.my.cnf",
    "*.p12",
    "*.pfx",
    "*.keytab",
    "*/.git-credentials",
    "*/id_rsa",
    "*/id_ecdsa",
    "*/id_ed25519",
];
/// Ends of the names of programs.
const PROGRAMS: [&str; 8] = ["py", "pl", "pm", "rb", "cgi", "js", "php", "lua"];
/// What stands in front of a private key.
const KEY_START: (&str, &str) = ("-----BEGIN ", "PRIVATE KEY");
/// Parts of the names of settings whose values are secret, in lowercase and without separators.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "credential",
    "authkey",
    "requirepass",
    "masterauth",
    "psk",
    "mysqlpwd",
];
/// Ends of names that say that the value is something about a secret, not the secret.
const ABOUT: &[&str] = &[
    "file",
    "path",
    "dir",
    "command",
    "authentication",
    "encryption",
    "expires",
    "lifetime",
    "ttl",
    "timeout",
    "length",
    "name",
    "algorithm",
    "type",
    "store",
    "url",
    "policy",
    "quality",
    "hash",
];
/// Parts of names whose values look random and are none.
const RANDOM_LOOKING: &[&str] =
    &["uuid", "fingerprint", "sha", "md5", "checksum", "digest", "id", "hash", "public"];
/// Values that are no secret, whatever the name says.
const PLAIN: &[&str] = &[
    "yes", "no", "true", "false", "on", "off", "none", "null", "required", "optional", "default", "files",
    "compat", "systemd",
];
/// Least length of a secret that is searched in the rest of the file.
const LEAST_ELSEWHERE: usize = 8;
/// Least length of a value that looks random.
const RANDOM_LENGTH: usize = 24;
/// What stands in an address behind its scheme.
const ADDRESS: &str = "://";
/// Least bits a character of such a value.
const RANDOM_BITS: f64 = 3.6;

/// A part of a text that is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SecretPart {
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    /// What it is called in the file: `db_password`, `private_key`.
    pub(super) word: String,
}

/// Whether all that matters of a file is secret, by its name.
pub(super) fn is_secret_file(path: &Utf8Path) -> bool {
    SECRET_FILES.iter().any(|pattern| pattern::matches(pattern, path.as_str()))
}

/// The secret parts of a file, in the order of the text. The whole text may be one.
#[must_use]
pub(super) fn find(path: &Utf8Path, text: &str) -> Vec<SecretPart> {
    let is_key = text.contains(KEY_START.0) && text.contains(KEY_START.1);
    if is_key || is_secret_file(path) {
        let word = if is_key { "private_key" } else { "content" };
        return vec![SecretPart { range: 0..text.len(), word: word.to_owned() }];
    }
    let mut parts = Vec::new();
    if !may_have_secret(text) {
        return parts;
    }
    let mut start = 0;
    let is_program =
        text.starts_with("#!") || path.extension().is_some_and(|ending| PROGRAMS.contains(&ending));
    // In programs of a shell a word is itself. In others it is a variable.
    let needs_quotes = is_program && !text.lines().next().is_some_and(|line| line.trim_end().ends_with("sh"));
    for line in text.split_inclusive('\n') {
        let code = line.trim_end();
        if may_have_secret(code) && !code.trim_start().starts_with(['#', ';']) {
            parts.extend(
                in_line(code, is_program, needs_quotes).into_iter().map(|part| SecretPart {
                    range: part.range.start + start..part.range.end + start,
                    ..part
                }),
            );
        }
        start += line.len();
    }
    // What is secret in one place is secret in all others of the file.
    for part in parts.clone() {
        let value = &text[part.range];
        let others = text.match_indices(value).filter(|_| value.len() >= LEAST_ELSEWHERE);
        for (start, _) in others {
            let range = start..start + value.len();
            if !parts.iter().any(|known| known.range.start < range.end && range.start < known.range.end) {
                parts.push(SecretPart { range, word: part.word.clone() });
            }
        }
    }
    sorted::sort_by_key(&mut parts, |part| part.range.start);
    parts
}

/// Whether [`in_line`] may find something in a line, or in one of a text: an address, a word that names a secret, or a long
/// word with digits. It takes a small part of the time, and nearly no line has any of them.
fn may_have_secret(text: &str) -> bool {
    let plain = plain_name(text);
    let is_in = |word: &str| memmem::find(plain.as_bytes(), word.as_bytes()).is_some();
    memmem::find(text.as_bytes(), ADDRESS.as_bytes()).is_some()
        || SECRET_WORDS.iter().chain([&AUTHORIZATION]).any(|word| is_in(word))
        || names_program(text)
        || text
            .as_bytes()
            .split(|byte| !is_of_random_word(*byte))
            .any(|word| word.len() >= RANDOM_LENGTH && word.iter().any(u8::is_ascii_digit))
}

fn in_line(line: &str, is_program: bool, needs_quotes: bool) -> Vec<SecretPart> {
    let mut parts: Vec<SecretPart> = in_addresses(line);
    if let Some(setting) = setting(line)
        && is_secret(&setting)
        // In a program most values are computed. One that is written there stands in quotes, or right behind the sign.
        && (!is_program || setting.is_literal)
        && !parts.iter().any(|part| part.range.start >= setting.value.start && part.range.end <= setting.value.end)
    {
        parts.push(SecretPart { range: setting.value, word: slug(setting.name) });
    }
    for found in in_words(line) {
        let text = &line[found.value.clone()];
        let is_computed = is_program && text.contains(['(', '$', '<', '{'])
            || needs_quotes && !line[..found.value.start].ends_with(['"', '\'']);
        let overlaps =
            |part: &SecretPart| part.range.start < found.value.end && found.value.start < part.range.end;
        if !is_computed && is_named_secret(found.name, text) && !parts.iter().any(overlaps) {
            parts.push(SecretPart { range: found.value, word: slug(found.name) });
        }
    }
    sorted::sort_by_key(&mut parts, |part| part.range.start);
    parts
}

/// A name and its value.
struct TextSetting<'t> {
    name: &'t str,
    text: &'t str,
    value: Range<usize>,
    /// Whether the value is in quotes, or directly behind `=`.
    is_literal: bool,
}

/// Reads `name = value`, `name: value`, `name value`, `"name": "value",` and the like.
fn setting(line: &str) -> Option<TextSetting<'_>> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let quotes: &[char] = &['"', '\'', '`'];
    let lead = line.find(is_name)?;
    if !line[..lead].chars().all(|c| c.is_whitespace() || quotes.contains(&c) || matches!(c, '$' | '{')) {
        return None;
    }
    let mut rest = line[lead..].strip_prefix("export ").unwrap_or(&line[lead..]);
    let mut name = &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())];
    // `Environment=DB_PASSWORD=…` and `SetEnv DB_PASSWORD …` name the setting behind a word of their own.
    for word in ["Environment=", "SetEnv ", "set ", "env "] {
        if let Some(inner) = rest.strip_prefix(word) {
            rest = inner.trim_start_matches(quotes);
            name = &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())];
        }
    }
    let behind = rest[name.len()..].trim_start_matches(quotes).trim_start();
    let value = behind.trim_start_matches([':', '=', '>']).trim_start();
    if value.is_empty() || value.len() == rest[name.len()..].len() {
        return None;
    }
    let from = line.len() - value.len();
    let value = value.trim_end_matches([',', ';']);
    let is_behind_sign = line[..from].ends_with('=');
    let is_quoted = value.starts_with(quotes);
    let (from, value) = match value.chars().next().filter(|first| quotes.contains(first)) {
        Some(quote) => (from + 1, value[1..].split(quote).next().unwrap_or_default()),
        None => (from, value.split([' ', '\t', '"', '\'']).next().unwrap_or_default()),
    };
    let is_literal = is_quoted || (is_behind_sign && !value.contains(['(', '$', '<', '{']));
    Some(TextSetting { name, text: value, value: from..from + value.len(), is_literal })
}

/// The letters and digits of a name, in lowercase.
fn plain_name(name: &str) -> String {
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    letters.map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}

fn is_secret(setting: &TextSetting<'_>) -> bool {
    let name = plain_name(setting.name);
    is_named_secret(setting.name, setting.text)
        || (!is_about(&name, setting.text)
            && !RANDOM_LOOKING.iter().any(|word| name.contains(word))
            && looks_random(setting.text))
}

/// Whether a value is secret because of its name.
fn is_named_secret(name: &str, value: &str) -> bool {
    let name = plain_name(name);
    !is_about(&name, value) && SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// Whether a value is plain, or the name says that it is something about a secret.
fn is_about(name: &str, value: &str) -> bool {
    let is_plain = value.is_empty()
        || PLAIN.contains(&value.to_ascii_lowercase().as_str())
        || value.starts_with(['$', '/', '%', '<', '{', '@'])
        || value.bytes().all(|byte| byte.is_ascii_digit() && value.len() < 6);
    is_plain || ABOUT.iter().any(|end| name.ends_with(end))
}

/// Whether a value is one word of letters and digits without a pattern, as keys and tokens are.
fn looks_random(value: &str) -> bool {
    let has = |of: fn(&u8) -> bool| value.bytes().filter(of).count() >= 2;
    if value.len() < RANDOM_LENGTH
        || !value.bytes().all(is_of_random_word)
        || !has(u8::is_ascii_digit)
        || !has(u8::is_ascii_alphabetic)
    {
        return false;
    }
    // A path or a list of words has letters in a row and separators between.
    let separators = value.bytes().filter(|byte| b"/-_".contains(byte)).count();
    separators * 8 <= value.len() && bits_a_character(value) >= RANDOM_BITS
}

/// Whether a word that looks random may have a byte.
fn is_of_random_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=_-!@#$%^&*()".contains(&byte)
}

/// Shannon's entropy of the characters.
fn bits_a_character(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    value.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let whole = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    let share = |count: &u32| f64::from(*count) / whole;
    counts.iter().filter(|count| **count > 0).map(share).map(|share| -share * share.log2()).sum()
}

/// Passwords in addresses: `postgres://blog:PASSWORD@db/blog`.
fn in_addresses(line: &str) -> Vec<SecretPart> {
    let mut parts = Vec::new();
    for (at, _) in line.match_indices(ADDRESS) {
        let from = at + ADDRESS.len();
        let rest = &line[from..];
        let authority =
            &rest[..rest.find(|c: char| c.is_whitespace() || "/?#\"'".contains(c)).unwrap_or(rest.len())];
        let Some((login, _)) = authority.rsplit_once('@') else { continue };
        let Some((user, password)) = login.split_once(':') else {
            if looks_random(login) {
                parts.push(SecretPart { range: from..from + login.len(), word: "token".to_owned() });
            }
            continue;
        };
        if password.is_empty() || password.starts_with(['$', '{', '<', '%']) {
            continue;
        }
        let start = from + user.len() + 1;
        let word = if user.is_empty() { "password".to_owned() } else { format!("{}_password", slug(user)) };
        parts.push(SecretPart { range: start..start + password.len(), word });
    }
    parts
}

/// Makes a name of letters, digits and `_`.
#[must_use]
pub(super) fn slug(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    name.trim_end_matches('_').to_owned()
}

/// Names for secrets, none twice.
#[derive(Debug, Default)]
pub(super) struct SecretNames {
    given: BTreeSet<String>,
    /// The names of values that were seen.
    by_value: BTreeMap<String, String>,
}

impl SecretNames {
    /// A name for a secret of a file. The same value has the same name everywhere.
    pub(super) fn name(&mut self, path: &Utf8Path, word: &str, value: &str) -> String {
        if let Some(name) = self.by_value.get(value) {
            return name.clone();
        }
        let stem = path.file_name().unwrap_or_default().trim_start_matches('.');
        let stem = stem.strip_suffix(".conf").or(stem.strip_suffix(".cfg")).unwrap_or(stem);
        let place = match slug(stem).as_str() {
            "" | "env" | "config" | "settings" => {
                path.parent().and_then(Utf8Path::file_name).map_or(String::new(), slug)
            }
            stem => stem.to_owned(),
        };
        let first = if place.is_empty() || word.starts_with(&place) {
            word.to_owned()
        } else {
            format!("{place}_{word}")
        };
        let mut name = first.clone();
        for number in 2.. {
            if self.given.insert(name.clone()) {
                break;
            }
            name = format!("{first}_{number}");
        }
        self.by_value.insert(value.to_owned(), name.clone());
        name
    }
}
