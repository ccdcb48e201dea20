//! The outline of a collection, which all forms read.

use std::collections::BTreeMap;

use super::loss::ExportLoss;
use crate::model::collection::{Collection, Row};
use crate::model::portable::marked::LaterValue;
use crate::model::portable::{PortableItem, PortableMachine};
use crate::model::sorted;
use crate::model::step::Command;

/// The outline of a collection.
#[derive(Debug)]
pub struct ExportOutline<'a> {
    pub collection: &'a Collection,
    /// The rows of the collection, with the same indices.
    pub rows: Vec<OutlinedRow<'a>>,
    /// The values that are only known on the machine, by the number in their markers. See
    /// [`crate::model::portable::marked`].
    pub later: Vec<LaterValue>,
    /// What is known of the machine.
    pub machine: PortableMachine,
    /// The bytes of [`crate::model::content::Content::Blob`], by SHA-256.
    pub blobs: &'a BTreeMap<String, Vec<u8>>,
    /// What no form carries.
    pub losses: Vec<ExportLoss>,
}

/// A row.
#[derive(Debug)]
pub struct OutlinedRow<'a> {
    pub row: &'a Row,
    /// The guards, which must all be met. Those that the compile knew are not among them.
    pub guards: Vec<OutlinedGuard>,
    /// Why the row never acts on this machine: a guard that the compile knew to be unmet, `only_if false`.
    pub never: Option<String>,
    /// Whether the content and commands are not to be shown.
    pub is_sensitive: bool,
    /// The declared actions in order, without `nothing`, and then those that are only notified. Those of a custom resource
    /// have no things: the rows that have it as parent do its work.
    pub actions: Vec<OutlinedAction>,
}

/// A condition of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlinedGuard {
    pub test: OutlinedTest,
    /// What the test must say: `true` for `only_if`, `false` for `not_if`.
    pub wanted: bool,
}

/// What a condition looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutlinedTest {
    /// Something is at the path. Symlinks are followed.
    Exists(String),
    /// The command exits with 0, or one of its `returns`. One that can't be run is an error.
    Succeeds(Box<Command>),
}

/// An action of a row.
#[derive(Debug)]
pub struct OutlinedAction {
    pub name: String,
    /// Whether it runs at the row's turn. Otherwise only when it is notified.
    pub is_declared: bool,
    /// What it means.
    pub items: Vec<PortableItem>,
    /// Why it can't be said in plain things. It is among the losses, too.
    pub declined: Option<String>,
}

impl<'a> ExportOutline<'a> {
    /// The indices of the rows that do the work of an action of a custom resource, in order. Rows inside rows are not among
    /// them.
    pub fn children<'s>(
        &'s self,
        parent: usize,
        action: &'s str,
    ) -> impl Iterator<Item = usize> + use<'a, 's> {
        let is_child = move |row: &OutlinedRow<'_>| {
            row.row.parent.as_ref().is_some_and(|of| of.row == parent && of.action == action)
        };
        (parent + 1..self.rows.len()).filter(move |index| is_child(&self.rows[*index]))
    }

    /// The indices of all rows inside a custom resource, those inside rows inside it included.
    #[must_use]
    pub fn inside(&self, index: usize) -> Vec<usize> {
        let mut inside = vec![index];
        for (number, row) in self.rows.iter().enumerate().skip(index + 1) {
            if row.row.parent.as_ref().is_some_and(|parent| inside.contains(&parent.row)) {
                inside.push(number);
            }
        }
        inside.split_off(1)
    }

    /// The names of all secrets that the rows need, sorted.
    #[must_use]
    pub fn secrets(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .later
            .iter()
            .filter_map(|value| match value {
                LaterValue::Secret(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        sorted::sort_by(&mut names, Ord::cmp);
        names
    }
}

impl OutlinedTest {
    /// Whether it only asks whether programs exist. Then the status 127 is an answer.
    #[must_use]
    pub fn looks_for_programs(&self) -> bool {
        const ASKING: [&str; 4] = ["command", "which", "type", "hash"];
        let Self::Succeeds(command) = self else { return false };
        let asks = |word: Option<&String>| word.is_some_and(|word| ASKING.contains(&word.as_str()));
        command
            .simple()
            .is_some_and(|all| !all.is_empty() && all.iter().all(|simple| asks(simple.words.first())))
    }
}

impl OutlinedRow<'_> {
    /// An action, if it is used.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&OutlinedAction> {
        self.actions.iter().find(|action| action.name == name)
    }
}
