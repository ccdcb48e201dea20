//! The home directory of an account that exists: moved, or made where it is missing.

use camino::{Utf8Path, Utf8PathBuf};

use super::UserAccount;
use super::difference::trimmed;
use crate::model::change::{Change, Reach};
use crate::model::content::{AbsolutePath, FileMode};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{self, FileKind, FileText, Query};
use crate::model::step::{Attributes, Command, Step};
use crate::provider::{at_path, parents, trust};

/// The files that a new home directory gets.
const SKELETON: &str = "/etc/skel";
/// The file that says the mode of home directories.
const DEFAULTS: &str = "/etc/login.defs";

/// What `manage_home` does to the directory of an account whose home is declared elsewhere.
pub(super) enum HomeMove {
    /// It is moved.
    Moved,
    /// It stays, because something is at the new place.
    Stays(String),
    /// There is nothing to move.
    Nothing,
}

impl UserAccount {
    /// What happens to the old directory when `home` changes.
    ///
    /// # Errors
    /// An answer is missing.
    pub(super) fn home_move(&self, user: &query::User, known: &Known) -> Result<HomeMove, Stop> {
        let old = trimmed(&user.home);
        let Some(new) = self.home.as_ref().filter(|home| self.manage_home && home.as_str() != old) else {
            return Ok(HomeMove::Nothing);
        };
        let old = Utf8Path::new(old);
        known.want([Query::Stat(old.to_owned()), Query::Stat(new.to_path_buf())])?;
        Ok(match (is_open(known.stat(old))?, is_open(known.stat(new))?) {
            (true, false) => HomeMove::Moved,
            (true, true) => {
                HomeMove::Stays(format!("`{old}` stays where it is: there is a `{}` already", **new))
            }
            (false, _) => HomeMove::Nothing,
        })
    }

    /// Predicts the move.
    ///
    /// # Errors
    /// An answer is missing.
    pub(super) fn moved_home(
        &self,
        change: Change,
        user: &query::User,
        known: &Known,
    ) -> Result<Change, Stop> {
        let Some(new) = self.home.as_ref().map(|home| home.to_path_buf()) else { return Ok(change) };
        let old = Utf8Path::new(trimmed(&user.home));
        let change = match known.stat(old) {
            Ok(stat) => at_path::with_stat(change, &new, stat),
            Err(Stop::Unknown(_)) => change,
            Err(stop) => return Err(stop),
        };
        Ok(at_path::with_stat(change, old, None).obscures(new).obscures(old))
    }

    /// The change that makes the home directory of an existing account, if it is missing. `user` is the account as it will
    /// be.
    ///
    /// It is made beside its place and renamed, so that a run that is killed leaves no home directory of root's.
    ///
    /// # Errors
    /// Another user could write the directory above it; an answer is missing.
    pub(super) fn make_home(&self, user: &query::User, known: &Known) -> Result<Option<Change>, Stop> {
        if !self.manage_home || AbsolutePath::parse(&user.home).is_err() {
            return Ok(None);
        }
        let home = Utf8PathBuf::from(trimmed(&user.home));
        match known.stat(&home) {
            Ok(None) => {}
            Ok(Some(_)) | Err(Stop::Unknown(_)) => return Ok(None),
            Err(stop) => return Err(stop),
        }
        let draft = at_path::beside(&home, ".chefrs");
        let above = home.parent().unwrap_or(&home);
        let paths = [draft.as_path(), Utf8Path::new(SKELETON)];
        let questions = paths.map(|path| Query::Stat(path.to_owned())).into_iter();
        known.want(
            questions
                .chain([Query::Read(DEFAULTS.into())])
                .chain(trust::observe(above))
                .chain(above.ancestors().map(|path| Query::Resolve(path.to_owned()))),
        )?;
        if let Some(stranger) = trust::untrusted(above, None, known)? {
            return Err(Failure::impossible(format!(
                "the home directory `{home}` can't be made: {}, and could put something else in its place",
                stranger.words
            ))
            .hint(format!("declare it instead: directory \"{home}\" {{ owner = \"{}\" }}", self.username))
            .into());
        }
        let missing = parents::missing(&home, known)?;
        let mode = home_mode(known);
        let mut steps = Vec::new();
        if known.stat(&draft)?.is_some() {
            steps.push(Step::Remove { path: draft.clone(), recursive: true, backup: 0 });
        }
        let attributes = Attributes { mode: Some(0o700), ..Attributes::default() };
        steps.push(Step::MakeDirectory { path: draft.clone(), attributes, parents: true });
        if known.stat(Utf8Path::new(SKELETON))?.is_some() {
            steps.push(Step::Run(Command::new(["cp", "-R", "-P", "--", "/etc/skel/.", draft.as_str()])));
        }
        let owner = format!("{}:{}", self.username, user.group);
        for argv in [
            ["chown", "-R", &owner, draft.as_str()],
            ["chmod", &FileMode(mode).to_string(), "--", draft.as_str()],
            ["mv", "-T", draft.as_str(), home.as_str()],
        ] {
            steps.push(Step::Run(Command::new(argv)));
        }
        let attributes = Attributes {
            owner: Some(self.username.clone()),
            group: Some(user.group.clone()),
            mode: Some(mode),
        };
        let mut stat = at_path::stat(FileKind::Directory, &self.username, &attributes);
        (stat.uid, stat.gid) = (user.uid, user.gid);
        let summary = format!("make the missing home directory {home}");
        let change = Change { summary, steps, ..Change::default() }.reaching(Reach::Told).obscures(&home);
        let change = at_path::with_stat(change, &home, Some(&stat));
        Ok(Some(parents::made(change, &home, &missing, &known.host()?.user)))
    }
}

/// Whether something is at a path, or may be there by then.
fn is_open<T>(stat: Result<Option<T>, Stop>) -> Result<bool, Stop> {
    match stat {
        Ok(stat) => Ok(stat.is_some()),
        Err(Stop::Unknown(_)) => Ok(true),
        Err(stop) => Err(stop),
    }
}

/// The mode of a new home directory: `HOME_MODE` of login.defs(5), or else what its `UMASK` leaves.
fn home_mode(known: &Known) -> u32 {
    let Ok(Some(FileText::Text(text))) = known.read(Utf8Path::new(DEFAULTS)) else { return 0o755 };
    let number = |name: &str| {
        let mut lines = text.lines().map(str::split_whitespace);
        let value = lines.find_map(|mut words| (words.next() == Some(name)).then(|| words.next()).flatten());
        value.and_then(|value| FileMode::parse(value).ok()).map(|mode| mode.0)
    };
    number("HOME_MODE").unwrap_or_else(|| 0o777 & !number("UMASK").unwrap_or(0o022))
}
