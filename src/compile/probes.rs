//! The probes of the loaded cookbooks: their declarations, and the answers that the facts hold.

use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::Value as LuaValue;
use serde_json::Value;

use super::compilation::Compilation;
use super::convert::describe;
use super::session::{FileFrame, ScriptKind};
use super::types::{ProbeDeclaration, ReadProbe};
use crate::model::english::suggestion;
use crate::model::error::{Diagnostic, Location};
use crate::model::probe::{COMPLETE, FILE, Probe};

use examples::fitting;
use words::DeclaredProbes;

mod examples;
pub(super) mod words;

impl Compilation {
    /// The probes that a cookbook declares, by name.
    pub(super) fn declared_probes(
        self: &Rc<Self>,
        book: &str,
    ) -> mlua::Result<BTreeMap<String, ProbeDeclaration>> {
        if !self.book(book).is_some_and(|book| book.has_probes) {
            return Ok(BTreeMap::new());
        }
        let frame = FileFrame {
            cookbook: book.to_owned(),
            recipe: String::new(),
            kind: ScriptKind::Probes,
            parent: None,
        };
        match self.evaluate(FILE, frame)? {
            None => Ok(BTreeMap::new()),
            Some(LuaValue::UserData(data)) if data.is::<DeclaredProbes>() => {
                let declared = data.borrow::<DeclaredProbes>()?.0.clone();
                match declared.values().find_map(|probe| self.authorize_probe(book, probe)) {
                    Some(refused) => Err(self.refuse_at(None, refused)),
                    None => Ok(declared),
                }
            }
            Some(other) => Err(self.refuse_at(
                Some(self.file_of_probes(book)),
                Diagnostic::error(format!("the file returns {}, not probes", describe(&other)))
                    .hint("return probes { units = probe.units { type = \"service\" } }"),
            )),
        }
    }

    /// The probes of a cookbook with the values that recipes read.
    pub(super) fn read_probes(self: &Rc<Self>, book: &str) -> mlua::Result<BTreeMap<String, Rc<ReadProbe>>> {
        let declared = self.declared_probes(book)?;
        let answers = self.answers.get(book);
        if !declared.is_empty() && answers == Some(&Value::Null) {
            let message =
                format!("the probes of `{book}` were not asked: nothing that the run list names leads to it");
            return Err(self.refuse_at(
                Some(self.file_of_probes(book)),
                Diagnostic::error(message)
                    .note("what is asked is found out before the compile, from names in recipes and from dependencies")
                    .hint(format!("write the name as a whole word in the recipe: `include_recipe \"{book}\"`"))
                    .hint(format!("or add `{book}` to the run list")),
            ));
        }
        let is_complete = answers.is_some_and(|answers| answers.get(COMPLETE).is_some());
        if let (true, Some(Value::Object(answers))) = (is_complete, answers)
            && let Some(name) = answers.keys().find(|name| *name != COMPLETE && !declared.contains_key(*name))
        {
            let names: Vec<&str> = declared.keys().map(String::as_str).collect();
            let unknown = Diagnostic::error(format!("the cookbook `{book}` declares no probe `{name}`"));
            return Err(self.refuse_at(None, unknown.hint(suggestion(name, &names, "it declares"))));
        }
        let mut read = BTreeMap::new();
        for (name, declaration) in declared {
            let answer = answers.and_then(|answers| answers.get(&name)).cloned();
            let is_answered = answer.is_some();
            let value = match answer {
                Some(answer) => {
                    fitting(answer, &declaration.question, &self.allowance).map_err(|misfit| {
                        let sentence = misfit.sentence(&format!("{book}.{name}"), "");
                        let wrong =
                            Diagnostic::error(format!("the facts hold no answer to the probe: {sentence}"));
                        self.refuse_at(Some(declaration.location.clone()), wrong)
                    })?
                }
                None if is_complete => declaration.question.nothing(),
                None => declaration.example.clone().unwrap_or_else(|| declaration.question.nothing()),
            };
            read.insert(name, Rc::new(ReadProbe { declaration, value, is_answered }));
        }
        Ok(read)
    }

    /// The probes of a cookbook, to be asked.
    pub(super) fn probes_to_ask(self: &Rc<Self>, book: &str) -> mlua::Result<Vec<Probe>> {
        let declared = self.declared_probes(book)?.into_iter();
        let probe = |(name, ProbeDeclaration { question, location, .. })| Probe {
            cookbook: book.to_owned(),
            name,
            question,
            location,
        };
        Ok(declared.map(probe).collect())
    }

    fn file_of_probes(&self, book: &str) -> Location {
        Location::new(self.book(book).map(|book| book.label(FILE)).unwrap_or_default(), 0)
    }
}
