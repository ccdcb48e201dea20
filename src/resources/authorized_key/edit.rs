//! What a declaration changes in the text of the file.

use super::key_line::{DeclaredKey, KeyLine};
use crate::model::english::count;
use crate::provider::edited_file::{self, EditedText};

/// The text with the keys. With `exclusive` no other key stays, only comments and empty lines.
pub(super) fn with(text: &str, keys: &[DeclaredKey], exclusive: bool) -> EditedText {
    let end = edited_file::line_end(text);
    let mut seen = vec![false; keys.len()];
    let (mut new, mut changed, mut removed) = (String::with_capacity(text.len()), 0, 0);
    for line in edited_file::lines(text) {
        let bare = edited_file::without_end(line);
        let found = KeyLine::read(line);
        let wanted = found.as_ref().and_then(|found| place_of(found, keys));
        match wanted {
            // sshd tries every line with the key, so a second one would count too.
            Some(at) if seen[at] => removed += 1,
            Some(at) => {
                seen[at] = true;
                let wanted = keys[at].line(found.as_ref());
                if same(&wanted, bare) {
                    new.push_str(line);
                } else {
                    changed += 1;
                    new.push_str(&wanted);
                    new.push_str(&line[bare.len()..]);
                }
            }
            // What can't be read here may still be a key to sshd.
            None if exclusive && !is_comment(bare) => removed += 1,
            None => new.push_str(line),
        }
    }
    let added: Vec<&DeclaredKey> =
        keys.iter().zip(&seen).filter(|(_, seen)| !**seen).map(|(key, _)| key).collect();
    for key in &added {
        if !new.is_empty() && !new.ends_with('\n') {
            new.push_str(end);
        }
        new.push_str(&key.line(None));
        new.push_str(end);
    }
    let parts = [("add", added.len()), ("change", changed), ("remove", removed)];
    EditedText { text: new, summary: said(&parts) }
}

/// The text without the keys.
pub(super) fn without(text: &str, keys: &[DeclaredKey]) -> EditedText {
    let is_gone = |line: &&str| KeyLine::read(line).is_some_and(|line| place_of(&line, keys).is_some());
    let lines = edited_file::lines(text);
    let gone = lines.iter().filter(|line| is_gone(line)).count();
    let text = lines.into_iter().filter(|line| !is_gone(line)).collect();
    EditedText { text, summary: said(&[("remove", gone)]) }
}

fn said(parts: &[(&str, usize)]) -> String {
    let parts = parts.iter().filter(|(_, n)| *n > 0);
    parts.map(|(verb, n)| format!("{verb} {}", count(*n, "key"))).collect::<Vec<_>>().join(", ")
}

fn place_of(line: &KeyLine<'_>, keys: &[DeclaredKey]) -> Option<usize> {
    keys.iter().position(|key| key.base64 == line.key.base64)
}

/// Whether two lines are the same but for blanks.
fn same(one: &str, other: &str) -> bool {
    one == other
        || one.split_whitespace().eq(other.split_whitespace()) && KeyLine::read(one) == KeyLine::read(other)
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}
