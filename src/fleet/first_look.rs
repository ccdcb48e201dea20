//! The first look: all hosts are examined before the first of them is changed, so that problems are known by then.
//!
//! The hosts that start together are examined over the connections of their runs: each waits for the others. This
//! limits the number of open connections. All further hosts are examined before that, over connections of their own,
//! and again at their turn.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::hosts::Fleet;
use crate::locked_run::{self, Peers};
use crate::model::ending::Ending;
use crate::model::english::{count, list, one_line};
use crate::model::error::{Diagnostic, Failure, FailureKind};
use crate::model::fleet::TargetOutcome;
use crate::model::sorted;
use crate::scope::MissingWords;

/// How long to wait for hosts that have given no sign of life, after the last news of any host.
const SILENCE: Duration = Duration::from_secs(5);

/// The same if a host is still being examined.
const LOOK: Duration = Duration::from_secs(60);

/// Interval of checks while waiting.
const GLANCE: Duration = Duration::from_millis(100);

/// Number of names in a message. Of more, only the count is shown.
const NAMES: usize = 10;

/// What is known of the hosts so far.
#[derive(Debug)]
pub(super) struct FirstLook<'a> {
    fleet: &'a Fleet<'a>,
    /// Number of hosts that start together.
    together: usize,
    seen: Mutex<SeenHosts>,
    changed: Condvar,
}

#[derive(Debug)]
struct SeenHosts {
    /// Hosts of the first group that were not examined yet, and whether they have given a sign of life.
    missing: BTreeMap<usize, bool>,
    /// When there was news of a host last.
    since: Instant,
    /// Hosts on which the run can't be converged.
    refused: BTreeSet<usize>,
    /// Hosts beyond the first group whose run has ended.
    ended: BTreeSet<usize>,
    failed: usize,
    /// Whether the scope of the run names something that is on no host.
    names_nothing: bool,
    /// Whether the first group has started.
    begun: bool,
}

/// The other hosts, seen from one of them.
#[derive(Debug)]
pub(super) struct OtherHosts<'a> {
    look: &'a FirstLook<'a>,
    host: usize,
}

impl<'a> FirstLook<'a> {
    pub(super) fn new(fleet: &'a Fleet<'a>, together: usize) -> Self {
        let seen = SeenHosts {
            missing: sorted::collected((0..together).map(|host| (host, false))),
            since: Instant::now(),
            refused: BTreeSet::new(),
            ended: BTreeSet::new(),
            failed: 0,
            names_nothing: false,
            begun: false,
        };
        let seen = Mutex::new(seen);
        Self { fleet, together, seen, changed: Condvar::new() }
    }

    /// The hosts beyond the first group.
    pub(super) fn beyond(&self) -> Range<usize> {
        self.together..self.fleet.names.len()
    }

    pub(super) fn of(&self, host: usize) -> OtherHosts<'_> {
        OtherHosts { look: self, host }
    }

    /// Records the look at a host beyond the first group. Returns the outcome if the run of the host has ended with it.
    /// A host that was not reached is tried again at its turn; one that refused the login is not.
    pub(super) fn end_of_look(&self, host: usize, outcome: TargetOutcome) -> Option<TargetOutcome> {
        let has_ended = matches!(
            outcome.outcome,
            Ending::Failed | Ending::CutOff | Ending::NotCompiled | Ending::Refused
        );
        if !has_ended {
            return None;
        }
        self.seen().ended.insert(host);
        self.ended(host, &outcome);
        Some(outcome)
    }

    /// Records the end of a host.
    pub(super) fn ended(&self, host: usize, outcome: &TargetOutcome) {
        let mut seen = self.heard_of(host);
        if outcome.outcome == Ending::NotCompiled {
            seen.refused.insert(host);
        }
        seen.failed += usize::from(outcome.outcome.is_failure());
    }

    /// Whether a host may start. Hosts beyond the first group wait until that has started.
    pub(super) fn may_begin(&self, host: usize) -> bool {
        if host < self.together {
            return true;
        }
        self.begun().is_ok() && !self.seen().ended.contains(&host)
    }

    /// Whether no more hosts may start.
    pub(super) fn is_stopped(&self) -> bool {
        self.is_in_the_way(&self.seen())
    }

    /// Why no host was changed, if a host is the cause.
    pub(super) fn why_not(&self) -> Option<String> {
        let seen = self.seen();
        if seen.begun || seen.refused.is_empty() {
            return None;
        }
        let names: Vec<String> = seen.refused.iter().map(|&host| one_line(self.fleet.names[host])).collect();
        let who = if names.len() > NAMES { count(names.len(), "target") } else { list(&names, "and") };
        let them = if names.len() == 1 { "it" } else { "them" };
        Some(format!(
            "no target was changed, because {who} can't be converged: fix that, or run the others without {them}"
        ))
    }

    /// Waits until the first group starts, or fails if it must not.
    fn begun(&self) -> Result<(), Failure> {
        let mut seen = self.seen();
        loop {
            if seen.begun {
                return Ok(());
            }
            if self.fleet.interrupt.is_wanted() {
                return Err(locked_run::interrupted());
            }
            if self.is_in_the_way(&seen) {
                let words = "it was not started, because of another target";
                return Err(Failure::new(words).of_kind(FailureKind::HeldBack));
            }
            if seen.nobody_is_waited_for() {
                if !self.missing_words().is_empty() {
                    seen.names_nothing = true;
                    self.changed.notify_all();
                    continue;
                }
                seen.begun = true;
                self.say_who_is_missing(&seen);
                self.changed.notify_all();
                return Ok(());
            }
            let (again, _) = self.changed.wait_timeout(seen, GLANCE).unwrap_or_else(PoisonError::into_inner);
            seen = again;
        }
    }

    fn is_in_the_way(&self, seen: &SeenHosts) -> bool {
        let too_many = self.fleet.limits.max_failures.is_some_and(|most| seen.failed >= most.get());
        !seen.begun && (too_many || seen.names_nothing || !seen.refused.is_empty())
    }

    fn missing_words(&self) -> Vec<Diagnostic> {
        self.fleet.missing_words.map(MissingWords::everywhere).unwrap_or_default()
    }

    fn say_who_is_missing(&self, seen: &SeenHosts) {
        for host in seen.missing.keys() {
            let name = one_line(self.fleet.names[*host]);
            self.fleet
                .board
                .pin(&format!("{name} keeps the others waiting for too long: they start without it"));
        }
    }

    /// Records news of a host: it is not missing any more.
    fn heard_of(&self, host: usize) -> MutexGuard<'_, SeenHosts> {
        let mut seen = self.seen();
        seen.missing.remove(&host);
        seen.since = Instant::now();
        self.changed.notify_all();
        seen
    }

    fn seen(&self) -> MutexGuard<'_, SeenHosts> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SeenHosts {
    fn nobody_is_waited_for(&self) -> bool {
        let patience = if self.missing.values().any(|&met| met) { LOOK } else { SILENCE };
        self.missing.is_empty() || self.since.elapsed() >= patience
    }
}

impl Peers for OtherHosts<'_> {
    fn met(&self) {
        let mut seen = self.look.seen();
        if let Some(met) = seen.missing.get_mut(&self.host) {
            *met = true;
            seen.since = Instant::now();
        }
    }

    fn refused(&self) {
        self.look.heard_of(self.host).refused.insert(self.host);
    }

    fn wait(&self) -> Result<(), Failure> {
        drop(self.look.heard_of(self.host));
        if self.host < self.look.together {
            return self.look.begun();
        }
        // It was examined, and runs at its turn.
        Err(Failure::new("its turn comes later").of_kind(FailureKind::HeldBack))
    }
}
