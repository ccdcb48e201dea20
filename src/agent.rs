//! Floor 7: the other half of a remote run: converges this machine for a control side at the end of a byte stream.
//!
//! The agent says hello with the machine's facts, takes a collection and the bytes that it names, converges, and sends
//! every event back. If the control side goes away in the middle, the run goes on to its end: a machine is left in a
//! state that somebody wanted, not in the one where a network broke.

use std::io::{BufReader, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use camino::Utf8PathBuf;

use crate::converge::{self, OnFailure, Options};
use crate::facts;
use crate::hold::{Beginning, Hold, Refused};
use crate::model::blob::BlobRef;
use crate::model::collection::{Collection, SCHEMA};
use crate::model::error::Failure;
use crate::model::event::{Event, Mode};
use crate::model::message::{Begin, Finished, FromAgent, Hello, PROTOCOL, ToAgent};
use crate::model::query::{Answer, Query};
use crate::target::Target as _;
use crate::target::frame::{self, Broken};
use crate::target::local::{Local, halt};
use crate::target::store::Store;

mod asked;
mod voice;

use voice::Voice;

/// Longest diff that an event carries: an eighth of the longest frame, since JSON may need six characters for one.
const DIFF: usize = frame::LIMIT / 8;

/// What commands are given to end by themselves.
const PATIENCE: Duration = Duration::from_secs(5);

/// What an agent is started with.
pub struct Start {
    /// Tells our first line from whatever was printed before it.
    pub nonce: String,
    /// From the control side.
    pub input: Box<dyn Read + Send>,
    /// To the control side.
    pub output: Box<dyn Write + Send>,
    /// Where bytes that arrive are kept.
    pub store: Utf8PathBuf,
    /// Set from outside to stop after the current resource.
    pub interrupted: Arc<AtomicBool>,
}

/// Serves one run.
///
/// # Errors
/// What came makes no sense, or the machine can't tell who it is. The control side has been told, if it still listens.
pub fn serve(start: Start) -> Result<(), Failure> {
    let Start { nonce, input, output, store, interrupted } = start;
    let voice = Voice::new(&nonce, output)?;
    let mut input = BufReader::new(input);
    let served = session(&mut input, &voice, store, &interrupted);
    let served = match served {
        Ok(Some(work)) => {
            listen(input, &interrupted)?;
            work.converge(&voice, interrupted)
        }
        Ok(None) => Ok(()),
        Err(failure) => Err(failure),
    };
    if let Err(failure) = &served {
        voice.say(FromAgent::Failed(failure.clone()));
    }
    voice.finish();
    served
}

/// What a run needs, complete.
struct Work {
    begin: Begin,
    collection: Collection,
    machine: Local,
}

/// From hello until everything is here; nothing when the control side only wanted to know who we are.
fn session(
    input: &mut (dyn Read + Send),
    voice: &Voice,
    store: Utf8PathBuf,
    interrupted: &AtomicBool,
) -> Result<Option<Work>, Failure> {
    let mut machine = Local::new();
    let facts = facts::gather(&mut machine)?;
    let Some(Answer::Host(host)) = machine.ask(&[Query::Host])?.into_iter().next() else {
        return Err(Failure::new("the machine does not tell who it is"));
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    voice.say(FromAgent::Hello(Box::new(Hello { protocol: PROTOCOL, version, host: *host, facts })));
    let Some(begin) = asked::until_begin(input, voice, &mut machine, interrupted)? else { return Ok(None) };
    let mut json = Vec::new();
    frame::receive_bytes(input, begin.collection, &mut |bytes| {
        json.extend_from_slice(bytes);
        Ok(())
    })
    .map_err(|broken| senseless(&broken))?;
    let collection: Collection = serde_json::from_slice(&json)
        .map_err(|error| Failure::new(format!("the collection can't be read: {error}")))?;
    if collection.schema != SCHEMA {
        return Err(Failure::new(format!("the collection is of form {}, not {SCHEMA}", collection.schema)));
    }
    // A plan writes nothing, so it needs no bytes.
    if begin.mode == Mode::Run && !begin.blobs.is_empty() {
        let store = Store::open(store)?;
        fetch(input, voice, &store, &begin.blobs, interrupted)?;
        machine.provide(store.blobs(&begin.blobs));
    }
    Ok(Some(Work { begin, collection, machine }))
}

/// The next message that is no interrupt.
fn message(input: &mut dyn Read, interrupted: &AtomicBool) -> Result<ToAgent, Broken> {
    loop {
        match frame::receive(input)? {
            ToAgent::Interrupt => interrupted.store(true, Ordering::Relaxed),
            other => return Ok(other),
        }
    }
}

/// Asks for the bytes that are not here yet, and takes them.
fn fetch(
    input: &mut dyn Read,
    voice: &Voice,
    store: &Store,
    wanted: &[BlobRef],
    interrupted: &AtomicBool,
) -> Result<(), Failure> {
    let missing = store.missing(wanted);
    if !missing.is_empty() {
        voice.say(FromAgent::MissingBlobs(missing.iter().map(|blob| blob.sha256.clone()).collect()));
    }
    for blob in &missing {
        match message(input, interrupted).map_err(|broken| senseless(&broken))? {
            ToAgent::Blob(announced) if announced == *blob => {}
            _ => return Err(Failure::new("bytes came that were not asked for")),
        }
        let mut incoming = store.incoming(blob)?;
        frame::receive_bytes(input, blob.size, &mut |bytes| incoming.take(bytes))
            .map_err(|broken| Failure::new(format!("the bytes of a file can't be kept: {broken}")))?;
        incoming.finish()?;
    }
    store.tidy(wanted);
    Ok(())
}

/// From now on nothing but interrupts may come; the end of the stream is no interrupt. Who interrupts a run that is
/// ending already wants its command to end, too.
fn listen(mut input: BufReader<Box<dyn Read + Send>>, interrupted: &Arc<AtomicBool>) -> Result<(), Failure> {
    let interrupted = Arc::clone(interrupted);
    let listen = move || {
        while let Ok(ToAgent::Interrupt) = frame::receive(&mut input) {
            interrupt(&interrupted);
        }
    };
    thread::Builder::new()
        .name("listen".into())
        .spawn(listen)
        .map(drop)
        .map_err(|error| Failure::new(format!("can't start a thread: {error}")))
}

/// Somebody wants it to end.
fn interrupt(interrupted: &AtomicBool) {
    if interrupted.swap(true, Ordering::Relaxed) {
        halt::halt();
        thread::sleep(PATIENCE);
        halt::kill();
    }
}

impl Work {
    /// Takes the machine, converges it, and leaves a line in its history.
    fn converge(mut self, voice: &Voice, interrupted: Arc<AtomicBool>) -> Result<(), Failure> {
        let hold = match self.begin.mode {
            Mode::Plan => None,
            Mode::Run => {
                let patience = Duration::from_secs(self.begin.lock_timeout);
                let mut waiting = |words: &str| voice.say(FromAgent::Note(words.to_owned()));
                match Hold::take(&mut self.machine, &Beginning::now(), patience, &interrupted, &mut waiting) {
                    Ok(hold) => Some(hold),
                    Err(Refused::Target(failure)) => return Err(failure),
                    Err(Refused::Locked(failure)) => {
                        voice.say(FromAgent::Locked(failure));
                        return Ok(());
                    }
                    Err(Refused::Interrupted) => {
                        voice.say(FromAgent::Finished(Finished { interrupted: true, ..Finished::default() }));
                        return Ok(());
                    }
                }
            }
        };
        let on_failure = if self.begin.keep_going { OnFailure::Continue } else { OnFailure::Stop };
        let secrets = std::mem::take(&mut self.begin.secrets.0);
        let run = hold.as_ref().map_or_else(String::new, |hold| hold.run().to_owned());
        let options = Options { on_failure, interrupted, secrets, run, ..Options::new(self.begin.mode) };
        let mut counts = None;
        let mut sink = |event: Event| {
            if let Event::RunFinished { counts: counted, .. } = &event {
                counts = Some(*counted);
            }
            voice.say(FromAgent::Event(Box::new(shortened(event))));
        };
        let summary = converge::converge(&self.collection, &mut self.machine, &options, &mut sink)?;
        if let Some(hold) = &hold {
            let exit = summary.exit(options.mode);
            if let Err(failure) = hold.record(&mut self.machine, &self.collection.run_list, counts, exit) {
                voice.say(FromAgent::Note(format!("the history does not tell of this run: {failure}")));
            }
        }
        voice.say(FromAgent::Finished(Finished {
            success: summary.success,
            changed: summary.changed,
            interrupted: summary.interrupted,
        }));
        Ok(())
    }
}

/// An event that a frame can hold.
fn shortened(mut event: Event) -> Event {
    if let Event::Change { diff: Some(diff), .. } = &mut event
        && diff.len() > DIFF
    {
        *diff = format!("({} bytes of differences are not shown)", diff.len());
    }
    event
}

fn senseless(broken: &Broken) -> Failure {
    Failure::new(format!("what the control side sent makes no sense: {broken}"))
}
