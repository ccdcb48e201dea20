//! `chefrs run`.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use clap::{ArgMatches, Args, Command, ValueHint};

use crate::locked_run;
use crate::model::english::one_line;
use crate::model::error::Diagnostic;
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::remote::Patience;

use super::deciding_words::{TypedWords, parse};
use super::early_end::EarlyEnd;
use super::failed_from::FailedFrom;
use super::mistyped;
use super::run_choices::{FleetArguments, RunChoices, SharedArguments};
use super::run_or_plan::execute;
use super::saved_run::SavedRun;
use super::scope::ScopeArguments;
use super::selection::Selection;
use super::signals::Listening;
use super::step::Steps;
use super::target_options::TargetArguments;
use super::terminal::Terminal;

/// Changes machines to what the recipes say.
///
/// Resources run in the order in which they are written. What is right already is left alone. So it is safe to run
/// again, and that is how you go on after a failure. It asks no questions, except with `--confirm` or `--step`. To see
/// what it would change, use `chefrs plan`.
///
/// With several machines, all are looked at before the first is changed. If the recipes can't work on one of them, none
/// is changed. One that can't be reached does not stop the others.
#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// A plan that was saved with `chefrs plan --out FILE`. It is applied exactly: all targets are planned again first,
    /// and if anything differs, nothing is changed, and the exit code is 2. What to run, and where, is in the file.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["confirm", "step"])]
    saved_plan: Option<Utf8PathBuf>,
    #[command(flatten)]
    place: TargetArguments,
    #[command(flatten)]
    failed_from: FailedFrom,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    scope: ScopeArguments,
    #[command(flatten)]
    shared: SharedArguments,
    /// Seconds to wait for another run on the same machine. 0 does not wait. Default: 60, or the `lock_timeout` of
    /// chefrs.toml.
    #[arg(long, value_name = "SECONDS")]
    lock_timeout: Option<u64>,
    /// Seconds to try to connect again when the connection breaks. The run goes on meanwhile. 0 does not try.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    reconnect: u64,
    /// Seconds to wait for a machine that a `reboot` resource restarts.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    reboot_timeout: u64,
    /// Show the plan and ask before anything is changed. Only what the plan would change is run.
    #[arg(long)]
    confirm: bool,
    /// Ask before each change of a resource: apply it, leave it out, apply everything, or end the run. On one target.
    #[arg(long)]
    step: bool,
    #[command(flatten)]
    fleet: FleetArguments,
}

/// `typed` are the arguments that were typed.
pub(super) fn run(
    arguments: &RunArguments,
    typed: &ArgMatches,
    terminal: &Terminal,
) -> Result<Exit, EarlyEnd> {
    let Some(path) = &arguments.saved_plan else { return execute(&choices(arguments, None)?, terminal) };
    let typed = TypedWords::of::<RunArguments>(typed);
    let saved = saved_run(path, &typed.deciding)?;
    // As if the words of the plan had been typed now.
    let words = [saved.words(), &typed.others].concat();
    let again = parse(&words).map_err(|_| saved.senseless())?;
    execute(&choices(&again, Some(&saved))?, terminal)
}

/// Reads the saved plan.
fn saved_run(path: &Utf8Path, deciding: &[String]) -> Result<SavedRun, EarlyEnd> {
    if mistyped::is_recipe_file(path.as_str()) || !path.exists() && path.extension() != Some("json") {
        // Another word in the wrong place.
        let verb = RunArguments::augment_args(Command::new("run"));
        let recipe = deciding.iter().find_map(|word| word.strip_prefix("--recipe="));
        let wrong = Diagnostic::error(format!("there is no saved plan `{}`", one_line(path.as_str())));
        return Err(EarlyEnd::usage(wrong.hint(mistyped::meant(path.as_str(), &verb, recipe))));
    }
    let saved = SavedRun::read(path, &locked_run::now())?;
    let Some(word) = deciding.first() else { return Ok(saved) };
    let option = word.split('=').next().unwrap_or_default();
    let wrong = Diagnostic::error(format!("`{option}` can't be given with a saved plan, which decides that"));
    Err(EarlyEnd::usage(wrong.hint("leave it out, or plan again with it")))
}

fn choices<'a>(arguments: &'a RunArguments, saved: Option<&'a SavedRun>) -> Result<RunChoices<'a>, EarlyEnd> {
    let lock_timeout = arguments.lock_timeout.map(Duration::from_secs);
    let patience = Patience {
        reconnect: Duration::from_secs(arguments.reconnect),
        restart: Duration::from_secs(arguments.reboot_timeout),
    };
    let RunArguments { place, failed_from, selection, scope, shared, fleet, .. } = arguments;
    Ok(RunChoices {
        place,
        failed_from,
        selection,
        shared,
        fleet,
        scope: scope.scope()?,
        mode: Mode::Run,
        no_commands: false,
        lock_timeout,
        patience,
        confirms: arguments.confirm,
        saved,
        plan_file: None,
        oversight: None,
        steps: arguments.step.then(|| Steps::open(shared.reports())).transpose()?,
        listening: Listening::default(),
    })
}
