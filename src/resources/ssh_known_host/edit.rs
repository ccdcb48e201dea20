//! The lines of known_hosts, as sshd(8) describes them, and what a declaration changes there.

use crate::model::english::count;
use crate::provider::edited_file::{self, EditedText};
use crate::provider::ssh_key::SshKey;

/// A key of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HostKey {
    pub(super) kind: String,
    pub(super) base64: String,
}

/// A machine and its keys.
pub(super) struct KnownHost {
    /// Its names as the file has them, the declared one first.
    pub(super) names: Vec<String>,
    /// The marker at the start of its lines; empty for usual keys.
    pub(super) marker: &'static str,
    pub(super) keys: Vec<HostKey>,
}

/// A line of the file.
struct HostLine<'a> {
    marker: &'a str,
    names: Vec<&'a str>,
    key: SshKey<'a>,
}

impl<'a> HostLine<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let line = edited_file::without_end(line).trim();
        let (marker, rest) = if line.starts_with('@') { line.split_once([' ', '\t'])? } else { ("", line) };
        let (names, rest) = rest.trim_start().split_once([' ', '\t'])?;
        Some(Self { marker, names: names.split(',').collect(), key: SshKey::at_start(rest)? })
    }
}

impl KnownHost {
    /// The text with the keys. Another key of the same type is one that the machine had before.
    pub(super) fn added_to(&self, text: &str) -> EditedText {
        let mut seen = vec![false; self.keys.len()];
        let mut counts = KeyCounts::default();
        let mut new = String::with_capacity(text.len());
        for line in edited_file::lines(text) {
            let Some(found) = self.own(line) else {
                new.push_str(line);
                continue;
            };
            let place = self.keys.iter().position(|key| key.base64 == found.key.base64);
            match place {
                Some(at) if !seen[at] && self.has_all_names(&found) => {
                    seen[at] = true;
                    new.push_str(line);
                }
                // Its names differ, so a line with all of them takes its place.
                Some(_) => self.keep_others(&found, line, &mut new),
                None if self.keys.iter().any(|key| key.kind == found.key.kind) => {
                    counts.replaced += 1;
                    self.keep_others(&found, line, &mut new);
                }
                None => new.push_str(line),
            }
        }
        let end = edited_file::line_end(text);
        for (key, _) in self.keys.iter().zip(&seen).filter(|(_, seen)| !**seen) {
            counts.added += 1;
            if !new.is_empty() && !new.ends_with('\n') {
                new.push_str(end);
            }
            let names = self.names.join(",");
            let parts = [self.marker, &names, &key.kind, &key.base64];
            new.push_str(&parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "));
            new.push_str(end);
        }
        EditedText { text: new, summary: counts.say() }
    }

    /// The text without the declared keys, or without any key of the machine if none is declared.
    pub(super) fn removed_from(&self, text: &str) -> EditedText {
        let (mut new, mut counts) = (String::with_capacity(text.len()), KeyCounts::default());
        for line in edited_file::lines(text) {
            let is_meant = |found: &HostLine<'_>| {
                self.keys.is_empty() || self.keys.iter().any(|key| key.base64 == found.key.base64)
            };
            match self.own(line).filter(is_meant) {
                Some(found) => {
                    counts.removed += 1;
                    self.keep_others(&found, line, &mut new);
                }
                None => new.push_str(line),
            }
        }
        EditedText { text: new, summary: counts.say() }
    }

    /// The line, if it is about the machine.
    fn own<'a>(&self, line: &'a str) -> Option<HostLine<'a>> {
        let is_own = |found: &HostLine<'a>| {
            found.marker == self.marker && found.names.iter().any(|name| self.has(name))
        };
        HostLine::read(line).filter(is_own)
    }

    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    fn has_all_names(&self, line: &HostLine<'_>) -> bool {
        self.names.iter().all(|own| line.names.iter().any(|name| own.eq_ignore_ascii_case(name)))
    }

    /// Writes a line again without the names of the machine, if it has others.
    fn keep_others(&self, found: &HostLine<'_>, line: &str, new: &mut String) {
        let others: Vec<&str> = found.names.iter().copied().filter(|name| !self.has(name)).collect();
        if others.is_empty() {
            return;
        }
        new.push_str(&line.replacen(&found.names.join(","), &others.join(","), 1));
    }
}

/// How many keys change.
#[derive(Default)]
struct KeyCounts {
    added: usize,
    replaced: usize,
    removed: usize,
}

impl KeyCounts {
    fn say(&self) -> String {
        let parts = [
            (self.added > 0, format!("add {}", count(self.added, "key"))),
            (self.replaced > 0, format!("in place of {}", count(self.replaced, "other"))),
            (self.removed > 0, format!("remove {}", count(self.removed, "key"))),
        ];
        parts.into_iter().filter(|(so, _)| *so).map(|(_, words)| words).collect::<Vec<_>>().join(" ")
    }
}
