//! `chefrs grants`.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cookbook::requests::CookbookRequest;
use crate::cookbook::sharing::settings_text;
use crate::model::capability::{Capabilities, Lack, Need};
use crate::model::english::{one_line, suggestion};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;

use super::add::document;
use super::early_end::EarlyEnd;
use super::requests::{GrantOptions, add_grants, chosen, kind_lines, missing_line};
use super::sharing::{self, SharingProject};
use super::{complete, environment, terminal::Terminal};

/// Shows what cookbooks from elsewhere ask for, and what they were granted.
///
/// With `--grant` or `--grant-all`, writes grants into chefrs.toml. Exit code 1: a cookbook lacks something that it needs.
#[derive(Debug, Args)]
pub(super) struct GrantsArguments {
    /// The cookbook, by name. Default: all.
    #[arg(value_name = "COOKBOOK", add = ArgValueCompleter::new(complete::locked_cookbooks))]
    name: Option<String>,
    /// Show only where what is asked for and what is granted differ.
    #[arg(long)]
    diff: bool,
    #[command(flatten)]
    options: GrantOptions,
    #[command(flatten)]
    project: SharingProject,
}

pub(super) fn grants(arguments: &GrantsArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let shared = arguments.project.open()?;
    let mut requests = shared.requests(None);
    if let Some(name) = &arguments.name {
        if !requests.contains_key(name) {
            let wrong = Diagnostic::error(format!("no cookbook `{}` comes from elsewhere", one_line(name)));
            let known: Vec<&str> = requests.keys().map(String::as_str).collect();
            return Err(EarlyEnd::usage(match known.as_slice() {
                [] => wrong.hint("`chefrs fetch` gets those that chefrs.toml names"),
                some => wrong.hint(suggestion(name, some, "there are")),
            }));
        }
        requests.retain(|known, _| known == name);
    }
    let GrantOptions { grant, grant_all } = arguments.options;
    if grant_all && arguments.name.is_none() {
        let wrong = Diagnostic::error("`--grant-all` is for one cookbook, which must be named");
        return Err(EarlyEnd::usage(wrong.hint("`chefrs grants COOKBOOK --grant-all`")));
    }
    if grant || grant_all {
        let root = arguments.project.directory()?;
        let mut document = document(&settings_text(&root, &environment::owners()?)?.unwrap_or_default())?;
        let mut lines = Vec::new();
        for request in requests.values() {
            let given = chosen(request, &request.ungranted(), (grant, grant_all), false);
            add_grants(&mut document, &request.authority.alias, &given)?;
            if !given.is_empty() {
                lines.push(format!("granted `{}`:", request.name));
                lines.extend(kind_lines(&given));
            }
        }
        if lines.is_empty() {
            lines.push("nothing was granted: nothing is missing, or it amounts to full control".to_owned());
        } else {
            shared.write_settings(&document.to_string()).map_err(sharing::failed)?;
        }
        sharing::print_lines(&lines, terminal)?;
        return Ok(Exit::Success);
    }
    let mut lines = Vec::new();
    let mut is_complete = true;
    for request in requests.values() {
        is_complete &= request.ungranted().is_empty();
        lines.extend(if arguments.diff { difference(request) } else { listed(request) });
        lines.extend(missing_line(request, &format!("chefrs grants {}", request.name)));
    }
    if lines.is_empty() {
        lines.push(
            match (requests.is_empty(), shared.aliases().next()) {
                (false, _) => "nothing differs",
                (true, None) => "no cookbooks come from elsewhere",
                (true, Some(_)) => {
                    "chefrs.lock does not have what chefrs.toml asks for; `chefrs update` changes it"
                }
            }
            .to_owned(),
        );
    }
    sharing::print_lines(&lines, terminal)?;
    Ok(if is_complete { Exit::Success } else { Exit::Failed })
}

/// All that a cookbook asks for and was granted.
fn listed(request: &CookbookRequest) -> Vec<String> {
    let head = |words: &str| format!("`{}` {} {words}", request.name, request.version);
    let authority = &request.authority;
    let missing: Vec<(Need, Lack)> =
        authority.missing(false).into_iter().chain(authority.missing(true)).collect();
    let asked: Vec<Need> = request.asked(false).into_iter().chain(request.asked(true)).collect();
    if asked.is_empty() {
        return vec![head("declares that it needs nothing")];
    }
    let lacking = |need: &Need, why: Lack| missing.iter().any(|(other, lack)| other == need && *lack == why);
    let granted: Vec<Need> =
        asked.iter().filter(|need| !missing.iter().any(|(other, _)| other == *need)).cloned().collect();
    let mut lines = Vec::new();
    let parts = [
        ("may:", granted),
        (
            "may not, because it was not granted:",
            asked.iter().filter(|need| lacking(need, Lack::Ungranted)).cloned().collect(),
        ),
        (
            "may not, because `[deny]` wins:",
            asked.iter().filter(|need| lacking(need, Lack::Denied)).cloned().collect(),
        ),
    ];
    for (words, needs) in parts {
        if !needs.is_empty() {
            lines.push(head(words));
            lines.extend(kind_lines(&needs));
        }
    }
    lines
}

/// What was asked for and is missing or denied, and what was granted and not asked for.
fn difference(request: &CookbookRequest) -> Vec<String> {
    let authority = &request.authority;
    let mut lines = Vec::new();
    for (sign, lack) in [("+", Lack::Ungranted), ("x", Lack::Denied)] {
        let missing = authority.missing(false).into_iter().chain(authority.missing(true));
        let why = if lack == Lack::Denied { "denied" } else { "not granted" };
        lines.extend(
            missing
                .filter(|(_, found)| *found == lack)
                .map(|(need, _)| format!("{sign} {}: {} ({why})", request.name, need.shown())),
        );
    }
    let nothing = Capabilities::new();
    let declared = authority.declared.as_ref().unwrap_or(&nothing);
    for (kind, patterns) in authority.granted.iter().flatten() {
        for pattern in patterns {
            let granted = Need { kind: *kind, name: pattern.clone() };
            if !granted.touches(declared) && !granted.touches(&authority.optional) {
                lines.push(format!("- {}: {} (granted, and not asked for)", request.name, granted.shown()));
            }
        }
    }
    lines
}
