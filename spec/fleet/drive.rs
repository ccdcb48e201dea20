//! Who is begun when, and that nobody holds up the others. The hosts are made up.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use chefrs::fleet::{self, Board, Fleet, FleetLimits, HostEvents};
use chefrs::model::ending::Ending;
use chefrs::model::event::{Event, Mode};
use chefrs::model::exit::Exit;
use chefrs::model::fleet::{FleetEvent, Stage, TargetEvent, TargetOutcome};
use chefrs::report::Reporter;
use chefrs::target::interrupt::Interrupt;

use crate::patience::PATIENCE;

const NAMES: [&str; 5] = ["web1", "web2", "web3", "db1", "db2"];

/// Keeps what it hears, and may do something at each.
struct Ear<'a> {
    heard: Vec<FleetEvent>,
    at: Box<dyn FnMut(&FleetEvent) + 'a>,
}

impl<'a> Ear<'a> {
    fn new(at: impl FnMut(&FleetEvent) + 'a) -> Self {
        Self { heard: Vec::new(), at: Box::new(at) }
    }

    fn stages(&self) -> impl Iterator<Item = &Stage> {
        self.heard.iter().filter_map(|event| match event {
            FleetEvent::Stage(stage) => Some(stage),
            FleetEvent::Target(_) => None,
        })
    }

    /// What was begun, in this order.
    fn begun(&self) -> Vec<&str> {
        self.stages()
            .filter_map(|stage| match stage {
                Stage::TargetStarted { target } => Some(target.as_str()),
                _ => None,
            })
            .collect()
    }

    fn endings(&self) -> Vec<(&str, Ending)> {
        match self.stages().last() {
            Some(Stage::FleetFinished { targets, .. }) => {
                targets.iter().map(|host| (host.target.as_str(), host.outcome)).collect()
            }
            other => panic!("the last is {other:?}"),
        }
    }
}

impl Reporter for Ear<'_> {
    fn event(&mut self, event: &FleetEvent) {
        (self.at)(event);
        self.heard.push(event.clone());
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Goes through the five hosts.
fn drive(
    limits: FleetLimits,
    interrupt: &Interrupt,
    ear: &mut Ear<'_>,
    one: &(dyn Fn(&str, &HostEvents<'_>) -> Ending + Sync),
) -> Exit {
    let fleet = Fleet {
        names: &NAMES,
        mode: Mode::Run,
        run_list: &["blog".to_owned()],
        limits,
        board: &Board::default(),
        interrupt,
        started: Instant::now(),
        missing_words: None,
        run: None,
    };
    let one =
        |index: usize, voice: &HostEvents<'_>| TargetOutcome::new(NAMES[index], one(NAMES[index], voice));
    fleet::drive(&fleet, &one, ear).unwrap()
}

fn limits(forks: usize, batch: Option<&str>, max_failures: usize) -> FleetLimits {
    FleetLimits {
        forks: NonZeroUsize::new(forks),
        batch: batch.map(|batch| batch.parse().unwrap()),
        max_failures: NonZeroUsize::new(max_failures),
    }
}

fn message(text: &str) -> Event {
    let location = chefrs::model::error::Location::new("recipes/blog.lua", 1);
    Event::Message { location, text: text.to_owned() }
}

#[test]
fn all_are_begun_in_their_order_and_told_of_in_the_order_of_their_names() {
    let mut ear = Ear::new(|_| {});
    let exit = drive(limits(1, None, 0), &Interrupt::default(), &mut ear, &|_, _| Ending::Converged);
    assert_eq!(exit, Exit::Success);
    assert_eq!(ear.begun(), NAMES);
    let names: Vec<&str> = ear.endings().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["db1", "db2", "web1", "web2", "web3"]);
}

#[test]
fn no_more_than_so_many_at_once() {
    let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let mut ear = Ear::new(|_| {});
    drive(limits(2, None, 0), &Interrupt::default(), &mut ear, &|_, _| {
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        now.fetch_sub(1, Ordering::SeqCst);
        Ending::Converged
    });
    assert_eq!(ear.begun().len(), 5);
    assert!(most.into_inner() <= 2);
}

#[test]
fn a_batch_begins_when_the_one_before_has_ended() {
    let mut ear = Ear::new(|_| {});
    drive(limits(5, Some("2"), 0), &Interrupt::default(), &mut ear, &|_, _| Ending::Converged);
    let mut batch: Vec<String> = Vec::new();
    let mut batches = Vec::new();
    for stage in ear.stages() {
        match stage {
            Stage::BatchStarted { targets, .. } => batch.clone_from(targets),
            Stage::TargetFinished(outcome) => batch.retain(|name| *name != outcome.target),
            Stage::BatchFinished { batch: number } => {
                assert!(batch.is_empty(), "{batch:?} have not ended with batch {number}");
                batches.push(*number);
            }
            Stage::TargetStarted { target } => {
                assert!(batch.contains(target), "{target} is not of this batch");
            }
            _ => {}
        }
    }
    assert_eq!(batches, [1, 2, 3]);
}

#[test]
fn once_enough_have_failed_no_further_host_is_begun() {
    let mut ear = Ear::new(|_| {});
    let fail = |name: &str, _: &HostEvents<'_>| match name {
        "web1" => Ending::Unreachable,
        "web3" => Ending::Locked,
        _ => Ending::Converged,
    };
    let exit = drive(limits(1, None, 2), &Interrupt::default(), &mut ear, &fail);
    assert_eq!(exit, Exit::Unreachable);
    let told = [
        ("db1", Ending::NotStarted),
        ("db2", Ending::NotStarted),
        ("web1", Ending::Unreachable),
        ("web2", Ending::Converged),
        ("web3", Ending::Locked),
    ];
    assert_eq!(ear.endings(), told);
    let finished = ear.stages().filter(|stage| matches!(stage, Stage::TargetFinished(_))).count();
    assert_eq!(finished, 5, "each is told of once, begun or not");
}

#[test]
fn failures_count_over_batches() {
    let mut ear = Ear::new(|_| {});
    drive(limits(5, Some("1"), 1), &Interrupt::default(), &mut ear, &|_, _| Ending::Failed);
    assert_eq!(ear.begun(), ["web1"]);
    let batches = ear.stages().filter(|stage| matches!(stage, Stage::BatchStarted { .. })).count();
    assert_eq!(batches, 1);
}

#[test]
fn those_under_way_go_on_when_enough_have_failed() {
    let (tell, failed) = mpsc::channel();
    let failed = Mutex::new(failed);
    // The second host goes on only once everybody knows that the first has failed.
    let mut ear = Ear::new(|event| {
        if let FleetEvent::Stage(Stage::TargetFinished(outcome)) = event
            && outcome.outcome == Ending::Failed
        {
            tell.send(()).unwrap();
        }
    });
    drive(limits(2, None, 1), &Interrupt::default(), &mut ear, &|name, _| {
        if name == "web1" {
            return Ending::Failed;
        }
        failed.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        Ending::Converged
    });
    let endings = ear.endings();
    assert!(endings.contains(&("web1", Ending::Failed)), "{endings:?}");
    // Whether the second was begun before the first had failed is a matter of luck; if so, it went on to its end.
    let second = if ear.begun().contains(&"web2") { Ending::Converged } else { Ending::NotStarted };
    assert!(endings.contains(&("web2", second)), "{endings:?}");
    assert!(endings.contains(&("web3", Ending::NotStarted)), "{endings:?}");
}

#[test]
fn a_host_that_hangs_holds_up_neither_the_others_nor_their_output() {
    let (tell, told) = mpsc::channel();
    let told = Mutex::new(told);
    // The first host goes on only once the other four have been reported.
    let mut ended = 0;
    let mut ear = Ear::new(|event| {
        if matches!(event, FleetEvent::Stage(Stage::TargetFinished(_))) {
            ended += 1;
            if ended == 4 {
                tell.send(()).unwrap();
            }
        }
    });
    let exit = drive(limits(2, None, 0), &Interrupt::default(), &mut ear, &|name, _| {
        if name == "web1" {
            told.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        }
        Ending::Converged
    });
    assert_eq!(exit, Exit::Success);
}

#[test]
fn what_breaks_on_one_host_breaks_that_one_alone() {
    let mut ear = Ear::new(|_| {});
    let exit = drive(limits(1, None, 0), &Interrupt::default(), &mut ear, &|name, _| {
        assert_ne!(name, "web2", "this panic is part of the spec");
        Ending::Converged
    });
    assert_eq!(exit, Exit::Failed);
    assert_eq!(ear.begun().len(), 5);
    let failed: Vec<_> = ear.endings().into_iter().filter(|(_, ending)| ending.is_failure()).collect();
    assert_eq!(failed, [("web2", Ending::Failed)]);
}

#[test]
fn an_interrupt_begins_no_further_host() {
    let interrupt = Interrupt::default();
    let mut ear = Ear::new(|_| {});
    let exit = drive(limits(1, Some("2"), 0), &interrupt, &mut ear, &|name, _| {
        if name == "web2" {
            interrupt.finish();
            return Ending::Interrupted;
        }
        Ending::Converged
    });
    assert_eq!(exit, Exit::Interrupted);
    assert_eq!(ear.begun(), ["web1", "web2"]);
    assert!(ear.endings().contains(&("db1", Ending::NotStarted)));
}

#[test]
fn the_events_of_a_host_come_in_their_order_under_its_name() {
    let mut ear = Ear::new(|_| {});
    drive(limits(5, None, 0), &Interrupt::default(), &mut ear, &|name, voice| {
        for number in 0..1000 {
            voice.event(message(&format!("{name} {number}")));
        }
        Ending::Converged
    });
    for name in NAMES {
        let heard: Vec<&Event> = ear
            .heard
            .iter()
            .filter_map(|event| match event {
                FleetEvent::Target(TargetEvent { target, event }) if target == name => Some(&**event),
                _ => None,
            })
            .collect();
        let said: Vec<Event> = (0..1000).map(|number| message(&format!("{name} {number}"))).collect();
        assert_eq!(heard, said.iter().collect::<Vec<_>>());
    }
}

#[test]
fn the_board_knows_who_is_under_way_and_passes_words_on() {
    let board = Board::default();
    let fleet = Fleet {
        names: &NAMES,
        mode: Mode::Run,
        run_list: &[],
        limits: limits(1, None, 0),
        board: &board,
        interrupt: &Interrupt::default(),
        started: Instant::now(),
        missing_words: None,
        run: None,
    };
    let mut ear = Ear::new(|_| {});
    let one = |index: usize, _: &HostEvents<'_>| {
        assert_eq!(board.under_way(), [NAMES[index]]);
        board.pin("somebody said something");
        TargetOutcome::new(NAMES[index], Ending::Converged)
    };
    assert_eq!(fleet::drive(&fleet, &one, &mut ear).unwrap(), Exit::Success);
    assert_eq!(board.under_way(), Vec::<String>::new());
    let notes = ear.stages().filter(|stage| matches!(stage, Stage::Note { target: None, .. })).count();
    assert_eq!(notes, 5);
}
