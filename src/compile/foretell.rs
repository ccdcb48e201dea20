//! What is wrong with recipes whatever the machine says of itself: found before anybody has asked it.

use std::rc::Rc;

use crate::cookbook::Project;
use crate::model::error::Diagnostic;

use super::engine::Engine;
use super::fault::recorded;
use super::input::{Input, Limits};
use super::tell::Teller;

/// Compiles up to the first look at a fact, and gives the mistakes made until then.
pub(super) fn run(input: &Input<'_>, limits: Limits) -> Vec<Diagnostic> {
    let engine = Rc::new(Engine::new(input, limits, Teller::silent()));
    engine.sure.set(Some(usize::MAX));
    let compiled = engine.compile(input.run_list);
    let mut sure = compiled.err().map(|findings| findings.0).unwrap_or_default();
    sure.truncate(engine.sure.get().unwrap_or_default());
    sure
}

/// Entries of a run list that name nothing.
pub(super) fn unknown(project: &Project, run_list: &[String]) -> Vec<Diagnostic> {
    let input = Input { project, run_list, facts: &serde_json::Map::new(), attributes: &[] };
    let engine = Engine::new(&input, Limits::default(), Teller::silent());
    run_list.iter().filter_map(|entry| engine.entry(entry).err()).collect()
}

impl Engine {
    /// Ends the compile where it goes on with what nobody knows yet: a fact, or what may be one.
    ///
    /// # Errors
    /// It ends here.
    pub(super) fn look_at(&self, key: &str) -> mlua::Result<()> {
        let Some(sure) = self.sure.get() else { return Ok(()) };
        let is_attribute = || {
            self.attributes.borrow().values(key).is_some()
                || self.layers.iter().any(|source| source.values.contains_key(key))
        };
        if !self.facts.contains_key(key) && is_attribute() {
            return Ok(());
        }
        // What comes after this may come of the stop.
        self.sure.set(Some(sure.min(self.session.borrow().errors.len())));
        self.stop();
        Err(recorded("stopped"))
    }
}
