//! Places of secrets that may stand anywhere in a line: variables in front of a command, arguments of programs, objects of
//! JSON in one line, logins of netrc(5) and of HTTP.

use std::ops::Range;

use memchr::memmem;

/// A name, and where its value stands in the line.
pub(super) struct NamedValue<'t> {
    pub(super) name: &'t str,
    pub(super) value: Range<usize>,
}

/// The option with which a program takes a password, and how.
const PASSWORD_OPTIONS: [(&str, &str, PasswordForm); 6] = [
    ("mysql", "-p", PasswordForm::Attached),
    ("mariadb", "-p", PasswordForm::Attached),
    ("sshpass", "-p", PasswordForm::Either),
    ("redis-cli", "-a", PasswordForm::Next),
    ("curl", "-u", PasswordForm::Login),
    ("curl", "--user", PasswordForm::Login),
];

/// How an option has its value.
#[derive(Clone, Copy, PartialEq)]
enum PasswordForm {
    Attached,
    Next,
    Either,
    /// Behind it, with the name of a user and a colon in front.
    Login,
}

/// What the values of options and logins are called that have no name of their own.
const PASSWORD: &str = "password";
/// The header of HTTP that has a login.
pub(super) const AUTHORIZATION: &str = "authorization";
/// Schemes of the header `Authorization`.
const SCHEMES: [&str; 3] = ["bearer ", "basic ", "token "];
/// Ends of a value without quotes.
const ENDS: [char; 7] = ['"', '\'', ';', '|', '&', ')', '}'];

/// Names with values, wherever they stand.
pub(super) fn in_words(line: &str) -> Vec<NamedValue<'_>> {
    let mut found = pairs(line);
    let words: Vec<Range<usize>> = words(line).collect();
    let text = |at: usize| words.get(at).map_or("", |range| &line[range.clone()]);
    let is_netrc = matches!(text(0), "machine" | "default");
    let has = |program: &str| {
        words
            .iter()
            .any(|range| line[range.clone()].rsplit('/').next().is_some_and(|word| word.starts_with(program)))
    };
    let options: Vec<_> = PASSWORD_OPTIONS.iter().filter(|(program, ..)| has(program)).collect();
    for at in 0..words.len() {
        let word = text(at);
        let next = words.get(at + 1).filter(|next| is_value(&line[(*next).clone()])).cloned();
        if let Some(name) = word.strip_prefix("--").filter(|name| name.chars().all(is_name)) {
            found.extend(next.clone().map(|value| NamedValue { name, value }));
        } else if is_netrc && word == PASSWORD {
            found.extend(next.clone().map(|value| NamedValue { name: PASSWORD, value }));
        }
        for (_, option, form) in &options {
            let start = words[at].start + option.len();
            let attached = start..words[at].end;
            let value = match form {
                _ if !word.starts_with(option) => None,
                PasswordForm::Attached | PasswordForm::Either if !attached.is_empty() => Some(attached),
                PasswordForm::Next | PasswordForm::Either | PasswordForm::Login if attached.is_empty() => {
                    next.clone()
                }
                _ => None,
            };
            let value = value.and_then(|value| match form {
                PasswordForm::Login => {
                    line[value.clone()].find(':').map(|at| value.start + at + 1..value.end)
                }
                _ => Some(value),
            });
            found.extend(value.map(|value| NamedValue { name: PASSWORD, value }));
        }
    }
    found.extend(authorization(line));
    found
}

/// Whether a text has the name of a program that takes a password behind an option.
pub(super) fn names_program(text: &str) -> bool {
    PASSWORD_OPTIONS.iter().any(|(program, ..)| memmem::find(text.as_bytes(), program.as_bytes()).is_some())
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Whether a word behind an option may be its value, and is no other option and no `NAME` in a text about the program.
fn is_value(word: &str) -> bool {
    !word.starts_with('-') && !word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// Words between blanks, without the quotes around them.
fn words(line: &str) -> impl Iterator<Item = Range<usize>> {
    let start = line.as_ptr() as usize;
    line.split_ascii_whitespace().map(move |word| {
        let plain = word.trim_matches(['"', '\'', '(', ')', ';']);
        let from = plain.as_ptr() as usize - start;
        from..from + plain.len()
    })
}

/// `NAME=value`, and `"name": "value"` with quotes around both.
fn pairs(line: &str) -> Vec<NamedValue<'_>> {
    let quotes = ['"', '\''];
    let mut found = Vec::new();
    for (at, sign) in line.match_indices(['=', ':']) {
        let before = line[..at].trim_end();
        let unquoted = before.strip_suffix(quotes);
        if unquoted.is_none() && (sign == ":" || before.len() != at) {
            continue;
        }
        let before = unquoted.unwrap_or(before);
        let name = &before[before.trim_end_matches(is_name).len()..];
        let behind = line[at + 1..].trim_start_matches('>');
        let rest = if unquoted.is_some() { behind.trim_start() } else { behind };
        let start = line.len() - rest.len();
        let value = match rest.strip_prefix(quotes) {
            Some(inner) => {
                let length = inner.find(&rest[..1]).unwrap_or(inner.len());
                start + 1..start + 1 + length
            }
            None if unquoted.is_some() => continue,
            None => {
                start
                    ..start
                        + rest.find(|c: char| c.is_whitespace() || ENDS.contains(&c)).unwrap_or(rest.len())
            }
        };
        let name = name.trim_start_matches('-');
        if !name.is_empty() {
            found.push(NamedValue { name, value });
        }
    }
    found
}

/// What follows `Authorization: Bearer`.
fn authorization(line: &str) -> Option<NamedValue<'_>> {
    let lower = line.to_ascii_lowercase();
    let header = lower.find(AUTHORIZATION)?;
    let scheme =
        SCHEMES.iter().find_map(|scheme| Some(lower[header..].find(scheme)? + header + scheme.len()))?;
    let length =
        line[scheme..].find(|c: char| c.is_whitespace() || ENDS.contains(&c)).unwrap_or(line.len() - scheme);
    Some(NamedValue { name: "authorization_token", value: scheme..scheme + length })
}
