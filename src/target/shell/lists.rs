//! Access control lists from `getfacl`, or at least their existence from `ls`.

use rustc_hash::FxHashMap;

use super::shell_state::ShellState;
use super::wire::Frames;
use crate::model::query::AccessList;

/// The lists of the names in one directory.
pub(super) struct Lists {
    /// A list for each name that has one. Names are escaped by `getfacl`.
    texts: FxHashMap<Vec<u8>, String>,
    /// Whether a list exists, in the order of the names, if no program can read them.
    flags: Option<std::vec::IntoIter<bool>>,
}

impl Lists {
    /// Parses the answer.
    pub(super) fn read(frames: &mut Frames) -> Self {
        let text = frames.next("lists").unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let texts = text.split("# file: ").filter_map(|block| {
            let (name, list) = block.split_once('\n')?;
            Some((unescape(name.as_bytes()), list.to_owned()))
        });
        let flags = frames.text("flags");
        let flags = flags.map(|text| text.lines().map(|line| line == "+").collect::<Vec<_>>().into_iter());
        Self { texts: texts.collect(), flags }
    }

    /// What is granted beyond the mode of the next name. `plain`: it is a file or directory.
    pub(super) fn of(
        &mut self,
        name: &str,
        mode: u32,
        plain: bool,
        seen: &ShellState,
    ) -> Option<Box<AccessList>> {
        let flagged = self.flags.as_mut().and_then(Iterator::next).unwrap_or(false);
        if !plain {
            return None;
        }
        if flagged {
            let grants = vec!["of whom is not known, as there is no `getfacl`".to_owned()];
            return Some(Box::new(AccessList { grants, mode: mode & 0o7707 }));
        }
        let text = self.texts.get(format!("./{name}").as_bytes())?;
        describe(text, mode, seen).map(Box::new)
    }
}

/// Unescapes a name: octal numbers, and a doubled backslash.
fn unescape(name: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name;
    while let [first, more @ ..] = rest {
        let number = more.get(..3).filter(|_| *first == b'\\');
        let number = number.and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = number.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            bytes.push(byte);
            rest = &more[3..];
        } else if let [b'\\', after @ ..] = more
            && *first == b'\\'
        {
            bytes.push(*first);
            rest = after;
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    bytes
}

/// One line of a list.
struct ListEntry<'a> {
    tag: &'a str,
    id: &'a str,
    rights: u32,
}

/// The lines of the access list or the default list.
fn entries<'a>(text: &'a str, default: bool) -> Vec<ListEntry<'a>> {
    let lines = text.lines().filter_map(|line| match line.strip_prefix("default:") {
        Some(rest) if default => Some(rest),
        None if !default && !line.starts_with('#') => Some(line),
        _ => None,
    });
    let entry = |line: &'a str| {
        let mut words = line.split(':');
        let (tag, id, letters) = (words.next()?, words.next()?, words.next()?);
        let bit = |letter: char, bit: u32| if letters.contains(letter) { bit } else { 0 };
        Some(ListEntry { tag, id, rights: bit('r', 4) | bit('w', 2) | bit('x', 1) })
    };
    lines.filter_map(entry).collect()
}

fn rights(entries: &[ListEntry<'_>], tag: &str) -> Option<u32> {
    entries.iter().find(|entry| entry.tag == tag && entry.id.is_empty()).map(|entry| entry.rights)
}

fn grants(entries: &[ListEntry<'_>], seen: &ShellState) -> Vec<String> {
    let mask = rights(entries, "mask").unwrap_or(7);
    let named = entries.iter().filter(|entry| !entry.id.is_empty());
    named
        .map(|entry| {
            let name = match entry.id.parse() {
                Ok(id) if entry.tag == "group" => seen.accounts.group_name(id),
                Ok(id) => seen.accounts.user_name(id),
                Err(_) => entry.id.to_owned(),
            };
            format!("{} {name} {}", entry.tag, letters(entry.rights & mask))
        })
        .collect()
}

fn letters(rights: u32) -> String {
    let each = [(4, 'r'), (2, 'w'), (1, 'x')];
    let told: String = each.iter().filter(|(bit, _)| rights & bit != 0).map(|(_, letter)| *letter).collect();
    if told.is_empty() { "-".to_owned() } else { told }
}

fn describe(text: &str, mode: u32, seen: &ShellState) -> Option<AccessList> {
    let (access, default) = (entries(text, false), entries(text, true));
    let mut told = grants(&access, seen);
    let mut without = mode;
    if let Some(mask) = rights(&access, "mask") {
        without = (mode & 0o7707) | ((rights(&access, "group").unwrap_or(0) & mask) << 3);
        if told.is_empty() {
            told.push(format!("mask {}", letters(mask)));
        }
    }
    if !default.is_empty() {
        let granted = grants(&default, seen);
        if granted.is_empty() {
            let [owner, group, other] =
                ["user", "group", "other"].map(|tag| rights(&default, tag).unwrap_or(0));
            told.push(format!("default mode 0{owner}{group}{other}"));
        }
        told.extend(granted.into_iter().map(|grant| format!("default {grant}")));
    }
    (!told.is_empty()).then_some(AccessList { grants: told, mode: without })
}
