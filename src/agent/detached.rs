//! A run in a process of its own: whatever becomes of the connection, it goes to its end and writes down what it says.

use std::io::{BufReader, Read};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use camino::Utf8PathBuf;

use super::input::{collection, no_thread, senseless};
use super::spool::Spool;
use super::work::AgentWork;
use crate::model::error::Failure;
use crate::model::message::{Begin, FromAgent, ToAgent};
use crate::target::frame;
use crate::target::interrupt::Interrupt;
use crate::target::local::runs::{Runs, Wish, Words};
use crate::target::local::{Local, detached};
use crate::target::store::Store;

/// How often it is looked whether somebody wants the run to end.
const GLANCE: Duration = Duration::from_millis(50);

const FINISHING: &str = "the package manager is left to finish, because stopping it would break its database";

/// What such a process is started with.
pub struct DetachedRun {
    /// Id of the run.
    pub run: String,
    /// How to converge, and the collection.
    pub input: Box<dyn Read + Send>,
    /// The file that keeps what the run says.
    pub output: Words,
    /// Where the bytes are that the collection names.
    pub store: Utf8PathBuf,
    /// How somebody wants the run to end.
    pub interrupt: Interrupt,
}

/// Runs to the end.
///
/// # Errors
/// It could not begin, or not come to its end. Whoever reads what it says has been told.
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
    // The one of which the file tells, which need not be the one that was wanted.
    let begin = Begin { run: run.clone(), ..begin };
    watch(machine.runs(), run, interrupt.clone(), Arc::clone(spool))?;
    let work = AgentWork::new(begin, &json, blobs, machine)?;
    let placed = work.go(interrupt, &|message| spool.say(message), &|| spool.keep())?;
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

/// Looks for whoever wants the run to end.
fn watch(runs: Runs, run: String, interrupt: Interrupt, spool: Arc<Spool>) -> Result<(), Failure> {
    let watch = move || {
        loop {
            match runs.wished(&run) {
                None => {}
                Some(Wish::Interrupt) => interrupt.finish(),
                Some(Wish::Halt) => {
                    return end(&interrupt, &spool);
                }
            }
            thread::sleep(GLANCE);
        }
    };
    thread::Builder::new().name("wishes".into()).spawn(watch).map(drop).map_err(no_thread)
}

/// Ends the command at hand, if it is one that may be ended.
fn end(interrupt: &Interrupt, spool: &Spool) {
    if interrupt.is_finishing() {
        spool.note(FINISHING);
    }
    interrupt.end();
}
