//! The reader of notes: sentences and blocks become what the reader types.

use std::fmt::Write as _;

/// What a line of the notes is to the reader.
enum Said {
    /// Outside of a block, without the marks of a box or of a list.
    Words(String),
    /// A block with what stands behind its fence.
    Block(String, String),
    /// A box has ended.
    EndOfBox,
}

/// The notes as lines and blocks. What is indented or in a box is read as what is not.
fn read(notes: &str) -> Vec<Said> {
    let mut said = Vec::new();
    let mut open: Option<(String, String, String)> = None;
    let mut is_boxed = false;
    for line in notes.lines() {
        if std::mem::replace(&mut is_boxed, line.starts_with('>')) && !is_boxed {
            said.push(Said::EndOfBox);
        }
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
    /// What is typed before the step that is read.
    before: String,
    /// What is typed for that step.
    script: String,
    /// What is typed if it fails.
    if_failed: Option<String>,
    /// Whether the box that is read is for that.
    is_for_failure: bool,
    /// The file whose content comes next.
    writes: Option<String>,
    /// The directory in which all is removed that the next block does not list.
    removes: Option<String>,
    /// Whether the next block only looks.
    looks: bool,
    /// How often the next block may be tried, the seconds between, and the statuses of a good page; without these it must
    /// succeed.
    asks_again: Option<String>,
    /// What the next block prints if the step is not needed.
    asks_for: Option<String>,
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

    /// Begins another step. Of the one before, the reader has read all.
    fn step(&mut self) {
        let ends = "fi\n".repeat(std::mem::take(&mut self.open));
        let step = std::mem::take(&mut self.script) + &ends;
        match self.if_failed.take() {
            None => self.before.push_str(&step),
            Some(then) => {
                let _ = writeln!(
                    self.before,
                    "set +e\n(\nset -e\n{step})\nstatus=$?\nset -e\nif [ $status != 0 ]; then\n{then}exit $status\nfi"
                );
            }
        }
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
            _ if self.is_for_failure => panic!("a sentence about a failure: {words}"),
            _ if words.starts_with("Note: ") => {}
            _ if words.starts_with("### ") || words.starts_with("## ") => {
                self.step();
                let _ = writeln!(self.script, "echo '{}'", words.replace('\'', ""));
            }
            // Where it was declared and why, and boxes that ask for what follows: on this machine each step changes something.
            _ if words.ends_with(')') => {}
            _ if words.starts_with("**If this step changed something, now: ") => {}
            _ if words.starts_with("**First, if this step will change something: ") => {}
            _ if words.starts_with("**If this step failed: ") => {
                self.is_for_failure = true;
                self.if_failed.get_or_insert_default();
            }
            _ if words.starts_with("**If this step changed something, at the end: ") => {}
            "To see it:" => self.looks = true,
            "If that changed something:" | "Install the packages:" => {}
            "Only if this succeeds:" => self.asks = Some(""),
            "Only if this fails:" => self.asks = Some("! "),
            _ if words.starts_with("Only if this succeeds: ") => self.only_if(path),
            _ if words.starts_with("Only if this fails: ") => self.only_if(&format!("! {path}")),
            "Not needed if this prints nothing:" => self.asks_for = Some(String::new()),
            _ if words.starts_with("Not needed if this prints ") && codes.len() == 1 => {
                self.asks_for = Some(path.to_owned());
            }
            _ if words.starts_with("Not needed if the package lists were read in the last ") => {}
            _ if words.starts_with("Go on when this succeeds. If it does not: ") => {}
            _ if words.starts_with("Try this until it succeeds, ") => {
                let [seconds, pause] = codes[..] else { panic!("how often? {words}") };
                self.asks_again = Some(format!("$(({seconds} / {pause})) {pause}"));
            }
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
            "Read the package lists anew:" => {}
            _ if words.ends_with(" remove all that is not in this list:") => {
                self.removes = Some(path.to_owned());
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
        if self.is_for_failure {
            self.if_failed.get_or_insert_default().push_str(text);
            return;
        }
        if let Some(directory) = self.removes.take_if(|_| info.is_empty()) {
            let _ = writeln!(
                self.script,
                "cat >/tmp/kept <<'READER'\n{text}READER\n\
                 (cd {directory} && find . -mindepth 1 | grep -Fxv -f /tmp/kept | xargs -r rm -rf --)"
            );
            return;
        }
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
        if let Some(value) = self.asks_for.take() {
            return self.only_if(&format!("[ \"$({text})\" != '{value}' ]"));
        }
        if let Some(how) = self.asks_again.take() {
            let _ = writeln!(self.script, "page() {{\n{text}}}\ntry {how}");
            return;
        }
        if !std::mem::take(&mut self.looks) {
            let typed: String = text.lines().flat_map(|line| [needed(line), "\n".into()]).collect();
            let _ = writeln!(self.script, "{{\n{typed}}}");
            return;
        }
        for line in text.lines() {
            match line.split_once("    # ") {
                Some((look, "is not there")) => self.line(&format!("if {look}; then exit 1; fi")),
                Some((look, shown)) => self.line(&format!("{look} | grep -Fw -- '{shown}'")),
                None => self.line(line),
            }
        }
    }
}

/// A line, if what it is about is there, where it says so.
fn needed(line: &str) -> String {
    let Some(command) = line.strip_suffix("    # if it is there") else { return line.to_owned() };
    let what = command.rsplit(' ').next().unwrap_or_default();
    let is_there = match command.split(' ').next() {
        Some("systemctl") => format!("systemctl cat {what} >/dev/null 2>&1"),
        Some("usermod") => format!("getent passwd {what}"),
        _ => format!("[ -e {what} ]"),
    };
    format!("if {is_there}; then {command}; fi")
}

/// The steps of the notes, as a script.
pub(super) fn followed(notes: &str) -> String {
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
            Said::EndOfBox => reader.is_for_failure = false,
            Said::Words(words) => reader.hear(words),
            Said::Block(info, text) => reader.block(info, text),
        }
    }
    reader.step();
    reader.before
}
