//! The rules file: what a capture ignores, and what it takes all the same. Its grammar is that of Blueprint's `blueprintignore`.

use std::cell::Cell;

use camino::Utf8Path;

use crate::model::error::{Diagnostic, Location};
use crate::model::pattern;

/// Rules in the order in which they are written. The last one that matches counts.
#[derive(Debug, Default)]
pub struct Rules {
    rules: Vec<CaptureRule>,
}

/// A line of the file.
#[derive(Debug)]
struct CaptureRule {
    about: About,
    pattern: String,
    /// Whether what matches is taken.
    takes: bool,
    place: Location,
    /// Whether it matched anything.
    matched: Cell<bool>,
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Path,
    Package,
    Service,
}

/// What decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleDecision {
    /// Whether the thing is taken.
    pub takes: bool,
    /// Where the rule is written.
    pub place: Location,
}

impl Rules {
    /// Reads the text of a rules file.
    ///
    /// # Errors
    /// A line that is no rule.
    pub fn read(file: &str, text: &str) -> Result<Self, Diagnostic> {
        let mut rules = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            let written = line.trim();
            if written.is_empty() || written.starts_with('#') {
                continue;
            }
            let place = Location { file: file.to_owned(), line: number, excerpt: line.to_owned() };
            let (takes, rest) = match written.strip_prefix('!') {
                Some(rest) => (true, rest.trim_start()),
                None => (false, written),
            };
            let (about, pattern) = subject(rest).ok_or_else(|| {
                Diagnostic::error(format!("`{}` is no rule", rest.escape_debug())).at(place.clone()).hint(
                    "a rule is a path or pattern, `:package:apt/NAME`, `:service:systemd/NAME` or `:source:DIRECTORY`; \
                     `!` in front takes what matches",
                )
            })?;
            rules.push(CaptureRule { about, pattern, takes, place, matched: Cell::new(false) });
        }
        Ok(Self { rules })
    }

    /// The rule that decides about a path.
    #[must_use]
    pub fn of_path(&self, path: &Utf8Path) -> Option<RuleDecision> {
        self.decide(About::Path, |pattern| matches_path(pattern, path))
    }

    /// The rule that decides about a package.
    #[must_use]
    pub fn of_package(&self, name: &str) -> Option<RuleDecision> {
        self.decide(About::Package, |pattern| pattern::matches(pattern, name))
    }

    /// The rule that decides about a unit, named with or without its suffix.
    #[must_use]
    pub fn of_service(&self, name: &str) -> Option<RuleDecision> {
        let short = name.strip_suffix(".service").unwrap_or(name);
        self.decide(About::Service, |pattern| {
            pattern::matches(pattern, name) || pattern::matches(pattern, short)
        })
    }

    fn decide(&self, about: About, matches: impl Fn(&str) -> bool) -> Option<RuleDecision> {
        let matching = self.rules.iter().filter(|rule| rule.about == about && matches(&rule.pattern));
        let last = matching.inspect(|rule| rule.matched.set(true)).last()?;
        Some(RuleDecision { takes: last.takes, place: last.place.clone() })
    }

    /// A warning for each rule that matched nothing.
    #[must_use]
    pub fn unused(&self) -> Vec<Diagnostic> {
        let unused = self.rules.iter().filter(|rule| !rule.matched.get());
        unused.map(|rule| Diagnostic::warning("the rule matches nothing").at(rule.place.clone())).collect()
    }
}

/// What a rule is about, and its pattern.
fn subject(rule: &str) -> Option<(About, String)> {
    let Some(kind) = rule.strip_prefix(':') else {
        return (!rule.is_empty()).then(|| (About::Path, rule.to_owned()));
    };
    let (kind, rest) = kind.split_once(':')?;
    let behind_slash = rest.split_once('/').map(|(_, name)| name.to_owned()).filter(|name| !name.is_empty());
    match kind {
        "package" => Some((About::Package, behind_slash?)),
        "service" => Some((About::Service, behind_slash?)),
        "source" => rest.starts_with('/').then(|| (About::Path, rest.to_owned())),
        _ => None,
    }
}

/// A pattern with a slash is about whole paths, and one without about the last part. What is below a match matches.
fn matches_path(pattern: &str, path: &Utf8Path) -> bool {
    let pattern = pattern.trim_end_matches('/');
    path.ancestors().any(|path| {
        if pattern.contains('/') {
            pattern::matches(pattern, path.as_str())
        } else {
            path.file_name().is_some_and(|name| pattern::matches(pattern, name))
        }
    })
}
