//! The lists of what package sources offer, refreshed when they are too old.

use camino::{Utf8Path, Utf8PathBuf};

use super::{at_path, parents};
use crate::model::change::{Change, Reach};
use crate::model::known::{Known, Stop};
use crate::model::package_manager::{PackageManager, SourceLists};
use crate::model::portable::{Portable, PortableCommand, Portables, Unless, script};
use crate::model::query::{Answer, FileKind, Query};
use crate::model::step::{Attributes, Command, Step};

/// Whether the lists were read, and are not older than a number of seconds.
const ARE_NEW: &str = r#"
[ -e "$1" ] && [ -n "$(ls -A -- "$2" 2>/dev/null)" ] &&
[ -n "$(find "$1" -mmin "-$(($3 / 60 + 1))" 2>/dev/null)" ]
"#;

/// Runs the command that reads them, and notes when that was.
const REFRESH: &str = r#"
stamp=$1
shift
"$@" && mkdir -p -- "${stamp%/*}" && touch -- "$stamp"
"#;

/// No run takes longer, in seconds.
const LONGEST_RUN: i64 = 86_400;

/// The lists of a package manager, and how old they may be.
pub struct RefreshedLists {
    /// The resource.
    pub id: String,
    /// Whose lists they are.
    pub manager: &'static PackageManager,
    /// Greatest age in seconds.
    pub frequency: u64,
    /// Seconds until the package manager is stopped.
    pub timeout: u64,
}

impl RefreshedLists {
    fn lists(&self) -> &'static SourceLists {
        &self.manager.lists
    }

    fn stamp(&self) -> &'static Utf8Path {
        Utf8Path::new(self.lists().stamp)
    }

    /// What has to be known.
    #[must_use]
    pub fn observe(&self) -> Vec<Query> {
        let mut queries =
            vec![Query::Host, Query::Stat(self.stamp().into()), Query::List(self.lists().directory.into())];
        queries.extend(parents::observe(self.stamp()));
        queries
    }

    /// The refresh in plain things, for exports.
    pub fn portable(&self, always: bool, into: &mut Portables) {
        let lists = self.lists();
        let seconds = self.frequency.to_string();
        let look = script("lists_are_new", ARE_NEW, [lists.stamp, lists.directory, &seconds]);
        let refresh = lists.refresh.iter().copied();
        let mut act = script("refresh_lists", REFRESH, [lists.stamp].into_iter().chain(refresh));
        act.timeout = self.timeout;
        let environment = lists.environment.iter();
        act.environment.extend(environment.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let unless = if always { Unless::Never } else { Unless::Succeeds(Box::new(look)) };
        into.add(Portable::Command(PortableCommand { act, unless }));
    }

    /// The changes that refresh the lists, if they are due, or in any case.
    ///
    /// # Errors
    /// An answer is missing.
    pub fn plan(&self, always: bool, known: &Known) -> Result<Vec<Change>, Stop> {
        if always {
            return Ok(vec![self.refresh(None, known)?.repeats()]);
        }
        match self.due(known)? {
            None => Ok(Vec::new()),
            Some(reason) => Ok(vec![self.refresh(Some(&reason), known)?]),
        }
    }

    /// Why a refresh is due, if it is.
    fn due(&self, known: &Known) -> Result<Option<String>, Stop> {
        let stat = known.stat(self.stamp())?;
        let Some(stat) = stat else { return Ok(Some("they were never read".into())) };
        let listed = match known.list(Utf8Path::new(self.lists().directory)) {
            // Whatever makes it unknown will have refreshed them.
            Err(Stop::Unknown(_)) => true,
            other => other?.unwrap_or_default().iter().any(|name| (self.lists().is_list)(name)),
        };
        if !listed {
            return Ok(Some("they are empty".into()));
        }
        let age = known.host()?.now.saturating_sub(stat.modified);
        // The clock was read at the start of the run, so a stamp may be a little younger. A stamp from far in the
        // future is ignored.
        let ahead = age < -LONGEST_RUN;
        if !ahead && age <= i64::try_from(self.frequency).unwrap_or(i64::MAX) {
            return Ok(None);
        }
        Ok(Some(if ahead {
            "their date is in the future".into()
        } else {
            format!("they are {} old", span(age))
        }))
    }

    fn refresh(&self, reason: Option<&str>, known: &Known) -> Result<Change, Stop> {
        let path = || Utf8PathBuf::from(self.stamp());
        let lists = self.lists();
        let mut command = Command::new(lists.refresh.iter().copied());
        command.timeout = self.timeout;
        let environment = lists.environment.iter();
        command
            .environment
            .extend(environment.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut steps = vec![Step::Run(command)];
        let mut directory = None;
        if let Some(parent) = self.stamp().parent()
            && known.resolve(parent)?.is_none()
        {
            let attributes = Attributes { mode: Some(0o755), ..Attributes::default() };
            let stat = at_path::stat(FileKind::Directory, "root", &attributes);
            directory = Some((parent, parents::missing(parent, known)?, stat));
            steps.push(Step::MakeDirectory { path: parent.to_owned(), attributes, parents: true });
        }
        steps.push(Step::Touch { path: path() });
        let mut stamp = at_path::stat(FileKind::File, "root", &Attributes::default());
        stamp.modified = known.host()?.now;
        let upgrade = if lists.upgrades_all { " and upgrade all packages" } else { "" };
        let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        let summary = format!("refresh the package lists{upgrade}{reason}");
        let reach = if lists.upgrades_all { Reach::System } else { Reach::Offers };
        let mut change = Change { summary, steps, reach: Some(reach), ..Change::default() };
        if let Some((parent, missing, stat)) = &directory {
            change = parents::made(at_path::with_stat(change, parent, Some(stat)), parent, missing, "root");
        }
        let unknown = Answer::Unknown(self.id.clone());
        Ok(at_path::with_stat(change, &path(), Some(&stamp))
            .then(Query::List(lists.directory.into()), unknown))
    }
}

/// `3 days`, `5 hours`, `90 seconds`: an age in one unit.
fn span(seconds: i64) -> String {
    match seconds {
        172_800.. => format!("{} days", seconds / 86_400),
        7200.. => format!("{} hours", seconds / 3600),
        _ => format!("{seconds} seconds"),
    }
}
