//! Checks, and how they are put into a text.

use std::borrow::Cow;

/// What begins the names of all checks; no file may use such a name.
pub(in crate::compile) const RESERVED: &str = "_chefrs_";

/// What a value is about to be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::compile) enum Check {
    /// Held against another value.
    Compared,
    /// Taken for true or false.
    Tested,
    /// Looked up in a table.
    LookedUp,
    /// Made the key of a table.
    Key,
    /// Put into a back-quoted string.
    Text,
    /// Gone through in a loop.
    Each,
}

impl Check {
    /// All of them.
    pub(in crate::compile) const ALL: [Self; 6] =
        [Self::Compared, Self::Tested, Self::LookedUp, Self::Key, Self::Text, Self::Each];

    /// The name of the function that checks it.
    pub(in crate::compile) fn name(self) -> &'static str {
        match self {
            Self::Compared => "_chefrs_compared",
            Self::Tested => "_chefrs_tested",
            Self::LookedUp => "_chefrs_looked_up",
            Self::Key => "_chefrs_key",
            Self::Text => "_chefrs_text",
            Self::Each => "_chefrs_each",
        }
    }
}

/// Checks around parts of a text, in the order in which they were found: an inner one before those around it.
#[derive(Default)]
pub(super) struct Inserts(Vec<(usize, usize, Check)>);

impl Inserts {
    /// Puts a check around a part. Gives its number.
    pub(super) fn around(&mut self, start: usize, end: usize, check: Check) -> usize {
        self.0.push((start, end, check));
        self.0.len() - 1
    }

    /// Makes another check of one.
    pub(super) fn change(&mut self, number: usize, check: Check) {
        self.0[number].2 = check;
    }

    /// The text with all of them.
    pub(super) fn into_text(self, text: &str) -> Cow<'_, str> {
        if self.0.is_empty() {
            return Cow::Borrowed(text);
        }
        // At one place ends come before beginnings, and of these the outer one, found last, before the inner ones.
        let mut marks = Vec::with_capacity(self.0.len() * 2);
        for (number, (start, end, check)) in self.0.iter().enumerate() {
            marks.push((*end, 0, None));
            marks.push((*start, usize::MAX - number, Some(*check)));
        }
        marks.sort_unstable_by_key(|(at, order, _)| (*at, *order));
        let used: Vec<&str> = Check::ALL
            .iter()
            .filter(|check| self.0.iter().any(|(_, _, used)| used == *check))
            .map(|check| check.name())
            .collect();
        let names = used.join(",");
        let mut out = String::with_capacity(text.len() + marks.len() * 20);
        // Locals are read faster than globals. On the first line, so that no number of a line changes.
        out.extend(["local ", &names, "=", &names, " "]);
        let mut from = 0;
        for (at, _, check) in marks {
            out.push_str(&text[from..at]);
            from = at;
            match check {
                // The space keeps it apart from a word before.
                Some(check) => {
                    out.push(' ');
                    out.push_str(check.name());
                    out.push('(');
                }
                None => out.push(')'),
            }
        }
        out.push_str(&text[from..]);
        Cow::Owned(out)
    }
}
