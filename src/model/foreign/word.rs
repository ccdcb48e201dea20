//! A row of a table: words of other tools, with their equivalent in chefrs.

/// Words of other tools with the same meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForeignWord {
    /// The tool that has them. Empty if several do.
    pub of: &'static str,
    /// Their spellings.
    pub words: &'static [&'static str],
    /// The row only applies to resource types that have one of these properties. If empty, it applies to all.
    pub with: &'static [&'static str],
    /// The equivalent, with code in backquotes. It completes the sentence "`word` is …".
    pub ours: &'static str,
    /// An explanation, or the difference.
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
    /// Limits the row to resource types with one of these properties.
    pub(super) const fn with(self, with: &'static [&'static str]) -> Self {
        Self { with, ..self }
    }

    /// Finds the row with this word.
    #[must_use]
    pub fn find(table: &'static [Self], word: &str) -> Option<&'static Self> {
        Self::fitting(table, word, |_| false)
    }

    /// Finds the first row with this word that fits a resource type. `has` tells whether the type has a property.
    #[must_use]
    pub fn fitting(table: &'static [Self], word: &str, has: impl Fn(&str) -> bool) -> Option<&'static Self> {
        table.iter().find(|row| {
            row.words.contains(&word)
                && (row.with.is_empty() || row.with.iter().any(|property| has(property)))
        })
    }

    /// The suggestion for a user who typed this word.
    #[must_use]
    pub fn hint(&self, word: &str) -> String {
        let whose = if self.of.is_empty() { String::new() } else { format!("{}'s ", self.of) };
        format!("here, {whose}`{word}` is {}: {}", self.ours, self.why)
    }
}
