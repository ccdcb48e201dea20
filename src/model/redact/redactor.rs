//! Finds secrets in texts, and masks them.
//!
//! A secret is found in all its forms (see `forms`), in the unescaped text (see `view`), and in pieces: if a line
//! begins or ends with a piece of a secret, that piece is masked, because the rest may be on another line. Lines that
//! arrive one by one are held back while a secret may continue in the next one.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::automaton::{Automaton as _, OverlappingState};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Input, MatchKind};
use rustc_hash::FxHashSet;

use super::forms::{Forms, is_too_plain};
use super::texts;
use super::view::View;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::sorted;

/// The replacement for a secret.
pub const STARS: &str = "********";

/// Length of a piece of a secret, in bytes. Shorter pieces may be ordinary words.
const PIECE: usize = 12;
/// Most pieces that are stored. They take 8 MiB.
const PIECES: usize = 1 << 20;
/// Number of bytes of a form at the end of a line that makes the next line worth waiting for.
const BEGIN: usize = 4;

/// Masks the values of secrets.
#[derive(Debug, Default)]
pub struct Redactor {
    /// Searches for whole forms. None if no secret is masked.
    whole: Option<NFA>,
    /// Searches for hexadecimal digits, which may be printed with separators.
    digits: Option<NFA>,
    /// The forms, sorted.
    forms: Vec<Vec<u8>>,
    longest: usize,
    pieces: FxHashSet<[u8; PIECE]>,
    /// Pieces of what `digits` finds.
    digit_pieces: FxHashSet<[u8; PIECE]>,
}

impl Redactor {
    /// Creates a redactor from secrets by name. A secret that is too plain is not masked; see [`is_too_plain`].
    #[must_use]
    pub fn new(secrets: &BTreeMap<String, String>) -> Self {
        let mut forms = Forms::default();
        for value in secrets.values().filter(|value| !is_too_plain(value)) {
            forms.add(value);
        }
        let Forms { whole, digits, long, .. } = forms;
        if whole.is_empty() {
            return Self::default();
        }
        let mut pieces = FxHashSet::default();
        for window in whole.iter().chain(&long).flat_map(|form| form.windows(PIECE)) {
            if pieces.len() < PIECES && is_telling(window) {
                pieces.extend(<[u8; PIECE]>::try_from(window));
            }
        }
        let mut digit_pieces = FxHashSet::default();
        for window in digits.iter().flat_map(|form| form.windows(PIECE)) {
            if digit_pieces.len() < PIECES && is_telling(window) {
                digit_pieces.extend(<[u8; PIECE]>::try_from(window));
            }
        }
        let whole: Vec<Vec<u8>> = whole.into_iter().collect();
        Self {
            digit_pieces,
            digits: automaton(digits.iter()),
            longest: whole.iter().map(Vec::len).max().unwrap_or_default(),
            whole: automaton(whole.iter()),
            forms: whole,
            pieces,
        }
    }

    /// Whether there is no secret to mask.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.whole.is_none()
    }

    /// Masks the secrets in an event.
    #[must_use]
    pub fn event(&self, mut event: Event) -> Event {
        if !self.is_idle() {
            self.list(&mut texts::of_event(&mut event));
        }
        event
    }

    /// Masks the secrets in a failure.
    #[must_use]
    pub fn failure(&self, mut failure: Failure) -> Failure {
        if !self.is_idle() {
            let mut texts = Vec::new();
            texts::of_failure(&mut failure, &mut texts);
            self.list(&mut texts);
        }
        failure
    }

    /// Masks consecutive texts. A secret may continue from one text to the next. The number of lines does not change.
    pub fn list(&self, texts: &mut [&mut String]) {
        let mut joined = String::with_capacity(texts.iter().map(|text| text.len() + 1).sum());
        for text in &*texts {
            joined.push_str(text);
            joined.push('\n');
        }
        let hidden = self.hidden(&joined);
        if hidden.is_empty() {
            return;
        }
        let masked = starred(&joined, hidden);
        let mut lines = masked.split('\n');
        for text in texts {
            let own = text.matches('\n').count() + 1;
            **text = lines.by_ref().take(own).collect::<Vec<_>>().join("\n");
        }
    }

    /// Whether a form may start at the end of a text and continue after it. If only a few bytes of the form match, they
    /// must be the whole line.
    pub(super) fn may_go_on(&self, text: &str) -> bool {
        let view = View::plain(text).unfolded(false);
        let bytes = view.as_ref().map_or(text.as_bytes(), |view| &view.bytes);
        let earliest = bytes.len().saturating_sub(self.longest);
        (earliest..bytes.len()).filter(|at| *at == 0 || bytes.len() - at >= BEGIN).any(|at| {
            let end = &bytes[at..];
            let next = self.forms.partition_point(|form| form.as_slice() <= end);
            self.forms.get(next).is_some_and(|form| form.starts_with(end))
        })
    }

    /// The ranges of a text that belong to secrets.
    fn hidden(&self, text: &str) -> Vec<Range<usize>> {
        let mut hidden = Vec::new();
        let plain = View::plain(text);
        if let Some(digits) = &self.digits {
            let joined = plain.joined();
            find(digits, &joined, &mut hidden);
            self.find_digits(&joined, &mut hidden);
        }
        if let Some(unmarked) = plain.unfolded(true) {
            self.find(&unmarked, &mut hidden);
        }
        let mut views = vec![plain];
        views.extend(views[0].without_percents());
        views.extend(views[0].without_entities());
        // Quoted text may be quoted again.
        let mut escaped = views[0].without_escapes();
        for _ in 0..3 {
            let Some(view) = escaped.take() else { break };
            escaped = view.without_escapes();
            views.push(view);
        }
        for view in &views {
            self.find(view, &mut hidden);
            self.find_pieces(view, &mut hidden);
            if let Some(unfolded) = view.unfolded(false) {
                self.find(&unfolded, &mut hidden);
            }
        }
        hidden
    }

    fn find(&self, view: &View<'_>, hidden: &mut Vec<Range<usize>>) {
        if let Some(whole) = &self.whole {
            find(whole, view, hidden);
        }
    }

    /// Finds pieces of hexadecimal digits anywhere in a line: dumps have an offset before them and text after them.
    fn find_digits(&self, joined: &View<'_>, hidden: &mut Vec<Range<usize>>) {
        for (at, window) in joined.bytes.windows(PIECE).enumerate() {
            if <[u8; PIECE]>::try_from(window).is_ok_and(|window| self.digit_pieces.contains(&window)) {
                joined.spans(at..at + PIECE, hidden);
            }
        }
    }

    /// Finds runs of pieces at the start or end of a line.
    fn find_pieces(&self, view: &View<'_>, hidden: &mut Vec<Range<usize>>) {
        if self.pieces.is_empty() {
            return;
        }
        let mut start = 0;
        for line in view.bytes.split(|byte| *byte == b'\n') {
            let mut run: Option<Range<usize>> = None;
            let mut ended = |run: Range<usize>| {
                let begins = line[..run.start].iter().copied().all(is_around);
                if begins || line[run.end..].iter().copied().all(is_around) {
                    view.spans(start + run.start..start + run.end, hidden);
                }
            };
            for (at, window) in line.windows(PIECE).enumerate() {
                if !<[u8; PIECE]>::try_from(window).is_ok_and(|window| self.pieces.contains(&window)) {
                    continue;
                }
                match &mut run {
                    Some(run) if at <= run.end => run.end = at + PIECE,
                    _ => run.replace(at..at + PIECE).into_iter().for_each(&mut ended),
                }
            }
            run.into_iter().for_each(&mut ended);
            start += line.len() + 1;
        }
    }
}

/// Whether a byte may be between a piece and the start or end of its line: indentation, diff markers, quotes.
fn is_around(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\r' | b'+' | b'-' | b'>' | b'|' | b'"' | b'\'' | b'\\' | b',' | b'#' | b'='
    )
}

/// Whether a piece is specific. A line of dashes or zeros is not.
fn is_telling(window: &[u8]) -> bool {
    window.iter().collect::<FxHashSet<_>>().len() > 3
}

fn automaton<'a>(forms: impl ExactSizeIterator<Item = &'a Vec<u8>>) -> Option<NFA> {
    if forms.len() == 0 {
        return None;
    }
    // The size of the forms is limited, so this can't fail.
    NFA::builder().match_kind(MatchKind::Standard).build(forms).ok()
}

fn find(automaton: &NFA, view: &View<'_>, hidden: &mut Vec<Range<usize>>) {
    let input = Input::new(&*view.bytes);
    let mut state = OverlappingState::start();
    // It fails for automata that can't do this, and this one can.
    while automaton.try_find_overlapping(&input, &mut state).is_ok()
        && let Some(found) = state.get_match()
    {
        view.spans(found.range(), hidden);
    }
}

/// Replaces the hidden ranges of a text.
fn starred(text: &str, mut hidden: Vec<Range<usize>>) -> String {
    sorted::sort_by_key(&mut hidden, |range| (range.start, range.end));
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    let mut last_end = None;
    for range in hidden {
        let start = (0..=range.start).rev().find(|&byte| text.is_char_boundary(byte)).unwrap_or_default();
        let end = (range.end..text.len()).find(|&byte| text.is_char_boundary(byte)).unwrap_or(text.len());
        if end <= at {
            continue;
        }
        if last_end.is_none_or(|last| start > last) {
            masked.push_str(&text[at..start]);
            masked.push_str(STARS);
        }
        (at, last_end) = (end, Some(end));
    }
    masked.push_str(&text[at..]);
    masked
}
