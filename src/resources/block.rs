//! `block`: marked lines in a text file that belongs to somebody else.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::{AbsolutePath, Content, Text};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::schema::CommandList;
use crate::provider::edit_script::{EditScript, MissingFile};
use crate::provider::edited_file::{self, EditedFile, EditedText};
use crate::provider::{Action, Provider, action};

/// Lines between two marks in a text file.
///
/// The marks are comments that hold the name of the resource: `# BEGIN chefrs: NAME` and `# END chefrs: NAME`. What is
/// between them is replaced; the rest of the file stays as it is, byte for byte, and so do its owner, group and mode. A
/// new block is added at the end of the file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MarkedBlock {
    /// Name of the block, as the marks hold it.
    block_name: String,
    /// The file. It must exist.
    path: AbsolutePath,
    /// The lines. Required except for `remove`.
    content: Option<Text>,
    /// What starts a comment in the file: `"#"`, `"//"`, `"<!--"`.
    #[serde(default = "hash")]
    comment: String,
    /// What ends a comment in the file, where it must be ended: `"-->"`.
    #[serde(default)]
    comment_end: String,
    /// Whether a new block is added at the start of the file.
    #[serde(default)]
    at_start: bool,
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

fn hash() -> String {
    "#".to_owned()
}

/// Where a block is: the numbers, counted from 0, of its two marks.
type BlockMarks = (usize, usize);

impl MarkedBlock {
    fn file(&self) -> EditedFile {
        EditedFile {
            verify: self.verify.clone().unwrap_or_default().0,
            backup: self.backup,
            secret: self.secret,
            ..EditedFile::new(&self.path)
        }
    }

    fn mark(&self, word: &str) -> String {
        let end = if self.comment_end.is_empty() { "" } else { " " };
        format!("{} {word} chefrs: {}{end}{}", self.comment, self.block_name, self.comment_end)
    }

    /// The marks in the file; nothing where there are none.
    fn find(&self, lines: &[&str]) -> Result<Option<BlockMarks>, Failure> {
        let (first, last) = (self.mark("BEGIN"), self.mark("END"));
        let at = |mark: &str| -> Vec<usize> {
            let is = |(_, line): &(usize, &&str)| edited_file::without_end(line).trim() == mark;
            lines.iter().enumerate().filter(is).map(|(number, _)| number).collect()
        };
        let path = self.path.as_str();
        match (at(&first).as_slice(), at(&last).as_slice()) {
            ([], []) => Ok(None),
            ([begin], [end]) if begin < end => Ok(Some((*begin, *end))),
            ([begin], []) => Err(Failure::new(format!(
                "the block starts in line {} of `{path}` and does not end: there is no line `{last}`",
                begin + 1
            ))
            .hint(format!("write `{last}` after its last line, or remove `{first}`"))),
            ([], [end]) => Err(Failure::new(format!(
                "the block ends in line {} of `{path}` and does not start: there is no line `{first}`",
                end + 1
            ))
            .hint(format!("write `{first}` before its first line, or remove `{last}`"))),
            ([begin], [end]) => Err(Failure::new(format!(
                "the block in `{path}` ends in line {}, before it starts in line {}",
                end + 1,
                begin + 1
            ))
            .hint("put its marks in order, or remove both")),
            (several, ends) => Err(Failure::new(format!(
                "`{path}` has the block more than once: {} lines `{first}`, {} lines `{last}`",
                several.len(),
                ends.len()
            ))
            .hint("leave one of them")),
        }
    }

    fn create(&self, text: &str, content: &str) -> Result<EditedText, Failure> {
        let end = edited_file::line_end(text);
        let mut block = format!("{}{end}", self.mark("BEGIN"));
        for line in content.lines() {
            block.push_str(line);
            block.push_str(end);
        }
        block.push_str(&self.mark("END"));
        block.push_str(end);
        let lines = edited_file::lines(text);
        let Some((first, last)) = self.find(&lines)? else {
            let (at, place) = if self.at_start { (0, "start") } else { (lines.len(), "end") };
            let summary = format!("add the block at the {place}");
            return Ok(EditedText { text: edited_file::insert(text, at, &block), summary });
        };
        // The last line of the file may have no end.
        if !lines[last].ends_with('\n') {
            block.truncate(block.len() - end.len());
        }
        let new =
            [&lines[..first].concat(), &block, &lines[last + 1..].concat()].map(String::as_str).concat();
        Ok(EditedText { text: new, summary: "change the block".to_owned() })
    }

    fn remove(&self, text: &str) -> Result<EditedText, Failure> {
        let lines = edited_file::lines(text);
        let text = match self.find(&lines)? {
            None => text.to_owned(),
            Some((first, last)) => [&lines[..first], &lines[last + 1..]].concat().concat(),
        };
        Ok(EditedText { text, summary: "remove the block".to_owned() })
    }
}

/// Replaces the block, or adds it.
const SET: &str = r#"
first=$2 last=$3 text=$4 at_start=$5 awk '
  function bare(line) { sub(/^[ \t]+/, "", line); sub(/[ \t\r]+$/, "", line); return line }
  function block() { print ENVIRON["first"]; printf "%s", ENVIRON["text"]; print ENVIRON["last"] }
  { all[NR] = $0 }
  bare($0) == ENVIRON["first"] { begin = NR; begins++ }
  bare($0) == ENVIRON["last"] { end = NR; ends++ }
  END {
    if (begins > 1 || begins != ends || begin > end) {
      print "the marks of the block are not in order" >"/dev/stderr"
      exit 1
    }
    if (!begins && ENVIRON["at_start"] != "") block()
    for (i = 1; i <= NR; i++) {
      if (begins && i == begin) block()
      if (!begins || i < begin || i > end) print all[i]
    }
    if (!begins && ENVIRON["at_start"] == "") block()
  }'
"#;

/// Removes it.
const REMOVE: &str = r#"
first=$2 last=$3 awk '
  function bare(line) { sub(/^[ \t]+/, "", line); sub(/[ \t\r]+$/, "", line); return line }
  bare($0) == ENVIRON["first"] { inside = 1 }
  !inside { print }
  bare($0) == ENVIRON["last"] { inside = 0 }'
"#;

impl Provider for MarkedBlock {
    const NAME: &'static str = "block";
    const ACTIONS: &'static [Action] = &[
        action("create", "Adds the block, or replaces what is between its marks."),
        action("remove", "Removes the block with its marks."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("block_name");
    const PARTS: &'static [&'static str] = &["path"];
    const PLAN: &'static str = "Complete: the change of the file is shown as a diff. With a deferred value in it, the content may be \
         unknown until an earlier resource has converged.";
    const PLATFORMS: &'static str = "Any Linux. The file is UTF-8 text of at most 1 MiB.";
    const EXAMPLE: &'static str = r#"
file "/etc/local.hosts" {}

block "machines of the office" {
  path = "/etc/local.hosts",
  content = [[
192.0.2.10 printer
192.0.2.11 door
]],
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        let marks = [&self.block_name, &self.comment, &self.comment_end];
        if marks.iter().any(|text| text.contains('\n')) {
            return Err(Failure::new("the name of a block and its `comment` are single lines"));
        }
        if self.comment.trim().is_empty() {
            return Err(Failure::new(
                "`comment` is empty, so the marks of the block would be read as content",
            ));
        }
        match &self.content {
            None if action == "create" => {
                return Err(Failure::new("`content` is missing").hint("say the lines: content = \"…\\n\""));
            }
            Some(Text(Content::Text(text))) => {
                for mark in [self.mark("BEGIN"), self.mark("END")] {
                    if text.lines().any(|line| line.trim() == mark) {
                        return Err(Failure::new(format!("`content` holds the mark `{mark}`")));
                    }
                }
            }
            _ => {}
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
        into.lose(self.verify.is_some(), "verify", "the new text is not checked");
        let (path, first, last) = (self.path.to_string(), self.mark("BEGIN"), self.mark("END"));
        let text = match &self.content {
            Some(Text(Content::Text(text))) if text.is_empty() || text.ends_with('\n') => text.clone(),
            Some(Text(Content::Text(text))) => format!("{text}\n"),
            _ => String::new(),
        };
        let script = if action == "remove" {
            EditScript {
                names: ["block_is_gone", "remove_block"],
                edit: REMOVE.into(),
                missing: MissingFile::IsFine,
                arguments: vec![path, first, last],
            }
        } else {
            let at_start = if self.at_start { "yes" } else { "" };
            EditScript {
                names: ["has_block", "set_block"],
                edit: SET.into(),
                missing: MissingFile::Fails,
                arguments: vec![path, first, last, text, at_start.into()],
            }
        };
        script.add(into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        if action == "remove" {
            return self.file().plan_removal(known, |text| self.remove(text));
        }
        match self.content.as_ref().map(|text| &text.0) {
            Some(Content::Text(content)) => self.file().plan(known, |text| self.create(text, content)),
            Some(Content::Unknown(until)) => Err(Stop::Unknown(until.clone())),
            _ => Err(Failure::new("`content` is missing").into()),
        }
    }
}
