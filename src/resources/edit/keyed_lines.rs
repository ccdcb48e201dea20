//! Files with one key a line: INI files, properties, and keywords as in `sshd_config`.

use std::ops::Range;

use serde_json::Value;

use super::assignment::{Assignment, KeyPath, kind, name};
use crate::model::english;
use crate::model::error::Failure;
use crate::provider::edited_file::{insert, line_end, lines, without_end};

/// How the lines of such a file are written.
pub(super) struct Style {
    /// What starts a comment.
    comments: &'static [char],
    sections: SectionStyle,
    /// Whether a space ends a key, and case does not count in it.
    is_keyword: bool,
    /// What stands between a key and its value if no other line shows it.
    separator: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SectionStyle {
    None,
    /// `[name]`.
    Brackets,
    /// `Match criteria`, up to the next one.
    Match,
}

pub(super) static INI: Style =
    Style { comments: &['#', ';'], sections: SectionStyle::Brackets, is_keyword: false, separator: " = " };

pub(super) static PROPERTIES: Style =
    Style { comments: &['#', '!'], sections: SectionStyle::None, is_keyword: false, separator: "=" };

/// `sshd_config(5)`.
pub(super) static KEYWORD: Style =
    Style { comments: &['#'], sections: SectionStyle::Match, is_keyword: true, separator: " " };

/// What a line says.
#[derive(Clone, Copy)]
enum KeyedLine<'a> {
    Section(&'a str),
    /// A key, and the column where its value starts.
    Pair(&'a str, usize),
    Nothing,
}

impl Style {
    /// Fails for a key or value that such a file can't hold.
    ///
    /// # Errors
    /// A sentence that says why.
    pub(super) fn check(&self, key: &[String], value: Option<&Value>) -> Result<(), Failure> {
        let most = if self.sections == SectionStyle::None { 1 } else { 2 };
        if key.len() > most {
            let sentence = match most {
                1 => format!("{} is inside a map, but such a file has no sections", name(key)),
                _ => format!("{} is too deep: such a file has sections, and no maps inside them", name(key)),
            };
            return Err(Failure::new(sentence));
        }
        let (own, section) = match key {
            [section, own] => (own, Some(section)),
            [own] => (own, None),
            _ => return Err(Failure::new("a key is an empty list")),
        };
        let is_bad = |text: &str| text.is_empty() || text.trim() != text || text.contains(['\n', '\r']);
        let ends = |c: char| c == '=' || (self.is_keyword && c.is_whitespace());
        // A key to remove may be a section.
        let is_odd = own.starts_with(self.comments)
            || (value.is_some() && (own.starts_with('[') || own.contains(ends)));
        if is_bad(own) || is_odd || section.is_some_and(|section| is_bad(section) || section.contains(']')) {
            return Err(Failure::new(format!("{} can't be a key of such a file", name(key))));
        }
        if section.is_some_and(|section| self.sections == SectionStyle::Match && criteria(section).is_none())
        {
            return Err(Failure::new(format!("{} is in no section of such a file", name(key)))
                .hint("name a section as the file does: [\"Match User git\"] = { … }"));
        }
        let Some(value) = value else { return Ok(()) };
        for text in self.texts(key, value)? {
            // A line counts only if it is read as what was written: `match` starts a section of keywords.
            let line = format!("{own}{}{text}", self.separator);
            let is_read = matches!(
                self.read(&line),
                KeyedLine::Pair(there, column) if there == own && line[column..].trim_end() == text
            );
            if !is_read {
                return Err(Failure::new(format!(
                    "{} can't have the value {text:?} in such a file",
                    name(key)
                ))
                .hint("the line would be read as something else; manage the file with `template`"));
            }
        }
        Ok(())
    }

    /// A key, how the lines are written, and the value if there is one, as the arguments of a script.
    ///
    /// # Errors
    /// It has several values, which are several lines.
    pub(super) fn arguments(&self, key: &[String], value: Option<&Value>) -> Result<Vec<String>, Failure> {
        let (own, section) = match key {
            [section, own] => (own.clone(), section.clone()),
            own => (own.concat(), String::new()),
        };
        let sections = match self.sections {
            SectionStyle::None => "none",
            SectionStyle::Brackets => "brackets",
            SectionStyle::Match => "match",
        };
        let keyword = if self.is_keyword { "yes" } else { "" };
        let mut arguments = vec![section, own, self.comments.iter().collect()];
        arguments.extend([sections, keyword, self.separator].map(str::to_owned));
        if let Some(value) = value {
            let mut texts = self.texts(key, value)?;
            let (Some(text), true) = (texts.pop(), texts.is_empty()) else {
                return Err(Failure::new(format!(
                    "{} has several values, which are several lines",
                    name(key)
                )));
            };
            arguments.push(text);
        }
        Ok(arguments)
    }

    /// The values of a key, one for each line.
    fn texts(&self, key: &[String], value: &Value) -> Result<Vec<String>, Failure> {
        let text = match value {
            Value::Array(items) if !items.iter().any(Value::is_array) => {
                let texts = items.iter().map(|item| self.texts(key, item));
                return Ok(texts.collect::<Result<Vec<_>, _>>()?.concat());
            }
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(value) => match (self.is_keyword, value) {
                (true, true) => "yes".to_owned(),
                (true, false) => "no".to_owned(),
                (false, value) => value.to_string(),
            },
            other => {
                return Err(Failure::new(format!(
                    "{} is {}, which such a file can't hold",
                    name(key),
                    kind(other)
                )));
            }
        };
        if text.trim() != text || text.contains(['\n', '\r']) || text.ends_with('\\') {
            return Err(Failure::new(format!(
                "{} can't be written on one line as it is: {text:?}",
                name(key)
            ))
            .hint("without spaces at its ends, line breaks, and a backslash at its end"));
        }
        Ok(vec![text])
    }

    fn read<'a>(&self, line: &'a str) -> KeyedLine<'a> {
        let text = without_end(line).trim();
        if text.is_empty() || text.starts_with(self.comments) {
            return KeyedLine::Nothing;
        }
        match self.sections {
            SectionStyle::Brackets => {
                if let Some(section) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
                    return KeyedLine::Section(section.trim());
                }
            }
            SectionStyle::Match if criteria(text).is_some() => return KeyedLine::Section(text),
            SectionStyle::Match | SectionStyle::None => {}
        }
        let ends = |c: char| c == '=' || (self.is_keyword && c.is_whitespace());
        let Some(end) = text.find(ends) else { return KeyedLine::Nothing };
        let start = line.len() - line.trim_start().len();
        let rest = text[end..].trim_start();
        let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
        KeyedLine::Pair(text[..end].trim_end(), start + text.len() - rest.len())
    }

    fn is_section(&self, there: &str, wanted: &str) -> bool {
        match self.sections {
            SectionStyle::Match => criteria(there) == criteria(wanted),
            SectionStyle::None | SectionStyle::Brackets => there == wanted,
        }
    }

    fn is_key(&self, there: &str, wanted: &str) -> bool {
        if self.is_keyword { there.eq_ignore_ascii_case(wanted) } else { there == wanted }
    }

    /// Whether the line is the key, commented out.
    fn is_commented(&self, line: &str, key: &str) -> bool {
        let text = without_end(line).trim_start();
        let Some(text) = text.strip_prefix(self.comments) else { return false };
        matches!(self.read(text), KeyedLine::Pair(there, _) if self.is_key(there, key))
    }
}

/// What a `Match` line says.
fn criteria(line: &str) -> Option<&str> {
    let (word, criteria) = line.split_once(char::is_whitespace)?;
    word.eq_ignore_ascii_case("match").then(|| criteria.trim())
}

/// A file, line by line.
struct KeyedFile<'a> {
    style: &'static Style,
    lines: Vec<&'a str>,
    said: Vec<KeyedLine<'a>>,
}

impl<'a> KeyedFile<'a> {
    fn of(style: &'static Style, text: &'a str) -> Self {
        let lines = lines(text);
        let said = lines.iter().map(|line| style.read(line)).collect();
        Self { style, lines, said }
    }

    /// The lines of a section, without its heading. A section may be there several times, or not at all.
    fn section(&self, wanted: Option<&str>) -> Vec<Range<usize>> {
        let headings: Vec<(usize, &str)> = self
            .said
            .iter()
            .enumerate()
            .filter_map(|(at, said)| match said {
                KeyedLine::Section(name) => Some((at, *name)),
                _ => None,
            })
            .collect();
        let end = |after: usize| headings.get(after).map_or(self.lines.len(), |(at, _)| *at);
        let Some(wanted) = wanted else { return std::iter::once(0..end(0)).collect() };
        let of = |(number, (at, name)): (usize, &(usize, &str))| {
            self.style.is_section(name, wanted).then(|| *at + 1..end(number + 1))
        };
        headings.iter().enumerate().filter_map(of).collect()
    }

    /// The lines that say a key.
    fn find(&self, section: &[Range<usize>], key: &str) -> Vec<(usize, usize)> {
        let pair = |at: usize| match self.said[at] {
            KeyedLine::Pair(there, value) if self.style.is_key(there, key) => Some((at, value)),
            _ => None,
        };
        section.iter().cloned().flatten().filter_map(pair).collect()
    }

    fn value(&self, (at, column): (usize, usize)) -> &'a str {
        without_end(self.lines[at])[column..].trim_end()
    }

    /// Fails where a value goes on in the next line.
    fn require_one_line(&self, key: &[String], at: usize) -> Result<(), Failure> {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let goes_on = without_end(self.lines[at]).ends_with('\\')
            || self.lines.get(at + 1).is_some_and(|next| {
                let deeper = indent(next) > indent(self.lines[at]) && !next.trim().is_empty();
                deeper
                    && self.style.sections != SectionStyle::Match
                    && !next.trim_start().starts_with(self.style.comments)
            });
        if goes_on {
            return Err(Failure::new(format!(
                "the value of {} in line {} goes on in the next line",
                name(key),
                at + 1
            ))
            .hint("write it on one line, or manage the file with `template`"));
        }
        Ok(())
    }

    /// A new line for a key, as the lines around it are written.
    fn pair(&self, section: &[Range<usize>], is_inside: bool, key: &str, value: &str) -> String {
        let like =
            section.iter().cloned().flatten().chain(0..self.lines.len()).find_map(|at| match self.said[at] {
                KeyedLine::Pair(there, column) => {
                    let line = self.lines[at];
                    let start = line.len() - line.trim_start().len();
                    let separator = &line[start + there.len()..column];
                    let clean = separator.trim() == self.style.separator.trim() && !separator.is_empty();
                    Some((&line[..start], if clean { separator } else { self.style.separator }))
                }
                _ => None,
            });
        let (indent, separator) = match like {
            Some((indent, separator)) if section.iter().any(|range| !range.is_empty()) => (indent, separator),
            Some((_, separator)) => (self.indent(is_inside), separator),
            None => (self.indent(is_inside), self.style.separator),
        };
        format!("{indent}{key}{separator}{value}").trim_end().to_owned()
    }

    fn indent(&self, is_inside: bool) -> &'static str {
        if is_inside && self.style.sections == SectionStyle::Match { "    " } else { "" }
    }

    /// Where a new key of a section goes: below the same key that is commented out, else below the last key.
    fn place(&self, section: &[Range<usize>], key: &str) -> usize {
        let all = || section.iter().cloned().flatten();
        let commented = all().find(|at| self.style.is_commented(self.lines[*at], key));
        let last = || all().rfind(|at| matches!(self.said[*at], KeyedLine::Pair(..)));
        let first_line = || {
            let top = section.first().cloned().unwrap_or(0..0);
            // At the top, above the first section; in a section, below its heading.
            if top.start == 0 { top.end } else { top.start }
        };
        commented.or_else(last).map_or_else(first_line, |at| at + 1)
    }
}

pub(super) fn set(
    style: &'static Style,
    text: &str,
    assignments: &[Assignment],
) -> Result<(String, Vec<KeyPath>), Failure> {
    let mut text = text.to_owned();
    let mut changed = Vec::new();
    for Assignment { key, value } in assignments {
        let values = style.texts(key, value)?;
        if let Some(new) = assign(style, &text, key, &values)? {
            text = new;
            changed.push(key.clone());
        }
    }
    Ok((text, changed))
}

/// The text in which a key has these values; nothing where it has them.
fn assign(
    style: &'static Style,
    text: &str,
    key: &[String],
    values: &[String],
) -> Result<Option<String>, Failure> {
    let Some((own, sections)) = key.split_last() else { return Ok(None) };
    let wanted = sections.first().map(String::as_str);
    let file = KeyedFile::of(style, text);
    let section = file.section(wanted);
    let found = file.find(&section, own);
    if found.iter().map(|at| file.value(*at)).eq(values.iter().map(String::as_str)) {
        return Ok(None);
    }
    for (at, _) in &found {
        file.require_one_line(key, *at)?;
    }
    if found.len() > 1 && values.len() == 1 {
        let numbers: Vec<String> = found.iter().map(|(at, _)| (at + 1).to_string()).collect();
        return Err(Failure::new(format!("{} is in lines {}", name(key), english::list(&numbers, "and")))
            .hint("give a list of all its values, or leave one of the lines"));
    }
    let end = line_end(text);
    let pair = |value: &String| format!("{}{end}", file.pair(&section, wanted.is_some(), own, value));
    if found.is_empty() {
        let added: String = values.iter().map(pair).collect();
        let Some(wanted) = wanted.filter(|_| section.is_empty()) else {
            return Ok(Some(insert(text, file.place(&section, own), &added)));
        };
        let blank = file.lines.last().is_none_or(|line| line.trim().is_empty());
        let heading =
            if style.sections == SectionStyle::Brackets { format!("[{wanted}]") } else { wanted.to_owned() };
        let added = format!("{}{heading}{end}{added}", if blank { "" } else { end });
        return Ok(Some(insert(text, file.lines.len(), &added)));
    }
    let mut new = String::with_capacity(text.len());
    let last = found.last().map(|(at, _)| *at);
    for (at, line) in file.lines.iter().enumerate() {
        match found.iter().position(|(found, _)| *found == at) {
            None => new.push_str(line),
            Some(number) => {
                if let Some(value) = values.get(number) {
                    let column = found[number].1;
                    new.push_str(&line[..column]);
                    // After a key without a value nothing separates the two.
                    if column > 0 && line[..column].ends_with(|c: char| c.is_alphanumeric()) {
                        new.push_str(style.separator);
                    }
                    new.push_str(value);
                    new.push_str(&line[without_end(line).len()..]);
                }
            }
        }
        if Some(at) == last && values.len() > found.len() {
            if !new.is_empty() && !new.ends_with('\n') {
                new.push_str(end);
            }
            new.extend(values[found.len()..].iter().map(pair));
        }
    }
    Ok(Some(new))
}

pub(super) fn remove(
    style: &'static Style,
    text: &str,
    keys: &[KeyPath],
) -> Result<(String, Vec<KeyPath>), Failure> {
    let mut text = text.to_owned();
    let mut removed = Vec::new();
    for key in keys {
        let Some((own, sections)) = key.split_last() else { continue };
        let file = KeyedFile::of(style, &text);
        let found = file.find(&file.section(sections.first().map(String::as_str)), own);
        for (at, _) in &found {
            file.require_one_line(key, *at)?;
        }
        let mut gone: Vec<usize> = found.into_iter().map(|(at, _)| at).collect();
        if gone.is_empty() && sections.is_empty() {
            // The name of a section, with all that is in it.
            gone = file.section(Some(own)).into_iter().flat_map(|lines| lines.start - 1..lines.end).collect();
        }
        if gone.is_empty() {
            continue;
        }
        let stays = |(at, _): &(usize, &&str)| !gone.contains(at);
        text = file.lines.iter().enumerate().filter(stays).map(|(_, line)| *line).collect();
        removed.push(key.clone());
    }
    Ok((text, removed))
}
