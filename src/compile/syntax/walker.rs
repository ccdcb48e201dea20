//! The parser state: the position in the tokens of a file, and what was found.

use super::bound::{Binding, BoundName};
use super::insert::{Check, Inserts, RESERVED};
use super::token::{Token, TokenKind};

/// Deepest nesting, as in Luau. Each level needs native stack.
const DEPTH: usize = 1000;

/// Keywords.
const WORDS: [&str; 21] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// Why a file can't be rewritten.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::compile) enum Unread {
    /// It is not valid Lua, as far as this parser knows.
    Syntax,
    /// It uses a name that is reserved for rewritten source.
    Reserved(String),
    /// It creates a weak table.
    Weak,
}

/// Where and why parsing stopped.
pub(super) struct ReadStop {
    pub(super) at: usize,
    pub(super) why: Unread,
}

pub(super) type Read<T> = Result<T, ReadStop>;

/// The possible values of a part of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// The literal `nil`.
    Nil,
    /// A literal string, number or boolean. It is never a deferred value and never a table.
    Literal,
    /// A table, a function, or the result of an operator. It is never a deferred value.
    Known,
    Any,
}

/// An expression: its range, and its possible values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) sort: Sort,
}

/// Parses a function.
type Function<'a> = fn(&mut Walker<'a>) -> Read<()>;

pub(super) struct Walker<'a> {
    pub(super) text: &'a str,
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    /// Names that the file defines, with their offsets.
    pub(super) names: Vec<(&'a str, usize)>,
    /// Local names, with the ends of their blocks.
    pub(super) bound: Vec<BoundName<'a>>,
    /// Parses a function from its parameters on. A function pointer breaks the cycle: expressions contain functions,
    /// whose statements contain expressions.
    pub(super) function: Function<'a>,
    pub(super) inserts: Inserts,
}

impl<'a> Walker<'a> {
    pub(super) fn new(text: &'a str, tokens: &'a [Token], function: Function<'a>) -> Self {
        Self {
            text,
            tokens,
            at: 0,
            depth: 0,
            names: Vec::new(),
            bound: Vec::new(),
            function,
            inserts: Inserts::default(),
        }
    }

    /// The next token. After the last token, the end.
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

    /// The next keyword, name or operator. Empty for other tokens.
    pub(super) fn word(&self) -> &'a str {
        self.word_of(self.next())
    }

    pub(super) fn word_of(&self, token: Token) -> &'a str {
        if matches!(token.kind, TokenKind::Name | TokenKind::Sign) { self.text_of(token) } else { "" }
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.word() == word
    }

    /// Whether a token is a name and not a keyword.
    pub(super) fn is_name(&self, token: Token) -> bool {
        token.kind == TokenKind::Name && !WORDS.contains(&self.text_of(token))
    }

    /// Skips one token.
    pub(super) fn skip(&mut self) -> Token {
        let token = self.next();
        self.at += 1;
        token
    }

    /// Skips the next token if it is this word.
    pub(super) fn take(&mut self, word: &str) -> bool {
        let taken = self.is(word);
        if taken {
            self.at += 1;
        }
        taken
    }

    /// Skips this word. Fails if another token is next.
    pub(super) fn expect(&mut self, word: &str) -> Read<()> {
        if self.take(word) { Ok(()) } else { Err(self.stop()) }
    }

    /// Skips a name and returns it.
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

    /// Skips a name and records it as defined by the file.
    pub(super) fn new_name(&mut self, binding: Binding) -> Read<()> {
        let token = self.name()?;
        self.names.push((self.text_of(token), token.start));
        self.bind(token, binding);
        Ok(())
    }

    /// Records a local name.
    pub(super) fn bind(&mut self, token: Token, binding: Binding) {
        self.bound.push(BoundName { name: self.text_of(token), start: token.start, end: 0, binding });
    }

    /// Parses a part of the file. The names that it binds are known up to its end.
    pub(super) fn scope<T>(&mut self, work: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let before = self.bound.len();
        let result = work(self)?;
        let end = self.end();
        self.bound[before..].iter_mut().filter(|name| name.end == 0).for_each(|name| name.end = end);
        Ok(result)
    }

    /// Offset of the end of the last token.
    pub(super) fn end(&self) -> usize {
        self.last().end
    }

    pub(super) fn stop(&self) -> ReadStop {
        ReadStop { at: self.next().start, why: Unread::Syntax }
    }

    pub(super) fn weak(at: usize) -> ReadStop {
        ReadStop { at, why: Unread::Weak }
    }

    /// Runs `work` one nesting level deeper.
    pub(super) fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= DEPTH {
            return Err(self.stop());
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    /// Adds a check around an expression, except if it would always pass.
    pub(super) fn check(&mut self, what: Extent, check: Check) -> Option<usize> {
        let passes = match check {
            Check::Text => what.sort == Sort::Literal,
            _ => what.sort != Sort::Any,
        };
        (!passes).then(|| self.inserts.around(what.start, what.end, check))
    }

    /// Skips attributes of a function, such as `@native`.
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

    /// Skips from an opening bracket to the matching closing one.
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
