//! What has happened and is not stored yet: the events of each target, as lines.

use std::mem;

use super::chunk;
use super::run_notes::{BegunTarget, EndedTarget};
use crate::model::event::{Counts, Event};
use crate::model::exit::Exit;

/// What waits to be stored.
#[derive(Debug)]
pub(super) struct Gathered {
    tracks: Vec<Track>,
    end: Option<(Exit, String)>,
    /// Bytes of JSON that wait.
    pub(super) size: usize,
    /// Bytes that are stored, deflated.
    pub(super) stored: u64,
    /// Bytes from which on neither output nor differences are kept.
    most: u64,
    shortened: bool,
    failed: Option<serde_json::Error>,
}

/// What waits of one target.
#[derive(Debug)]
struct Track {
    name: String,
    own_run: Option<String>,
    counts: Option<Counts>,
    ended: Option<EndedTarget>,
    /// The last event, where it is the start of an action: its end may make one line of both.
    started: Option<Event>,
    /// Events that wait, JSON, one a line.
    lines: Vec<u8>,
    /// Whether something waits.
    dirty: bool,
}

/// Some of it, to be stored.
#[derive(Debug)]
pub(super) struct GatheredBatch {
    pub(super) sheets: Vec<Sheet>,
    pub(super) shortened: bool,
    pub(super) end: Option<(Exit, String)>,
    pub(super) failed: Option<serde_json::Error>,
    /// Whether it has waited for long enough.
    pub(super) due: bool,
    /// Whether it is the last.
    pub(super) closed: bool,
}

/// What is new of one target.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) own_run: Option<String>,
    pub(super) counts: Option<Counts>,
    pub(super) ended: Option<EndedTarget>,
    pub(super) lines: Vec<u8>,
}

impl Gathered {
    pub(super) fn new(targets: &[BegunTarget<'_>], most: u64) -> Self {
        Self {
            tracks: targets.iter().map(|aim| Track::new(aim.name)).collect(),
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

    /// Gives what waits away; with `whole`, the starts of actions that have not ended too.
    pub(super) fn hand_over(&mut self, whole: bool) -> GatheredBatch {
        let mut sheets = Vec::new();
        for track in self.tracks.iter_mut().filter(|track| track.dirty) {
            if whole && let Err(error) = track.let_go() {
                self.failed.get_or_insert(error);
            }
            sheets.push(Sheet {
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
        GatheredBatch { sheets, shortened: self.shortened, end, failed, due: whole, closed: false }
    }

    /// Where a target's events are gathered; one that was not known when the run began is added.
    fn track(&mut self, name: &str) -> &mut Track {
        let found = self.tracks.iter().position(|track| track.name == name);
        let index = found.unwrap_or_else(|| {
            self.tracks.push(Track::new(name));
            self.tracks.len() - 1
        });
        &mut self.tracks[index]
    }
}

impl Track {
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

    /// What the table of targets says of it.
    fn note(&mut self, event: &Event) {
        match event {
            Event::RunStarted { run, .. } if !run.is_empty() => self.own_run = Some(run.clone()),
            Event::RunFinished { counts, .. } => self.counts = Some(*counts),
            _ => {}
        }
    }

    /// Makes a line of an event, or holds it back.
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

    /// Makes a line of what is held back.
    fn let_go(&mut self) -> serde_json::Result<()> {
        self.started.take().map_or(Ok(()), |started| chunk::add(&mut self.lines, &started))
    }
}

/// The event without what makes a run's record large; nothing where nothing else is in it.
fn without_bulk(event: &Event) -> Option<Event> {
    match event {
        Event::Output { .. } => None,
        Event::Change { resource, summary, may, withheld, .. } => {
            let (resource, summary) = (resource.clone(), summary.clone());
            Some(Event::Change { resource, summary, diff: None, may: *may, withheld: *withheld })
        }
        other => Some(other.clone()),
    }
}
