//! `apt_update`: the package lists of apt.

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::change::{Change, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, FileKind, Query};
use crate::model::step::{Attributes, Command, Step};
use crate::provider::{Action, Provider, action, at_path, parents};

/// apt's own periodic job touches it too.
const STAMP: &str = "/var/lib/apt/periodic/update-success-stamp";
/// Where apt keeps the lists.
const LISTS: &str = "/var/lib/apt/lists";

/// No run takes longer, in seconds.
const LONGEST_RUN: i64 = 86_400;

/// The package lists of apt, refreshed when they are older than a day.
///
/// Empty lists, as in container images, are refreshed whatever their age.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AptUpdate {
    /// What the update is for. Any text.
    purpose: String,
    /// Greatest age of the lists, in seconds.
    #[serde(default = "day")]
    frequency: u64,
    /// Seconds until apt is stopped.
    #[serde(default = "quarter_hour")]
    timeout: u64,
}

fn day() -> u64 {
    86_400
}

fn quarter_hour() -> u64 {
    900
}

impl AptUpdate {
    /// Why an update is due, if it is.
    fn due(&self, known: &Known) -> Result<Option<String>, Stop> {
        let stat = known.stat(Utf8Path::new(STAMP))?;
        let Some(stat) = stat else { return Ok(Some("they were never read".into())) };
        let listed = match known.list(Utf8Path::new(LISTS)) {
            // Whatever makes it unknown will have run apt.
            Err(Stop::Unknown(_)) => true,
            other => other?.unwrap_or_default().iter().any(|name| is_list(name)),
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

    fn update(&self, summary: String, known: &Known) -> Result<Change, Stop> {
        let path = || Utf8PathBuf::from(STAMP);
        let mut command = Command::new(["apt-get", "--quiet", "-o", "APT::Update::Error-Mode=any", "update"]);
        command.timeout = self.timeout;
        command.environment.insert("DEBIAN_FRONTEND".into(), "noninteractive".into());
        let mut steps = vec![Step::Run(command)];
        let mut directory = None;
        if let Some(parent) = Utf8Path::new(STAMP).parent()
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
        let mut change = Change { summary, steps, reach: Some(Reach::Offers), ..Change::default() };
        if let Some((parent, missing, stat)) = &directory {
            change = parents::made(at_path::with_stat(change, parent, Some(stat)), parent, missing, "root");
        }
        let lists = Answer::Unknown(format!("apt_update[{}]", self.purpose));
        Ok(at_path::with_stat(change, &path(), Some(&stamp)).then(Query::List(LISTS.into()), lists))
    }
}

/// Whether a file in the directory of lists is a list.
fn is_list(name: &str) -> bool {
    name.ends_with("_InRelease") || name.ends_with("_Release") || name.contains("_Packages")
}

/// `3 days`, `5 hours`, `90 seconds`: an age in one unit.
fn span(seconds: i64) -> String {
    match seconds {
        172_800.. => format!("{} days", seconds / 86_400),
        7200.. => format!("{} hours", seconds / 3600),
        _ => format!("{seconds} seconds"),
    }
}

impl Provider for AptUpdate {
    const NAME: &'static str = "apt_update";
    const ACTIONS: &'static [Action] = &[
        action("periodic", "Refreshes the package lists if they are empty or older than `frequency`."),
        action("update", "Refreshes the package lists unconditionally."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("purpose");
    const REACH: Reach = Reach::Offers;
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Says whether the lists would be refreshed. What the new lists offer is unknown, so later packages \
         that depend on them may be reported as unknown.";
    const PLATFORMS: &'static str = "Debian, Ubuntu and other systems with apt.";
    const EXAMPLE: &'static str = r#"
apt_update "daily" { frequency = 86400 }
"#;

    fn observe(&self, _action: &str) -> Vec<Query> {
        let mut queries = vec![Query::Host, Query::Stat(STAMP.into()), Query::List(LISTS.into())];
        queries.extend(parents::observe(Utf8Path::new(STAMP)));
        queries
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        if known.host()?.package_manager.as_deref() != Some("apt") {
            return Err(Failure::impossible("there is no apt on this machine")
                .hint("guard it: only_if = node.platform_family == \"debian\"")
                .into());
        }
        if action == "update" {
            return Ok(vec![self.update("refresh the package lists".into(), known)?.repeats()]);
        }
        match self.due(known)? {
            None => Ok(Vec::new()),
            Some(reason) => Ok(vec![self.update(format!("refresh the package lists: {reason}"), known)?]),
        }
    }
}
