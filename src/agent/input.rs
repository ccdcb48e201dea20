//! Input from the control side: messages, the collection, and interrupts at any time.

use std::io::{BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::model::decision::Decided;
use crate::model::error::Failure;
use crate::model::message::{Begin, ToAgent};
use crate::target::frame::{self, Broken};
use crate::target::local::runs::EndRequest;

pub(super) type ControlInput = BufReader<Box<dyn Read + Send>>;

/// The next message that is not an interrupt. Interrupts are stored in `requested`.
pub(super) fn message(
    input: &mut ControlInput,
    requested: &mut Option<EndRequest>,
) -> Result<ToAgent, Broken> {
    loop {
        match frame::receive(input)? {
            ToAgent::Interrupt => *requested = (*requested).max(Some(EndRequest::Interrupt)),
            ToAgent::Halt => *requested = Some(EndRequest::Halt),
            other => return Ok(other),
        }
    }
}

/// The JSON of the collection, which follows its announcement.
pub(super) fn collection(input: &mut dyn Read, begin: &Begin) -> Result<Vec<u8>, Failure> {
    let mut json = Vec::new();
    frame::receive_bytes(input, begin.collection, &mut |bytes| {
        json.extend_from_slice(bytes);
        Ok(())
    })
    .map_err(|broken| senseless(&broken))?;
    Ok(json)
}

/// What the user wants of a run in progress.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wish {
    /// That it ends.
    End(EndRequest),
    /// The answer to a question.
    Decided(Decided),
}

/// From now on only interrupts and decisions are expected. Returns a flag that is set when the stream has ended.
pub(super) fn listen(
    mut input: ControlInput,
    mut wish: impl FnMut(Wish) + Send + 'static,
) -> Result<Arc<AtomicBool>, Failure> {
    let gone = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&gone);
    let listen = move || {
        loop {
            match frame::receive(&mut input) {
                Ok(ToAgent::Interrupt) => wish(Wish::End(EndRequest::Interrupt)),
                Ok(ToAgent::Halt) => wish(Wish::End(EndRequest::Halt)),
                Ok(ToAgent::Decided(decided)) => wish(Wish::Decided(decided)),
                _ => break,
            }
        }
        ended.store(true, Ordering::Relaxed);
    };
    thread::Builder::new().name("listen".into()).spawn(listen).map_err(no_thread)?;
    Ok(gone)
}

pub(super) fn no_thread(error: std::io::Error) -> Failure {
    Failure::new(format!("can't start a thread: {error}"))
}

pub(super) fn senseless(broken: &Broken) -> Failure {
    Failure::new(format!("protocol error from the control side: {broken}"))
}
