//! `chefrs cookbook yank`.

use camino::Utf8PathBuf;
use clap::Args;

use crate::cli::early_end::EarlyEnd;
use crate::cli::environment;
use crate::cli::project;
use crate::cli::terminal::Terminal;
use crate::cookbook::sharing::SharedCookbooks;
use crate::model::exit::Exit;

/// Takes a published version out of use.
///
/// Projects that have it in their chefrs.lock go on with it, and are warned. No other one takes it. Its files stay.
#[derive(Debug, Args)]
pub(super) struct YankArguments {
    /// The cookbook: `acme/nginx`.
    #[arg(value_name = "NAME")]
    name: String,
    /// The version.
    #[arg(value_name = "VERSION")]
    version: String,
    /// The registry: its name in chefrs.toml, a directory, or `git+URL`.
    #[arg(long, value_name = "PLACE")]
    from: String,
    /// Why, for those who use it.
    #[arg(long, value_name = "TEXT", required_unless_present = "undo")]
    reason: Option<String>,
    /// Put it into use again.
    #[arg(long, conflicts_with = "reason")]
    undo: bool,
    /// Directory of the project. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
}

pub(super) fn yank(arguments: &YankArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let root = project::directory(arguments.project.as_deref())?;
    let shared = SharedCookbooks::open(&root, &environment::owners()?, None)?;
    let YankArguments { name, version, .. } = arguments;
    let done = shared.publish_place(&arguments.from).and_then(|place| {
        let reason = arguments.reason.as_deref().filter(|_| !arguments.undo);
        place.yank(name, version, reason)
    });
    done.map_err(|wrong| EarlyEnd::Findings(Exit::Failed, vec![wrong]))?;
    let words = if arguments.undo { "can be used again" } else { "is out of use" };
    terminal.print(&format!("{name} {version} {words}\n"))?;
    Ok(Exit::Success)
}
