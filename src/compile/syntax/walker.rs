//! The place in a file's tokens, and what is found there.

use super::insert::{Check, Inserts, RESERVED};
use super::token::{Token, TokenKind};

/// How deep code may nest, as in the language itself: each level costs native stack.
const DEPTH: usize = 1000;

/// Words that are no names.
const WORDS: [&str; 21] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// Why a file was not rewritten.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::compile) enum Unread {
    /// It is not in the language, as far as can be told here.
    Syntax,
    /// It uses a name that only rewritten source may use.
    Reserved(String),
    /// It makes a weak table.
    Weak,
}

/// Where reading ended, and why.
pub(super) struct ReadStop {
    pub(super) at: usize,
    pub(super) why: Unread,
}

pub(super) type Read<T> = Result<T, ReadStop>;

/// What a part of the code can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// `nil`, word for word.
    Nil,
    /// A string, a number, true or false: text of its own, and known while the recipe is compiled.
    Literal,
    /// Whatever operators, tables and functions give: known while the recipe is compiled.
    Known,
    Any,
}

/// An expression: where it stands, and what it can be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) sort: Sort,
}

/// What reads a function.
type Function<'a> = fn(&mut Walker<'a>) -> Read<()>;

pub(super) struct Walker<'a> {
    pub(super) text: &'a str,
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    /// Names that the file gives, and where.
    pub(super) names: Vec<(&'a str, usize)>,
    /// Reads a function from its parameters on: expressions hold functions, whose statements hold expressions.
    pub(super) function: Function<'a>,
    pub(super) inserts: Inserts,
}

impl<'a> Walker<'a> {
    pub(super) fn new(text: &'a str, tokens: &'a [Token], function: Function<'a>) -> Self {
        Self { text, tokens, at: 0, depth: 0, names: Vec::new(), function, inserts: Inserts::default() }
    }

    /// The token that is next; behind the end, the end.
    pub(super) fn next(&self) -> Token {
        self.ahead(0)
    }

    pub(super) fn ahead(&self, tokens: usize) -> Token {
        self.tokens[(self.at + tokens).min(self.tokens.len() - 1)]
    }

    pub(super) fn kind(&self) -> TokenKind {
        self.next().kind
    }

    /// The text of a token.
    pub(super) fn text_of(&self, token: Token) -> &'a str {
        &self.text[token.start..token.end]
    }

    /// The word or sign that is next; empty for anything else.
    pub(super) fn word(&self) -> &'a str {
        self.word_of(self.next())
    }

    pub(super) fn word_of(&self, token: Token) -> &'a str {
        if matches!(token.kind, TokenKind::Name | TokenKind::Sign) { self.text_of(token) } else { "" }
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.word() == word
    }

    /// Whether a token is a name that a cook chose.
    pub(super) fn is_name(&self, token: Token) -> bool {
        token.kind == TokenKind::Name && !WORDS.contains(&self.text_of(token))
    }

    /// Goes one token on.
    pub(super) fn skip(&mut self) -> Token {
        let token = self.next();
        self.at += 1;
        token
    }

    /// Goes on if this is next.
    pub(super) fn take(&mut self, word: &str) -> bool {
        let taken = self.is(word);
        if taken {
            self.at += 1;
        }
        taken
    }

    /// Goes on; anything else ends the reading.
    pub(super) fn expect(&mut self, word: &str) -> Read<()> {
        if self.take(word) { Ok(()) } else { Err(self.stop()) }
    }

    /// A name, and goes on.
    pub(super) fn name(&mut self) -> Read<Token> {
        if !self.is_name(self.next()) {
            return Err(self.stop());
        }
        let token = self.skip();
        let name = self.text_of(token);
        if name.starts_with(RESERVED) {
            return Err(ReadStop { at: token.start, why: Unread::Reserved(name.to_owned()) });
        }
        Ok(token)
    }

    /// The token before the next one.
    pub(super) fn last(&self) -> Token {
        self.tokens[self.at.saturating_sub(1).min(self.tokens.len() - 1)]
    }

    /// A name that the file gives to something, and goes on.
    pub(super) fn new_name(&mut self) -> Read<()> {
        let token = self.name()?;
        self.names.push((self.text_of(token), token.start));
        Ok(())
    }

    /// Where it ended.
    pub(super) fn end(&self) -> usize {
        self.last().end
    }

    pub(super) fn stop(&self) -> ReadStop {
        ReadStop { at: self.next().start, why: Unread::Syntax }
    }

    pub(super) fn weak(at: usize) -> ReadStop {
        ReadStop { at, why: Unread::Weak }
    }

    /// Works one level deeper.
    pub(super) fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= DEPTH {
            return Err(self.stop());
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    /// Puts a check around an expression, unless it is known to pass.
    pub(super) fn check(&mut self, what: Extent, check: Check) -> Option<usize> {
        let passes = match check {
            Check::Text => what.sort == Sort::Literal,
            _ => what.sort != Sort::Any,
        };
        (!passes).then(|| self.inserts.around(what.start, what.end, check))
    }

    /// `@native` and the like, in front of a function.
    pub(super) fn marks(&mut self) -> Read<()> {
        while self.take("@") {
            if self.is("[") {
                self.balanced()?;
            } else {
                self.name()?;
            }
        }
        Ok(())
    }

    /// Skips from an opening bracket to its end, whatever stands between.
    pub(super) fn balanced(&mut self) -> Read<()> {
        let mut open = 0_usize;
        loop {
            match self.word() {
                "(" | "{" | "[" => open += 1,
                ")" | "}" | "]" => open -= 1,
                _ if self.kind() == TokenKind::End => return Err(self.stop()),
                _ => {}
            }
            self.skip();
            if open == 0 {
                return Ok(());
            }
        }
    }
}
