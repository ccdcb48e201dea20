//! `timezone`: the time zone of the machine.

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::Content;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, PortableLink, Portables, script};
use crate::model::query::{FileKind, Query};
use crate::model::step::{Attributes, Command, Step};
use crate::provider::file_state::FileState;
use crate::provider::{Action, Provider, action, at_path, parents};

/// The link to the zone: localtime(5).
const LINK: &str = "/etc/localtime";
/// The zones.
const ZONES: &str = "/usr/share/zoneinfo";
/// The name of the zone, which Debian keeps too.
const NAME_FILE: &str = "/etc/timezone";

/// The time zone of the machine.
///
/// `/etc/localtime` becomes a link to the zone. `/etc/timezone`, where there is one, gets its name. A program that runs
/// already goes on with the zone that it has read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Timezone {
    /// Name of the zone: `Europe/Berlin`, `Etc/UTC`.
    timezone: String,
}

impl Timezone {
    fn zone(&self) -> Utf8PathBuf {
        Utf8Path::new(ZONES).join(&self.timezone)
    }

    fn name_file(&self) -> FileState {
        FileState {
            path: NAME_FILE.into(),
            content: Some(Content::Text(format!("{}\n", self.timezone))),
            ..FileState::default()
        }
    }

    fn link(&self, known: &Known) -> Result<Option<Change>, Stop> {
        let was = match known.stat(LINK.into())? {
            None => String::new(),
            Some(stat) if stat.kind == FileKind::Directory => {
                at_path::file(LINK.into(), known)?;
                String::new()
            }
            Some(stat) => match &stat.target {
                Some(target) => {
                    let name = target.split_once("zoneinfo/").map_or(target.as_str(), |(_, name)| name);
                    if name == self.timezone {
                        return Ok(None);
                    }
                    format!(", was {name}")
                }
                None => ", was a copy of a zone".to_owned(),
            },
        };
        parents::require(LINK.into(), known)?;
        let to = self.zone().into_string();
        let mut stat = at_path::stat(FileKind::Link, "root", &Attributes::default());
        (stat.mode, stat.target) = (0o777, Some(to.clone()));
        let step = Step::Symlink { path: LINK.into(), to, attributes: Attributes::default() };
        let behind = known.get(&Query::Resolve(self.zone()))?.clone();
        let change = Change::new(format!("set the time zone to {}{was}", self.timezone), step)
            .then(Query::Stat(LINK.into()), crate::model::query::Answer::Stat(Some(stat)))
            .then(Query::Resolve(LINK.into()), behind);
        Ok(Some(change))
    }
}

/// Fails with a sentence.
const NO_ZONE: &str = r#"
printf '%s\n' "$1" >&2
exit 1
"#;

impl Provider for Timezone {
    const NAME: &'static str = "timezone";
    const ACTIONS: &'static [Action] = &[action("set", "Sets the time zone.")];
    const NAME_PROPERTY: Option<&'static str> = Some("timezone");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Complete: the zone, and the one that it replaces.";
    const PLATFORMS: &'static str = "Linux with the zones of the package tzdata in `/usr/share/zoneinfo`.";
    const EXAMPLE: &'static str = r#"
package "tzdata"

timezone "Europe/Berlin"
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        let word = |c: char| c.is_ascii_alphanumeric() || "_+-".contains(c);
        if self.timezone.split('/').any(|part| part.is_empty() || !part.chars().all(word)) {
            return Err(Failure::new(format!(
                "`{}` is not the name of a time zone",
                self.timezone.escape_debug()
            ))
            .hint("a name looks like `Europe/Berlin`; the zones are in `/usr/share/zoneinfo`"));
        }
        Ok(())
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.system("timezone");
        needs.elsewhere();
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        let mut queries = vec![Query::Host, Query::Stat(LINK.into()), Query::Resolve(self.zone())];
        queries.extend(parents::observe(LINK.into()));
        queries.extend(self.name_file().observe());
        queries
    }

    fn portable(&self, _action: &str, into: &mut Portables) -> Result<(), Declined> {
        let zone = self.zone();
        let look = Command { waits: true, ..Command::new(["test", "-f", zone.as_str()]) };
        let act = script("give_up", NO_ZONE, [format!("there is no time zone {}", self.timezone)]);
        into.add(Portable::Command(PortableCommand::unless(look, act)));
        into.add(Portable::Link(PortableLink {
            path: LINK.into(),
            to: self.zone().into_string(),
            replace: true,
            ..PortableLink::default()
        }));
        if into.machine.platform_family == "debian" {
            self.name_file().portable("create", into);
        }
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        match known.resolve(&self.zone()) {
            Ok(Some(stat)) if stat.kind == FileKind::File => {}
            Ok(_) => {
                return Err(Failure::new(format!("there is no time zone `{}`", self.timezone))
                    .hint(format!(
                        "the zones are in `{ZONES}`; the package tzdata brings them: package \"tzdata\""
                    ))
                    .into());
            }
            Err(stop) => return Err(stop),
        }
        let mut changes: Vec<Change> = self.link(known)?.into_iter().collect();
        if known.stat(NAME_FILE.into())?.is_some() {
            for mut change in self.name_file().plan_create(known)? {
                change.summary = format!("`{NAME_FILE}`: {}", change.summary);
                changes.push(change);
            }
        }
        Ok(changes)
    }
}
