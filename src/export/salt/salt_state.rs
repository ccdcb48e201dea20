//! One state of Salt, and text in a file that Jinja and YAML read.

use std::fmt::Write as _;

use crate::export::yaml;
use crate::model::portable::marked::{LaterValue, TextPiece, is_marked, pieces};

/// A state that is being written.
#[derive(Debug, Default)]
pub(super) struct SaltState {
    /// Its function: `file.managed`.
    function: &'static str,
    /// Its name for people. No two states have the same.
    pub(super) title: String,
    /// Names and values, in YAML.
    arguments: Vec<(&'static str, String)>,
    pub(super) only_if: Vec<String>,
    pub(super) unless: Vec<String>,
    /// Whether Salt has no words for it.
    pub(super) is_unsayable: bool,
}

impl SaltState {
    pub(super) fn new(function: &'static str) -> Self {
        Self { function, ..Self::default() }
    }

    /// A state that Salt has no words for.
    pub(super) fn unsayable() -> Self {
        Self { is_unsayable: true, ..Self::default() }
    }

    /// Sets an argument to a word of Salt.
    pub(super) fn set(&mut self, name: &'static str, value: impl ToString) {
        self.arguments.push((name, value.to_string()));
    }

    /// Sets an argument to a text.
    pub(super) fn text(&mut self, name: &'static str, value: &str) {
        self.is_unsayable |= is_marked(value);
        self.arguments.push((name, text(value)));
    }

    /// Sets an argument to a text, if there is one.
    pub(super) fn some_text(&mut self, name: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    /// Sets an argument to a text that may have secrets in it.
    pub(super) fn secret(&mut self, later: &[LaterValue], name: &'static str, value: &str) {
        if !is_marked(value) {
            let block = yaml::block(value, 8).filter(|block| !is_template(block));
            return self.set(name, block.unwrap_or_else(|| text(value)));
        }
        let mut joined = Vec::new();
        for piece in pieces(value) {
            joined.push(match piece {
                TextPiece::Text(text) => literal(text),
                TextPiece::Later(number) => match later.get(number) {
                    Some(LaterValue::Secret(name)) => format!("pillar['secrets'][{}]", literal(name)),
                    _ => {
                        self.is_unsayable = true;
                        continue;
                    }
                },
            });
        }
        self.arguments.push((name, format!("{{{{ ({}) | json }}}}", joined.join(" ~ "))));
    }

    /// Sets an argument to a list of values in YAML.
    pub(super) fn list(&mut self, name: &'static str, values: &[String]) {
        let mut list = String::new();
        for value in values {
            let _ = write!(list, "\n      - {value}");
        }
        self.arguments.push((name, list));
    }

    pub(super) fn written(&self) -> String {
        let mut all = format!("{}:\n  {}:\n", text(&self.title), self.function);
        let unless: Vec<String> = match self.unless.as_slice() {
            [] => Vec::new(),
            [one] => vec![one.clone()],
            // With several of them, Salt would want all to succeed.
            several => {
                let tests: Vec<String> = several.iter().map(|test| format!("(\n{test}\n)")).collect();
                vec![tests.join(" || ")]
            }
        };
        for (name, value) in &self.arguments {
            let gap = if value.starts_with('\n') { "" } else { " " };
            let _ = writeln!(all, "    - {name}:{gap}{value}");
        }
        for (name, tests) in [("onlyif", &self.only_if), ("unless", &unless)] {
            if !tests.is_empty() {
                let _ = writeln!(all, "    - {name}:");
                for test in tests {
                    let _ = writeln!(all, "      - {}", text(test));
                }
            }
        }
        all
    }
}

/// A text of one line for YAML, in which Jinja finds nothing.
pub(super) fn text(value: &str) -> String {
    if is_template(value) { yaml::quoted(value).replace('{', "\\x7b") } else { yaml::scalar(value) }
}

/// A text as a word of Jinja.
pub(super) fn literal(value: &str) -> String {
    let mut all = String::from("'");
    for c in value.chars() {
        match c {
            '\\' | '\'' => all.extend(['\\', c]),
            '\n' => all.push_str("\\n"),
            c => all.push(c),
        }
    }
    all.push('\'');
    all
}

/// Whether Jinja finds something in a text.
fn is_template(value: &str) -> bool {
    ["{{", "{%", "{#", "}}", "%}", "#}"].iter().any(|word| value.contains(word))
}
