//! Resources that differ in one word are written once, in a loop over the words.

use camino::Utf8Path;

use super::declaration::CapturedResource;
use crate::model::lua_value::indented;

/// Stands for the word in the text of a declaration. No file of a machine has it in its name.
const MARK: char = '\u{0}';
/// Fewest declarations that make a loop.
const FEWEST: usize = 3;
/// The name of the word in the loop.
const NAME: &str = "name";

/// The text of resources in their order.
pub(super) fn lua(declarations: &[&CapturedResource]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut at = 0;
    while let Some(first) = declarations.get(at) {
        let alike = word_and_pattern(first).map_or(Vec::new(), |(word, pattern)| {
            let rest = declarations[at + 1..].iter();
            let words = rest.map_while(|next| word_and_pattern(next).filter(|(_, other)| *other == pattern));
            std::iter::once(word).chain(words.map(|(word, _)| word)).collect()
        });
        if alike.len() >= FEWEST {
            texts.push(in_loop(first, &alike));
            at += alike.len();
        } else {
            texts.push(first.lua());
            at += 1;
        }
    }
    texts
}

/// The last part of the name of a resource, and its text with a mark in the place of that. Only where the mark stands in
/// strings of one line does the text mean the same.
fn word_and_pattern(declaration: &CapturedResource) -> Option<(&str, String)> {
    let [name] = declaration.names.as_slice() else { return None };
    let word = Utf8Path::new(name).file_name().filter(|word| name.starts_with('/') && word.len() > 1)?;
    let is_plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let text = declaration.lua();
    (is_plain && !text.contains("[[") && !text.contains("[=") && !text.contains('`')).then(|| {
        let mark = MARK.to_string();
        (word, text.replace(&format!("/{word}\""), &format!("/{mark}\"")))
    })
}

fn in_loop(first: &CapturedResource, words: &[&str]) -> String {
    let pattern = word_and_pattern(first).map_or_else(String::new, |(_, pattern)| pattern);
    let list = indented(&words.iter().copied().collect(), 0);
    let mut text = String::new();
    let (comments, code): (Vec<&str>, Vec<&str>) = pattern.lines().partition(|line| line.starts_with("-- "));
    text.extend(comments.iter().flat_map(|line| [*line, "\n"]));
    text.extend(["for _, ", NAME, " in ", &list, " do\n"]);
    for (number, line) in code.iter().enumerate() {
        let mut line = with_words(line);
        if number == 0 {
            // A string of backquotes is an argument only in parentheses.
            line = line.replacen(" `", "(`", 1);
            if let Some(end) = line.rfind('`') {
                let first_end = line[..end]
                    .rfind("(`")
                    .and_then(|start| line[start + 2..].find('`').map(|at| start + 2 + at));
                line.insert(first_end.unwrap_or(end) + 1, ')');
            }
        }
        text.extend(["  ", &line, "\n"]);
    }
    text.push_str("end\n");
    text
}

/// Makes the strings with the mark strings of backquotes.
fn with_words(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('"') {
        let Some(length) = rest[start + 1..].find('"') else { break };
        let inner = &rest[start + 1..start + 1 + length];
        text.push_str(&rest[..start]);
        if inner.contains(MARK) {
            text.extend(["`", &inner.replace(MARK, &format!("{{{NAME}}}")), "`"]);
        } else {
            text.push_str(&rest[start..start + length + 2]);
        }
        rest = &rest[start + length + 2..];
    }
    text + rest
}
