//! `chefrs update`.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cookbook::sharing::{NewLock, SharedCookbooks, settings_text};
use crate::cookbook::update_wish::UpdatedCookbooks;
use crate::model::capability::Need;
use crate::model::english::one_line;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;

use super::add::document;
use super::early_end::EarlyEnd;
use super::requests::{GrantOptions, add_grants, chosen, missing_line, request_lines};
use super::sharing::{self, SharingOptions};
use super::terminal::Terminal;
use super::updated_versions::updated_versions;
use super::{complete, environment};

/// Takes newer versions of cookbooks from elsewhere.
///
/// The newest that chefrs.toml allows are fetched. It writes chefrs.lock and prints what is different: the files, and what
/// others use of a cookbook. A tag that was moved since, or a version that was changed, is an error.
/// What a new version needs that it was not granted is shown. On a terminal, a question decides; without a terminal it is an
/// error, and nothing is written, except with `--grant` or `--grant-all`.
#[derive(Debug, Args)]
pub(super) struct UpdateArguments {
    /// The cookbooks to update, by name. Default: all.
    #[arg(value_name = "COOKBOOK", add = ArgValueCompleter::new(complete::locked_cookbooks))]
    names: Vec<String>,
    /// Take exactly this version of the one cookbook that is named, be it older, or a tag that was moved.
    #[arg(long, value_name = "VERSION")]
    precise: Option<String>,
    #[command(flatten)]
    grants: GrantOptions,
    #[command(flatten)]
    options: SharingOptions,
}

pub(super) fn update(arguments: &UpdateArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let names = &arguments.names;
    if let Some(version) = arguments.precise.as_deref().filter(|_| names.len() != 1) {
        let wrong = Diagnostic::error("`--precise` is for one cookbook, which must be named");
        let hint = format!("`chefrs update COOKBOOK --precise {}`", one_line(version));
        return Err(EarlyEnd::usage(wrong.hint(hint)));
    }
    if arguments.grants.grant_all && names.len() != 1 {
        let wrong = Diagnostic::error("`--grant-all` is for one cookbook, which must be named");
        return Err(EarlyEnd::usage(wrong.hint("`chefrs update COOKBOOK --grant-all`")));
    }
    let options = &arguments.options;
    let shared = options.open()?;
    let update = match names.as_slice() {
        [] => UpdatedCookbooks::All,
        some => UpdatedCookbooks::Named(some.to_vec()),
    };
    let new = options.resolve(&shared, &options.wish(update, arguments.precise.clone()))?;
    let text = granted(arguments, &shared, &new, terminal)?;
    sharing::write(&shared, &new, terminal)?;
    if let Some(text) = text {
        shared.write_settings(&text).map_err(sharing::failed)?;
    }
    let replaced = shared.replaced_versions(&new);
    sharing::print_lines(&updated_versions(&options.directory()?, &replaced)?, terminal)?;
    Ok(Exit::Success)
}

/// Shows what the cookbooks ask for that they did not before. Returns the new text of chefrs.toml, if it changes.
fn granted(
    arguments: &UpdateArguments,
    shared: &SharedCookbooks,
    new: &NewLock,
    terminal: &Terminal,
) -> Result<Option<String>, EarlyEnd> {
    let GrantOptions { grant, grant_all } = arguments.grants;
    let before = shared.requests(None);
    let root = arguments.options.directory()?;
    let present = settings_text(&root, &environment::owners()?)?.unwrap_or_default();
    let mut document = document(&present)?;
    let mut missing = Vec::new();
    for request in shared.requests(Some(new)).values() {
        let known = before.get(&request.name);
        let is_new = |need: &Need| !known.is_some_and(|known| known.asked(false).contains(need));
        let asked: Vec<Need> = request.ungranted().into_iter().filter(is_new).collect();
        let is_new = |need: &Need| !known.is_some_and(|known| known.asked(true).contains(need));
        let optional: Vec<Need> = request.asked(true).into_iter().filter(is_new).collect();
        sharing::print_lines(&request_lines(request, &asked, &optional), terminal)?;
        let takes_all = grant_all && arguments.names.contains(&request.name);
        let given = chosen(request, &asked, (grant || grant_all, takes_all), true);
        add_grants(&mut document, &request.authority.alias, &given)?;
        if given.len() < asked.len() {
            missing.extend(missing_line(request, &format!("chefrs update {}", request.name)));
        }
    }
    if missing.is_empty() {
        let text = document.to_string();
        return Ok((text != present).then_some(text));
    }
    let mut wrong =
        Diagnostic::error("the new versions need rights that they were not granted, so nothing is written");
    wrong.notes = missing;
    Err(EarlyEnd::Findings(Exit::Failed, vec![wrong]))
}
