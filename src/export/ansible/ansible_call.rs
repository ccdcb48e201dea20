//! One call of an Ansible module.

use std::fmt::Write as _;

use crate::export::yaml;
use crate::model::portable::marked::{LaterValue, TextPiece, is_marked, pieces};

/// Spaces before an argument.
const ARGUMENT: usize = 8;

/// A call that is being written.
#[derive(Debug, Default)]
pub(super) struct AnsibleCall {
    pub(super) name: String,
    module: &'static str,
    /// Names and values, in YAML.
    arguments: Vec<(&'static str, String)>,
    /// The same, for what every module has.
    keywords: Vec<(&'static str, String)>,
    /// Conditions, which must all hold.
    pub(super) when: Vec<String>,
    /// The pieces of texts with secrets in them.
    parts: Vec<String>,
    /// Whether it has a text that Ansible can't carry.
    pub(super) is_unsayable: bool,
    /// Whether its output is not to be shown.
    pub(super) is_secret: bool,
}

impl AnsibleCall {
    pub(super) fn new(module: &'static str) -> Self {
        Self { module, ..Self::default() }
    }

    /// An entry for what Ansible has no words for.
    pub(super) fn unsayable() -> Self {
        Self { is_unsayable: true, ..Self::default() }
    }

    /// Sets an argument to a word of Ansible.
    pub(super) fn set(&mut self, name: &'static str, value: impl ToString) {
        self.arguments.push((name, value.to_string()));
    }

    /// Sets an argument to a text.
    pub(super) fn text(&mut self, later: &[LaterValue], name: &'static str, text: &str) {
        let value = self.value(later, text);
        self.arguments.push((name, value));
    }

    /// Sets an argument to a text, if there is one.
    pub(super) fn some_text(&mut self, later: &[LaterValue], name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(later, name, text);
        }
    }

    /// Sets an argument to a path. Ansible evaluates variables in it.
    pub(super) fn path(&mut self, later: &[LaterValue], name: &'static str, path: &str) {
        self.is_unsayable |= path.contains('$') || path.starts_with('~');
        self.text(later, name, path);
    }

    /// Sets an argument to a list of texts.
    pub(super) fn texts(&mut self, later: &[LaterValue], name: &'static str, texts: &[String]) {
        if texts.is_empty() {
            return self.set(name, "[]");
        }
        let mut list = String::new();
        for text in texts {
            let value = self.value(later, text);
            let _ = write!(list, "\n{}- {value}", " ".repeat(ARGUMENT + 2));
        }
        self.arguments.push((name, list));
    }

    /// Sets a keyword.
    pub(super) fn keyword(&mut self, name: &'static str, value: impl ToString) {
        self.keywords.push((name, value.to_string()));
    }

    /// Sets a keyword to a list of texts.
    pub(super) fn keyword_list<'t>(&mut self, name: &'static str, texts: impl IntoIterator<Item = &'t str>) {
        let mut list = String::new();
        for text in texts {
            let _ = write!(list, "\n        - {}", yaml::scalar(text));
        }
        if !list.is_empty() {
            self.keywords.push((name, list));
        }
    }

    /// Sets an argument or keyword to a map of texts.
    pub(super) fn map<'t>(
        &mut self,
        later: &[LaterValue],
        name: &'static str,
        is_keyword: bool,
        map: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) {
        let mut lines = String::new();
        for (key, text) in map {
            let value = self.value(later, text);
            let indentation = if is_keyword { ARGUMENT } else { ARGUMENT + 2 };
            let _ = write!(lines, "\n{}{}: {value}", " ".repeat(indentation), yaml::scalar(key));
        }
        if !lines.is_empty() {
            let into = if is_keyword { &mut self.keywords } else { &mut self.arguments };
            into.push((name, lines));
        }
    }

    /// A text as YAML.
    pub(super) fn value(&mut self, later: &[LaterValue], text: &str) -> String {
        if !is_marked(text) {
            return match yaml::block(text, ARGUMENT + 2) {
                Some(block) if is_template(text) => format!("!unsafe {block}"),
                Some(block) => block,
                None => untemplated(text),
            };
        }
        let mut joined = Vec::new();
        for piece in pieces(text) {
            let text = match piece {
                TextPiece::Text(text) => text,
                TextPiece::Later(number) => match later.get(number) {
                    Some(LaterValue::Secret(name)) => name,
                    _ => {
                        self.is_unsayable = true;
                        continue;
                    }
                },
            };
            let part = format!("part_{}", self.parts.len());
            self.parts.push(untemplated(text));
            self.is_secret |= matches!(piece, TextPiece::Later(_));
            joined.push(if matches!(piece, TextPiece::Later(_)) { format!("secrets[{part}]") } else { part });
        }
        // Without the filter, Ansible would take a text that looks like a list for one.
        yaml::quoted(&format!("{{{{ ({}) | string }}}}", joined.join(" ~ ")))
    }

    /// The value of a secret.
    pub(super) fn secret(&mut self, name: &str) -> String {
        self.is_secret = true;
        let part = format!("part_{}", self.parts.len());
        self.parts.push(untemplated(name));
        yaml::quoted(&format!("{{{{ secrets[{part}] | string }}}}"))
    }

    /// The text of the entry.
    pub(super) fn written(&self, place: &str) -> String {
        let mut text =
            format!("\n    # {place}\n    - name: {}\n      {}:\n", untemplated(&self.name), self.module);
        let line = |indentation: usize, name: &str, value: &str| {
            let gap = if value.starts_with('\n') { "" } else { " " };
            format!("{}{name}:{gap}{value}\n", " ".repeat(indentation))
        };
        for (name, value) in &self.arguments {
            text.push_str(&line(ARGUMENT, name, value));
        }
        for (name, value) in &self.keywords {
            text.push_str(&line(6, name, value));
        }
        if self.is_secret {
            text.push_str("      no_log: true\n");
        }
        if !self.parts.is_empty() {
            text.push_str("      vars:\n");
            for (number, part) in self.parts.iter().enumerate() {
                text.push_str(&line(ARGUMENT, &format!("part_{number}"), part));
            }
        }
        match self.when.as_slice() {
            [] => {}
            [one] => text.push_str(&line(6, "when", one)),
            all => {
                text.push_str("      when:\n");
                for one in all {
                    let _ = writeln!(text, "        - {one}");
                }
            }
        }
        text
    }
}

/// A text of one line, in which Ansible evaluates nothing.
pub(super) fn untemplated(text: &str) -> String {
    if is_template(text) { format!("!unsafe {}", yaml::quoted(text)) } else { yaml::scalar(text) }
}

/// Whether Ansible finds a template in a text.
fn is_template(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|open| text.contains(open))
}
