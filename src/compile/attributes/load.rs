//! Loads the attributes of a cookbook: reads the declarations, checks the layers, and computes the values.

use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::Value as LuaValue;

use super::Book;
use super::first;
use super::words::DeclaredAttributes;
use crate::compile::compilation::Compilation;
use crate::compile::convert::describe;
use crate::compile::session::{FileFrame, ScriptKind};
use crate::compile::types::Declaration;
use crate::model::error::{Diagnostic, Location};

impl Compilation {
    /// Loads the attributes of a cookbook and of its dependencies, with what it sets for them.
    pub(in crate::compile) fn load_attributes(self: &Rc<Self>, book: &str) -> mlua::Result<()> {
        if !self.attributes.borrow().is_loaded(book) {
            self.add_wrappers(std::iter::once(book));
        }
        self.load_declared(book)
    }

    /// Loads the attributes of a cookbook and of its dependencies, checks the layers, and computes the values.
    pub(in crate::compile) fn load_declared(self: &Rc<Self>, book: &str) -> mlua::Result<()> {
        if book.is_empty() || self.attributes.borrow().books.contains_key(book) {
            return Ok(());
        }
        self.attributes.borrow_mut().books.insert(book.to_owned(), Book::default());
        for dependency in self.books.dependencies(book).values() {
            self.load_declared(dependency)?;
        }
        let probes = self.read_probes(book)?;
        if let Some(entry) = self.attributes.borrow_mut().books.get_mut(book) {
            entry.probes = probes;
        }
        let frame = FileFrame {
            cookbook: book.to_owned(),
            recipe: String::new(),
            kind: ScriptKind::Attributes,
            parent: None,
        };
        let label = self.book(book).map(|book| book.label("attributes.lua")).unwrap_or_default();
        let declared = match self.evaluate("attributes.lua", frame.clone())? {
            None => {
                self.warn_of_other_attributes(book);
                BTreeMap::new()
            }
            Some(LuaValue::UserData(data)) if data.is::<DeclaredAttributes>() => {
                data.borrow::<DeclaredAttributes>()?.0.clone()
            }
            Some(other) => {
                return Err(self.refuse_at(
                    Some(Location::new(label, 0)),
                    Diagnostic::error(format!("the file returns {}, not attributes", describe(&other)))
                        .hint("return attributes { port = attribute.integer { default = 80 } }"),
                ));
            }
        };
        self.refuse_same_name(book, &declared)?;
        let paths: Vec<String> = declared.keys().cloned().collect();
        if let Some(entry) = self.attributes.borrow_mut().books.get_mut(book) {
            entry.declared = declared;
        }
        self.check_layers(book);
        self.within(frame, &label, || {
            paths.iter().try_for_each(|path| self.attribute_value(book, path).map(|_| ()))
        })?;
        if let Some(entry) = self.attributes.borrow_mut().books.get_mut(book) {
            entry.complete = true;
        }
        Ok(())
    }

    /// Refuses an attribute, or a table of attributes, with the name of a probe.
    fn refuse_same_name(&self, book: &str, declared: &BTreeMap<String, Rc<Declaration>>) -> mlua::Result<()> {
        let attributes = self.attributes.borrow();
        let Some(entry) = attributes.books.get(book) else { return Ok(()) };
        let same = declared.iter().find_map(|(path, declaration)| {
            let (name, probe) = entry.probes.get_key_value(first(path))?;
            Some((name.clone(), Rc::clone(declaration), probe.declaration.location.clone()))
        });
        drop(attributes);
        let Some((name, declaration, place)) = same else { return Ok(()) };
        let wrong = Diagnostic::error(format!("`{book}.{name}` is declared as an attribute and as a probe"))
            .note(format!("the probe is declared at {place}"))
            .hint("recipes read both from `node`: rename one of them");
        Err(self.refuse_at(Some(declaration.location.clone()), wrong))
    }

    /// Warns of attribute files of another tool in a cookbook that declares no attributes.
    fn warn_of_other_attributes(&self, book: &str) {
        let Some(cookbook) = self.book(book).filter(|_| !self.books.is_shipped(book)) else { return };
        for ending in ["rb", "yml", "lua"] {
            let Some(name) = cookbook.names("attributes", ending).into_iter().next() else { continue };
            let warning =
                Diagnostic::warning("nothing reads this file: attributes are declared in `attributes.lua`")
                    .at(Location::new(cookbook.label(&format!("attributes/{name}.{ending}")), 0))
                    .hint(format!(
                        "write `return attributes {{ port = attribute.integer {{ default = 80 }} }}` into {}",
                        cookbook.label("attributes.lua")
                    ));
            self.session.borrow_mut().warnings.push(warning);
            return;
        }
    }
}
