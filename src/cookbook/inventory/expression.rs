//! The words that name nodes, for `-t` and for `chefrs nodes`: `@web,!web3`, `@web&@eu`.
//!
//! ```text
//! words := item ("," item)*            all of these, in this order, each once
//! item  := "!" term                    without these, wherever it stands
//!        | term ("&" ["!"] term)*      those that are in all of these, and in none behind a `!`
//! term  := NAME | "@" GROUP | PATTERN | ADDRESS
//! ```

use crate::model::english::one_line;
use crate::model::error::Diagnostic;

/// A form of the words, for the reference.
#[derive(Debug, Clone, Copy)]
pub struct SelectionForm {
    pub written: &'static str,
    pub doc: &'static str,
}

const fn form(written: &'static str, doc: &'static str) -> SelectionForm {
    SelectionForm { written, doc }
}

/// All forms.
pub const SELECTION_FORMS: &[SelectionForm] = &[
    form("web1", "The node of this name. A name that no node has is a host that `ssh` knows."),
    form("@web", "All nodes of the group, sorted by name."),
    form("web*", "All nodes with a matching name: `*` stands for any characters, `?` for one."),
    form("@web,db1", "All of these, in this order, each once."),
    form("@web,!web3", "Without `web3`, wherever the `!` stands. `!@group` and `!web*` leave out several."),
    form("@web&@eu", "The nodes that are in both. `@web&!@eu`: those of `@web` that are not in `@eu`."),
];

/// A part between two commas.
#[derive(Debug, PartialEq)]
pub(super) enum Item<'a> {
    /// These are chosen.
    One(&'a str),
    /// These are left out.
    Without(&'a str),
    /// Those that are in all of the words without a `!`, and in none with one. The first word has none.
    All { first: &'a str, others: Vec<(bool, &'a str)> },
}

/// Parses a part.
pub(super) fn item(written: &str) -> Result<Item<'_>, Diagnostic> {
    let written = written.trim();
    if written.is_empty() {
        return Err(
            Diagnostic::error("a target has an empty name").hint("separate targets with single commas")
        );
    }
    // A path may contain anything.
    let terms: Vec<&str> =
        if written.contains(":/") { vec![written] } else { written.split('&').map(str::trim).collect() };
    let mut parsed = Vec::new();
    for term in terms {
        let (is_without, word) = match term.strip_prefix('!') {
            Some(word) => (true, word.trim_start()),
            None => (false, term),
        };
        if word.is_empty() || word.starts_with('!') {
            let sign = if is_without { "!" } else { "&" };
            return Err(Diagnostic::error(format!(
                "in `{}` a word is missing beside `{sign}`",
                one_line(written)
            ))
            .hint("`@web&@eu` are the nodes in both groups, `@web,!web3` those of `web` without `web3`"));
        }
        parsed.push((is_without, word));
    }
    match parsed.as_slice() {
        [(false, word)] => Ok(Item::One(word)),
        [(true, word)] => Ok(Item::Without(word)),
        [(false, first), others @ ..] => Ok(Item::All { first, others: others.to_vec() }),
        [(true, word), ..] => {
            let chosen = parsed.iter().find(|(is_without, _)| !is_without).map_or("*", |(_, word)| word);
            Err(Diagnostic::error(format!("`{}` begins with what it leaves out", one_line(written)))
                .hint(format!("write what it chooses first: `{}&!{}`", one_line(chosen), one_line(word))))
        }
        [] => Err(Diagnostic::error("a target has an empty name")),
    }
}
