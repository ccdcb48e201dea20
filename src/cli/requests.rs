//! Shows what cookbooks from elsewhere ask for, and writes what they are granted into chefrs.toml.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, stdin};
use std::time::Duration;

use clap::Args;
use toml_edit::{Array, DocumentMut, Item, Table, Value};

use crate::cookbook::requests::CookbookRequest;
use crate::model::capability::{Capability, Need, full_control};
use crate::model::english::{count, printable};
use crate::model::error::Diagnostic;
use crate::target::interrupt::Interrupt;

use super::early_end::EarlyEnd;
use super::question::TerminalQuestion;

/// Table of chefrs.toml.
pub(super) const GRANTS: &str = "grants";
/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// What is granted without a question.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct GrantOptions {
    /// Grant what is asked for, except what amounts to full control of the machine.
    #[arg(long, conflicts_with = "grant_all")]
    pub(super) grant: bool,
    /// Grant all that the one named cookbook asks for, full control too.
    #[arg(long)]
    pub(super) grant_all: bool,
}

/// Why a right amounts to full control.
fn reason(need: &Need) -> Option<&'static str> {
    full_control(need.kind, &need.name)
}

/// What a cookbook asks for, in lines for people.
pub(super) fn request_lines(request: &CookbookRequest, needed: &[Need], optional: &[Need]) -> Vec<String> {
    let mut lines = Vec::new();
    for (head, needs) in [("asks for", needed), ("can do without, and asks for", optional)] {
        if needs.is_empty() {
            continue;
        }
        lines.push(format!("the cookbook `{}` {} {head}:", request.name, request.version));
        lines.extend(kind_lines(needs));
    }
    let full = needed.iter().chain(optional).filter(|need| reason(need).is_some()).count();
    if full > 0 {
        let words = if full == 1 { "line amounts" } else { "lines amount" };
        lines.push(format!(
            "{full} {words} to full control of the machine: with it, a cookbook can do anything as root"
        ));
    }
    lines
}

/// Rights by kind: what each kind allows, and below it the names.
pub(super) fn kind_lines(needs: &[Need]) -> Vec<String> {
    let mut lines = Vec::new();
    for kind in Capability::ALL {
        let of_kind: Vec<&Need> = needs.iter().filter(|need| need.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        lines.push(format!("  {} ({})", kind.verb(), kind.word()));
        for need in of_kind {
            let shown = printable(&need.name);
            lines.push(match reason(need) {
                Some(why) => format!("  !   {shown}   full control: {why}"),
                None => format!("      {shown}"),
            });
        }
    }
    lines
}

/// What to grant of a request: what the options say, or a person.
pub(super) fn chosen(
    request: &CookbookRequest,
    asked: &[Need],
    (grants, grants_all): (bool, bool),
    may_ask: bool,
) -> Vec<Need> {
    if grants_all {
        return asked.to_vec();
    }
    if grants {
        return asked.iter().filter(|need| reason(need).is_none()).cloned().collect();
    }
    if asked.is_empty() || !may_ask || !stdin().is_terminal() {
        return Vec::new();
    }
    let Ok(mut question) = TerminalQuestion::open("chefrs", "") else { return Vec::new() };
    let words = format!("grant this to `{}`? [y/N] ", request.name);
    let answer = question.ask(&words, &Interrupt::default(), PATIENCE);
    if matches!(answer.as_deref(), Some("y" | "yes")) { asked.to_vec() } else { Vec::new() }
}

/// Adds grants to the text of chefrs.toml. Comments and order stay.
pub(super) fn add_grants(document: &mut DocumentMut, alias: &str, needs: &[Need]) -> Result<(), EarlyEnd> {
    if needs.is_empty() {
        return Ok(());
    }
    let no_table = || EarlyEnd::usage(Diagnostic::error("`grants` in chefrs.toml must be a table of tables"));
    if !document.contains_key(GRANTS) {
        let mut table = Table::new();
        table.set_implicit(true);
        document.insert(GRANTS, Item::Table(table));
    }
    let grants = document.get_mut(GRANTS).and_then(Item::as_table_mut).ok_or_else(no_table)?;
    if !grants.contains_key(alias) {
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        grants.insert(alias, Item::Table(table));
    }
    let table = grants.get_mut(alias).and_then(Item::as_table_like_mut).ok_or_else(no_table)?;
    let mut by_kind: BTreeMap<Capability, Vec<&str>> = BTreeMap::new();
    for need in needs {
        by_kind.entry(need.kind).or_default().push(&need.name);
    }
    for (kind, names) in by_kind {
        if !table.contains_key(kind.word()) {
            table.insert(kind.word(), Item::Value(Value::Array(Array::new())));
        }
        let list = table.get_mut(kind.word()).and_then(Item::as_array_mut).ok_or_else(no_table)?;
        for name in names {
            if !list.iter().any(|known| known.as_str() == Some(name)) {
                list.push(name);
            }
        }
    }
    Ok(())
}

/// The last line about a cookbook that was not granted all that it needs. `again` is the command that grants it.
pub(super) fn missing_line(request: &CookbookRequest, again: &str) -> Option<String> {
    let missing = request.ungranted();
    if missing.is_empty() {
        return None;
    }
    let full = missing.iter().any(|need| reason(need).is_some());
    let option = if full { "--grant-all" } else { "--grant" };
    Some(format!(
        "`{}` was not granted {} that it needs: write them below `[grants.{}]` in chefrs.toml, or call `{again} {option}`",
        request.name,
        count(missing.len(), "right"),
        request.authority.key(),
    ))
}
