//! Lines of a script.

use crate::export::shell_words::delimiter;

/// Lines that are written one after the other.
#[derive(Debug, Default)]
pub(super) struct ShellLines {
    pub(super) text: String,
    /// Number of blocks around the lines.
    pub(super) depth: usize,
    /// Whether they are in a function, which ends where a command fails. Elsewhere the script does.
    pub(super) is_function: bool,
}

impl ShellLines {
    /// Lines of a function.
    pub(super) fn of_function() -> Self {
        Self { depth: 1, is_function: true, ..Self::default() }
    }

    /// A line as it is.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A command that must succeed.
    pub(super) fn command(&mut self, command: &str) {
        let tail = self.tail();
        self.line(&format!("{command}{tail}"));
    }

    /// A command that must succeed, with a text on its standard input. `expands` says whether the shell expands variables
    /// in it.
    pub(super) fn command_with(&mut self, command: &str, text: &str, expands: bool) {
        let delimiter = delimiter(text);
        let quote = if expands { "" } else { "'" };
        let tail = self.tail();
        self.line(&format!("{command} <<{quote}{delimiter}{quote}{tail}"));
        self.text.push_str(text);
        if !text.is_empty() && !text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text.push_str(&delimiter);
        self.text.push('\n');
    }

    /// Ends the function, or else the script.
    pub(super) fn give_up(&mut self) {
        self.line(if self.is_function { "return 1" } else { "exit 1" });
    }

    /// The lines that follow are in a block.
    pub(super) fn open(&mut self, line: &str) {
        self.line(line);
        self.depth += 1;
    }

    /// The block ends.
    pub(super) fn close(&mut self, line: &str) {
        self.depth -= 1;
        self.line(line);
    }

    fn tail(&self) -> &'static str {
        if self.is_function { " || return 1" } else { "" }
    }
}

/// Whether some line is no comment.
pub(super) fn has_commands(text: &str) -> bool {
    text.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
}
