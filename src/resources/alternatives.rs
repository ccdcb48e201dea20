//! `alternatives`: which of several programs a common name means.

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::AbsolutePath;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables, script};
use crate::model::query::{Answer, FileKind, FileText, Query};
use crate::model::step::{Attributes, Command, Step};
use crate::provider::{Action, Provider, action, at_path};

mod group;

use group::AlternativeGroup;

/// The links that lead to what is chosen.
const CHOSEN: &str = "/etc/alternatives";

/// Where the groups are kept: on Debian, and on Red Hat.
const GROUPS: &[&str] = &["/var/lib/dpkg/alternatives", "/var/lib/alternatives"];

/// Which of several programs a common name means, such as `editor` and `java`.
///
/// A group of programs shares a name. If its mode is automatic, the one with the highest priority is used; `set` chooses one,
/// whatever the priorities are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Alternatives {
    /// Name of the group: `editor`.
    link_name: String,
    /// The link with the common name. Default: the name in `/usr/bin`. Only `install` uses it.
    link: Option<AbsolutePath>,
    /// The program. Required except for `auto`.
    path: Option<AbsolutePath>,
    /// Priority of the program in automatic mode. Required for `install`.
    priority: Option<i64>,
}

impl Alternatives {
    fn link(&self) -> Utf8PathBuf {
        match &self.link {
            Some(link) => link.to_path_buf(),
            None => Utf8Path::new("/usr/bin").join(&self.link_name),
        }
    }

    fn chosen(&self) -> Utf8PathBuf {
        Utf8Path::new(CHOSEN).join(&self.link_name)
    }

    fn path(&self) -> &str {
        self.path.as_ref().map_or("", |path| path.as_str())
    }

    /// The file of the group, and what is in it; nothing if there is no such group.
    fn group(&self, known: &Known) -> Result<(Utf8PathBuf, Option<AlternativeGroup>), Stop> {
        let places = GROUPS.iter().map(|directory| Utf8Path::new(directory).join(&self.link_name));
        for place in places.clone() {
            let Some(FileText::Text(text)) = known.read(&place)? else { continue };
            let group = AlternativeGroup::read(text).ok_or_else(|| {
                Failure::new(format!("`{place}` can't be read: it is not in the form of update-alternatives"))
            })?;
            return Ok((place, Some(group)));
        }
        let is_there = |place: &Utf8PathBuf| {
            place.parent().is_some_and(|directory| known.stat(directory).ok().flatten().is_some())
        };
        let place = places.clone().find(is_there).or_else(|| places.clone().next()).unwrap_or_default();
        Ok((place, None))
    }

    /// Where the common name leads now.
    fn now<'a>(&self, known: &'a Known) -> Result<Option<&'a str>, Stop> {
        Ok(known.stat(&self.chosen())?.and_then(|stat| stat.target.as_deref()))
    }

    fn require_program(&self, known: &Known) -> Result<(), Stop> {
        match known.resolve(Utf8Path::new(self.path())) {
            Ok(None) => Err(Failure::new(format!("there is no program `{}`", self.path()))
                .hint("declare what installs it before this resource: package \"…\"")
                .into()),
            Ok(Some(_)) | Err(Stop::Unknown(_)) => Ok(()),
            Err(stop) => Err(stop),
        }
    }

    fn missing(&self, group: Option<&AlternativeGroup>) -> Failure {
        let failure = match group {
            None => Failure::new(format!("there are no alternatives with the name `{}`", self.link_name)),
            Some(group) => {
                Failure::new(format!("`{}` is no alternative for `{}`", self.path(), self.link_name))
                    .hint(format!("there are: {}", group.paths().join(", ")))
            }
        };
        if self.path.is_none() {
            return failure;
        }
        failure.hint(format!(
            "add it first: alternatives \"{}\" {{ path = \"{}\", priority = 50 }}",
            self.link_name,
            self.path()
        ))
    }

    fn change(
        &self,
        summary: String,
        words: &[&str],
        place: Utf8PathBuf,
        after: &AlternativeGroup,
        now: Option<&str>,
    ) -> Change {
        let argv = ["update-alternatives"].into_iter().chain(words.iter().copied());
        let text = (!after.is_empty()).then(|| FileText::Text(after.text()));
        let mut change = Change::new(summary, Step::Run(Command { timeout: 60, ..Command::new(argv) }))
            .reaching(Reach::Told)
            .then(Query::Read(place), Answer::Read(text));
        let chosen = after.chosen(now).map(|target| {
            let mut stat = at_path::stat(FileKind::Link, "root", &Attributes::default());
            (stat.mode, stat.target) = (0o777, Some(target.to_owned()));
            stat
        });
        change = change.then(Query::Stat(self.chosen()), Answer::Stat(chosen));
        // What the common name leads to is only known when it leads there.
        [self.chosen(), self.link()]
            .into_iter()
            .fold(change, |change, path| change.then(Query::Resolve(path), Answer::Unknown(String::new())))
    }

    fn plan_install(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let (place, group) = self.group(known)?;
        let (link, path) = (self.link(), self.path());
        let priority = self.priority.unwrap_or_default();
        let before = group.unwrap_or_else(|| AlternativeGroup::new(link.as_str()));
        let was = before.priority(path);
        if was == Some(priority) && before.link() == link {
            return Ok(Vec::new());
        }
        self.require_program(known)?;
        let after = before.clone().with(link.as_str(), path, priority);
        let summary = match was {
            Some(was) if was != priority => format!("set the priority of `{path}` to {priority}, was {was}"),
            Some(_) => format!("move the link `{}` to `{link}`", before.link()),
            None => format!("add `{path}` for `{link}`, priority {priority}"),
        };
        let words = ["--install", link.as_str(), &self.link_name, path, &priority.to_string()];
        Ok(vec![self.change(summary, &words, place, &after, self.now(known)?)])
    }

    fn plan_set(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let (place, group) = self.group(known)?;
        let path = self.path();
        let Some(before) = group.as_ref().filter(|group| group.priority(path).is_some()) else {
            return Err(self.missing(group.as_ref()).into());
        };
        let now = self.now(known)?;
        if before.is_manual() && now == Some(path) {
            return Ok(Vec::new());
        }
        let summary = match now {
            Some(now) if now == path => format!("keep `{path}`, whatever the priorities are"),
            Some(now) => format!("use `{path}`, was `{now}`"),
            None => format!("use `{path}`"),
        };
        let after = before.clone().manual(true);
        Ok(vec![self.change(summary, &["--set", &self.link_name, path], place, &after, Some(path))])
    }

    fn plan_auto(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let (place, group) = self.group(known)?;
        let Some(before) = group else { return Err(self.missing(None).into()) };
        let (now, best) = (self.now(known)?, before.best().unwrap_or_default().to_owned());
        if !before.is_manual() && now == Some(best.as_str()) {
            return Ok(Vec::new());
        }
        let was = now
            .map(|now| format!(", was `{now}`"))
            .filter(|_| now != Some(best.as_str()))
            .unwrap_or_default();
        let summary = format!("use the one with the highest priority, `{best}`{was}");
        let after = before.manual(false);
        Ok(vec![self.change(summary, &["--auto", &self.link_name], place, &after, now)])
    }

    fn plan_remove(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let (place, group) = self.group(known)?;
        let path = self.path();
        let Some(before) = group.filter(|group| group.priority(path).is_some()) else {
            return Ok(Vec::new());
        };
        let now = self.now(known)?;
        // If what is chosen goes away, the mode becomes automatic.
        let after = before.clone().without(path).manual(before.is_manual() && now != Some(path));
        let words = ["--remove", &self.link_name, path];
        Ok(vec![self.change(format!("remove `{path}`"), &words, place, &after, now)])
    }
}

/// Whether an action has nothing to do.
const LOOK: &str = r#"
told=$(LC_ALL=C update-alternatives --display "$2" 2>/dev/null) || told=
case $1 in
install) printf '%s\n' "$told" | grep -qxF -e "$3 - priority $4" ;;
remove) ! printf '%s\n' "$told" | grep -qF -e "$3 - priority " ;;
set) [ "$(readlink "/etc/alternatives/$2")" = "$3" ] && printf '%s\n' "$told" | sed -n 1p | grep -q manual ;;
auto) [ -n "$told" ] && ! printf '%s\n' "$told" | sed -n 1p | grep -q manual ;;
esac
"#;

impl Provider for Alternatives {
    const NAME: &'static str = "alternatives";
    const ACTIONS: &'static [Action] = &[
        action("install", "Adds the program to the group, with its priority."),
        action("set", "Chooses the program, whatever the priorities are."),
        action("auto", "Uses the program with the highest priority."),
        action("remove", "Takes the program out of the group."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("link_name");
    const NEEDS_ROOT: bool = true;
    const PARTS: &'static [&'static str] = &["path"];
    const PLAN: &'static str = "Complete: the group, its mode, and the program that is used.";
    const PLATFORMS: &'static str =
        "Linux with `update-alternatives`: Debian, and Red Hat and its relatives.";
    const EXAMPLE: &'static str = r#"
file "/usr/local/bin/edit" { mode = "0755" }

alternatives "editor" {
  path = "/usr/local/bin/edit",
  priority = 60,
  action = { "install", "set" },
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        let word = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
        let name = &self.link_name;
        if name.is_empty() || name.starts_with(['-', '.']) || !name.chars().all(word) {
            return Err(Failure::new(format!(
                "`{}` is not the name of a group of alternatives",
                name.escape_debug()
            ))
            .hint("it is one word, such as `editor`; the link is `link`, the program is `path`"));
        }
        if self.path.is_none() && action != "auto" {
            return Err(Failure::new(format!("`{action}` needs `path`, the program")));
        }
        if self.priority.is_none() && action == "install" {
            return Err(
                Failure::new("`install` needs a `priority`").hint("the highest is used: priority = 50")
            );
        }
        if self.path().contains(char::is_control) {
            return Err(Failure::new("`path` has control characters in it"));
        }
        Ok(())
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        // The link may be anywhere.
        self.link.iter().for_each(|link| needs.file(&**link));
        needs.system(format!("alternatives/{}", self.link_name));
        needs.elsewhere();
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        let mut queries = vec![Query::Stat(self.chosen())];
        for directory in GROUPS {
            queries.push(Query::Stat((*directory).into()));
            queries.push(Query::Read(Utf8Path::new(directory).join(&self.link_name)));
        }
        if action == "install" {
            queries.push(Query::Resolve(self.path().into()));
        }
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let (name, path) = (self.link_name.as_str(), self.path());
        let (link, priority) = (self.link(), self.priority.unwrap_or_default().to_string());
        let command =
            |words: &[&str]| Command::new(["update-alternatives"].into_iter().chain(words.iter().copied()));
        let act = match action {
            "set" => command(&["--set", name, path]),
            "auto" => command(&["--auto", name]),
            "remove" => command(&["--remove", name, path]),
            _ => command(&["--install", link.as_str(), name, path, &priority]),
        };
        let look = script("alternative_is", LOOK, [action, name, path, &priority]);
        into.add(Portable::Command(PortableCommand::unless(look, act)));
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        match action {
            "set" => self.plan_set(known),
            "auto" => self.plan_auto(known),
            "remove" => self.plan_remove(known),
            _ => self.plan_install(known),
        }
    }
}
