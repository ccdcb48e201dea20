//! A run in a process of its own. It continues without a connection, and writes down its messages.

use std::io::{BufReader, Read};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use camino::Utf8PathBuf;

use super::input::{collection, no_thread, senseless};
use super::questions::RemoteQuestions;
use super::spool::Spool;
use super::work::AgentWork;
use crate::converge::Approval;
use crate::model::error::Failure;
use crate::model::message::{Begin, FromAgent, ToAgent};
use crate::target::frame;
use crate::target::interrupt::Interrupt;
use crate::target::local::runs::{EndRequest, RunFile, Runs};
use crate::target::local::{Local, detached};
use crate::target::store::Store;

/// Interval of checks for an interrupt.
const GLANCE: Duration = Duration::from_millis(50);

const FINISHING: &str = "the package manager is left to finish, because stopping it would break its database";

/// Arguments of such a process.
pub struct DetachedRun {
    pub run: String,
    /// The options and the collection.
    pub input: Box<dyn Read + Send>,
    /// The file for the messages.
    pub output: RunFile,
    /// The store of blobs.
    pub store: Utf8PathBuf,
    /// How the user wants the run to end.
    pub interrupt: Interrupt,
}

/// Runs to the end.
///
/// # Errors
/// It could not start, or not finish. The failure is in the messages.
pub fn run(start: DetachedRun) -> Result<(), Failure> {
    let DetachedRun { run, input, output, store, interrupt } = start;
    let spool = Arc::new(Spool::over(output));
    let done = converge(run, BufReader::new(input), store, interrupt, &spool);
    if let Err(failure) = &done {
        spool.say(FromAgent::Failed(failure.clone()));
    }
    spool.finish();
    done
}

fn converge(
    run: String,
    mut input: BufReader<Box<dyn Read + Send>>,
    store: Utf8PathBuf,
    interrupt: Interrupt,
    spool: &Arc<Spool>,
) -> Result<(), Failure> {
    detached::leave()?;
    let (begin, json) = order(&mut input)?;
    let store = if begin.blobs.is_empty() { None } else { Some(Store::open(store)?) };
    let wanted = begin.blobs.clone();
    let blobs = store.as_ref().map(|store| store.blobs(&wanted)).unwrap_or_default();
    let machine = Local::under(interrupt.clone());
    // The id of the file, which may differ from the requested one.
    let begin = Begin { run: run.clone(), ..begin };
    let questions = RemoteQuestions::new(machine.runs(), &run, spool);
    let approval = begin.asks.then(|| Arc::new(questions) as Arc<dyn Approval>);
    watch(machine.runs(), run, interrupt.clone(), Arc::clone(spool))?;
    let work = AgentWork::new(begin, &json, blobs, machine)?;
    let placed = work.go(interrupt, approval, &|message| spool.say(message), &|| spool.keep())?;
    if let Some(store) = store {
        store.settle(&wanted, &placed);
    }
    Ok(())
}

fn order(input: &mut dyn Read) -> Result<(Begin, Vec<u8>), Failure> {
    match frame::receive(input).map_err(|broken| senseless(&broken))? {
        ToAgent::Begin(begin) => {
            let json = collection(input, &begin)?;
            Ok((begin, json))
        }
        _ => Err(Failure::new("the run did not begin with its collection")),
    }
}

/// Watches for interrupts.
fn watch(runs: Runs, run: String, interrupt: Interrupt, spool: Arc<Spool>) -> Result<(), Failure> {
    let watch = move || {
        loop {
            match runs.requested_end(&run) {
                None => {}
                Some(EndRequest::Interrupt) => interrupt.finish(),
                Some(EndRequest::Halt) => {
                    return end(&interrupt, &spool);
                }
            }
            thread::sleep(GLANCE);
        }
    };
    thread::Builder::new().name("wishes".into()).spawn(watch).map(drop).map_err(no_thread)
}

/// Ends the running command, unless it must finish.
fn end(interrupt: &Interrupt, spool: &Spool) {
    if interrupt.is_finishing() {
        spool.note(FINISHING);
    }
    interrupt.end();
}
