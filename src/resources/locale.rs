//! `locale`: the language and the formats of the machine.

use std::collections::BTreeMap;

use camino::Utf8Path;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::Content;
use crate::model::english::{list, nearest};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables, script};
use crate::model::query::{Answer, CommandResult, FileKind, FileText, Query};
use crate::model::step::{Command, Step};
use crate::provider::edit_script::{EditScript, MissingFile};
use crate::provider::edited_file::{self, EditedFile, EditedText};
use crate::provider::file_state::FileState;
use crate::provider::{Action, Provider, action, backups};

mod names;

use names::{SUPPORTED, comparable, entry, not_there};

/// The locales that are generated, on Debian and Arch: locale-gen(8).
const WANTED: &str = "/etc/locale.gen";
/// The program that generates them.
const GENERATOR: &str = "/usr/sbin/locale-gen";
/// Where Debian keeps the settings.
const OF_DEBIAN: &str = "/etc/default/locale";
/// Where systemd reads the settings: locale.conf(5). On a later Debian, its own file is a link to this one.
const OF_SYSTEMD: &str = "/etc/locale.conf";
/// Variables beside `LANG`.
const CATEGORIES: &[&str] = &[
    "LANGUAGE",
    "LC_ADDRESS",
    "LC_COLLATE",
    "LC_CTYPE",
    "LC_IDENTIFICATION",
    "LC_MEASUREMENT",
    "LC_MESSAGES",
    "LC_MONETARY",
    "LC_NAME",
    "LC_NUMERIC",
    "LC_PAPER",
    "LC_TELEPHONE",
    "LC_TIME",
];

/// The language and the formats of the machine.
///
/// Locales that are missing are generated, on Debian and Arch: they get a line in `/etc/locale.gen`, and `locale-gen` runs.
/// The settings are in `/etc/default/locale` on Debian, and in `/etc/locale.conf` elsewhere. Other lines there stay as they
/// are. A program that runs already goes on with the locale that it has.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SystemLocale {
    /// Locale of everything, the variable `LANG`: `de_DE.UTF-8`, `C.UTF-8`.
    lang: String,
    /// Locales for parts of it, by their variables: `{ LC_TIME = "en_GB.UTF-8" }`. `LANGUAGE` takes a list of languages:
    /// `"de:en"`.
    #[serde(default)]
    lc_env: BTreeMap<String, String>,
}

impl SystemLocale {
    /// The locales that must be there, each once. Those named `C` are part of the C library.
    fn wanted(&self) -> Vec<&str> {
        let parts =
            self.lc_env.iter().filter(|(name, _)| *name != "LANGUAGE").map(|(_, value)| value.as_str());
        let mut wanted: Vec<&str> = Vec::new();
        for name in [self.lang.as_str()].into_iter().chain(parts) {
            let is_built_in = matches!(comparable(name).as_str(), "C" | "POSIX" | "C.utf8");
            if !is_built_in && !wanted.iter().any(|other| comparable(other) == comparable(name)) {
                wanted.push(name);
            }
        }
        wanted
    }

    /// The changes that bring missing locales.
    fn generated(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let wanted = self.wanted();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        known.want([Query::Resolve(GENERATOR.into()), Query::Command(Box::new(installed()))])?;
        let there = known.command(&installed())?;
        let is_there = |name: &&str| there.stdout.lines().any(|line| comparable(line) == comparable(name));
        let missing: Vec<&str> = wanted.iter().copied().filter(|name| !is_there(name)).collect();
        if known.resolve(GENERATOR.into())?.is_none() {
            return match missing.first() {
                None => Ok(Vec::new()),
                Some(name) => Err(not_there(name, &there.stdout).into()),
            };
        }
        let Some(FileText::Text(supported)) = known.read(SUPPORTED.into())? else {
            return Err(Failure::new(format!("`{SUPPORTED}` can't be read")).into());
        };
        let entries = wanted.iter().map(|name| entry(name, supported)).collect::<Result<Vec<_>, _>>()?;
        let file = EditedFile { makes: true, ..EditedFile::new(WANTED.into()) };
        let mut changes = file.plan(known, |text| Ok(with_entries(text, &entries)))?;
        for change in &mut changes {
            change.summary = format!("`{WANTED}`: {}", change.summary);
        }
        if !missing.is_empty() {
            changes.push(generate(&missing, there));
        }
        Ok(changes)
    }

    /// The changes of the settings.
    fn settings(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let path = settings_file(known)?;
        let mut changes = if known.stat(path)?.is_none() {
            let content = Some(Content::Text(self.with_settings("").text));
            let backup = backups::wanted(None, false);
            FileState { path: path.to_owned(), content, backup, ..FileState::default() }.plan_create(known)?
        } else {
            EditedFile::new(path).plan(known, |text| Ok(self.with_settings(text)))?
        };
        for change in &mut changes {
            change.summary = format!("`{path}`: {}", change.summary);
        }
        Ok(changes)
    }

    /// The text of the settings with those of this resource.
    fn with_settings(&self, text: &str) -> EditedText {
        let mut new = text.to_owned();
        let mut changed = Vec::new();
        let all = [("LANG", &self.lang)].into_iter();
        for (name, value) in all.chain(self.lc_env.iter().map(|(name, value)| (name.as_str(), value))) {
            let lines = edited_file::lines(&new);
            // The last line of a variable counts.
            let place = lines.iter().rposition(|line| assigned(line).is_some_and(|(of, _)| of == name));
            if place.and_then(|place| assigned(lines[place])).is_some_and(|(_, now)| now == value) {
                continue;
            }
            let line = format!("{name}={value}{}", edited_file::line_end(&new));
            new = match place {
                Some(place) => edited_file::replace(&new, place, &line),
                None => edited_file::insert(&new, lines.len(), &line),
            };
            changed.push(name);
        }
        EditedText { text: new, summary: format!("set {}", list(&changed, "and")) }
    }
}

/// The variable and the value of a line.
fn assigned(line: &str) -> Option<(&str, &str)> {
    let (name, value) = edited_file::without_end(line).trim().split_once('=')?;
    let quoted = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    Some((
        name.strip_prefix("export ").unwrap_or(name),
        quoted('"').or_else(|| quoted('\'')).unwrap_or(value),
    ))
}

/// The file with the settings.
fn settings_file(known: &Known) -> Result<&'static Utf8Path, Stop> {
    let is_debian = known.host()?.package_manager.as_deref() == Some("apt");
    let is_link = known.stat(OF_DEBIAN.into())?.is_some_and(|stat| stat.kind == FileKind::Link);
    Ok(Utf8Path::new(if is_debian && !is_link { OF_DEBIAN } else { OF_SYSTEMD }))
}

/// The command that lists the locales that are there.
fn installed() -> Command {
    Command { timeout: 60, ..Command::new(["locale", "-a"]) }
}

/// The text of `/etc/locale.gen` in which these lines are no comments.
fn with_entries(text: &str, entries: &[&str]) -> EditedText {
    let mut new = text.to_owned();
    let mut added = Vec::new();
    for entry in entries {
        let lines = edited_file::lines(&new);
        let is_entry = |line: &str| line.split_ascii_whitespace().eq(entry.split_ascii_whitespace());
        if lines.iter().any(|line| is_entry(line)) {
            continue;
        }
        let is_comment = |line: &&str| line.trim_start().strip_prefix('#').is_some_and(is_entry);
        let line = format!("{entry}{}", edited_file::line_end(&new));
        new = match lines.iter().position(is_comment) {
            Some(place) => edited_file::replace(&new, place, &line),
            None => edited_file::insert(&new, lines.len(), &line),
        };
        added.push(entry.split(' ').next().unwrap_or_default());
    }
    EditedText { text: new, summary: format!("list {}", list(&added, "and")) }
}

fn generate(missing: &[&str], there: &CommandResult) -> Change {
    let step = Step::Run(Command { timeout: 900, ..Command::new(["locale-gen"]) });
    let mut stdout = there.stdout.clone();
    for name in missing {
        stdout.push_str(&comparable(name));
        stdout.push('\n');
    }
    Change::new(format!("generate {}", list(missing, "and")), step).reaching(Reach::Told).then(
        Query::Command(Box::new(installed())),
        Answer::Command(CommandResult { stdout, ..there.clone() }),
    )
}

/// Whether the machine has these locales.
const HAS_LOCALES: &str = r#"
there=$(locale -a)
for name do
  printf '%s\n' "$there" | grep -qxF -e "$name" || exit 1
done
"#;

/// Generates locales: each is a name, and the same as `locale -a` prints it.
const GENERATE: &str = r##"
while [ $# -gt 0 ]; do
  line=$(awk -v name="$1" -v other="$2" '$1 == name || $1 == other { print; exit }' /usr/share/i18n/SUPPORTED)
  if [ -z "$line" ]; then
    printf '%s\n' "there is no locale $1" >&2
    exit 1
  fi
  if ! grep -qxF -e "$line" /etc/locale.gen 2>/dev/null; then
    if grep -qxF -e "# $line" /etc/locale.gen 2>/dev/null; then
      sed -i "s/^# $line\$/$line/" /etc/locale.gen
    else
      printf '%s\n' "$line" >>/etc/locale.gen
    fi
  fi
  shift 2
done
locale-gen
"##;

/// Sets a variable: the last line of it counts.
const SETTING: &str = r#"
name=$2 value=$3 awk '
  { all[NR] = $0; line = $0; sub(/^[ \t]*(export )?/, "", line) }
  index(line, ENVIRON["name"] "=") == 1 { place = NR; now = substr(line, length(ENVIRON["name"]) + 2) }
  END {
    gsub(/[ \t]+$/, "", now)
    if (now ~ /^".*"$/ || now ~ /^\x27.*\x27$/) now = substr(now, 2, length(now) - 2)
    for (i = 1; i <= NR; i++) print i == place && now != ENVIRON["value"] ? ENVIRON["name"] "=" ENVIRON["value"] : all[i]
    if (!place) print ENVIRON["name"] "=" ENVIRON["value"]
  }'
"#;

impl Provider for SystemLocale {
    const NAME: &'static str = "locale";
    const ACTIONS: &'static [Action] = &[action("update", "Sets the locale, and generates what is missing.")];
    const NAME_PROPERTY: Option<&'static str> = Some("lang");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str =
        "Complete: the lines that are changed as diffs, and the locales that are generated.";
    const PLATFORMS: &'static str =
        "Linux with the GNU C library. On Debian, locales other than `C.UTF-8` need the package `locales`.";
    const EXAMPLE: &'static str = r#"
package "locales"

locale "de_DE.UTF-8" {
  lc_env = { LC_MESSAGES = "C.UTF-8" },
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        if let Some(name) = self.lc_env.keys().find(|name| !CATEGORIES.contains(&name.as_str())) {
            let failure = Failure::new(format!("`{}` is no variable of a locale", name.escape_debug()));
            return Err(match nearest(name, CATEGORIES.iter().copied()) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint(format!("those are {}", list(CATEGORIES, "and"))),
            });
        }
        let letter = |c: char| c.is_ascii_alphanumeric() || "._@-".contains(c);
        let fits = |name: &str, value: &str| {
            !value.is_empty() && value.chars().all(|c| letter(c) || name == "LANGUAGE" && c == ':')
        };
        let parts = self.lc_env.iter().map(|(name, value)| (name.as_str(), value));
        match [("LANG", &self.lang)].into_iter().chain(parts).find(|(name, value)| !fits(name, value)) {
            Some((_, value)) => {
                Err(Failure::new(format!("`{}` can't be the name of a locale", value.escape_debug()))
                    .hint("a name looks like `de_DE.UTF-8`"))
            }
            None => Ok(()),
        }
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.system("locale");
        needs.elsewhere();
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        let mut queries = vec![Query::Host, Query::Stat(OF_DEBIAN.into())];
        if !self.wanted().is_empty() {
            queries.extend([Query::Resolve(GENERATOR.into()), Query::Stat(WANTED.into())]);
            queries.extend([Query::Read(WANTED.into()), Query::Read(SUPPORTED.into())]);
        }
        queries
    }

    fn portable(&self, _action: &str, into: &mut Portables) -> Result<(), Declined> {
        let wanted = self.wanted();
        if !wanted.is_empty() {
            let names = || wanted.iter().map(|name| comparable(name));
            let both = || wanted.iter().flat_map(|name| [(*name).to_owned(), comparable(name)]);
            into.add(Portable::Command(PortableCommand::unless(
                script("has_locales", HAS_LOCALES, names()),
                script("generate_locales", GENERATE, both()),
            )));
        }
        let is_debian = into.machine.manager.is_some_and(|manager| manager.name == "apt");
        let path = if is_debian { OF_DEBIAN } else { OF_SYSTEMD };
        let all = [("LANG", &self.lang)].into_iter();
        for (name, value) in all.chain(self.lc_env.iter().map(|(name, value)| (name.as_str(), value))) {
            EditScript {
                names: ["locale_is", "set_locale"],
                edit: SETTING.into(),
                missing: MissingFile::IsMade,
                arguments: vec![path.into(), name.into(), value.clone()],
            }
            .add(into);
        }
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        let mut changes = self.generated(known)?;
        changes.extend(self.settings(known)?);
        Ok(changes)
    }
}
