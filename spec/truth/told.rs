//! What a stream of events tells: which actions came to what, what was notified, and what was left open.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// An action of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) row: u64,
    pub(super) id: String,
    pub(super) action: String,
}

impl Key {
    pub(super) fn words(&self) -> String {
        format!("{} {}", self.id, self.action)
    }
}

/// One time that an action's turn came.
pub(super) struct Done {
    /// Its place among all that happened.
    pub(super) at: usize,
    pub(super) outcome: String,
    /// Whether it was about to be changed.
    pub(super) attempted: bool,
    /// It failed, and nobody minds.
    ignored: bool,
    /// What notified it.
    pub(super) by: Option<String>,
    /// The custom resources around it.
    pub(super) within: Vec<String>,
    /// It went well in an earlier part of the run, and failed when it came again.
    pub(super) in_the_end: bool,
    /// It failed in an attempt that is repeated, or came after such a failure: where it comes again, that counts.
    pub(super) withdrawn: bool,
}

/// A notification that was earned.
pub(super) struct Notified {
    pub(super) at: usize,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) action: String,
    pub(super) timing: String,
    pub(super) uncertain: bool,
}

impl Notified {
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.from == other.from && self.is_alike(other)
    }

    pub(super) fn is_alike(&self, other: &Self) -> bool {
        (&self.to, &self.action, &self.timing) == (&other.to, &other.action, &other.timing)
    }

    pub(super) fn words(&self) -> String {
        format!("{} notifies {} to {}, {}", self.from, self.to, self.action, self.timing)
    }
}

/// What a stream of events tells.
#[derive(Default)]
pub(super) struct Told {
    /// In the order of their turns.
    pub(super) actions: BTreeMap<Key, Vec<Done>>,
    /// How often an action came again, in a later part of the run.
    pub(super) again: BTreeMap<Key, usize>,
    pub(super) notified: Vec<Notified>,
    /// What is impossible, if that comes before any other failure.
    pub(super) impossible: Option<Key>,
    /// Where it ended early: somebody interrupted it, or it goes on once the machine has been restarted.
    pub(super) ended: Option<usize>,
    /// Resources of which something could not be told.
    pub(super) unknown: BTreeSet<String>,
    /// What could not be told, with the resource that was named for it, and those that had anything to do by then.
    pub(super) until: Vec<(Key, String, BTreeSet<String>)>,
}

/// What has to be borne in mind while events are heard.
#[derive(Default)]
struct Course {
    /// What came already in an earlier part of the run, or in an attempt that failed: it comes again, and is nothing new.
    before: BTreeSet<Key>,
    /// Where this part of the run began.
    since: usize,
    /// Resources that have changed, would, or may.
    busy: BTreeSet<String>,
    /// Custom resources in which something has changed in this part.
    begun: BTreeSet<String>,
    /// Those that were not run to their end, with part of their work done: what an earlier part has changed is changed.
    done_in_part: BTreeSet<Key>,
    /// The last that was about to be changed.
    attempted: String,
    /// Whether anything has failed.
    failed: bool,
    /// Where the last turn of each resource began.
    turns: BTreeMap<String, usize>,
    /// Who notified the actions that have begun.
    by: BTreeMap<(String, String), Option<String>>,
}

impl Course {
    fn started(&mut self, at: usize, event: &Value) {
        let resource = &event["resource"];
        self.turns.insert(text(&resource["id"]), at);
        self.busy.extend(texts(&resource["within"]));
        let notifier = event["notified_by"].as_str().map(str::to_owned);
        self.by.insert((text(&resource["id"]), text(&event["action"])), notifier);
    }
}

impl Told {
    pub(super) fn of(events: &[Value]) -> Self {
        let mut told = Self::default();
        let mut course = Course::default();
        for (at, event) in events.iter().enumerate() {
            match event["event"].as_str() {
                Some("run_started") => {
                    course.before = told.actions.keys().cloned().collect();
                    course.since = at;
                    course.begun.clear();
                    told.ended = None;
                }
                Some("action_started") => course.started(at, event),
                Some("restart") => told.ended = Some(at),
                Some("run_finished") if event["interrupted"] == true => told.ended = Some(at),
                Some("change") => course.attempted = text(&event["resource"]["id"]),
                // It only waited for a notification.
                Some("action_finished") if event["action"] == "nothing" => {}
                Some("action_finished") => told.finished(at, event, &mut course),
                Some("retry") => told.again(&event["resource"], &mut course),
                Some("notified") => told.notified.push(Notified {
                    at,
                    from: text(&event["from"]),
                    to: text(&event["to"]),
                    action: text(&event["action"]),
                    timing: text(&event["timing"]),
                    uncertain: event["uncertain"] == true,
                }),
                _ => {}
            }
        }
        told
    }

    /// A resource is tried again: what failed inside of it, or because of it, has not failed yet if it comes again, and
    /// what came there comes again.
    fn again(&mut self, resource: &Value, course: &mut Course) {
        let mut roots = BTreeSet::from([text(&resource["id"])]);
        // A notification may have brought it, or what is around it, more than once: only the last time is repeated.
        let (turns, part) = (course.turns.clone(), course.since);
        let turn = |id: &String| turns.get(id).copied().unwrap_or_default().max(part);
        let since = turn(&text(&resource["id"]));
        // What the custom resources around it notify before a change is notified again.
        let outer = texts(&resource["within"]);
        let before =
            self.notified.iter().filter(|told| told.timing == "before" && outer.contains(&told.from));
        let firsts: BTreeSet<(String, String)> =
            before.map(|told| (told.from.clone(), told.to.clone())).collect();
        for (key, all) in &self.actions {
            let is_first = |by: &String| firsts.contains(&(by.clone(), key.id.clone()));
            let of_turn =
                |done: &Done| done.by.as_ref().is_some_and(|by| done.at >= turn(by) && is_first(by));
            if all.iter().any(of_turn) {
                roots.insert(key.id.clone());
            }
        }
        let firsts: BTreeSet<String> = firsts.into_iter().map(|(_, to)| to).collect();
        let is_part = |done: &Done, roots: &BTreeSet<String>| {
            let by_it = done.by.as_ref().is_some_and(|by| roots.contains(by));
            done.at >= since && (by_it || done.within.iter().any(|outer| roots.contains(outer)))
        };
        while let Some((key, _)) = self
            .actions
            .iter()
            .find(|(key, all)| !roots.contains(&key.id) && all.iter().any(|done| is_part(done, &roots)))
        {
            roots.insert(key.id.clone());
        }
        // What came after a failure in that attempt may have come otherwise for it.
        let parts = self.actions.values().flatten().filter(|done| is_part(done, &roots));
        let failed = parts.filter(|done| done.outcome == "failed" && !done.ignored).map(|done| done.at).min();
        for (key, all) in &mut self.actions {
            let is_first = |done: &Done| {
                let by_outer = done.by.as_ref().is_some_and(|by| outer.contains(by) && done.at >= turn(by));
                by_outer && firsts.contains(&key.id)
            };
            for done in all.iter_mut().filter(|done| is_part(done, &roots) || is_first(done)) {
                done.withdrawn |= failed.is_some_and(|failed| failed <= done.at);
                if !done.withdrawn {
                    course.before.insert(key.clone());
                }
            }
        }
    }

    fn finished(&mut self, at: usize, event: &Value, course: &mut Course) {
        let resource = &event["resource"];
        let row = resource["row"].as_u64().unwrap_or_default();
        let key = Key { row, id: text(&resource["id"]), action: text(&event["action"]) };
        let outcome = &event["outcome"];
        let mut word = text(&outcome["outcome"]);
        if word == "not_run" {
            if course.begun.contains(&key.id) {
                course.done_in_part.insert(key);
            }
            return;
        }
        if course.done_in_part.remove(&key) && word == "up_to_date" {
            "updated".clone_into(&mut word);
        }
        if word == "updated" {
            course.begun.extend(texts(&resource["within"]));
        }
        let (attempted, ignored) = (course.attempted == key.id, outcome["ignored"] == true);
        if course.before.contains(&key) {
            *self.again.entry(key.clone()).or_default() += 1;
            let all = self.actions.get_mut(&key).filter(|_| word == "failed");
            if let Some(done) = all.and_then(|all| all.last_mut()) {
                (done.at, done.attempted, done.ignored) = (at, attempted, ignored);
                (done.outcome, done.in_the_end) = (word, true);
            }
            return;
        }
        if word == "failed" && outcome["ignored"] != true && !course.failed {
            course.failed = true;
            let impossible = outcome["failure"]["kind"] == "impossible";
            self.impossible = impossible.then(|| key.clone());
        }
        if word == "unknown" {
            self.until.push((key.clone(), text(&outcome["until"]), course.busy.clone()));
            self.unknown.insert(key.id.clone());
        }
        if !matches!(word.as_str(), "up_to_date" | "skipped") {
            course.busy.insert(key.id.clone());
        }
        let by = course.by.remove(&(key.id.clone(), key.action.clone())).flatten();
        let within = texts(&resource["within"]);
        let all = self.actions.entry(key).or_default();
        if let Some(withdrawn) = all.iter().position(|done| done.withdrawn) {
            all.remove(withdrawn);
        }
        all.push(Done {
            at,
            outcome: word,
            attempted,
            ignored,
            by,
            within,
            in_the_end: false,
            withdrawn: false,
        });
    }

    /// Whether anything was changed before an action had its turn.
    pub(super) fn has_changed_before(&self, key: &Key) -> bool {
        let turn = self.actions.get(key).and_then(|all| all.first()).map_or(usize::MAX, |done| done.at);
        self.actions.values().flatten().any(|done| done.outcome == "updated" && done.at < turn)
    }

    pub(super) fn outcomes(&self, key: &Key) -> Vec<&str> {
        self.actions.get(key).into_iter().flatten().map(|done| done.outcome.as_str()).collect()
    }

    /// Resources that were named as the cause of an unknown outcome, and have nothing to do before it.
    pub(super) fn unfounded(&self) -> Vec<String> {
        let unfounded = self.until.iter().filter(|(_, until, busy)| !busy.contains(until));
        let words = |(key, until, _): &(Key, String, BTreeSet<String>)| {
            format!("{}: it is unknown until {until}, which has nothing to do before it", key.words())
        };
        unfounded.map(words).collect()
    }

    /// Failures that the plan could not foresee: of what only trying can tell, or of what it called unknown.
    pub(super) fn surprises(&self, plan: &Told) -> Vec<(&Key, &Done)> {
        let all = self.actions.iter().flat_map(|(key, all)| all.iter().map(move |done| (key, done)));
        let failed = all.filter(|(_, done)| done.outcome == "failed");
        failed
            .filter(|(key, done)| {
                let said = plan.outcomes(key);
                let open = said.contains(&"unknown")
                    || plan.is_within_unknown(key, self)
                    || plan.may_be_notified(key);
                !said.contains(&"failed") && (open || is_tried(key, done))
            })
            .collect()
    }

    /// Whether it is part of a custom resource of which something could not be told, or that may be notified.
    pub(super) fn is_within_unknown(&self, key: &Key, run: &Told) -> bool {
        let may =
            |outer: &String| self.notified.iter().any(|notified| notified.uncertain && notified.to == *outer);
        let times = [self, run].into_iter().filter_map(|told| told.actions.get(key));
        times.flatten().flat_map(|done| &done.within).any(|outer| self.unknown.contains(outer) || may(outer))
    }

    /// Whether the plan left open if something notifies it.
    pub(super) fn may_be_notified(&self, key: &Key) -> bool {
        let to = |notified: &Notified| notified.to == key.id && notified.action == key.action;
        self.notified.iter().any(|notified| notified.uncertain && to(notified))
    }
}

/// Whether only trying can tell that it fails: a program's exit status, a page, a download, a change that does not hold.
/// What accounts and packages can't be is known before.
fn is_tried(key: &Key, done: &Done) -> bool {
    let r#type = key.id.split('[').next().unwrap_or_default();
    let always = ["execute", "remote_file", "git", "python_venv", "http_check"];
    let never = ["package", "user", "group"];
    always.contains(&r#type) || done.attempted && !never.contains(&r#type)
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}
