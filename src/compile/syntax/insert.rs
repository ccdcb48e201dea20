//! Checks, and how they are put into a text.

use std::borrow::Cow;

/// What begins the names of all checks; no file may use such a name.
pub(in crate::compile) const RESERVED: &str = "_chefrs_";

/// What a value is about to be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::compile) enum Check {
    /// Held against another value: `a == b` becomes a call with both.
    Equal,
    /// The same for `a ~= b`.
    Differ,
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
    /// Asked for its item 0, which no list has.
    First,
    /// Asked for an item that is counted from the end, which no list has.
    Last,
}

impl Check {
    /// All of them.
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

    /// The name of the function that checks it.
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

/// Checks around parts of a text, in the order in which they were found: an inner one before those around it.
#[derive(Default)]
pub(super) struct Inserts {
    /// Nothing for one that was taken back.
    around: Vec<Option<(usize, usize, Check)>>,
    /// Operators that become the comma between the arguments of a check.
    commas: Vec<(usize, usize)>,
}

/// What is done at a place of the text.
#[derive(Clone, Copy)]
enum Edit {
    End,
    Comma(usize),
    Begin(Check),
}

impl Inserts {
    /// Puts a check around a part. Gives its number.
    pub(super) fn around(&mut self, start: usize, end: usize, check: Check) -> usize {
        self.around.push(Some((start, end, check)));
        self.around.len() - 1
    }

    /// Makes an operator the comma between two arguments.
    pub(super) fn comma(&mut self, start: usize, end: usize) {
        self.commas.push((start, end));
    }

    /// Makes another check of one.
    pub(super) fn change(&mut self, number: usize, to: Check) {
        if let Some((.., check)) = &mut self.around[number] {
            *check = to;
        }
    }

    /// Takes a check back.
    pub(super) fn remove(&mut self, number: usize) {
        self.around[number] = None;
    }

    /// The text with all of them.
    pub(super) fn into_text(self, text: &str) -> Cow<'_, str> {
        let checks =
            || self.around.iter().enumerate().filter_map(|(number, check)| Some((number, (*check)?)));
        if checks().next().is_none() {
            return Cow::Borrowed(text);
        }
        // At one place ends come before a comma, and both before beginnings; of these the outer one, found last, before
        // the inner ones.
        let mut marks = Vec::with_capacity(self.around.len() * 2 + self.commas.len());
        for (number, (start, end, check)) in checks() {
            marks.push((end, 0, Edit::End));
            marks.push((start, usize::MAX - number, Edit::Begin(check)));
        }
        marks.extend(self.commas.iter().map(|(start, end)| (*start, 1, Edit::Comma(*end))));
        marks.sort_unstable_by_key(|(at, order, _)| (*at, *order));
        let used: Vec<&str> = Check::ALL
            .iter()
            .filter(|check| checks().any(|(_, (.., used))| used == **check))
            .map(|check| check.name())
            .collect();
        let names = used.join(",");
        let mut out = String::with_capacity(text.len() + marks.len() * 20);
        // Locals are read faster than globals. On the first line, so that no number of a line changes.
        out.extend(["local ", &names, "=", &names, " "]);
        let mut from = 0;
        for (at, _, mark) in marks {
            out.push_str(&text[from..at]);
            from = at;
            match mark {
                // The space keeps it apart from a word before.
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
