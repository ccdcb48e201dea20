//! A plan that is watched while it is made: how it ended on each target, and what it foresees there.

use std::collections::BTreeMap;
use std::io;

use crate::model::ending::Ending;
use crate::model::fleet::{FleetEvent, Stage, TargetEvent};
use crate::model::foreseen::{Foreseen, ForeseenSoFar};
use crate::report::Reporter;

/// Passes on the events of a plan, and notes what is needed of them.
pub(super) struct WatchedPlan<'a> {
    shown: Option<&'a mut (dyn Reporter + Send)>,
    /// The events, if they are kept.
    events: Option<Vec<FleetEvent>>,
    endings: Vec<(String, Ending)>,
    foreseen: BTreeMap<String, ForeseenSoFar>,
}

impl<'a> WatchedPlan<'a> {
    /// Shows the plan with a reporter, if there is one. `keeps`: whether its events will be shown again.
    pub(super) fn new(shown: Option<&'a mut (dyn Reporter + Send)>, keeps: bool) -> Self {
        let events = keeps.then(Vec::new);
        Self { shown, events, endings: Vec::new(), foreseen: BTreeMap::new() }
    }

    /// The events that were kept.
    pub(super) fn events(&self) -> &[FleetEvent] {
        self.events.as_deref().unwrap_or_default()
    }

    /// How it ended on each target that it came to.
    pub(super) fn endings(&self) -> &[(String, Ending)] {
        &self.endings
    }

    /// Takes what it foresees on a target.
    pub(super) fn take_foreseen(&mut self, target: &str) -> Foreseen {
        self.foreseen.get_mut(target).map(ForeseenSoFar::take).unwrap_or_default()
    }
}

impl Reporter for WatchedPlan<'_> {
    fn event(&mut self, event: &FleetEvent) {
        if let Some(shown) = &mut self.shown {
            shown.event(event);
        }
        match event {
            FleetEvent::Stage(Stage::TargetFinished(outcome)) => {
                self.endings.push((outcome.target.clone(), outcome.outcome));
            }
            FleetEvent::Target(TargetEvent { target, event }) => {
                if !self.foreseen.contains_key(target) {
                    self.foreseen.insert(target.clone(), ForeseenSoFar::default());
                }
                if let Some(foreseen) = self.foreseen.get_mut(target) {
                    foreseen.note(event);
                }
            }
            FleetEvent::Stage(_) => {}
        }
        if let Some(events) = &mut self.events {
            events.push(event.clone());
        }
    }

    fn tick(&mut self) {
        if let Some(shown) = &mut self.shown {
            shown.tick();
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.shown.as_mut().map_or(Ok(()), |shown| shown.finish())
    }
}
