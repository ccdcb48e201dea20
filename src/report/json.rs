//! Events as JSON, one object a line. The first object has the version of the event stream, whatever the event is.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::io::{self, Write};

use serde::Serialize;

use crate::model::english::acts_on_text;
use crate::model::event::SCHEMA;
use crate::model::fleet::{FleetEvent, Stage};

use super::Reporter;
use super::outlet::Outlet;

/// Writes each event as one line of JSON.
pub struct Json {
    out: Box<dyn Write + Send>,
    /// Whether the first line was written.
    begun: bool,
    /// Whether there are several targets, so that each event needs the name of its target.
    of_many: bool,
    error: Option<io::Error>,
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Json").field("begun", &self.begun).finish_non_exhaustive()
    }
}

impl Json {
    /// Creates a reporter.
    pub fn new(outlet: Outlet) -> Self {
        Self { out: outlet.out, begun: false, of_many: false, error: None }
    }

    fn line(&mut self, event: &impl Serialize) {
        if self.error.is_some() {
            return;
        }
        let has_version = std::mem::replace(&mut self.begun, true);
        let line = if has_version { serde_json::to_string(event) } else { first(event) };
        let written = line
            .map_err(io::Error::from)
            .and_then(|line| writeln!(self.out, "{}", visible(&line)))
            .and_then(|()| self.out.flush());
        self.error = written.err();
    }
}

impl Reporter for Json {
    fn event(&mut self, event: &FleetEvent) {
        match event {
            FleetEvent::Target(told) if !self.of_many => self.line(&told.event),
            FleetEvent::Target(_) => self.line(event),
            FleetEvent::Stage(stage) => {
                self.of_many |= matches!(stage, Stage::FleetStarted { .. } | Stage::TargetStarted { .. });
                self.line(stage);
            }
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }
}

/// The event with the version of the event stream. Usually the first event has it already.
fn first(event: &impl Serialize) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct First<'a, T> {
        #[serde(flatten)]
        event: &'a T,
        schema: u32,
    }
    let line = serde_json::to_string(event)?;
    if serde_json::from_str::<serde_json::Value>(&line)?.get("schema").is_some() {
        return Ok(line);
    }
    serde_json::to_string(&First { event, schema: SCHEMA })
}

/// Escapes characters that would control a terminal. JSON itself escapes control characters only below U+0020, but
/// those above and the ones that change the reading direction act on a terminal too. They only occur in strings, where
/// `\u` is equivalent.
#[must_use]
pub fn visible(json: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte == b'\n' || (b' '..0x7f).contains(&byte);
    // Nearly all JSON is plain. A large collection should not be copied.
    if json.bytes().all(is_plain) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && acts_on_text(c) {
            // Writing to a string can't fail.
            let _ = write!(shown, "\\u{:04x}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}
