//! Several machines at once: each comes out, and is told of, as it does alone.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::Instant;

use chefrs::fleet::{Board, Fleet, FleetLimits, HostEvents, drive};
use chefrs::model::ending::Ending;
use chefrs::model::event::{Event, Mode};
use chefrs::model::fleet::{FleetEvent, TargetOutcome};
use chefrs::report::Reporter;
use chefrs::target::interrupt::Interrupt;
use serde_json::Value;

use super::case::{Case, run, run_aloud};
use super::law::hold;
use super::machine::Machine;

const NAMES: [&str; 3] = ["one", "two", "three"];

/// The events of each machine, by its place among the names.
#[derive(Default)]
struct Ear([Vec<Event>; 3]);

impl Reporter for Ear {
    fn event(&mut self, event: &FleetEvent) {
        if let FleetEvent::Target(told) = event
            && let Some(at) = NAMES.iter().position(|name| *name == told.target)
        {
            self.0[at].push((*told.event).clone());
        }
    }

    fn finish(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn several_machines_at_once_are_each_alone() {
    hold(
        |case| {
            let machines: Vec<Machine> =
                (0..3).map(|more| Machine::new(case.cookbook.machine + more)).collect();
            let together: Vec<Mutex<Machine>> = machines.iter().cloned().map(Mutex::new).collect();
            let told = all(case, &together);
            let mut wrong = Vec::new();
            for (at, mut alone) in machines.into_iter().enumerate() {
                let events = run(&case.collection, &mut alone).events;
                if timeless(&events) != timeless(&told[at]) {
                    wrong.push(format!("{} is told of otherwise than alone", NAMES[at]));
                }
                let other = together[at].lock().unwrap();
                if (alone.picture(), alone.logs()) != (other.picture(), other.logs()) {
                    wrong.push(format!("{} comes out otherwise than alone", NAMES[at]));
                }
            }
            wrong
        },
        &[],
    );
}

/// Converges all of them at the same time.
fn all(case: &Case, machines: &[Mutex<Machine>]) -> [Vec<Event>; 3] {
    let fleet = Fleet {
        names: &NAMES,
        mode: Mode::Run,
        run_list: &["main".to_owned()],
        limits: FleetLimits { forks: NonZeroUsize::new(3), batch: None, max_failures: None },
        board: &Board::default(),
        interrupt: &Interrupt::default(),
        started: Instant::now(),
        missing_words: None,
        run: None,
    };
    let one = |at: usize, voice: &HostEvents<'_>| {
        run_aloud(&case.collection, &mut machines[at].lock().unwrap(), &mut |event| {
            voice.event(event.clone());
        });
        TargetOutcome::new(NAMES[at], Ending::Converged)
    };
    let mut ear = Ear::default();
    drive(&fleet, &one, &mut ear).unwrap();
    ear.0
}

/// Events without what only a clock can tell.
fn timeless(events: &[Event]) -> Vec<Value> {
    let mut values: Vec<Value> =
        events.iter().map(|event| serde_json::to_value(event).expect("an event is data")).collect();
    for value in values.iter_mut().filter_map(Value::as_object_mut) {
        value.remove("milliseconds");
    }
    values
}
