//! Floor 8: the other side of a remote run: converges this machine for a control side at the end of a byte stream.
//!
//! The agent sends a hello with the machine's facts, and receives a collection and its blobs. It makes plans itself. A
//! run is started as a process of its own, whose messages are stored on the machine, and the agent passes them on. That
//! process continues if the connection breaks, so a network failure never leaves a machine half configured. Over a new
//! connection, another agent passes on the rest.

use std::io::{BufReader, Read, Write};

use camino::Utf8PathBuf;

use crate::facts;
use crate::model::blob::{BlobRef, Blobs};
use crate::model::error::Failure;
use crate::model::event::Mode;
use crate::model::message::{BlobRest, FromAgent, Hello, PROTOCOL, ToAgent};
use crate::model::query::{Answer, Query};
use crate::target::Target as _;
use crate::target::frame;
use crate::target::interrupt::Interrupt;
use crate::target::local::runs::EndRequest;
use crate::target::local::{Local, boot_id};
use crate::target::store::{Incoming, Store};

mod detached;
mod first_look;
mod input;
mod output;
mod queries;
mod questions;
mod relay;
mod spool;
mod work;

pub use detached::{DetachedRun, run};

use input::{ControlInput, Wish, collection, listen, message, senseless};
use output::AgentOutput;
use work::AgentWork;

/// Arguments of an agent.
pub struct Start {
    /// Marks our first line, so that it differs from anything printed before.
    pub nonce: String,
    /// From the control side.
    pub input: Box<dyn Read + Send>,
    /// To the control side.
    pub output: Box<dyn Write + Send>,
    /// The store of received blobs.
    pub store: Utf8PathBuf,
}

/// Serves one connection.
///
/// # Errors
/// The input is invalid, or the machine has no facts. The control side has been told, if it still listens.
pub fn serve(start: Start) -> Result<(), Failure> {
    let Start { nonce, input, output, store } = start;
    let output = AgentOutput::new(&nonce, output)?;
    let served = session(BufReader::new(input), &output, store);
    if let Err(failure) = &served {
        output.say(FromAgent::Failed(failure.clone()));
    }
    output.finish();
    served
}

/// From the hello to the end of the plan or run. There is none if the control side only wanted the facts.
fn session(mut input: ControlInput, output: &AgentOutput, store: Utf8PathBuf) -> Result<(), Failure> {
    let interrupt = Interrupt::default();
    let mut machine = Local::under(interrupt.clone());
    let facts = facts::gather(&mut machine)?;
    let Some(Answer::Host(host)) = machine.ask(&[Query::Host])?.into_iter().next() else {
        return Err(Failure::new("the machine does not tell who it is"));
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let hello = Hello { protocol: PROTOCOL, version, host: *host, facts, boot: boot_id() };
    output.say(FromAgent::Hello(Box::new(hello)));
    let mut requested = None;
    match queries::until_run(&mut input, output, &mut machine, &interrupt, &mut requested)? {
        Some(ToAgent::Begin(begin)) => {
            let json = collection(&mut input, &begin)?;
            match begin.mode {
                Mode::Plan => {
                    plan(input, output, AgentWork::new(begin, &json, Blobs::default(), machine)?, interrupt)
                }
                Mode::Run => {
                    let runs = machine.runs();
                    if begin.looks_first {
                        let work = AgentWork::new(begin.clone(), &json, Blobs::default(), machine)?;
                        if !first_look::look(&mut input, output, work, &interrupt, &mut requested)? {
                            return Ok(());
                        }
                    }
                    // A plan writes nothing, so it needs no blobs.
                    fetch(&mut input, output, store, &begin.blobs, &mut requested)?;
                    relay::begin(input, output, &runs, &begin, &json, requested)
                }
            }
        }
        Some(ToAgent::Attach(heard)) => relay::attach(input, output, &machine.runs(), &heard),
        _ => Ok(()),
    }
}

/// Asks for the missing blobs and receives them.
fn fetch(
    input: &mut ControlInput,
    output: &AgentOutput,
    store: Utf8PathBuf,
    wanted: &[BlobRef],
    requested: &mut Option<EndRequest>,
) -> Result<(), Failure> {
    if wanted.is_empty() {
        return Ok(());
    }
    let store = Store::open(store)?;
    let missing = store.missing(wanted);
    // Take over the parts that an interrupted connection has left.
    let begun: Vec<Option<Incoming>> = missing.iter().map(|blob| store.begun(blob)).collect();
    let wanted_from = |begun: &Option<Incoming>| begun.as_ref().map_or(0, Incoming::length);
    let rests = missing.iter().zip(&begun);
    let rests: Vec<BlobRest> =
        rests.map(|(blob, begun)| BlobRest { blob: blob.clone(), from: wanted_from(begun) }).collect();
    if !rests.is_empty() {
        output.say(FromAgent::MissingBlobs(rests.clone()));
    }
    for (rest, begun) in rests.into_iter().zip(begun) {
        match message(input, requested).map_err(|broken| senseless(&broken))? {
            ToAgent::Blob(announced) if announced == rest => {}
            _ => return Err(Failure::new("bytes came that were not asked for")),
        }
        let mut incoming = match begun {
            Some(begun) => begun,
            None => store.incoming(&rest.blob)?,
        };
        frame::receive_bytes(input, rest.blob.size - rest.from, &mut |bytes| incoming.take(bytes))
            .map_err(|broken| Failure::new(format!("the bytes of a file can't be kept: {broken}")))?;
        incoming.finish()?;
    }
    store.tidy(wanted);
    Ok(())
}

/// Makes a plan, which ends with the connection.
fn plan(
    input: ControlInput,
    output: &AgentOutput,
    work: AgentWork,
    interrupt: Interrupt,
) -> Result<(), Failure> {
    let heard = interrupt.clone();
    listen(input, move |wish| match wish {
        Wish::End(EndRequest::Interrupt) => heard.finish(),
        Wish::End(EndRequest::Halt) => heard.end(),
        // A plan asks nothing.
        Wish::Decided(_) => {}
    })?;
    work.go(interrupt, None, &|message| output.say(message), &|| Ok(())).map(drop)
}
