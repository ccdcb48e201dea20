//! The shell of the machine in memory: a small closed vocabulary, each word with an effect that everybody knows.

use camino::Utf8Path;

use super::Machine;
use super::programs::NOT_FOUND;

impl Machine {
    /// Runs commands separated by `; `, `&& ` and `|| `: the status of the last, and what they printed.
    pub(super) fn script(&mut self, script: &str) -> (i32, String) {
        let (mut status, mut printed) = (0, String::new());
        for command in script.split("; ") {
            let mut rest = Some(command);
            let mut wanted = true;
            while let Some(line) = rest {
                let ends = [" && ", " || "].into_iter().filter_map(|mark| Some((line.find(mark)?, mark)));
                let (part, mark, left) = match ends.min() {
                    Some((at, mark)) => (&line[..at], mark, Some(&line[at + mark.len()..])),
                    None => (line, "", None),
                };
                if wanted {
                    status = self.negated(part.trim(), &mut printed);
                }
                wanted = (status == 0) == (mark == " && ");
                rest = left;
            }
        }
        (status, printed)
    }

    fn negated(&mut self, command: &str, printed: &mut String) -> i32 {
        match command.strip_prefix("! ") {
            Some(command) => i32::from(self.word(command, printed) == 0),
            None => self.word(command, printed),
        }
    }

    fn word(&mut self, command: &str, printed: &mut String) -> i32 {
        let words: Vec<&str> = command.split(' ').collect();
        let failed = |went: bool| i32::from(!went);
        match words.as_slice() {
            ["true"] => 0,
            ["false"] => 1,
            ["exit", status] => status.parse().unwrap_or(2),
            ["test", "-e", path] | ["[", "-e", path, "]"] => failed(self.has(path)),
            ["test", "-f", path] => failed(self.text(path).is_some()),
            ["test", "-d", path] => failed(self.list(Utf8Path::new(path)).is_some()),
            ["test", "-L", path] => failed(self.is_link(Utf8Path::new(path))),
            ["grep", "-q", word, path] => match self.text(path) {
                Some(text) => failed(text.contains(*word)),
                None => 2,
            },
            // As Debian's shell has it.
            ["command", "-v", program] if self.has_program(program) => 0,
            ["touch", path] => failed(self.write(path, String::new(), true)),
            ["cat", path] => match self.text(path) {
                Some(text) => {
                    printed.push_str(&text);
                    0
                }
                None => 1,
            },
            ["echo", line @ .., to] if to.starts_with(">>") => {
                failed(self.write(&to[2..], line.join(" ") + "\n", true))
            }
            ["echo", line @ ..] => {
                printed.push_str(&line.join(" "));
                printed.push('\n');
                0
            }
            ["mkdir", path] => {
                let path = Utf8Path::new(path);
                let room = path.parent().is_some_and(|parent| self.has(parent)) && !self.has(path);
                if room {
                    self.directory(path);
                }
                failed(room)
            }
            ["rm", path] => {
                let there = self.has(path);
                self.remove((*path).into());
                failed(there)
            }
            [program, ..] if self.has_program(program) => 0,
            _ => NOT_FOUND,
        }
    }
}
