//! Batches, numbers of hosts at once, the exit code of the whole, and the order of names.

use std::num::NonZeroUsize;

use chefrs::fleet::{Batch, FleetLimits};
use chefrs::model::ending::{Ending, exit};
use chefrs::model::event::Mode;
use chefrs::model::exit::Exit;
use chefrs::model::fleet::TargetOutcome;
use chefrs::model::natural;

fn batched(batch: &str) -> FleetLimits {
    FleetLimits { batch: Some(batch.parse().unwrap()), ..FleetLimits::default() }
}

/// Batches as `0..2 2..3`.
fn batches(limits: FleetLimits, hosts: usize) -> String {
    let batches = limits.batches(hosts);
    batches.iter().map(|batch| format!("{batch:?}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn without_a_word_all_hosts_are_one_batch() {
    assert_eq!(batches(FleetLimits::default(), 5), "0..5");
    assert_eq!(batches(FleetLimits::default(), 0), "");
}

#[test]
fn batches_follow_each_other_and_the_last_has_the_rest() {
    assert_eq!(batches(batched("2"), 5), "0..2 2..4 4..5");
    assert_eq!(batches(batched("9"), 5), "0..5");
    assert_eq!(batches(batched(&usize::MAX.to_string()), 5), "0..5");
}

#[test]
fn percentages_are_rounded_up_to_at_least_one_host() {
    assert_eq!(batches(batched("10%"), 3), "0..1 1..2 2..3");
    assert_eq!(batches(batched("50%"), 5), "0..3 3..5");
    assert_eq!(batches(batched("1%"), 250).split(' ').next_back(), Some("249..250"));
    assert_eq!(batches(batched("100%"), 7), "0..7");
}

#[test]
fn what_is_no_batch_is_refused() {
    for wrong in ["0", "0%", "101%", "-1", "+1", "+1%", "1.5", "", "%", "ten", "10 %", "\u{1b}[2J"] {
        let message = wrong.parse::<Batch>().unwrap_err();
        assert!(message.ends_with("is neither a number of targets nor a percentage of them"), "{message}");
        assert!(!message.contains('\u{1b}'), "{message:?}");
    }
}

#[test]
fn hosts_at_once() {
    assert_eq!(FleetLimits::default().forks(3), 3);
    assert_eq!(FleetLimits::default().forks(300), 64);
    let forks = NonZeroUsize::new(200);
    assert_eq!(FleetLimits { forks, ..FleetLimits::default() }.forks(300), 200);
    assert_eq!(FleetLimits { forks, ..FleetLimits::default() }.forks(3), 3);
}

#[test]
fn the_weightiest_ending_is_the_exit_code() {
    use Ending::{
        Changes, Converged, Failed, Interrupted, Locked, Lost, NotCompiled, NotStarted, NothingToDo,
        Unreachable,
    };
    let told = |endings: &[Ending], interrupted| {
        let hosts: Vec<TargetOutcome> =
            endings.iter().map(|ending| TargetOutcome::new("web1", *ending)).collect();
        exit(hosts.iter().map(|host| host.outcome), interrupted)
    };
    assert_eq!(told(&[], false), Exit::Success);
    assert_eq!(told(&[Converged, Converged], false), Exit::Success);
    assert_eq!(told(&[NothingToDo, Changes], false), Exit::Changes);
    assert_eq!(told(&[Changes, Locked], false), Exit::Locked);
    assert_eq!(told(&[Locked, Unreachable, Changes], false), Exit::Unreachable);
    assert_eq!(told(&[Locked, Lost], false), Exit::Unreachable);
    assert_eq!(told(&[Unreachable, NotCompiled, Locked], false), Exit::Compile);
    assert_eq!(told(&[NotCompiled, Failed, NotStarted], false), Exit::Failed);
    assert_eq!(told(&[Failed, Interrupted], true), Exit::Interrupted);
    assert_eq!(told(&[Converged, NotStarted], true), Exit::Interrupted);
    // An interrupt that came when nothing was left to end changes nothing.
    assert_eq!(told(&[Converged, Converged], true), Exit::Success);
}

#[test]
fn every_ending_has_words_and_the_code_of_a_run_on_that_host_alone() {
    assert_eq!(TargetOutcome::new("web1", Ending::Failed).exit, Some(1));
    assert_eq!(TargetOutcome::new("web1", Ending::NotStarted).exit, None);
    assert_eq!(Ending::Failed.words(Mode::Run), "failed");
    assert_eq!(Ending::Failed.words(Mode::Plan), "would fail");
}

#[test]
fn names_are_in_the_order_in_which_people_count() {
    let mut names =
        ["web10", "web2", "db", "web1", "web02", "web", "Web3", "web2-a", "größe", "1", "10", "2"];
    names.sort_by(|a, b| natural::compare(a, b));
    let sorted = ["1", "2", "10", "Web3", "db", "größe", "web", "web1", "web02", "web2", "web2-a", "web10"];
    assert_eq!(names, sorted);
}
