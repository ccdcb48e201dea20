//! Events that are not stored yet, as lines for each target.

use std::mem;

use super::chunk;
use super::run_notes::{BegunTarget, EndedTarget};
use crate::model::event::{Counts, Event};
use crate::model::exit::Exit;

/// Everything that waits to be stored.
#[derive(Debug)]
pub(super) struct EventBuffer {
    tracks: Vec<TargetBuffer>,
    end: Option<(Exit, String)>,
    /// Bytes of JSON that wait.
    pub(super) size: usize,
    /// Compressed bytes that are stored.
    pub(super) stored: u64,
    /// Number of stored bytes from which output and diffs are dropped.
    most: u64,
    shortened: bool,
    failed: Option<serde_json::Error>,
}

/// What waits for one target.
#[derive(Debug)]
struct TargetBuffer {
    name: String,
    own_run: Option<String>,
    counts: Option<Counts>,
    ended: Option<EndedTarget>,
    /// The last event, if it is the start of an action. If the action's end follows, both may become one line.
    started: Option<Event>,
    /// Waiting events as lines of JSON.
    lines: Vec<u8>,
    dirty: bool,
}

/// A batch to store.
#[derive(Debug)]
pub(super) struct EventBatch {
    pub(super) targets: Vec<TargetBatch>,
    pub(super) shortened: bool,
    pub(super) end: Option<(Exit, String)>,
    pub(super) failed: Option<serde_json::Error>,
    /// Whether it has waited long enough to be stored.
    pub(super) due: bool,
    /// Whether it is the last one.
    pub(super) closed: bool,
}

/// The new part of one target.
#[derive(Debug)]
pub(super) struct TargetBatch {
    pub(super) name: String,
    pub(super) own_run: Option<String>,
    pub(super) counts: Option<Counts>,
    pub(super) ended: Option<EndedTarget>,
    pub(super) lines: Vec<u8>,
}

impl EventBuffer {
    pub(super) fn new(targets: &[BegunTarget<'_>], most: u64) -> Self {
        Self {
            tracks: targets.iter().map(|aim| TargetBuffer::new(aim.name)).collect(),
            end: None,
            size: 0,
            stored: 0,
            most,
            shortened: false,
            failed: None,
        }
    }

    pub(super) fn event(&mut self, target: &str, event: &Event) {
        let short = self.stored >= self.most;
        self.shortened |= short;
        let track = self.track(target);
        track.note(event);
        let before = track.lines.len();
        let taken = if short {
            without_bulk(event).map_or(Ok(()), |event| track.take(&event))
        } else {
            track.take(event)
        };
        self.size += self.track(target).lines.len() - before;
        self.failed = self.failed.take().or(taken.err());
    }

    pub(super) fn target_ended(&mut self, target: &str, ended: &EndedTarget) {
        let track = self.track(target);
        track.ended = Some(ended.clone());
        track.dirty = true;
    }

    pub(super) fn end(&mut self, exit: Exit, at: &str) {
        self.end = Some((exit, at.to_owned()));
    }

    /// Takes everything that waits. With `whole`, also the starts of actions that have not ended.
    pub(super) fn hand_over(&mut self, whole: bool) -> EventBatch {
        let mut targets = Vec::new();
        for track in self.tracks.iter_mut().filter(|track| track.dirty) {
            if whole && let Err(error) = track.let_go() {
                self.failed.get_or_insert(error);
            }
            targets.push(TargetBatch {
                name: track.name.clone(),
                own_run: track.own_run.clone(),
                counts: track.counts,
                ended: track.ended.clone(),
                lines: mem::take(&mut track.lines),
            });
            track.dirty = track.started.is_some();
        }
        self.size = 0;
        let (end, failed) = (self.end.take(), self.failed.take());
        EventBatch { targets, shortened: self.shortened, end, failed, due: whole, closed: false }
    }

    /// The buffer of a target. Unknown targets are added.
    fn track(&mut self, name: &str) -> &mut TargetBuffer {
        let found = self.tracks.iter().position(|track| track.name == name);
        let index = found.unwrap_or_else(|| {
            self.tracks.push(TargetBuffer::new(name));
            self.tracks.len() - 1
        });
        &mut self.tracks[index]
    }
}

impl TargetBuffer {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            own_run: None,
            counts: None,
            ended: None,
            started: None,
            lines: Vec::new(),
            dirty: false,
        }
    }

    /// Updates the target's row.
    fn note(&mut self, event: &Event) {
        match event {
            Event::RunStarted { run, .. } if !run.is_empty() => self.own_run = Some(run.clone()),
            Event::RunFinished { counts, .. } => self.counts = Some(*counts),
            _ => {}
        }
    }

    /// Adds an event as a line, or keeps it for the next one.
    fn take(&mut self, event: &Event) -> serde_json::Result<()> {
        self.dirty = true;
        if matches!(event, Event::ActionStarted { .. }) {
            self.let_go()?;
            self.started = Some(event.clone());
            return Ok(());
        }
        match self.started.take() {
            Some(started) => chunk::add_both(&mut self.lines, &started, event),
            None => chunk::add(&mut self.lines, event),
        }
    }

    /// Adds the event that was kept.
    fn let_go(&mut self) -> serde_json::Result<()> {
        self.started.take().map_or(Ok(()), |started| chunk::add(&mut self.lines, &started))
    }
}

/// The event without its large parts; `None` if nothing is left.
fn without_bulk(event: &Event) -> Option<Event> {
    match event {
        Event::Output { .. } => None,
        Event::Change { resource, summary, may, details_until, withheld, .. } => Some(Event::Change {
            resource: resource.clone(),
            summary: summary.clone(),
            diff: None,
            may: *may,
            details_until: details_until.clone(),
            withheld: *withheld,
        }),
        other => Some(other.clone()),
    }
}
