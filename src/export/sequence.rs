//! The rows of a collection as one sequence of units, with notified actions at the place where they run.

use std::collections::BTreeMap;

use super::loss::ExportLoss;
use super::outlined::{ExportOutline, OutlinedAction, OutlinedRow};
use crate::model::collection::{Notification, Timing};
use crate::model::english::one_line;
use crate::model::portable::{Portable, PortableItem};

/// An action of a row.
#[derive(Debug)]
pub(super) struct Unit<'o> {
    /// Index of the row.
    pub(super) index: usize,
    pub(super) row: &'o OutlinedRow<'o>,
    pub(super) action: &'o OutlinedAction,
    /// Words for it that no other unit has.
    pub(super) title: String,
    /// It runs only if one of these units has changed something. Empty: it runs in any case.
    pub(super) after: Vec<usize>,
    /// The delayed notification that it belongs to: a number in [`Sequence::delayed`].
    pub(super) delayed: Option<usize>,
    /// Whether its guards or notifications are about several rows. Then these are one script.
    pub(super) is_whole: bool,
}

/// A delayed notification.
#[derive(Debug)]
pub(super) struct Delayed {
    target: usize,
    action: String,
    /// Words for it that no other one has.
    pub(super) title: String,
    /// The units of which one must have changed something.
    pub(super) after: Vec<usize>,
}

/// All units in the order in which they run. Those of delayed notifications come last.
#[derive(Debug)]
pub(super) struct Sequence<'o> {
    outline: &'o ExportOutline<'o>,
    pub(super) units: Vec<Unit<'o>>,
    pub(super) delayed: Vec<Delayed>,
    /// Whether an immediate notification of a custom resource can wait for all of its rows.
    waits_for_all: bool,
    /// Whether the tool can say something and change nothing.
    says: bool,
    /// The number of delayed notifications whose units are there.
    expanded: usize,
    losses: Vec<ExportLoss>,
    /// The notifications that are on their way, each from the one before.
    chain: Vec<(usize, String)>,
    titles: BTreeMap<String, usize>,
}

/// The sequence of an outline. `waits_for_all` says whether the tool can notify a unit once and at once when several
/// others have run, `says` whether it can say something and change nothing.
pub(super) fn sequence<'o>(
    outline: &'o ExportOutline<'o>,
    losses: &mut Vec<ExportLoss>,
    waits_for_all: bool,
    says: bool,
) -> Sequence<'o> {
    let mut sequence = Sequence {
        outline,
        waits_for_all,
        says,
        expanded: 0,
        losses: Vec::new(),
        units: Vec::new(),
        delayed: Vec::new(),
        chain: Vec::new(),
        titles: BTreeMap::new(),
    };
    for index in 0..outline.rows.len() {
        if outline.rows[index].row.parent.is_none() {
            sequence.turn(index, &[], None);
        }
    }
    while let Some(delayed) = sequence.delayed.get(sequence.expanded) {
        let (target, action, after) = (delayed.target, delayed.action.clone(), delayed.after.clone());
        let number = sequence.expanded;
        sequence.expanded += 1;
        sequence.notified(target, &action, &after, Some(number));
    }
    losses.append(&mut sequence.losses);
    for (row, of, reason) in outline.rows.iter().enumerate().flat_map(|(row, of)| lost(outline, row, of)) {
        losses.push(ExportLoss { row, of: of.into(), reason: reason.into() });
    }
    sequence
}

/// What a sequence does not carry of a row.
fn lost(
    outline: &ExportOutline<'_>,
    index: usize,
    row: &OutlinedRow<'_>,
) -> Vec<(usize, &'static str, &'static str)> {
    if row.never.is_some() {
        return Vec::new();
    }
    let mut lost = Vec::new();
    if row.row.requires.iter().any(|required| outline.rows[*required].row.ignore_failure) {
        lost.push((index, "requires", "it runs although a resource has failed whose failure is ignored"));
    }
    if row.row.custom && row.guards.is_empty() {
        for (is_set, property) in
            [(row.row.retries > 0, "retries"), (row.row.ignore_failure, "ignore_failure")]
        {
            if is_set {
                lost.push((index, property, "it holds for none of the resources inside"));
            }
        }
    }
    lost
}

/// Notes what a unit in a tool's own words does not carry: the timeout of what is no command.
pub(super) fn lose_of_unit(unit: &Unit<'_>, losses: &mut Vec<ExportLoss>) {
    let is_limited = unit.row.row.properties.contains_key("timeout");
    let limit = |what: &Portable| !matches!(what, Portable::Command(_)) && what.timeout() > 0;
    if is_limited && unit.action.items.iter().any(|item| limit(&item.what)) {
        let reason = "the limit is the one that the tool has itself".to_owned();
        let loss = ExportLoss { row: unit.index, of: "timeout".into(), reason };
        if !losses.contains(&loss) {
            losses.push(loss);
        }
    }
}

impl<'o> Sequence<'o> {
    /// A row at its turn. Gives the numbers of its units.
    fn turn(&mut self, index: usize, after: &[usize], delayed: Option<usize>) -> Vec<usize> {
        let row = &self.outline.rows[index];
        let mut units = Vec::new();
        for action in row.actions.iter().filter(|action| action.is_declared) {
            units.extend(self.act(index, action, after, delayed));
        }
        self.notify(index, &units, delayed);
        units
    }

    fn act(
        &mut self,
        index: usize,
        action: &'o OutlinedAction,
        after: &[usize],
        delayed: Option<usize>,
    ) -> Vec<usize> {
        let row = &self.outline.rows[index];
        if row.never.is_some() || action.declined.is_some() {
            return Vec::new();
        }
        let is_whole = self.is_whole(row);
        if row.row.custom && !is_whole {
            let children: Vec<usize> = self.outline.children(index, &action.name).collect();
            return children.into_iter().flat_map(|child| self.turn(child, after, delayed)).collect();
        }
        if !row.row.custom && action.items.is_empty() {
            return Vec::new();
        }
        let is_message = |item: &PortableItem| matches!(item.what, Portable::Message(_));
        if !self.says && !row.row.custom && action.items.iter().all(is_message) {
            let reason = "the tool has no words for a message that is no change".to_owned();
            let loss = ExportLoss { row: index, of: action.name.clone(), reason };
            if !self.losses.contains(&loss) {
                self.losses.push(loss);
            }
            return Vec::new();
        }
        let is_plain = action.is_declared && row.actions.len() == 1;
        let id = one_line(&row.row.id());
        let words = if is_plain { id } else { format!("{id} {}", action.name) };
        let title = self.title(words);
        let after = after.to_vec();
        self.units.push(Unit { index, row, action, title, after, delayed, is_whole });
        vec![self.units.len() - 1]
    }

    /// Words that are no title yet.
    fn title(&mut self, words: String) -> String {
        let number = self.titles.entry(words.clone()).or_default();
        *number += 1;
        if *number == 1 { words } else { format!("{words} ({number})") }
    }

    /// Sends what a row notifies when its units have changed something.
    fn notify(&mut self, index: usize, units: &[usize], delayed: Option<usize>) {
        if units.is_empty() {
            return;
        }
        let outline = self.outline;
        let of_row = outline.rows[index].row.notifies.iter();
        let inside: Vec<usize> =
            if self.is_whole(&outline.rows[index]) { outline.inside(index) } else { Vec::new() };
        let of_inside = inside.iter().flat_map(|row| &outline.rows[*row].row.notifies);
        let all: Vec<&Notification> =
            of_row.chain(of_inside).filter(|sent| !inside.contains(&sent.target)).collect();
        for notification in all.iter().filter(|sent| sent.timing == Timing::Immediately) {
            self.notified(notification.target, &notification.action, units, delayed);
        }
        for notification in all.iter().filter(|sent| sent.timing == Timing::Delayed) {
            self.delay(index, notification, units);
        }
    }

    /// Whether the guards or notifications of a row are about several rows, in a way that only a script can carry.
    fn is_whole(&self, row: &OutlinedRow<'_>) -> bool {
        let is_odd = |sent: &Notification| match sent.timing {
            Timing::Before | Timing::OnFailure => true,
            Timing::Immediately => row.row.custom && !self.waits_for_all,
            Timing::Delayed => false,
        };
        row.row.custom && !row.guards.is_empty() || row.row.notifies.iter().any(is_odd)
    }

    fn notified(&mut self, target: usize, action: &str, after: &[usize], delayed: Option<usize>) {
        let link = (target, action.to_owned());
        if self.chain.contains(&link) {
            return;
        }
        let Some(action) = self.outline.rows[target].action(action) else { return };
        self.chain.push(link);
        let units = self.act(target, action, after, delayed);
        self.notify(target, &units, delayed);
        self.chain.pop();
    }

    fn delay(&mut self, index: usize, notification: &Notification, units: &[usize]) {
        let row = &self.outline.rows[notification.target];
        if row.never.is_some() {
            return;
        }
        let same =
            |known: &Delayed| known.target == notification.target && known.action == notification.action;
        match self.delayed.iter().position(same) {
            Some(number) if number < self.expanded => {
                let at_once = |sent: &Notification| {
                    sent.timing == Timing::Immediately
                        && sent.target == notification.target
                        && sent.action == notification.action
                };
                if !self.outline.rows[index].row.notifies.iter().any(at_once) {
                    let reason = format!("at the end, it does not notify {} again", row.row.id());
                    self.losses.push(ExportLoss { row: index, of: "notifies".into(), reason });
                }
            }
            Some(number) => self.delayed[number].after.extend(units),
            None => {
                let title = self.title(format!("{} {}", notification.action, one_line(&row.row.id())));
                let (target, action) = (notification.target, notification.action.clone());
                self.delayed.push(Delayed { target, action, title, after: units.to_vec() });
            }
        }
    }
}
