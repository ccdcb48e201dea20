//! Makes the outline of a collection.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::guards;
use super::later::LaterValues;
use super::loss::ExportLoss;
use super::outlined::{ExportOutline, OutlinedAction, OutlinedRow};
use crate::model::collection::{Collection, Row};
use crate::model::portable::{Declined, PortableItem, PortableMachine, Portables};
use crate::model::step::Command;
use crate::provider::Planner;
use crate::resources;

/// Properties that no form carries, whatever the type, and what happens instead.
const NEVER_CARRIED: &[(&str, &str)] = &[
    ("backup", "no old versions are kept"),
    ("files_backup", "no old versions are kept"),
    ("size_limit", "the size has no limit"),
];

/// The outline of a collection that was compiled with these facts. `blobs` has the bytes of all content that is not part of
/// the collection.
#[must_use]
pub fn outline<'a>(
    collection: &'a Collection,
    facts: &Map<String, Value>,
    blobs: &'a BTreeMap<String, Vec<u8>>,
) -> ExportOutline<'a> {
    let mut outliner = Outliner {
        collection,
        machine: PortableMachine::of_facts(facts),
        later: LaterValues::default(),
        losses: Vec::new(),
    };
    let rows = (0..collection.rows.len()).map(|index| outliner.row(index)).collect();
    let Outliner { machine, later, losses, .. } = outliner;
    ExportOutline { collection, rows, later: later.0, machine, blobs, losses }
}

struct Outliner<'a> {
    collection: &'a Collection,
    machine: PortableMachine,
    later: LaterValues,
    losses: Vec<ExportLoss>,
}

impl<'a> Outliner<'a> {
    fn row(&mut self, index: usize) -> OutlinedRow<'a> {
        let row = &self.collection.rows[index];
        let is_sensitive = std::iter::successors(Some(row), |row| self.parent(row)).any(|row| row.sensitive);
        let loaded = if row.custom { Ok(None) } else { self.load(row, is_sensitive).map(Some) };
        let around = match &loaded {
            Ok(Some(planner)) => planner.surroundings(),
            _ => Command::default(),
        };
        let (guards, never, wrong) = match guards::of_row(row, &around, &mut self.later) {
            Ok((guards, never)) => (guards, never, None),
            Err(declined) => (Vec::new(), None, Some(declined)),
        };
        let mut actions = Vec::new();
        for (name, is_declared) in self.actions(index) {
            let planned = match (&wrong, &loaded) {
                (Some(declined), _) | (None, Err(declined)) => Err(declined.clone()),
                (None, Ok(None)) => Ok(Vec::new()),
                _ if never.is_some() => Ok(Vec::new()),
                (None, Ok(Some(planner))) => self.items(index, planner.as_ref(), &name),
            };
            let (items, declined) = match planned {
                Ok(items) => (items, None),
                Err(Declined(reason)) => {
                    self.lose(index, name.clone(), reason.clone());
                    (Vec::new(), Some(reason))
                }
            };
            actions.push(OutlinedAction { name, is_declared, items, declined });
        }
        if never.is_none() {
            for (property, reason) in NEVER_CARRIED {
                if row.properties.contains_key(*property) {
                    self.lose(index, (*property).to_owned(), (*reason).to_owned());
                }
            }
        }
        OutlinedRow { row, guards, never, is_sensitive, actions }
    }

    fn parent(&self, row: &Row) -> Option<&'a Row> {
        row.parent.as_ref().and_then(|parent| self.collection.rows.get(parent.row))
    }

    /// The properties with markers, as a planner.
    fn load(&mut self, row: &Row, is_sensitive: bool) -> Result<Box<dyn Planner>, Declined> {
        let Some(r#type) = resources::find(&row.r#type) else {
            return Err(Declined(format!("there is no resource type `{}`", row.r#type)));
        };
        let properties = self.later.mark_all(&row.properties)?;
        let mut planner = (r#type.load)(&properties).map_err(|failure| {
            Declined(format!("a deferred value stands where no script can put it: {failure}"))
        })?;
        if is_sensitive || !row.secrets().is_empty() {
            planner.keep_secret();
        }
        Ok(planner)
    }

    /// The actions of a row that may run, and whether they are declared.
    fn actions(&self, index: usize) -> Vec<(String, bool)> {
        let row = &self.collection.rows[index];
        let mut actions: Vec<(String, bool)> = Vec::new();
        let notified = self.collection.rows.iter().flat_map(|row| &row.notifies);
        let notified = notified.filter(|notification| notification.target == index);
        let declared = row.actions.iter().map(|name| (name, true));
        for (name, is_declared) in declared.chain(notified.map(|notification| (&notification.action, false)))
        {
            if name != "nothing" && (is_declared || actions.iter().all(|(known, _)| known != name)) {
                actions.push((name.clone(), is_declared));
            }
        }
        actions
    }

    fn items(
        &mut self,
        index: usize,
        planner: &dyn Planner,
        action: &str,
    ) -> Result<Vec<PortableItem>, Declined> {
        planner.check(action)?;
        let mut portables = Portables::new(&self.machine);
        planner.portable(action, &mut portables)?;
        for lost in portables.lost {
            self.lose(index, lost.property.to_owned(), lost.reason.to_owned());
        }
        Ok(portables.items)
    }

    fn lose(&mut self, row: usize, of: String, reason: String) {
        let loss = ExportLoss { row, of, reason };
        if !self.losses.contains(&loss) {
            self.losses.push(loss);
        }
    }
}
