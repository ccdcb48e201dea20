//! A row of a table: a word of other tools, and what does its job here.

/// Words of other tools that mean one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForeignWord {
    /// The tool that knows them; empty where many do.
    pub of: &'static str,
    /// Their spellings there.
    pub words: &'static [&'static str],
    /// Properties of which a resource type must have one for this row to be about it; of an empty list none.
    pub with: &'static [&'static str],
    /// What is written here, code in backquotes. It follows "`word` is".
    pub ours: &'static str,
    /// Why, or how it differs.
    pub why: &'static str,
}

pub(super) const fn word(
    of: &'static str,
    words: &'static [&'static str],
    ours: &'static str,
    why: &'static str,
) -> ForeignWord {
    ForeignWord { of, words, with: &[], ours, why }
}

impl ForeignWord {
    /// The same, for resource types that have one of these properties.
    pub(super) const fn with(self, with: &'static [&'static str]) -> Self {
        Self { with, ..self }
    }

    /// The row of a table that has this word.
    #[must_use]
    pub fn find(table: &'static [Self], word: &str) -> Option<&'static Self> {
        Self::fitting(table, word, |_| false)
    }

    /// The first row that has this word and fits a resource type, of which `has` tells the properties.
    #[must_use]
    pub fn fitting(table: &'static [Self], word: &str, has: impl Fn(&str) -> bool) -> Option<&'static Self> {
        table.iter().find(|row| {
            row.words.contains(&word)
                && (row.with.is_empty() || row.with.iter().any(|property| has(property)))
        })
    }

    /// The way out, for somebody who typed this word.
    #[must_use]
    pub fn hint(&self, word: &str) -> String {
        let whose = if self.of.is_empty() { String::new() } else { format!("{}'s ", self.of) };
        format!("here, {whose}`{word}` is {}: {}", self.ours, self.why)
    }
}
