//! Types are skipped: they are there for editors, and nothing of them runs.

use super::token::TokenKind;
use super::walker::{Read, Walker};

impl Walker<'_> {
    /// `: T`, where it is written.
    pub(super) fn annotation(&mut self) -> Read<()> {
        if self.take(":") { self.type_of() } else { Ok(()) }
    }

    /// A type, or several in brackets as what a function gives.
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

    /// Skips `<…>`: parameters of a type or of a function.
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
