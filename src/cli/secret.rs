//! `chefrs secret`.

use clap::{Args, Subcommand};

use crate::model::exit::Exit;

use super::early_end::EarlyEnd;
use super::terminal::Terminal;

mod edit;
mod keygen;
mod listing;
mod named;
mod rotate;
mod set;
mod show;
mod stored;

/// Stores secrets in the project, encrypted for public keys.
///
/// `secrets/recipients.txt` lists the public keys, one a line: of age or of SSH. A secret is in `secrets/NAME.age` for all
/// nodes, in `secrets/groups/GROUP/` for a group, and in `secrets/nodes/NODE/` for a node. The files can be committed.
#[derive(Debug, Args)]
pub(super) struct SecretArguments {
    #[command(subcommand)]
    verb: SecretVerb,
}

#[derive(Debug, Subcommand)]
enum SecretVerb {
    Set(set::SetSecretArguments),
    Edit(edit::EditSecretArguments),
    Show(show::ShowSecretArguments),
    List(listing::ListSecretsArguments),
    Rotate(rotate::RotateSecretsArguments),
    Keygen(keygen::KeygenArguments),
}

pub(super) fn secret(arguments: &SecretArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    match &arguments.verb {
        SecretVerb::Set(arguments) => set::set(arguments, terminal),
        SecretVerb::Edit(arguments) => edit::edit(arguments, terminal),
        SecretVerb::Show(arguments) => show::show(arguments),
        SecretVerb::List(arguments) => listing::listing(arguments, terminal),
        SecretVerb::Rotate(arguments) => rotate::rotate(arguments, terminal),
        SecretVerb::Keygen(arguments) => keygen::keygen(arguments, terminal),
    }
}
