//! The user, group and directory of commands that a cook wrote, and whether someone else could replace their programs.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::known::{Known, Stop};
use crate::model::query::Query;
use crate::model::step::Attributes;
use crate::provider::{ownership, parents, trust};

/// Who runs a command, and where. `None` is the current user, and the directory of the run.
#[derive(Debug, Clone, Default)]
pub struct RunAs {
    pub user: Option<String>,
    pub group: Option<String>,
    pub cwd: Option<Utf8PathBuf>,
}

impl RunAs {
    fn accounts(&self) -> Attributes {
        Attributes { owner: self.user.clone(), group: self.group.clone(), mode: None }
    }

    /// Queries for the accounts, the directory, and the program of a command.
    #[must_use]
    pub fn observe(&self, argv: &[String]) -> Vec<Query> {
        let mut queries = vec![Query::Host];
        queries.extend(self.cwd.as_ref().map(|cwd| Query::Resolve(cwd.clone())));
        queries.extend(ownership::observe(&self.accounts()));
        queries.extend(named_program(argv).into_iter().flat_map(trust::observe));
        queries
    }

    /// Fails if the directory, the user or the group does not exist.
    ///
    /// # Errors
    /// One of them does not exist, or an answer is missing.
    pub fn require(&self, known: &Known) -> Result<(), Stop> {
        if let Some(cwd) = &self.cwd {
            parents::require_directory(cwd, known)?;
        }
        ownership::require_accounts(&self.accounts(), known)
    }

    /// A warning about an account that could replace the program of a command, if there is one.
    ///
    /// # Errors
    /// An answer is missing.
    pub fn doubtful(&self, argv: &[String], known: &Known) -> Result<Option<String>, Stop> {
        let Some(program) = named_program(argv) else { return Ok(None) };
        let user = self.user.as_deref();
        let Some(stranger) = trust::untrusted(program, user, known)? else { return Ok(None) };
        let runner = user.unwrap_or(&known.host()?.user);
        Ok(Some(format!("`{program}` runs as `{runner}`, and {}", stranger.words)))
    }
}

/// The program of a command, if it is given with its path.
fn named_program(argv: &[String]) -> Option<&Utf8Path> {
    match argv {
        [sh, flag, _] if sh == "/bin/sh" && flag == "-c" => None,
        argv => argv.first().filter(|program| program.starts_with('/')).map(Utf8Path::new),
    }
}
