//! `line`: one line of a text file that belongs to somebody else.

use regex_lite::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::AbsolutePath;
use crate::model::english;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::schema::CommandList;
use crate::provider::edit_script::{EditScript, MissingFile};
use crate::provider::edited_file::{self, EditedFile, EditedText};
use crate::provider::portable_regex;
use crate::provider::{Action, Provider, action};

/// One line of a text file.
///
/// The rest of the file stays as it is, byte for byte, and so do its owner, group and mode. Several resources may change
/// the same file. For a whole file use `file` or `template`, for several lines `block`, for one setting of a JSON, TOML or
/// INI file `edit`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FileLine {
    /// The line, without its end. `remove` with `match` does not read it.
    line: String,
    /// The file. It must exist.
    path: AbsolutePath,
    /// Regular expression for the line that this one replaces: `"^#?PermitRootLogin\\s"`. It may match anywhere in the
    /// line; `^` is its start, `$` its end. If no line matches, the line is added. `remove` removes all lines that match.
    /// Default: the line itself.
    r#match: Option<String>,
    /// Which line is replaced if several match. `"one"`: none, it is an error. `"first"` and `"last"`: that one; the others
    /// stay. `"all"`: the first is replaced and the others are removed.
    #[serde(default)]
    several: Several,
    /// Regular expression. A line that is added comes after the last line that matches. Default: at the end of the file.
    after: Option<String>,
    /// Regular expression. A line that is added comes before the first line that matches.
    before: Option<String>,
    /// Whether the line is added if no line matches `match`. If not, that is an error.
    #[serde(default = "yes")]
    add: bool,
    /// Command that must succeed before the file is replaced, or several. `{path}` is the temporary file with the new
    /// content. A list of strings is one command with its arguments. In a list with a list or a table in it, each item is
    /// a command: `{ { "visudo", "-cf", "{path}" }, "test -s {path}" }`. A table may say more: `{ command = "…", user =
    /// "app" }`.
    verify: Option<CommandList>,
    /// Number of old versions to keep on the machine, in the state directory of chefrs. Default: 5, or 0 for a file
    /// with a secret and for a sensitive resource.
    backup: Option<u32>,
    /// Whether a value is a secret.
    #[serde(skip)]
    secret: bool,
}

#[derive(Debug, Default, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Several {
    #[default]
    One,
    First,
    Last,
    All,
}

fn yes() -> bool {
    true
}

/// A regular expression that a cook wrote, and the property that holds it.
fn regex(property: &str, source: &str) -> Result<Regex, Failure> {
    Regex::new(source).map_err(|error| {
        Failure::new(format!("`{property}` is not a regular expression: {error}"))
            .hint("write a backslash twice in quotes: \"\\\\.\" matches a dot")
    })
}

/// The numbers, counted from 0, of the lines for which the condition holds.
fn numbers(lines: &[&str], holds: impl Fn(&str) -> bool) -> Vec<usize> {
    let holds = |(_, line): &(usize, &&str)| holds(edited_file::without_end(line));
    lines.iter().enumerate().filter(holds).map(|(number, _)| number).collect()
}

impl FileLine {
    fn file(&self) -> EditedFile {
        EditedFile {
            verify: self.verify.clone().unwrap_or_default().0,
            backup: self.backup,
            secret: self.secret,
            ..EditedFile::new(&self.path)
        }
    }

    fn pattern(&self) -> Result<Option<Regex>, Failure> {
        self.r#match.as_deref().map(|source| regex("match", source)).transpose()
    }

    fn set(&self, text: &str) -> Result<EditedText, Failure> {
        let lines = edited_file::lines(text);
        let wanted = |line: &str| line == self.line;
        let there = !numbers(&lines, wanted).is_empty();
        let same = || Ok(EditedText { text: text.to_owned(), summary: String::new() });
        let Some(pattern) = self.pattern()? else {
            return if there { same() } else { self.insert(text, &lines) };
        };
        // A pattern for the former line alone has done its work once the line is there.
        if there && !pattern.is_match(&self.line) {
            return same();
        }
        let matching = numbers(&lines, |line| pattern.is_match(line));
        let (Some(first), Some(last)) = (matching.first().copied(), matching.last().copied()) else {
            if self.add {
                return self.insert(text, &lines);
            }
            return Err(Failure::new(format!("no line of `{}` matches `{pattern}`", self.path.as_str()))
                .hint("leave out `add = false` to add the line"));
        };
        if matching.iter().all(|number| wanted(edited_file::without_end(lines[*number])))
            && !(matches!(self.several, Several::All) && matching.len() > 1)
        {
            return same();
        }
        let replaced = match self.several {
            Several::One if matching.len() > 1 => {
                return Err(Failure::new(format!(
                    "{} of `{}` match `{pattern}`",
                    named(&matching),
                    self.path.as_str()
                ))
                .hint("narrow the pattern, or say which one: several = \"first\", \"last\" or \"all\""));
            }
            Several::Last => last,
            Several::One | Several::First | Several::All => first,
        };
        let removed: &[usize] = if matches!(self.several, Several::All) { &matching[1..] } else { &[] };
        let mut new = String::with_capacity(text.len() + self.line.len());
        for (number, line) in lines.iter().enumerate() {
            if number == replaced {
                new.push_str(&self.line);
                new.push_str(&line[edited_file::without_end(line).len()..]);
            } else if !removed.contains(&number) {
                new.push_str(line);
            }
        }
        let mut summary = Vec::new();
        if !wanted(edited_file::without_end(lines[replaced])) {
            summary.push(format!("replace line {}", replaced + 1));
        }
        if !removed.is_empty() {
            summary.push(format!("remove {}", named(removed)));
        }
        Ok(EditedText { text: new, summary: summary.join(", ") })
    }

    /// The text with the line, where it was not.
    fn insert(&self, text: &str, lines: &[&str]) -> Result<EditedText, Failure> {
        let anchor = |property: &str, source: &str| -> Result<Vec<usize>, Failure> {
            let anchor = regex(property, source)?;
            let found = numbers(lines, |line| anchor.is_match(line));
            if found.is_empty() {
                return Err(Failure::new(format!(
                    "no line of `{}` matches `{source}`, which is where the line is to be added",
                    self.path.as_str()
                ))
                .hint(format!("mend the pattern, or leave out `{property}` to add the line at the end")));
            }
            Ok(found)
        };
        let (at, place) = match (&self.after, &self.before) {
            (Some(after), _) => {
                let last = anchor("after", after)?.last().copied().unwrap_or_default();
                (last + 1, format!("after line {}", last + 1))
            }
            (None, Some(before)) => {
                let first = anchor("before", before)?.first().copied().unwrap_or_default();
                (first, format!("before line {}", first + 1))
            }
            (None, None) => (lines.len(), "at the end".to_owned()),
        };
        let added = format!("{}{}", self.line, edited_file::line_end(text));
        Ok(EditedText { text: edited_file::insert(text, at, &added), summary: format!("add a line {place}") })
    }

    fn remove(&self, text: &str) -> Result<EditedText, Failure> {
        let lines = edited_file::lines(text);
        let gone = match self.pattern()? {
            Some(pattern) => numbers(&lines, |line| pattern.is_match(line)),
            None => numbers(&lines, |line| line == self.line),
        };
        let stays = |(number, _): &(usize, &&str)| !gone.contains(number);
        let text = lines.iter().enumerate().filter(stays).map(|(_, line)| *line).collect();
        Ok(EditedText { text, summary: format!("remove {}", named(&gone)) })
    }
}

/// `line 3`, or `lines 3 and 7`.
fn named(numbers: &[usize]) -> String {
    let noun = if numbers.len() == 1 { "line" } else { "lines" };
    let words: Vec<String> = numbers.iter().map(|number| (number + 1).to_string()).collect();
    format!("{noun} {}", english::list(&words, "and"))
}

/// Replaces or adds the line.
const SET: &str = r#"
line=$2 pattern=$3 several=$4 after=$5 before=$6 add=$7 awk '
  { all[NR] = $0 }
  END {
    line = ENVIRON["line"]
    pattern = ENVIRON["pattern"]
    several = ENVIRON["several"]
    for (i = 1; i <= NR; i++) {
      if (all[i] == line) there = 1
      if (pattern == "" || all[i] !~ pattern) continue
      number++
      last = i
      if (!first) first = i
      if (all[i] == line) same++
      is_meant[i] = 1
    }
    stays = pattern == "" ? there : there && line !~ pattern
    if (number && same == number && !(several == "all" && number > 1)) stays = 1
    if (!stays && number > 1 && several == "one") {
      print number " lines match" >"/dev/stderr"
      exit 1
    }
    if (!stays && !number && ENVIRON["add"] == "") {
      print "no line matches" >"/dev/stderr"
      exit 1
    }
    place = several == "last" ? last : first
    behind = NR
    if (!stays && !number && ENVIRON["after"] != "") {
      behind = 0
      for (i = 1; i <= NR; i++) if (all[i] ~ ENVIRON["after"]) behind = i
      if (!behind) lost = 1
    } else if (!stays && !number && ENVIRON["before"] != "") {
      lost = 1
      for (i = NR; i >= 1; i--) if (all[i] ~ ENVIRON["before"]) { behind = i - 1; lost = 0 }
    }
    if (lost) {
      print "no line matches where the line is to be added" >"/dev/stderr"
      exit 1
    }
    added = !stays && !number
    if (added && behind == 0) print line
    for (i = 1; i <= NR; i++) {
      if (!stays && i == place) print line
      else if (stays || several != "all" || !is_meant[i]) print all[i]
      if (added && i == behind) print line
    }
  }'
"#;

/// Removes the lines.
const REMOVE: &str = r#"
line=$2 pattern=$3 awk '{
  if (ENVIRON["pattern"] == "" ? $0 != ENVIRON["line"] : $0 !~ ENVIRON["pattern"]) print
}'
"#;

impl Provider for FileLine {
    const NAME: &'static str = "line";
    const ACTIONS: &'static [Action] = &[
        action("set", "Replaces the line that `match` finds, or adds the line."),
        action("remove", "Removes the line, or all lines that `match` finds."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("line");
    const PARTS: &'static [&'static str] = &["path"];
    const PLAN: &'static str = "Complete: the change of the file is shown as a diff. Where an earlier resource may change the \
         file in a way that can't be known, the line is unknown until then.";
    const PLATFORMS: &'static str = "Any Linux. The file is UTF-8 text of at most 1 MiB.";
    const EXAMPLE: &'static str = r#"
file "/etc/app.conf" {}

line "port = 8080" {
  path = "/etc/app.conf",
  match = "^#?port\\s",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        if self.line.contains('\n') {
            return Err(Failure::new("`line` has a line break in it").hint("for several lines use `block`"));
        }
        if self.line.is_empty() && self.r#match.is_none() {
            return Err(Failure::new("`line` is empty"));
        }
        if self.after.is_some() && self.before.is_some() {
            return Err(Failure::new("`after` and `before` exclude each other; say one"));
        }
        if !self.add && (self.after.is_some() || self.before.is_some()) {
            return Err(Failure::new(
                "with `add = false` no line is added, so `after` and `before` have no use",
            ));
        }
        if !self.add && self.r#match.is_none() && action == "set" {
            return Err(Failure::new("`add = false` needs `match`: which line is to be replaced?"));
        }
        let patterns = [("match", &self.r#match), ("after", &self.after), ("before", &self.before)];
        for (property, source) in patterns {
            if let Some(source) = source {
                regex(property, source)?;
            }
        }
        Ok(())
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(&*self.path);
        self.verify.iter().flat_map(|checks| &checks.0).for_each(|check| needs.command(check));
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        self.file().observe()
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let extended =
            |pattern: &Option<String>| pattern.as_deref().map_or(Ok(String::new()), portable_regex::extended);
        let (path, line, pattern) = (self.path.to_string(), self.line.clone(), extended(&self.r#match)?);
        into.lose(self.verify.is_some(), "verify", "the new text is not checked");
        let script = if action == "remove" {
            EditScript {
                names: ["line_is_gone", "remove_line"],
                edit: REMOVE.into(),
                missing: MissingFile::IsFine,
                arguments: vec![path, line, pattern],
            }
        } else {
            let several = match self.several {
                Several::One => "one",
                Several::First => "first",
                Several::Last => "last",
                Several::All => "all",
            };
            let (after, before) = (extended(&self.after)?, extended(&self.before)?);
            let add = if self.add { "yes" } else { "" };
            EditScript {
                names: ["has_line", "set_line"],
                edit: SET.into(),
                missing: MissingFile::Fails,
                arguments: vec![path, line, pattern, several.into(), after, before, add.into()],
            }
        };
        script.add(into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        match action {
            "remove" => self.file().plan_removal(known, |text| self.remove(text)),
            _ => self.file().plan(known, |text| self.set(text)),
        }
    }
}
