//! Finds cycles of immediate notifications, which would never end.

use std::collections::HashMap;

use crate::model::collection::{Notification, Row, Timing};
use crate::model::error::Diagnostic;

/// Errors for rows that notify each other immediately in a cycle, or notify themselves. Each cycle is reported once.
pub(super) fn cycles(rows: &[Row]) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = rows.iter().enumerate().filter_map(notifies_itself).collect();
    let at_once = |row: &Row| row.notifies.iter().any(|notification| notification.timing.is_at_once());
    if rows.iter().any(at_once) {
        found.extend(Graph::new(rows).cycles());
    }
    found
}

/// The error for a row that notifies itself with a delayed notification.
fn notifies_itself((index, row): (usize, &Row)) -> Option<Diagnostic> {
    let again = |notification: &&Notification| {
        notification.target == index
            && notification.timing == Timing::Delayed
            && row.actions.contains(&notification.action)
    };
    let notification = row.notifies.iter().find(again)?;
    let what = format!("{}: `notifies` runs its own {} again", row.id(), notification.action);
    Some(Diagnostic::error(what).at(row.location.clone()).hint("name the resource that should act after it"))
}

/// A graph of immediate effects. Its nodes are rows that change, and actions of custom resources that run.
struct Graph<'r> {
    rows: &'r [Row],
    children: HashMap<(usize, &'r str), Vec<usize>>,
    /// Nodes for actions. Their numbers follow those of the rows.
    actions: Vec<(usize, &'r str)>,
    numbers: HashMap<(usize, &'r str), usize>,
}

/// How far the search is with a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Open,
    Done,
}

impl<'r> Graph<'r> {
    fn new(rows: &'r [Row]) -> Self {
        let mut children: HashMap<(usize, &str), Vec<usize>> = HashMap::new();
        for (index, row) in rows.iter().enumerate() {
            if let Some(parent) = &row.parent {
                children.entry((parent.row, &parent.action)).or_default().push(index);
            }
        }
        Self { rows, children, actions: Vec::new(), numbers: HashMap::new() }
    }

    /// The node for an action that is run.
    fn run(&mut self, row: usize, action: &'r str) -> usize {
        if !self.rows[row].custom {
            return row;
        }
        let next = self.rows.len() + self.actions.len();
        let number = *self.numbers.entry((row, action)).or_insert(next);
        if number == next {
            self.actions.push((row, action));
        }
        number
    }

    fn leads_to(&mut self, node: usize) -> Vec<usize> {
        let rows = self.rows;
        if let Some(row) = rows.get(node) {
            let at_once = row.notifies.iter().filter(|notification| notification.timing.is_at_once());
            let mut next: Vec<usize> =
                at_once.map(|notification| self.run(notification.target, &notification.action)).collect();
            next.extend(row.parent.as_ref().map(|parent| parent.row));
            return next;
        }
        let of_action = self.children.get(&self.actions[node - rows.len()]).cloned().unwrap_or_default();
        let mut next = Vec::new();
        for child in of_action {
            let acting = rows[child].actions.iter().filter(|action| *action != "nothing");
            next.extend(acting.map(|action| self.run(child, action)));
        }
        next
    }

    fn cycles(mut self) -> Vec<Diagnostic> {
        let mut marks: HashMap<usize, Mark> = HashMap::new();
        let mut found = Vec::new();
        for start in 0..self.rows.len() {
            if marks.contains_key(&start) {
                continue;
            }
            marks.insert(start, Mark::Open);
            let mut path = vec![(start, self.leads_to(start))];
            while let Some((node, left)) = path.last_mut() {
                let Some(next) = left.pop() else {
                    marks.insert(*node, Mark::Done);
                    path.pop();
                    continue;
                };
                match marks.get(&next) {
                    Some(Mark::Done) => {}
                    Some(Mark::Open) => {
                        let from = path.iter().position(|(node, _)| *node == next).unwrap_or_default();
                        let circle: Vec<usize> = path[from..].iter().map(|(node, _)| *node).collect();
                        found.extend(self.told(&circle));
                    }
                    None => {
                        marks.insert(next, Mark::Open);
                        let further = self.leads_to(next);
                        path.push((next, further));
                    }
                }
            }
        }
        found
    }

    /// The error for a cycle, at the row that closes it. None if there is no notification in the cycle.
    fn told(&self, circle: &[usize]) -> Option<Diagnostic> {
        let row_of = |node: usize| match self.rows.get(node) {
            Some(_) => node,
            None => self.actions[node - self.rows.len()].0,
        };
        let mut steps = Vec::new();
        for (place, &node) in circle.iter().enumerate() {
            let next = row_of(circle[(place + 1) % circle.len()]);
            let Some(row) = self.rows.get(node) else { continue };
            let at_once = row.notifies.iter().filter(|notification| notification.timing.is_at_once());
            if let Some(notification) = at_once.into_iter().find(|notification| notification.target == next) {
                let Notification { action, timing, .. } = notification;
                steps.push((
                    row,
                    format!("{} notifies {} to {action}, {}", row.id(), self.rows[next].id(), timing.word()),
                ));
            }
        }
        let (row, _) = steps.last()?;
        let mut diagnostic =
            Diagnostic::error(format!("{}: `notifies` forms a cycle, which would never end", row.id()))
                .at(row.location.clone());
        for (_, step) in &steps {
            diagnostic = diagnostic.note(step.clone());
        }
        Some(diagnostic.hint(match steps.as_slice() {
            [_] => "name the resource that should act after it",
            _ => "make one of them `delayed`, so that it runs once, at the end",
        }))
    }
}
