//! A reader sets up a site from the notes of `chefrs export --to markdown`, on a fresh machine, by nothing but what the
//! text says: writes the files that it shows, types the commands that it shows, and looks where it says so.
//!
//! The reader is a program, which knows a few sentences. One that it does not know ends it: a person would have to guess.

use std::fmt::Write as _;

use super::boot;
use crate::patience::until;

/// What a line of the notes is to the reader.
enum Said {
    /// Outside of a block, without the marks of a box or of a list.
    Words(String),
    /// A block with what stands behind its fence.
    Block(String, String),
}

/// The notes as lines and blocks. What is indented or in a box is read as what is not.
fn read(notes: &str) -> Vec<Said> {
    let mut said = Vec::new();
    let mut open: Option<(String, String, String)> = None;
    for line in notes.lines() {
        let bare = line.strip_prefix("> ").or_else(|| line.strip_prefix('>')).unwrap_or(line);
        match &mut open {
            None => match bare.trim_start().split_once("```") {
                Some(("", info)) => {
                    let indent = " ".repeat(bare.len() - bare.trim_start().len());
                    open = Some((indent, info.to_owned(), String::new()));
                }
                _ => said.push(Said::Words(bare.trim().trim_start_matches("- ").to_owned())),
            },
            Some((indent, info, text)) => {
                let line = if line.starts_with('>') { bare } else { line };
                let line = line.strip_prefix(indent.as_str()).unwrap_or(line);
                if line == "```" {
                    said.push(Said::Block(std::mem::take(info), std::mem::take(text)));
                    open = None;
                } else {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
    }
    said
}

/// The texts in backticks of a sentence.
fn codes(words: &str) -> Vec<&str> {
    words.split('`').skip(1).step_by(2).collect()
}

/// What the reader does, as a script.
#[derive(Default)]
struct Reader {
    script: String,
    /// The file whose content comes next.
    writes: Option<String>,
    /// Whether the next block only looks.
    looks: bool,
    /// How often the next block may be tried, the seconds between, and the statuses of a good page.
    asks_again: Option<String>,
    /// Whether the next block is not needed.
    skips: bool,
    /// Whether the next block is a condition: the word that it is negated with.
    asks: Option<&'static str>,
    /// The conditions of the step that are open.
    open: usize,
}

impl Reader {
    fn line(&mut self, line: &str) {
        self.script.push_str(line);
        self.script.push('\n');
    }

    /// Begins another step.
    fn step(&mut self) {
        let ends = "fi\n".repeat(std::mem::take(&mut self.open));
        self.script.push_str(&ends);
    }

    fn only_if(&mut self, condition: &str) {
        let _ = writeln!(self.script, "if {condition}; then :");
        self.open += 1;
    }

    /// A sentence outside of the head and of what follows the steps.
    fn hear(&mut self, words: &str) {
        let codes = codes(words);
        let path = codes.first().copied().unwrap_or_default();
        match words {
            "" => {}
            _ if words.starts_with("Note: ") => {}
            _ if words.starts_with("### ") || words.starts_with("## ") => {
                self.step();
                let _ = writeln!(self.script, "echo '{}'", words.replace('\'', ""));
            }
            // Where it was declared and why, and a box that asks for what follows it.
            _ if words.ends_with(')') || words.starts_with("**If this step changed something, now: ") => {}
            _ if words.starts_with("**If this step changed something, at the end: ") => {}
            "To see it:" => self.looks = true,
            "If that changed something:" | "Install the packages:" => {}
            "Only if this succeeds:" => self.asks = Some(""),
            "Only if this fails:" => self.asks = Some("! "),
            "Its last line has no end." => panic!("the reader has no such file"),
            _ if words.starts_with("Only if ") && words.ends_with(" is there.") => {
                self.only_if(&format!("[ -e {path} ]"));
            }
            _ if words.starts_with("Only if ") && words.ends_with(" is not there.") => {
                self.only_if(&format!("[ ! -e {path} ]"));
            }
            _ if words.starts_with("Not needed if ") && words.ends_with(" is there.") => {
                let _ = writeln!(self.script, "[ -e {path} ] ||");
            }
            _ if words.starts_with("If ") && words.ends_with(" make it so that nobody else reads it:") => {}
            _ if words.starts_with("Write ") && words.ends_with(':') => self.writes = Some(path.to_owned()),
            _ if words.starts_with("Make ") && words.ends_with(", empty.") => {
                self.line(&format!(": >{path}"));
            }
            _ if words.starts_with("Make the directory ") && codes.len() == 1 => {}
            _ if words.starts_with("Make the directory ") && words.contains(" belongs to the user ") => {
                let user = codes[1];
                self.line(&format!("install -d -o {user} -g $(id -gn {user}) {path}"));
            }
            _ if words.ends_with(" is there, with any content.") => self.line(&format!("touch {path}")),
            _ if words.starts_with("Read the package lists anew") => {}
            // Nothing else is there yet.
            _ if words.ends_with(" remove all that is not in this list:") => {
                self.writes = Some("/dev/null".into());
            }
            _ if words.starts_with("Ask for the page, ") => {
                let [times, seconds, statuses] = codes[..] else { panic!("what is good? {words}") };
                self.asks_again = Some(format!("{times} {seconds} '{statuses}'"));
            }
            "If it does not come to that, this may tell why:" => self.skips = true,
            _ if words == format!("`{path}`") => self.line(path),
            other => panic!("the reader does not know what to do: {other}\n{}", self.script),
        }
    }

    fn block(&mut self, info: &str, text: &str) {
        if let Some(path) = self.writes.take_if(|_| info.is_empty()) {
            let _ = write!(self.script, "cat >{path} <<'READER'\n{text}READER\n");
            for of in
                text.split("<text of ").skip(1).filter_map(|rest| rest.split_once('>')).map(|(of, _)| of)
            {
                let _ = writeln!(
                    self.script,
                    "OF={of} VALUE=$(cat {of}) perl -pi -e 's{{<text of \\Q$ENV{{OF}}\\E>}}{{$ENV{{VALUE}}}}' {path}"
                );
            }
            return;
        }
        assert_eq!(info, "sh", "a block that nothing was said of:\n{text}");
        if std::mem::take(&mut self.skips) {
            return;
        }
        if let Some(not) = self.asks.take() {
            return self.only_if(&format!("{not}(\n{text})"));
        }
        if let Some(how) = self.asks_again.take() {
            let _ = writeln!(self.script, "page() {{\n{text}}}\ntry {how}");
            return;
        }
        if !std::mem::take(&mut self.looks) {
            let _ = writeln!(self.script, "{{\n{text}}}");
            return;
        }
        for line in text.lines() {
            match line.split_once("    # ") {
                Some((look, "is not there")) => self.line(&format!("if {look}; then exit 1; fi")),
                Some((look, digest)) => self.line(&format!("{look} | grep {digest}")),
                None => self.line(line),
            }
        }
    }
}

/// The steps of the notes, as a script.
fn followed(notes: &str) -> String {
    let mut reader = Reader::default();
    let said = read(notes);
    let is_part = |said: &Said, name: &str| matches!(said, Said::Words(words) if words.starts_with(name));
    let begin = said.iter().position(|said| is_part(said, "## Recipe ")).expect("the notes have steps");
    let end =
        said.iter().position(|said| is_part(said, "## How to go back")).expect("they tell the way back");
    // What is kept before the first step.
    for said in &said[..begin] {
        if let Said::Block(info, text) = said {
            reader.block(info, text);
        }
    }
    for said in &said[begin..end] {
        match said {
            Said::Words(words) if words.starts_with("Do each of these once") => {}
            Said::Words(words) => reader.hear(words),
            Said::Block(info, text) => reader.block(info, text),
        }
    }
    reader.step();
    reader.script
}

/// A site that a person could set up by hand.
const SITE: &str = r#"
local nginx = require "@nginx"
include_recipe "base"
include_recipe "nginx"

user "board" { system = true, home = "/srv/board", shell = "/usr/sbin/nologin" }
directory "/srv/board" { owner = "board", mode = "0755" }
file "/srv/board/index.html" { content = "It works. Leave a line.\n", mode = "0644" }
file "/srv/board/key" { content = "for one only\n", owner = "board", mode = "0600" }
nginx.site "board" { domains = { "localhost", "127.0.0.1" }, root = "/srv/board" }
cron "board" { minute = "7", user = "board", command = "test -s /srv/board/index.html" }
"#;

/// Asks for a page until it is good: times, seconds, ranges of statuses.
const TRY: &str = r#"
try() {
  for time in $(seq "$1"); do
    status=$(page | tail -n 1)
    for range in $3; do
      if [ "$status" -ge "${range%-*}" ] && [ "$status" -le "${range#*-}" ]; then return; fi
    done
    sleep "$2"
  done
  return 1
}
"#;

#[test]
fn a_site_is_set_up_by_hand_from_the_notes_alone() {
    let Some([host]) = boot() else { return };
    host.write("/root/project/recipes/board.lua", SITE.as_bytes());
    let notes = host.must("cd /root/project && chefrs export --to markdown -r board");
    // What a person has who reads it: a shell, an editor, the network, and no chefrs.
    host.must("mv /usr/local/bin/chefrs /root");
    let script = format!("set -e\nexport DEBIAN_FRONTEND=noninteractive\n{TRY}{}", followed(&notes));
    let script = script.replace("\napt-get install ", "\napt-get install --yes ");
    host.write("/root/typed.sh", script.as_bytes());
    let output = host.script("cd /root && bash typed.sh 2>&1");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{script}");
    // nginx answers the first requests after a reload as before.
    until("the page", || host.must("curl -sS http://127.0.0.1/").contains("It works. Leave a line."));
    // It is what chefrs would have made; only how old the package lists are it notes for itself.
    let planned = host.script("cd /root/project && /root/chefrs plan -r board").stdout;
    let planned = String::from_utf8_lossy(&planned).into_owned();
    let is_other = |line: &&str| line.contains(": would ") && !line.trim_start().starts_with("apt_update[");
    let others: Vec<&str> = planned.lines().filter(is_other).collect();
    assert!(others.is_empty(), "{others:#?}");
}
