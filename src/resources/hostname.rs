//! `hostname`: the name of the machine.

use camino::Utf8Path;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::{Content, Strings};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables, script};
use crate::model::query::{Answer, FileText, Query};
use crate::model::step::{Command, Step};
use crate::provider::edit_script::{EditScript, MissingFile};
use crate::provider::edited_file::{self, EditedFile, EditedText};
use crate::provider::file_state::FileState;
use crate::provider::{Action, Provider, action, backups};

/// The name that is set at boot.
const FILE: &str = "/etc/hostname";

/// Names and addresses that are known without a server.
const HOSTS: &str = "/etc/hosts";

/// The name that the kernel has now.
const RUNNING: &str = "/proc/sys/kernel/hostname";

/// Where the program hostname(1) may be. If it is not there, systemd's hostnamectl(1) sets the name.
const PROGRAMS: &[&str] = &["/usr/bin/hostname", "/bin/hostname"];

/// Longest name that the kernel takes.
const LONGEST: usize = 64;

/// The name of the machine, now and after every boot.
///
/// The kernel's name and `/etc/hostname` are set, and the name gets a line in `/etc/hosts`, so that it has an address. The
/// rest of `/etc/hosts` stays as it is, byte for byte. `node.hostname` has the name from before the run.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MachineName {
    /// The name, such as `web1`. With a domain, `web1.example.org`, `/etc/hosts` has the short name too.
    hostname: String,
    /// More names for the line in `/etc/hosts`.
    #[serde(default)]
    aliases: Strings,
    /// Address of the line in `/etc/hosts`. `""` leaves that file alone.
    #[serde(default = "own_address")]
    ipaddress: String,
}

fn own_address() -> String {
    "127.0.1.1".to_owned()
}

impl MachineName {
    fn at_boot(&self) -> FileState {
        FileState {
            path: FILE.into(),
            content: Some(Content::Text(format!("{}\n", self.hostname))),
            backup: backups::wanted(None, false),
            ..FileState::default()
        }
    }

    fn hosts() -> EditedFile {
        EditedFile::new(HOSTS.into())
    }

    /// The names of its line in `/etc/hosts`.
    fn names(&self) -> Vec<&str> {
        let short = self.hostname.split('.').next().filter(|short| *short != self.hostname);
        let mut names = vec![self.hostname.as_str()];
        for name in short.into_iter().chain(self.aliases.0.iter().map(String::as_str)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The text of `/etc/hosts` with the line: in place of the one with the address, or at the end.
    fn with_line(&self, text: &str) -> EditedText {
        let lines = edited_file::lines(text);
        let wanted = self.names();
        let of_address = |line: &&&str| fields(line).first() == Some(&self.ipaddress.as_str());
        let is_shared = |line: &str| fields(line)[1..].iter().any(|name| name.starts_with("localhost"));
        // 127.0.0.1 has its names already; another line with it is read too.
        let place = lines.iter().position(|line| of_address(&line) && !is_shared(line));
        if place.is_some_and(|place| fields(lines[place])[1..] == wanted) {
            return EditedText { text: text.to_owned(), summary: String::new() };
        }
        let line = format!("{} {}{}", self.ipaddress, wanted.join(" "), edited_file::line_end(text));
        match place {
            Some(place) => {
                let summary = format!("change line {} of `{HOSTS}`", place + 1);
                EditedText { text: edited_file::replace(text, place, &line), summary }
            }
            None => EditedText {
                text: edited_file::insert(text, lines.len(), &line),
                summary: format!("add a line to `{HOSTS}`"),
            },
        }
    }

    /// The change of the kernel's name.
    fn now(&self, known: &Known) -> Result<Option<Change>, Stop> {
        let old = match known.read(RUNNING.into())? {
            Some(FileText::Text(text)) => text.trim_end(),
            _ => return Err(Failure::new(format!("`{RUNNING}` can't be read")).into()),
        };
        if old == self.hostname {
            return Ok(None);
        }
        let has = |path: &&str| !matches!(known.resolve(Utf8Path::new(path)), Ok(None));
        let command = if PROGRAMS.iter().any(has) {
            Command::new(["hostname", &self.hostname])
        } else {
            Command::new(["hostnamectl", "set-hostname", &self.hostname])
        };
        let name = Answer::Read(Some(FileText::Text(format!("{}\n", self.hostname))));
        let change =
            Change::new(format!("rename the machine to {}, was {old}", self.hostname), Step::Run(command));
        Ok(Some(change.reaching(Reach::Told).then(Query::Read(RUNNING.into()), name)))
    }
}

/// The words of a line of `/etc/hosts`, without its comment.
fn fields(line: &str) -> Vec<&str> {
    line.split('#').next().unwrap_or_default().split_ascii_whitespace().collect()
}

/// Whether it can be the name of a host: RFC 1123.
fn is_name(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    name.len() <= LONGEST && name.split('.').all(is_label)
}

/// Puts the line of an address in the place of the one that is there, unless it names `localhost`.
const IN_HOSTS: &str = r#"
address=$2 names=$3 awk '
  function plain(line) { sub(/#.*/, "", line); $0 = line; $1 = $1; return $0 }
  { all[NR] = $0; line = plain($0) }
  !place && index(line, ENVIRON["address"] " ") == 1 && line !~ / localhost/ { place = NR; now = line }
  END {
    wanted = ENVIRON["address"] " " ENVIRON["names"]
    for (i = 1; i <= NR; i++) print i == place && now != wanted ? wanted : all[i]
    if (!place) print wanted
  }'
"#;

/// Whether the machine has a name now.
const IS_NAMED: &str = r#"[ "$(cat /proc/sys/kernel/hostname)" = "$1" ]"#;

/// Gives it the name.
const NAME: &str =
    r#"if command -v hostname >/dev/null; then hostname "$1"; else hostnamectl set-hostname "$1"; fi"#;

impl Provider for MachineName {
    const NAME: &'static str = "hostname";
    const ACTIONS: &'static [Action] = &[action("set", "Sets the name, now and at every boot.")];
    const NAME_PROPERTY: Option<&'static str> = Some("hostname");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str =
        "Complete: the name that the machine has now, and the changes of its files as diffs.";
    const PLATFORMS: &'static str = "Linux with `/etc/hostname`, and with `hostname` or `hostnamectl`. A container may not be allowed to change its name.";
    const EXAMPLE: &'static str = r#"
hostname "web1.example.org" {
  aliases = { "www" },
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        for name in [&self.hostname].into_iter().chain(&self.aliases.0) {
            if !is_name(name) {
                return Err(Failure::new(format!("`{}` can't be the name of a machine", name.escape_debug())).hint(
                    format!(
                        "a name has letters, digits and dashes, between dots if it has a domain, and at most {LONGEST} \
                         characters"
                    ),
                ));
            }
        }
        if !self.ipaddress.is_empty() && self.ipaddress.parse::<std::net::IpAddr>().is_err() {
            return Err(Failure::new(format!("`{}` is not an address", self.ipaddress.escape_debug()))
                .hint("an address looks like `192.0.2.7` or `2001:db8::7`"));
        }
        if self.ipaddress.is_empty() && !self.aliases.0.is_empty() {
            return Err(Failure::new(
                "`aliases` are for `/etc/hosts`, which an empty `ipaddress` leaves alone",
            ));
        }
        Ok(())
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.system("hostname");
        needs.elsewhere();
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        let mut queries = self.at_boot().observe();
        queries.push(Query::Read(RUNNING.into()));
        if !self.ipaddress.is_empty() {
            queries.extend(Self::hosts().observe());
        }
        queries
    }

    fn portable(&self, _action: &str, into: &mut Portables) -> Result<(), Declined> {
        if !self.ipaddress.is_empty() {
            EditScript {
                names: ["hosts_has_name", "add_to_hosts"],
                edit: IN_HOSTS.into(),
                missing: MissingFile::IsMade,
                arguments: vec![HOSTS.into(), self.ipaddress.clone(), self.names().join(" ")],
            }
            .add(into);
        }
        self.at_boot().portable("create", into);
        into.add(Portable::Command(PortableCommand::unless(
            script("machine_is_named", IS_NAMED, [self.hostname.as_str()]),
            script("name_machine", NAME, [self.hostname.as_str()]),
        )));
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        known.want(PROGRAMS.iter().map(|path| Query::Resolve((*path).into())))?;
        let mut changes = Vec::new();
        // The address first: programs look the new name up as soon as the machine has it.
        if !self.ipaddress.is_empty() {
            changes.extend(match known.stat(HOSTS.into()) {
                Ok(None) => {
                    let content = Some(Content::Text(self.with_line("").text));
                    FileState { path: HOSTS.into(), content, ..FileState::default() }.plan_create(known)?
                }
                _ => Self::hosts().plan(known, |text| Ok(self.with_line(text)))?,
            });
        }
        for mut change in self.at_boot().plan_create(known)? {
            change.summary = format!("at boot: {}", change.summary);
            changes.push(change);
        }
        changes.extend(self.now(known)?);
        Ok(changes)
    }
}
