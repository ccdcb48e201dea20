//! The shell of the machine in memory: a small closed vocabulary, each word with an effect that everybody knows.

use camino::Utf8Path;

use super::Machine;
use super::programs::NOT_FOUND;

impl Machine {
    /// Runs commands separated by `; ` and `&& `: the status of the last, and what they printed.
    pub(super) fn script(&mut self, script: &str) -> (i32, String) {
        let (mut status, mut printed) = (0, String::new());
        for command in script.split("; ") {
            for part in command.split(" && ") {
                status = self.word(part.trim(), &mut printed);
                if status != 0 {
                    break;
                }
            }
        }
        (status, printed)
    }

    fn word(&mut self, command: &str, printed: &mut String) -> i32 {
        let words: Vec<&str> = command.split(' ').collect();
        let failed = |went: bool| i32::from(!went);
        match words.as_slice() {
            ["true"] => 0,
            ["false"] => 1,
            ["exit", status] => status.parse().unwrap_or(2),
            ["test", "-e", path] => failed(self.has(path)),
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
