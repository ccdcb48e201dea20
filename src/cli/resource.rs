//! `chefrs resource`.

use clap::Args;

use crate::capture::{CapturedResource, live};
use crate::model::english::{count, printable};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::remote::Session;
use crate::target::interrupt::Interrupt;
use crate::target::local::Local;

use super::early_end::EarlyEnd;
use super::target_options::Targets;
use super::terminal::Terminal;

/// Prints the present state of a thing on a machine, as a recipe would declare it.
///
/// Without a name: of all things of the type. What is not there is printed with the action that removes it. It changes
/// nothing.
#[derive(Debug, Args)]
pub(super) struct ResourceArguments {
    /// Resource type: `package`, `service`, `user`, `group`, `file`, `directory` or `link`.
    #[arg(value_name = "TYPE")]
    r#type: String,
    /// Name of the thing: a package, a service, an account, a path. Required for paths.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    targets: Targets,
}

pub(super) fn resource(arguments: &ResourceArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let hosts = arguments.targets.choose()?;
    let [host] = hosts.as_slice() else {
        let wrong =
            Diagnostic::error(format!("{} are chosen, and one is asked", count(hosts.len(), "target")));
        return Err(EarlyEnd::usage(wrong.hint("name one machine with `-t`")));
    };
    let (r#type, name) = (arguments.r#type.as_str(), arguments.name.as_deref());
    let found = match &host.destination {
        None => live(&mut Local::new(), r#type, name),
        Some(destination) => {
            let mut session = Session::open(destination, &Interrupt::default())?;
            let found = live(&mut session, r#type, name);
            session.close();
            found
        }
    }?;
    let texts: Vec<String> = found.iter().map(CapturedResource::lua).collect();
    let between = if texts.iter().all(|text| text.lines().count() == 1) { "" } else { "\n" };
    terminal.print(&printable(&texts.join(between)))?;
    Ok(Exit::Success)
}
