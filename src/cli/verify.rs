//! `chefrs verify`.

use clap::Args;

use crate::model::english::count;
use crate::model::exit::Exit;

use super::early_end::EarlyEnd;
use super::sharing::{self, SharingProject};
use super::terminal::Terminal;

/// Verifies the cookbooks in chefrs.lock: their files, and who signed them.
///
/// No network is used. A signature is one of `ssh-keygen -Y` over name, version and sum. Who may sign stands below `[trust]` in
/// chefrs.toml. Exit code 1 if something is not as it should be.
#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    #[command(flatten)]
    project: SharingProject,
}

pub(super) fn verify(arguments: &VerifyArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let found = arguments.project.open()?.verify().map_err(sharing::failed)?;
    let mut lines = Vec::new();
    let mut wrong = Vec::new();
    let total = found.len();
    for cookbook in found {
        let signed = match &cookbook.signer {
            Some(signer) => format!("signed with {signer}"),
            None => "not signed".to_owned(),
        };
        match cookbook.wrong {
            None => lines.push(format!("{} {}: {signed}", cookbook.name, cookbook.version)),
            Some(mistake) => wrong.push(mistake),
        }
    }
    if wrong.is_empty() {
        lines.push(format!("{} as chefrs.lock says", count(total, "cookbook")));
    }
    sharing::print_lines(&lines, terminal)?;
    if wrong.is_empty() { Ok(Exit::Success) } else { Err(EarlyEnd::Findings(Exit::Failed, wrong)) }
}
