//! Diagnostics: what went wrong, where, and what to do. All messages that a user sees have this form.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::english::count;

mod failure;

pub use failure::{FailedCommand, Failure, FailureKind, WayOut};

/// A line of a file, with its text, so that a message can quote it without reading the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// Path as the user knows it: relative to the project, or `cookbook/…` for a shipped cookbook.
    pub file: String,
    /// Line number, from 1.
    pub line: u32,
    /// Text of that line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
}

impl Location {
    /// Creates a location without the text of the line.
    pub fn new(file: impl Into<String>, line: u32) -> Self {
        Self { file: file.into(), line, excerpt: String::new() }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            return f.write_str(&self.file);
        }
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Severity of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The work can't be done.
    Error,
    /// The work can be done, but the user should know about it.
    Warning,
}

/// A finding: a lowercase sentence, a location, and hints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    pub severity: Severity,
    /// The message: one lowercase sentence without a full stop.
    pub message: String,
    /// Where in a file, if anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// More facts, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Suggestions, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// What is wrong elsewhere than at the place, such as `attribute nginx.port`: findings that share it are one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Where the same shows too, each a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

/// Further places of a finding that are named; of more the number is told.
const NAMED: usize = 2;
/// Further places of a finding that are kept: a loop can make them by the million.
const KEPT: usize = 1000;

impl Diagnostic {
    /// Creates an error without a location.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            location: None,
            notes: Vec::new(),
            hints: Vec::new(),
            cause: None,
            also: Vec::new(),
        }
    }

    /// Creates a warning without a location.
    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message) }
    }

    /// Sets the location.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a suggestion.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same, with what causes it elsewhere than at its place.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Takes in a finding that has the same cause, as a further place where it shows. Whether it had.
    #[must_use]
    pub fn absorb(&mut self, other: &Self) -> bool {
        let says_same = self.message == other.message;
        let is_same = match (&self.cause, &other.cause) {
            (Some(cause), Some(other)) => cause == other,
            _ => says_same && self.location == other.location && self.hints == other.hints,
        };
        if !is_same || self.severity != other.severity {
            return false;
        }
        let place = other.location.as_ref().filter(|place| self.location.as_ref() != Some(*place));
        let place = place.map(|place| format!("also at {place}"));
        let notes = other.notes.iter().filter(|_| says_same && place.is_none()).cloned();
        for line in notes.chain(place.clone()).chain(other.also.iter().cloned()) {
            if self.also.len() < KEPT && !self.notes.contains(&line) && !self.also.contains(&line) {
                self.also.push(line);
            }
        }
        true
    }

    /// All that is said below the place, a line each: the notes, then where the same shows too.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let more = self.also.len().saturating_sub(NAMED);
        let more = (more > 0).then(|| format!("and {}", count(more, "more place")));
        self.notes.iter().chain(self.also.iter().take(NAMED)).cloned().chain(more)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{word}: {}", self.message)?;
        if let Some(location) = &self.location {
            write!(f, "\n  --> {location}")?;
            if !location.excerpt.is_empty() {
                write!(f, "\n{} | {}", location.line, location.excerpt)?;
            }
        }
        for note in self.notes() {
            write!(f, "\nnote: {note}")?;
        }
        for hint in &self.hints {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

/// All findings of one piece of work, in the order of discovery.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Puts one more on a list, once for all that have its cause, and no more of them than a limit.
    pub fn gather(list: &mut Vec<Diagnostic>, new: Diagnostic, limit: usize) {
        if !list.iter_mut().any(|known| known.absorb(&new)) && list.len() < limit {
            list.push(new);
        }
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

/// Converts a failure that belongs to no resource.
/// An error in a file of a cookbook, with its place among the details.
impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        let mut details = Vec::new();
        if let Some(location) = &diagnostic.location {
            details.push(format!("--> {location}"));
            if !location.excerpt.is_empty() {
                details.push(format!("{} | {}", location.line, location.excerpt));
            }
        }
        details.extend(diagnostic.notes);
        Self { message: diagnostic.message, details, hints: diagnostic.hints, ..Self::default() }
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        let mut diagnostic = Self::error(&failure.message);
        if let Some(command) = &failure.command {
            diagnostic.notes.push(format!("the command was `{}`", command.argv.join(" ")));
        }
        diagnostic.notes.extend(failure.evidence().map(str::to_owned));
        diagnostic.hints = failure.hints;
        diagnostic
    }
}
