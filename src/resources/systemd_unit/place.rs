//! Where the files of units are: of the machine, or of a user.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::Query;
use crate::model::step::Attributes;
use crate::provider::init::UNITS;
use crate::provider::{at_path, parents};

/// A directory of units.
pub(super) struct UnitPlace {
    pub(super) directory: Utf8PathBuf,
    /// Owner and group of the files, and of directories that are made for them.
    pub(super) attributes: Attributes,
    /// The directory that must be there.
    pub(super) home: Option<Utf8PathBuf>,
}

impl UnitPlace {
    /// The directory of the administrator's units.
    pub(super) fn of_machine() -> Self {
        Self { directory: UNITS.into(), attributes: Attributes::default(), home: None }
    }

    /// The directory of a user's own units.
    ///
    /// # Errors
    /// There is no such user, or it has no home directory.
    pub(super) fn of_user(user: &str, known: &Known) -> Result<Self, Stop> {
        known.want([Query::User(user.to_owned())])?;
        let Some(account) = known.user(user)? else {
            return Err(Failure::new(format!("there is no user `{user}`"))
                .hint(format!("declare it before this resource: user \"{user}\""))
                .into());
        };
        let home = Utf8Path::new(account.home.trim_end_matches('/'));
        if !home.is_absolute() {
            return Err(
                Failure::impossible(format!("the user `{user}` has no home directory for units")).into()
            );
        }
        let (owner, group) = (Some(user.to_owned()), Some(account.group.clone()));
        Ok(Self {
            directory: home.join(".config/systemd/user"),
            attributes: Attributes { owner, group, mode: None },
            home: Some(home.to_owned()),
        })
    }

    /// The directories between the home directory and `directory` that are missing, outermost first.
    ///
    /// # Errors
    /// The home directory is missing, something else is in the way, or an answer is missing.
    pub(super) fn missing(&self, directory: &Utf8Path, known: &Known) -> Result<Vec<Utf8PathBuf>, Stop> {
        let Some(home) = self.home.as_deref() else {
            if at_path::directory(directory, known)?.is_some() {
                return Ok(Vec::new());
            }
            let mut missing = parents::missing(directory, known)?;
            missing.push(directory.to_owned());
            return Ok(missing);
        };
        let above: Vec<&Utf8Path> = directory.ancestors().take_while(|path| *path != home).collect();
        let queries = above.iter().map(|path| Query::Stat((*path).to_owned()));
        known.want(queries.chain([Query::Resolve(home.to_owned())]))?;
        if known.resolve(home)?.is_none() {
            return Err(Failure::new(format!("the home directory `{home}` is not there"))
                .hint("declare it before this resource, in the user: manage_home = true")
                .into());
        }
        let mut missing = Vec::new();
        for path in above.into_iter().rev() {
            if at_path::directory(path, known)?.is_none() {
                missing.push(path.to_owned());
            }
        }
        Ok(missing)
    }
}
