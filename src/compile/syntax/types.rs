//! Skips type annotations. They are for editors and have no effect.

use super::token::TokenKind;
use super::walker::{Read, Walker};

impl Walker<'_> {
    /// Skips `: T`, if it is there.
    pub(super) fn annotation(&mut self) -> Read<()> {
        if self.take(":") { self.type_of() } else { Ok(()) }
    }

    /// Skips a type, or the bracketed types that a function returns.
    pub(super) fn type_of(&mut self) -> Read<()> {
        self.deeper(|this| {
            if !this.take("|") {
                this.take("&");
            }
            loop {
                this.simple_type()?;
                while this.take("?") {}
                if !this.take("|") && !this.take("&") {
                    return Ok(());
                }
            }
        })
    }

    fn simple_type(&mut self) -> Read<()> {
        match self.word() {
            "{" => self.balanced(),
            "(" => {
                self.balanced()?;
                if self.take("->") { self.type_of() } else { Ok(()) }
            }
            "<" => {
                self.angles()?;
                self.balanced()?;
                self.expect("->")?;
                self.type_of()
            }
            "..." => {
                self.skip();
                self.type_of()
            }
            "nil" | "true" | "false" => {
                self.skip();
                Ok(())
            }
            "typeof" if self.word_of(self.ahead(1)) == "(" => {
                self.skip();
                self.balanced()
            }
            _ if matches!(self.kind(), TokenKind::Text | TokenKind::Whole) => {
                self.skip();
                Ok(())
            }
            _ => {
                self.name()?;
                if self.take("...") {
                    return Ok(());
                }
                if self.take(".") {
                    self.name()?;
                }
                if self.is("<") { self.angles() } else { Ok(()) }
            }
        }
    }

    /// Skips `<…>`, the type parameters of a type or a function.
    pub(super) fn angles(&mut self) -> Read<()> {
        let mut open = 0_usize;
        loop {
            match self.word() {
                "<" => open += 1,
                ">" => open -= 1,
                "(" | "{" | "[" => {
                    self.balanced()?;
                    continue;
                }
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
