//! Parses statements: conditions, loops and assignments.

use super::bound::Binding;
use super::expression::Shape;
use super::insert::Check;
use super::token::TokenKind;
use super::walker::{Read, Walker};

impl Walker<'_> {
    /// Parses a file.
    pub(super) fn file(&mut self) -> Read<()> {
        self.block()?;
        if self.kind() == TokenKind::End { Ok(()) } else { Err(self.stop()) }
    }

    fn ends(&self) -> bool {
        self.kind() == TokenKind::End || matches!(self.word(), "end" | "else" | "elseif" | "until")
    }

    fn block(&mut self) -> Read<()> {
        self.scope(Self::statements)
    }

    fn statements(&mut self) -> Read<()> {
        self.deeper(|this| {
            while !this.ends() {
                this.statement()?;
                this.take(";");
            }
            Ok(())
        })
    }

    fn block_to(&mut self, end: &str) -> Read<()> {
        self.block()?;
        self.expect(end)
    }

    fn statement(&mut self) -> Read<()> {
        match self.word() {
            "if" => self.if_then(),
            "while" => {
                self.skip();
                self.condition()?;
                self.expect("do")?;
                self.block_to("end")
            }
            "do" => {
                self.skip();
                self.block_to("end")
            }
            "for" => self.scope(Self::loop_for),
            "repeat" => {
                self.skip();
                // The condition sees the names of the block.
                self.scope(|this| {
                    this.statements()?;
                    this.expect("until")?;
                    this.condition()
                })
            }
            "function" | "local" | "@" => {
                self.marks()?;
                if self.take("local") { self.local() } else { self.named_function() }
            }
            "return" => {
                self.skip();
                if !self.ends() && !self.is(";") {
                    self.expressions()?;
                }
                Ok(())
            }
            "break" => {
                self.skip();
                Ok(())
            }
            _ => self.assignment_or_call(),
        }
    }

    fn if_then(&mut self) -> Read<()> {
        loop {
            // `if`, or another `elseif`.
            self.skip();
            self.condition()?;
            self.expect("then")?;
            self.block()?;
            if !self.is("elseif") {
                break;
            }
        }
        if self.take("else") {
            self.block()?;
        }
        self.expect("end")
    }

    fn loop_for(&mut self) -> Read<()> {
        self.skip();
        self.binding(Binding::Given)?;
        if self.take("=") {
            self.expressions()?;
        } else {
            while self.take(",") {
                self.binding(Binding::Given)?;
            }
            self.expect("in")?;
            let (start, end) = self.expressions()?;
            self.inserts.around(start, end, Check::Each);
        }
        self.expect("do")?;
        self.block_to("end")
    }

    fn binding(&mut self, binding: Binding) -> Read<()> {
        self.new_name(binding)?;
        self.annotation()
    }

    /// Parses what follows `local` or `const`.
    fn local(&mut self) -> Read<()> {
        if self.take("function") {
            let name = self.name()?;
            self.bind(name, Binding::Local);
            return self.function();
        }
        self.binding(Binding::Local)?;
        while self.take(",") {
            self.binding(Binding::Local)?;
        }
        if self.take("=") {
            self.expressions()?;
        }
        Ok(())
    }

    fn named_function(&mut self) -> Read<()> {
        if self.is("const") && self.word_of(self.ahead(1)) == "function" {
            self.skip();
        }
        self.expect("function")?;
        self.name()?;
        while matches!(self.word(), "." | ":") {
            self.skip();
            if self.kind() != TokenKind::Name {
                return Err(self.stop());
            }
            self.skip();
        }
        self.function()
    }

    /// Parses a function, from its parameters to its `end`.
    pub(super) fn function(&mut self) -> Read<()> {
        self.scope(Self::parameters_and_body)
    }

    fn parameters_and_body(&mut self) -> Read<()> {
        if self.is("<") {
            self.angles()?;
        }
        self.expect("(")?;
        while !self.is(")") {
            if self.take("...") {
                self.annotation()?;
            } else {
                self.binding(Binding::Given)?;
            }
            if !self.take(",") {
                break;
            }
        }
        self.expect(")")?;
        self.annotation()?;
        self.block_to("end")
    }

    fn assignment_or_call(&mut self) -> Read<()> {
        let first = self.next();
        let prefix = self.prefixed()?;
        if let Shape::Name = prefix.shape {
            self.names.push((self.text_of(first), first.start));
        }
        if let Shape::Name = prefix.shape
            && self.contextual(self.text_of(first))?
        {
            return Ok(());
        }
        let word = self.word();
        if !matches!(word, "=" | ",") {
            let assigns = word.len() > 1 && word.ends_with('=') && !matches!(word, "==" | "~=" | "<=" | ">=");
            if assigns {
                self.assigned(&prefix.shape)?;
                self.skip();
                return self.expression().map(|_| ());
            }
            return if matches!(prefix.shape, Shape::Call) { Ok(()) } else { Err(self.stop()) };
        }
        self.assigned(&prefix.shape)?;
        while self.take(",") {
            let further = self.prefixed()?;
            self.assigned(&further.shape)?;
        }
        self.expect("=")?;
        self.expressions().map(|_| ())
    }

    /// Adds a check to the target of an assignment. The last token belongs to the target.
    fn assigned(&mut self, shape: &Shape) -> Read<()> {
        match shape {
            Shape::Index { key, check, list } => {
                if let Some(list) = list {
                    self.inserts.remove(*list);
                }
                self.written(*key, *check);
            }
            Shape::Field if self.text_of(self.last()) == "__mode" => {
                return Err(Self::weak(self.last().start));
            }
            _ => {}
        }
        Ok(())
    }

    /// Parses a statement that starts with a contextual keyword. Returns false if the word is used as a name.
    fn contextual(&mut self, word: &str) -> Read<bool> {
        let next = self.next();
        match word {
            "type" if self.is_name(next) || self.is("function") => self.type_declaration(),
            "export" if self.is("type") => {
                self.skip();
                self.type_declaration()
            }
            "const" if self.is_name(next) || self.is("function") => self.local(),
            "continue" if !matches!(self.word(), "=" | "," | "+=" | "-=" | "..=") => Ok(()),
            _ => return Ok(false),
        }
        .map(|()| true)
    }

    /// Parses what follows `type`.
    fn type_declaration(&mut self) -> Read<()> {
        if self.take("function") {
            self.name()?;
            return self.function();
        }
        self.name()?;
        if self.is("<") {
            self.angles()?;
        }
        self.expect("=")?;
        self.type_of()
    }
}
