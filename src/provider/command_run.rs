//! A command that a resource runs: what is checked of it, when it is needed, and what a plan says of it.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::change::{Change, Reach};
use crate::model::content::AbsolutePath;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Portable, PortableCommand, Portables, Unless};
use crate::model::query::{Answer, Query};
use crate::model::step::{Command, Step};
use crate::provider::run_as;

/// Exit statuses that mean success.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Returns {
    /// A single one.
    One(i32),
    /// Any of several.
    Several(Vec<i32>),
}

impl Default for Returns {
    fn default() -> Self {
        Self::One(0)
    }
}

impl Returns {
    /// All of them, as [`Command::returns`] has them.
    #[must_use]
    pub fn all(&self) -> Vec<i32> {
        match self {
            Self::One(0) => Vec::new(),
            Self::One(status) => vec![*status],
            Self::Several(all) => all.clone(),
        }
    }

    /// Fails unless there are some, and all of them can be.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), Failure> {
        match self {
            Self::Several(all) if all.is_empty() => {
                Err(Failure::new("`returns` is empty: no exit status would mean success"))
            }
            _ => match self.all().iter().find(|status| !(0..=255).contains(*status)) {
                Some(status) => {
                    Err(Failure::new(format!("`returns` has {status}, and an exit status is 0 to 255")))
                }
                None => Ok(()),
            },
        }
    }
}

/// Fails for a time limit of 0, and for variables that can't be set.
///
/// # Errors
/// What is wrong.
pub fn check(timeout: u64, environment: &BTreeMap<String, String>) -> Result<(), Failure> {
    if timeout == 0 {
        return Err(Failure::new("`timeout` of 0 seconds would stop the command before it begins"));
    }
    let is_bad = |(name, value): &(&String, &String)| {
        name.is_empty() || name.contains(['=', '\0']) || value.contains('\0')
    };
    match environment.iter().find(is_bad) {
        Some((name, _)) => {
            Err(Failure::new(format!("`environment` has `{name}`, which can't be a variable"))
                .hint("a name is not empty and has no `=`; neither name nor value has a NUL character"))
        }
        None => Ok(()),
    }
}

/// A command and what is known of its result.
pub struct CommandRun<'a> {
    pub command: Command,
    /// The path that it makes. If it exists, the command is not needed.
    pub creates: Option<&'a AbsolutePath>,
    /// What a person is told of it, verb first.
    pub summary: String,
    /// Text that is shown in place of a diff.
    pub shown: Option<&'a str>,
    /// The paths that it writes to, if it does nothing else.
    pub makes: Option<Vec<Utf8PathBuf>>,
}

impl CommandRun<'_> {
    /// What has to be known.
    #[must_use]
    pub fn observe(&self) -> Vec<Query> {
        let mut queries = run_as::observe(&self.command);
        queries.extend(self.creates.map(|path| Query::Resolve(path.to_path_buf())));
        queries
    }

    /// The command as a plain one.
    pub fn portable(self, into: &mut Portables) {
        let unless = match self.creates {
            Some(path) => Unless::Exists(path.to_path_buf()),
            None => Unless::Never,
        };
        into.add(Portable::Command(PortableCommand { act: self.command, unless }));
    }

    /// The run of the command, unless what it creates is there.
    ///
    /// # Errors
    /// An account, a directory or an answer is missing.
    pub fn plan(self, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe())?;
        if let Some(creates) = self.creates {
            match known.is_there(creates) {
                // It will be there, whatever creates it.
                Ok(false) | Err(Stop::Unknown(_)) => {}
                Ok(true) => return Ok(Vec::new()),
                Err(stop) => return Err(stop),
            }
        }
        run_as::require(&self.command, known)?;
        let warning = run_as::doubtful(&self.command, known)?;
        let shown = self.shown.filter(|text| !text.is_empty()).map(given);
        let change = Change::new(self.summary, Step::Run(self.command)).warning(warning).diff(shown);
        let Some(creates) = self.creates else {
            let change = change.repeats();
            return Ok(vec![match self.makes {
                Some(makes) => Change { makes, ..change }.reaching(Reach::Told),
                None => change,
            }]);
        };
        // It will exist; what it will be is unknown.
        Ok(vec![
            change
                .then(Query::Stat(creates.to_path_buf()), Answer::Present(String::new()))
                .then(Query::Resolve(creates.to_path_buf()), Answer::Present(String::new()))
                .obscures(creates.to_path_buf())
                .reaching(Reach::Told),
        ])
    }
}

/// The text for standard input as it is shown.
fn given(input: &str) -> String {
    input.lines().flat_map(|line| ["< ", line, "\n"]).collect()
}
