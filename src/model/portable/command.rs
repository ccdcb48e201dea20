//! Commands, and the looks that say that one is not needed.

use camino::Utf8PathBuf;

use crate::model::step::Command;

/// A command that changes something.
#[derive(Debug, Clone)]
pub struct PortableCommand {
    pub act: Command,
    /// When nothing is to be done.
    pub unless: Unless,
}

/// When a command is not needed.
#[derive(Debug, Clone)]
pub enum Unless {
    /// It always acts.
    Never,
    /// Something is at the path. Symlinks are followed.
    Exists(Utf8PathBuf),
    /// Nothing is at the path.
    Missing(Utf8PathBuf),
    /// A command that changes nothing exits with 0.
    Succeeds(Box<Command>),
}

impl PortableCommand {
    /// A command that is needed in every run.
    #[must_use]
    pub fn always(act: Command) -> Self {
        Self { act, unless: Unless::Never }
    }

    /// A command that is not needed if a look succeeds.
    #[must_use]
    pub fn unless(look: Command, act: Command) -> Self {
        Self { act, unless: Unless::Succeeds(Box::new(look)) }
    }
}

/// A piece of POSIX shell with its arguments, as `$1` and so on. Arguments are data: the shell never evaluates them. `name`
/// is a word for people; an export to a shell makes a function of that name.
#[must_use]
pub fn script<S: Into<String>>(name: &str, text: &str, arguments: impl IntoIterator<Item = S>) -> Command {
    let fixed = ["/bin/sh", "-c", text.trim(), name].map(str::to_owned);
    Command::new(fixed.into_iter().chain(arguments.into_iter().map(Into::into)))
}
