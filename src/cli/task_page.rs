//! Lists of tasks and their arguments.

use std::fmt::Write as _;

use crate::model::english::printable;
use crate::model::schema::Property;
use crate::model::task_card::TaskCard;

use super::page::{columns, wrap};
use super::task_call::{WORDS, owner};

/// A line for each task.
pub(super) fn list(cards: &[TaskCard], width: usize) -> String {
    let row = |card: &TaskCard| {
        let summary = card.schema.doc.split("\n\n").next().unwrap_or_default();
        (format!("{} {}", owner(card), card.name), printable(summary))
    };
    columns(&cards.iter().map(row).collect::<Vec<_>>(), width, "")
}

/// A block for each task: how it is called, what it does, and its arguments.
pub(super) fn blocks(cards: &[&TaskCard], width: usize) -> String {
    cards.iter().map(|card| block(card, width)).collect::<Vec<_>>().join("\n")
}

fn block(card: &TaskCard, width: usize) -> String {
    let mut line = format!("chefrs do {} {}", owner(card), card.name);
    let (words, named): (Vec<&Property>, Vec<&Property>) =
        card.schema.properties.iter().partition(|property| property.name == WORDS);
    for property in &named {
        let typed = format!("{}=…", property.name);
        let (open, close) = if property.required { ("", "") } else { ("[", "]") };
        let _ = write!(line, " {open}{typed}{close}");
    }
    if let Some(words) = words.first() {
        line.push_str(if words.required { " -- …" } else { " [-- …]" });
    }
    line.push('\n');
    line.push_str(&wrap(&printable(&card.schema.doc), width, "  "));
    if card.terminal {
        line.push_str(&wrap("It uses your terminal, on one machine.", width, "  "));
    }
    let argument = |property: &&Property| {
        let default = property.default.as_ref().map(|value| format!(" Default: {value}."));
        let required = if property.required { " Required." } else { "" };
        let doc = format!("{}{required}{}", property.doc, default.unwrap_or_default());
        (property.name.clone(), printable(&doc))
    };
    let arguments: Vec<(String, String)> = named.iter().chain(&words).map(argument).collect();
    line + &columns(&arguments, width, "    ")
}
