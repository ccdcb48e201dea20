//! Checks, and how they are inserted into the text.

use crate::model::sorted;
use std::borrow::Cow;

/// Prefix of the names of all checks. No file may use such a name.
pub(in crate::compile) const RESERVED: &str = "_chefrs_";

/// The kind of a check: what happens to the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::compile) enum Check {
    /// Compared: `a == b` becomes a call with both operands.
    Equal,
    /// Compared by `a ~= b`.
    Differ,
    /// Tested for truth.
    Tested,
    /// Used as an index.
    LookedUp,
    /// Used as a key for writing.
    Key,
    /// Interpolated into a string.
    Text,
    /// Iterated over.
    Each,
    /// Index 0 is read, which no list has.
    First,
    /// A negative index is read, which no list has.
    Last,
}

impl Check {
    /// All kinds.
    pub(in crate::compile) const ALL: [Self; 9] = [
        Self::Equal,
        Self::Differ,
        Self::Tested,
        Self::LookedUp,
        Self::Key,
        Self::Text,
        Self::Each,
        Self::First,
        Self::Last,
    ];

    /// Name of the function that checks it.
    pub(in crate::compile) fn name(self) -> &'static str {
        match self {
            Self::Equal => "_chefrs_equal",
            Self::Differ => "_chefrs_differ",
            Self::Tested => "_chefrs_tested",
            Self::LookedUp => "_chefrs_looked_up",
            Self::Key => "_chefrs_key",
            Self::Text => "_chefrs_text",
            Self::Each => "_chefrs_each",
            Self::First => "_chefrs_first",
            Self::Last => "_chefrs_last",
        }
    }
}

/// Checks to insert into a text, in the order in which they were found: inner ones before outer ones.
#[derive(Default)]
pub(super) struct Inserts {
    /// None for a check that was removed.
    around: Vec<Option<(usize, usize, Check)>>,
    /// Operators to replace with the comma between the arguments of a check.
    commas: Vec<(usize, usize)>,
}

/// An edit at one position.
#[derive(Clone, Copy)]
enum Edit {
    End,
    Comma(usize),
    Begin(Check),
}

impl Inserts {
    /// Adds a check around a range. Returns its number.
    pub(super) fn around(&mut self, start: usize, end: usize, check: Check) -> usize {
        self.around.push(Some((start, end, check)));
        self.around.len() - 1
    }

    /// Replaces an operator with a comma.
    pub(super) fn comma(&mut self, start: usize, end: usize) {
        self.commas.push((start, end));
    }

    /// Changes the kind of a check.
    pub(super) fn change(&mut self, number: usize, to: Check) {
        if let Some((.., check)) = &mut self.around[number] {
            *check = to;
        }
    }

    /// Removes a check.
    pub(super) fn remove(&mut self, number: usize) {
        self.around[number] = None;
    }

    /// The text with all checks.
    pub(super) fn into_text(self, text: &str) -> Cow<'_, str> {
        let checks =
            || self.around.iter().enumerate().filter_map(|(number, check)| Some((number, (*check)?)));
        if checks().next().is_none() {
            return Cow::Borrowed(text);
        }
        // At the same position, ends come before commas, and commas before starts. Among starts, the outer one comes
        // first, which was found last.
        let mut marks = Vec::with_capacity(self.around.len() * 2 + self.commas.len());
        for (number, (start, end, check)) in checks() {
            marks.push((end, 0, Edit::End));
            marks.push((start, usize::MAX - number, Edit::Begin(check)));
        }
        marks.extend(self.commas.iter().map(|(start, end)| (*start, 1, Edit::Comma(*end))));
        sorted::sort_by_key(&mut marks, |(at, order, _)| (*at, *order));
        let used: Vec<&str> = Check::ALL
            .iter()
            .filter(|check| checks().any(|(_, (.., used))| used == **check))
            .map(|check| check.name())
            .collect();
        let names = used.join(",");
        let mut out = String::with_capacity(text.len() + marks.len() * 20);
        // Locals are faster than globals. They are declared on the first line, so that line numbers don't change.
        out.extend(["local ", &names, "=", &names, " "]);
        let mut from = 0;
        for (at, _, mark) in marks {
            out.push_str(&text[from..at]);
            from = at;
            match mark {
                // The space separates it from a word before.
                Edit::Begin(check) => {
                    out.push(' ');
                    out.push_str(check.name());
                    out.push('(');
                }
                Edit::Comma(end) => {
                    out.push(',');
                    from = end;
                }
                Edit::End => out.push(')'),
            }
        }
        out.push_str(&text[from..]);
        Cow::Owned(out)
    }
}
