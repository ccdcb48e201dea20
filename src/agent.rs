//! Floor 8: the other half of a remote run: converges this machine for a control side at the end of a byte stream.
//!
//! The agent says hello with the machine's facts and takes a collection and the bytes that it names. A plan it makes
//! itself. A run it starts in a process of its own, whose words are kept on the machine, and passes them on: that
//! process goes to its end whatever becomes of the connection, so a machine is left in a state that somebody wanted, not
//! in the one where a network broke. Over another connection another agent goes on telling of it.

use std::io::{BufReader, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;

use crate::facts;
use crate::model::blob::{BlobRef, Blobs};
use crate::model::error::Failure;
use crate::model::event::Mode;
use crate::model::message::{Begin, FromAgent, Hello, PROTOCOL, ToAgent};
use crate::model::query::{Answer, Query};
use crate::target::Target as _;
use crate::target::frame::{self, Broken};
use crate::target::local::runs::Wish;
use crate::target::local::{Local, boot_id, halt};
use crate::target::store::Store;

mod asked;
mod detached;
mod relay;
mod spool;
mod voice;
mod work;

pub use detached::{Detached, run};

use voice::Voice;
use work::Work;

/// What commands are given to end by themselves.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is looked whether they have ended.
const GLANCE: Duration = Duration::from_millis(20);

/// From the control side.
type Input = BufReader<Box<dyn Read + Send>>;

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
}

/// Serves one connection.
///
/// # Errors
/// What came makes no sense, or the machine can't tell who it is. The control side has been told, if it still listens.
pub fn serve(start: Start) -> Result<(), Failure> {
    let Start { nonce, input, output, store } = start;
    let voice = Voice::new(&nonce, output)?;
    let served = session(BufReader::new(input), &voice, store);
    if let Err(failure) = &served {
        voice.say(FromAgent::Failed(failure.clone()));
    }
    voice.finish();
    served
}

/// From hello to the end of the plan or run; there is none when the control side only wanted to know who we are.
fn session(mut input: Input, voice: &Voice, store: Utf8PathBuf) -> Result<(), Failure> {
    let mut machine = Local::new();
    let facts = facts::gather(&mut machine)?;
    let Some(Answer::Host(host)) = machine.ask(&[Query::Host])?.into_iter().next() else {
        return Err(Failure::new("the machine does not tell who it is"));
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let hello = Hello { protocol: PROTOCOL, version, host: *host, facts, boot: boot_id() };
    voice.say(FromAgent::Hello(Box::new(hello)));
    let mut wished = None;
    match asked::until_run(&mut input, voice, &mut machine, &mut wished)? {
        Some(ToAgent::Begin(begin)) => {
            let json = collection(&mut input, &begin)?;
            match begin.mode {
                Mode::Plan => plan(input, voice, Work::new(begin, &json, Blobs::default(), machine)?),
                Mode::Run => {
                    // A plan writes nothing, so only a run needs bytes.
                    fetch(&mut input, voice, store, &begin.blobs, &mut wished)?;
                    relay::begin(input, voice, &machine.runs(), &begin, &json, wished)
                }
            }
        }
        Some(ToAgent::Attach(heard)) => relay::attach(input, voice, &machine.runs(), &heard),
        _ => Ok(()),
    }
}

/// The next message that is no interrupt.
fn message(input: &mut Input, wished: &mut Option<Wish>) -> Result<ToAgent, Broken> {
    loop {
        match frame::receive(input)? {
            ToAgent::Interrupt => *wished = (*wished).max(Some(Wish::Interrupt)),
            ToAgent::Halt => *wished = Some(Wish::Halt),
            other => return Ok(other),
        }
    }
}

/// The collection's JSON, which follows its announcement.
fn collection(input: &mut dyn Read, begin: &Begin) -> Result<Vec<u8>, Failure> {
    let mut json = Vec::new();
    frame::receive_bytes(input, begin.collection, &mut |bytes| {
        json.extend_from_slice(bytes);
        Ok(())
    })
    .map_err(|broken| senseless(&broken))?;
    Ok(json)
}

/// Asks for the bytes that are not here yet, and takes them.
fn fetch(
    input: &mut Input,
    voice: &Voice,
    store: Utf8PathBuf,
    wanted: &[BlobRef],
    wished: &mut Option<Wish>,
) -> Result<(), Failure> {
    if wanted.is_empty() {
        return Ok(());
    }
    let store = Store::open(store)?;
    let missing = store.missing(wanted);
    if !missing.is_empty() {
        voice.say(FromAgent::MissingBlobs(missing.iter().map(|blob| blob.sha256.clone()).collect()));
    }
    for blob in &missing {
        match message(input, wished).map_err(|broken| senseless(&broken))? {
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

/// Plans here, for nobody but the one who listens.
fn plan(input: Input, voice: &Voice, work: Work) -> Result<(), Failure> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    listen(input, move |wish| {
        flag.store(true, Ordering::Relaxed);
        if wish == Wish::Halt {
            end_commands();
        }
    })?;
    work.go(interrupted, &|message| voice.say(message), &|| Ok(()))
}

/// From now on nothing but interrupts may come. Gives a flag that is set once the stream has ended.
fn listen(mut input: Input, mut wish: impl FnMut(Wish) + Send + 'static) -> Result<Arc<AtomicBool>, Failure> {
    let gone = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&gone);
    let listen = move || {
        loop {
            match frame::receive(&mut input) {
                Ok(ToAgent::Interrupt) => wish(Wish::Interrupt),
                Ok(ToAgent::Halt) => wish(Wish::Halt),
                _ => break,
            }
        }
        ended.store(true, Ordering::Relaxed);
    };
    thread::Builder::new().name("listen".into()).spawn(listen).map_err(no_thread)?;
    Ok(gone)
}

/// Ends the commands at hand, those that may be ended.
fn end_commands() {
    halt::halt();
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE && halt::is_ending() {
        thread::sleep(GLANCE);
    }
    halt::kill();
}

fn no_thread(error: std::io::Error) -> Failure {
    Failure::new(format!("can't start a thread: {error}"))
}

fn senseless(broken: &Broken) -> Failure {
    Failure::new(format!("what the control side sent makes no sense: {broken}"))
}
