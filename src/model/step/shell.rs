//! Splits a shell command into words, if that is possible without evaluating it.

use camino::{Utf8Path, Utf8PathBuf};

use super::command::Command;

/// A simple command: words, and the files that its output is redirected to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimpleCommand {
    /// Program and arguments.
    pub words: Vec<String>,
    /// Targets of `>` and `>>`.
    pub writes: Vec<String>,
}

impl Command {
    /// The simple commands of a shell script, or the single one of an argument list. None if a word has to be evaluated
    /// by the shell.
    #[must_use]
    pub fn simple(&self) -> Option<Vec<SimpleCommand>> {
        match self.argv.as_slice() {
            [sh, flag, script] if sh == "/bin/sh" && flag == "-c" => split(script),
            argv => Some(vec![SimpleCommand { words: argv.to_vec(), writes: Vec::new() }]),
        }
    }

    /// The absolute path of a word. None if it is relative to an unknown directory.
    #[must_use]
    pub fn path_of(&self, word: &str) -> Option<Utf8PathBuf> {
        let path = Utf8Path::new(word);
        if path.is_absolute() { Some(path.to_owned()) } else { self.cwd.as_ref().map(|cwd| cwd.join(path)) }
    }
}

/// State of the splitting.
#[derive(Default)]
struct ShellLine {
    all: Vec<SimpleCommand>,
    one: SimpleCommand,
    word: Option<String>,
    /// Whether the next word is the target of a redirection.
    redirects: bool,
}

impl ShellLine {
    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        if !std::mem::take(&mut self.redirects) {
            self.one.words.push(word);
        } else if word != "/dev/null" && !word.starts_with('&') {
            self.one.writes.push(word);
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        self.all.push(std::mem::take(&mut self.one));
    }
}

fn split(script: &str) -> Option<Vec<SimpleCommand>> {
    if script.contains(['$', '`', '\\', '*', '?', '~', '<', '{', '}', '(', ')', '#']) {
        return None;
    }
    let mut line = ShellLine::default();
    let mut quote: Option<char> = None;
    for c in script.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                line.word.get_or_insert_default();
            }
            (None, '>') => {
                // A number directly before the redirection names a file descriptor. It is not a word.
                line.word = line.word.take().filter(|word| !matches!(word.as_str(), "1" | "2"));
                line.end_word();
                line.redirects = true;
            }
            (None, '&') if line.redirects && line.word.is_none() => line.word = Some("&".to_owned()),
            (None, ';' | '&' | '|' | '\n') => line.end_command(),
            (None, _) if c.is_whitespace() => line.end_word(),
            _ => line.word.get_or_insert_default().push(c),
        }
    }
    line.end_command();
    line.all.retain(|one| *one != SimpleCommand::default());
    quote.is_none().then_some(line.all)
}
