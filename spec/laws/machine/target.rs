//! The machine in memory as a target: its two verbs, and the bad luck that a step may have.

use std::time::Duration;

use chefrs::model::error::{Failure, FailureKind};
use chefrs::model::query::{Answer, Query};
use chefrs::model::step::Step;
use chefrs::target::{Progress, Target};

use super::{How, Machine};

impl Target for Machine {
    fn name(&self) -> &'static str {
        "memory"
    }

    /// Nothing happens on it by itself.
    fn wait(&mut self, _: Duration) {}

    fn ask(&mut self, queries: &[Query]) -> Result<Vec<Answer>, Failure> {
        match self.lost() {
            Some(failure) => Err(failure),
            None => Ok(queries.iter().map(|query| self.answer(query)).collect()),
        }
    }

    fn apply(&mut self, step: &Step, _: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        if let Some(failure) = self.lost() {
            return Err(failure);
        }
        self.steps += 1;
        match self.loss.filter(|loss| loss.after + 1 == self.steps).map(|loss| loss.how) {
            Some(How::Failed) => return Err(Failure::new("bad luck")),
            Some(How::Unheard) => {
                let _ = self.does(step);
            }
            Some(How::Lost) | None => {}
        }
        match self.lost() {
            Some(failure) => Err(failure),
            None => self.does(step),
        }
    }
}

impl Machine {
    fn lost(&self) -> Option<Failure> {
        let loss = self.loss.filter(|loss| loss.how != How::Failed)?;
        (self.steps > loss.after).then(|| Failure::new("the connection was lost").of_kind(FailureKind::Lost))
    }
}
