//! Handles tags that open or close a block, or include a partial.

use super::scanner::{Block, Include, Scanner, place};
use crate::model::error::Diagnostic;
use crate::template::limits::NESTING_LIMIT;

/// Most brackets in a tag, which limits the nesting of expressions.
const BRACKET_LIMIT: usize = 16;

impl<'a> Scanner<'a> {
    /// Handles an ordinary tag.
    pub(super) fn tag(&mut self, start: usize, body: &'a str) -> Result<(), Diagnostic> {
        if body.matches(['(', '[']).count() > BRACKET_LIMIT {
            return Err(self
                .wrong(start, format!("a tag has more than {BRACKET_LIMIT} brackets"))
                .hint("compute the value in the recipe and pass it as a variable"));
        }
        self.found.brackets |= body.contains('(');
        let body = body.trim_matches(space).trim_matches('~').trim_matches(space);
        if let Some(rest) = body.strip_prefix('#') {
            self.open_block(start, rest.trim_start_matches(space))
        } else if let Some(word) = body.strip_prefix('/') {
            self.close_block(start, word.trim_matches(space))
        } else if let Some(rest) = body.strip_prefix('>') {
            self.include(start, rest.trim_start_matches(space))
        } else if body.starts_with('*') {
            Err(self.decorator(start))
        } else if let Some(rest) = body.strip_prefix("else").or_else(|| body.strip_prefix('^')) {
            self.otherwise(start, rest.trim_start_matches(space))
        } else {
            Ok(())
        }
    }

    fn open_block(&mut self, start: usize, rest: &'a str) -> Result<(), Diagnostic> {
        if rest.starts_with('*') {
            return Err(self.decorator(start));
        }
        if rest.starts_with('>') {
            return Err(self
                .wrong(start, "a partial can't be given a block")
                .hint("write `{{> name}}`, and pass the differences as values: `{{> name title=\"x\"}}`"));
        }
        let word = rest.split(|c: char| space(c) || c == '~').next().unwrap_or_default();
        self.open.push(Block { word, start, chained: 0 });
        self.measure(start)
    }

    fn close_block(&mut self, start: usize, word: &str) -> Result<(), Diagnostic> {
        match self.open.pop() {
            Some(block) if block.word == word => Ok(()),
            Some(block) => {
                let opened = place(self.name, self.text, block.start);
                Err(self
                    .wrong(start, format!("`{{{{/{word}}}}}` closes `{{{{#{}}}}}`", block.word))
                    .note(format!("`{{{{#{}}}}}` was opened at {opened}", block.word))
                    .hint(format!("write `{{{{/{}}}}}`", block.word)))
            }
            None => Err(self
                .wrong(start, format!("`{{{{/{word}}}}}` closes a block that was never opened"))
                .hint(format!("open it with `{{{{#{word} …}}}}`, or remove it"))),
        }
    }

    fn otherwise(&mut self, start: usize, rest: &str) -> Result<(), Diagnostic> {
        let Some(block) = self.open.last_mut() else {
            return Err(self
                .wrong(start, "`{{else}}` is outside of a block")
                .hint("it belongs between `{{#if …}}` and `{{/if}}`"));
        };
        if rest.is_empty() {
            return Ok(());
        }
        block.chained += 1;
        self.measure(start)
    }

    fn include(&mut self, start: usize, rest: &str) -> Result<(), Diagnostic> {
        let name = rest.split(|c: char| space(c) || c == '~').next().unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
        if name.is_empty() || !name.chars().all(plain) || name.split('/').any(|part| part == "..") {
            return Err(self
                .wrong(start, "the name of a partial must be plain text")
                .hint("write `{{> name}}`, and choose between partials with `{{#if …}}`"));
        }
        let line = place(self.name, self.text, start).line;
        self.found.includes.push(Include { name: name.to_owned(), line, depth: self.depth() });
        Ok(())
    }

    fn depth(&self) -> usize {
        self.open.iter().map(|block| 1 + block.chained).sum()
    }

    fn measure(&mut self, start: usize) -> Result<(), Diagnostic> {
        let depth = self.depth();
        self.found.depth = self.found.depth.max(depth);
        if depth > NESTING_LIMIT {
            return Err(self
                .wrong(start, format!("blocks nest deeper than {NESTING_LIMIT}, including `else if`"))
                .hint("compute the value in the recipe and pass it as a variable"));
        }
        Ok(())
    }

    fn decorator(&self, start: usize) -> Diagnostic {
        self.wrong(start, "partials can't be defined inside a template")
            .hint("put the partial into a file of its own and include it with `{{> name}}`")
    }
}

/// Whether the parser treats a character as white space between words.
fn space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}
