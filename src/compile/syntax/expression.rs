//! Parses expressions: finds the operands, and decides which need a check.

use super::insert::Check;
use super::token::{Token, TokenKind};
use super::walker::{Extent, Read, Sort, Walker};

/// Precedence of `not`, `-` and `#`.
const UNARY: u8 = 8;

/// Left and right precedence of a binary operator. None if the word is not one.
fn binding(word: &str) -> Option<(u8, u8)> {
    Some(match word {
        "or" => (1, 1),
        "and" => (2, 2),
        "==" | "~=" | "<" | "<=" | ">" | ">=" => (3, 3),
        ".." => (5, 4),
        "+" | "-" => (6, 6),
        "*" | "/" | "//" | "%" => (7, 7),
        "^" => (10, 9),
        _ => return None,
    })
}

/// An expression that starts with a name or a bracket.
pub(super) struct Prefix {
    pub(super) extent: Extent,
    pub(super) shape: Shape,
}

/// The last part of such an expression.
pub(super) enum Shape {
    Name,
    /// `.name`
    Field,
    /// `[key]`, with the number of the check around the key, and of the check around the expression before it.
    Index {
        key: Extent,
        check: Option<usize>,
        list: Option<usize>,
    },
    Call,
    Brackets,
}

impl Walker<'_> {
    /// Parses an expression.
    pub(super) fn expression(&mut self) -> Read<Extent> {
        self.operators(0)
    }

    /// Parses an expression that is tested for truth.
    pub(super) fn condition(&mut self) -> Read<()> {
        let condition = self.expression()?;
        self.check(condition, Check::Tested);
        Ok(())
    }

    /// Parses expressions separated by commas. Returns their range.
    pub(super) fn expressions(&mut self) -> Read<(usize, usize)> {
        let first = self.expression()?;
        let mut end = first.end;
        while self.take(",") {
            end = self.expression()?.end;
        }
        Ok((first.start, end))
    }

    /// Parses an expression up to the next operator whose precedence is not above the limit.
    fn operators(&mut self, limit: u8) -> Read<Extent> {
        self.deeper(|this| {
            let start = this.next().start;
            let mut left = match this.word() {
                word @ ("not" | "-" | "#") => {
                    this.skip();
                    let operand = this.operators(UNARY)?;
                    if word == "not" {
                        this.check(operand, Check::Tested);
                    }
                    let sort = if word == "#" { Sort::Known } else { Sort::Literal };
                    Extent { start, end: operand.end, sort }
                }
                _ => this.cast()?,
            };
            while let Some((_, binds_right)) = binding(this.word()).filter(|(left, _)| *left > limit) {
                let operator = this.skip();
                let right = this.operators(binds_right)?;
                let sort = this.combine(operator, left, right);
                left = Extent { start, end: right.end, sort };
            }
            Ok(left)
        })
    }

    /// Adds checks to the operands of an operator. Returns the sort of the result.
    fn combine(&mut self, operator: Token, left: Extent, right: Extent) -> Sort {
        match self.text_of(operator) {
            // Comparing with nil works for all values.
            "==" | "~=" if left.sort == Sort::Nil || right.sort == Sort::Nil => Sort::Literal,
            word @ ("==" | "~=") => {
                if left.sort == Sort::Any || right.sort == Sort::Any {
                    let check = if word == "==" { Check::Equal } else { Check::Differ };
                    self.inserts.comma(operator.start, operator.end);
                    self.inserts.around(left.start, right.end, check);
                }
                Sort::Literal
            }
            // The left operand is tested. The right one is only returned.
            "and" | "or" => {
                self.check(left, Check::Tested);
                if right.sort == Sort::Any { Sort::Any } else { Sort::Known }
            }
            ".." if left.sort == Sort::Any || right.sort == Sort::Any => Sort::Any,
            _ => Sort::Known,
        }
    }

    /// Parses a simple expression, with an optional `:: T`.
    fn cast(&mut self) -> Read<Extent> {
        let start = self.next().start;
        let sort = self.simple()?;
        while self.take("::") {
            self.type_of()?;
        }
        Ok(Extent { start, end: self.end(), sort })
    }

    fn simple(&mut self) -> Read<Sort> {
        match self.kind() {
            TokenKind::Number | TokenKind::Text | TokenKind::Whole => {
                self.skip();
                return Ok(Sort::Literal);
            }
            TokenKind::Begin => return self.back_quoted(),
            _ => {}
        }
        match self.word() {
            "nil" => {
                self.skip();
                Ok(Sort::Nil)
            }
            "true" | "false" => {
                self.skip();
                Ok(Sort::Literal)
            }
            "..." => {
                self.skip();
                Ok(Sort::Any)
            }
            "{" => self.table().map(|()| Sort::Known),
            "if" => self.if_else(),
            "function" | "@" => {
                self.marks()?;
                self.expect("function")?;
                (self.function)(self).map(|()| Sort::Known)
            }
            _ => self.prefixed().map(|prefix| prefix.extent.sort),
        }
    }

    /// Parses `if … then … elseif … then … else …` as an expression.
    fn if_else(&mut self) -> Read<Sort> {
        let mut sort = Sort::Known;
        loop {
            // `if`, or another `elseif`.
            self.skip();
            self.condition()?;
            self.expect("then")?;
            if self.expression()?.sort == Sort::Any {
                sort = Sort::Any;
            }
            if !self.is("elseif") {
                break;
            }
        }
        self.expect("else")?;
        Ok(if self.expression()?.sort == Sort::Any { Sort::Any } else { sort })
    }

    /// Parses a back-quoted string. With a deferred value in it, it is one itself.
    fn back_quoted(&mut self) -> Read<Sort> {
        self.skip();
        let mut sort = Sort::Literal;
        loop {
            let value = self.expression()?;
            if value.sort == Sort::Any {
                sort = Sort::Any;
            }
            self.check(value, Check::Text);
            match self.kind() {
                TokenKind::Middle => self.skip(),
                TokenKind::Last => break,
                _ => return Err(self.stop()),
            };
        }
        self.skip();
        Ok(sort)
    }

    fn table(&mut self) -> Read<()> {
        self.expect("{")?;
        while !self.is("}") {
            if self.take("[") {
                let key = self.expression()?;
                self.expect("]")?;
                self.written(key, None);
                self.expect("=")?;
            } else if self.is_name(self.next()) && self.word_of(self.ahead(1)) == "=" {
                let name = self.name()?;
                if self.text_of(name) == "__mode" {
                    return Err(Self::weak(name.start));
                }
                self.expect("=")?;
            }
            self.expression()?;
            if !self.take(",") && !self.take(";") {
                break;
            }
        }
        self.expect("}")
    }

    /// Adds a check to a key that is written.
    pub(super) fn written(&mut self, key: Extent, check: Option<usize>) {
        match check {
            Some(number) => self.inserts.change(number, Check::Key),
            // A string can spell a forbidden key in many ways. A number can't.
            None if key.sort != Sort::Literal
                || !self.text[key.start..].starts_with(|c: char| c.is_ascii_digit()) =>
            {
                self.inserts.around(key.start, key.end, Check::Key);
            }
            None => {}
        }
    }

    /// Parses a name or a bracketed expression, with all suffixes.
    pub(super) fn prefixed(&mut self) -> Read<Prefix> {
        let start = self.next().start;
        let (mut sort, mut shape) = if self.take("(") {
            let inner = self.expression()?;
            self.expect(")")?;
            (inner.sort, Shape::Brackets)
        } else {
            self.name()?;
            (Sort::Any, Shape::Name)
        };
        loop {
            shape = match self.word() {
                "." => {
                    self.skip();
                    self.field()?;
                    Shape::Field
                }
                "[" => {
                    let before = self.end();
                    self.skip();
                    let key = self.expression()?;
                    self.expect("]")?;
                    let list = self.no_item(key).map(|check| self.inserts.around(start, before, check));
                    Shape::Index { key, check: self.check(key, Check::LookedUp), list }
                }
                ":" => {
                    self.skip();
                    self.field()?;
                    self.instantiation()?;
                    self.arguments()?;
                    Shape::Call
                }
                "<" if self.is_instantiation() => {
                    self.instantiation()?;
                    Shape::Brackets
                }
                "(" | "{" => {
                    self.arguments()?;
                    Shape::Call
                }
                _ if self.kind() == TokenKind::Text => {
                    self.arguments()?;
                    Shape::Call
                }
                _ => break,
            };
            sort = Sort::Any;
        }
        Ok(Prefix { extent: Extent { start, end: self.end(), sort }, shape })
    }

    /// The check for a literal number that is not an index of a list.
    fn no_item(&self, key: Extent) -> Option<Check> {
        let number: f64 = self.text.get(key.start..key.end)?.parse().ok()?;
        if number == 0.0 {
            return Some(Check::First);
        }
        (number < 0.0).then_some(Check::Last)
    }

    /// Parses the name after a dot, which may be a keyword.
    fn field(&mut self) -> Read<()> {
        if self.kind() != TokenKind::Name {
            return Err(self.stop());
        }
        self.skip();
        Ok(())
    }

    /// Whether type arguments follow: `f<<T>>(x)`.
    fn is_instantiation(&self) -> bool {
        self.is("<") && self.word_of(self.ahead(1)) == "<"
    }

    fn instantiation(&mut self) -> Read<()> {
        if self.is_instantiation() { self.angles() } else { Ok(()) }
    }

    fn arguments(&mut self) -> Read<()> {
        if self.kind() == TokenKind::Text {
            self.skip();
            return Ok(());
        }
        if self.is("{") {
            return self.deeper(Self::table);
        }
        self.expect("(")?;
        if !self.is(")") {
            self.expressions()?;
        }
        self.expect(")")
    }
}
