//! To become root on the target: sudo is given the password once, after it has asked, over the same stream.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::clock::Clock;
use super::destination::Destination;
use super::greet::word;
use super::refused::{Reason, Refused};
use super::wire::{Output, TargetInput};
use crate::model::error::{Failure, FailureKind};
use crate::target::channel::Channel;
use crate::target::frame::Broken;
use crate::target::probe::{Become, Word};

/// Becomes root where a password may be asked for; elsewhere there is nothing to do.
pub(super) fn enter(
    destination: &Destination,
    channel: &Channel,
    input: &mut TargetInput,
    output: &Output,
    nonce: &str,
    clock: &Clock,
) -> Result<(), Refused> {
    if destination.r#become != Become::RootByPassword {
        return Ok(());
    }
    let unreached = |broken| Refused::Broken(broken, false);
    match word(input, nonce, clock).map_err(unreached)? {
        Word::Root => return Ok(()),
        Word::Asks => {}
        _ => return Err(Broken::Senseless("an answer of sudo was expected".to_owned()).into()),
    }
    let password = destination.password.as_ref().map_or("", |password| &password.0);
    let (questions, cord, wrong) = (channel.questions(), channel.cord(), AtomicBool::new(false));
    let became = thread::scope(|scope| {
        let answer = || {
            if questions.wait(1) {
                // A sudo that is gone says why to whoever reads from it.
                let _ = output.with(|out| writeln!(out, "{password}"));
            }
            // A second question means that the answer was wrong. One attempt is all: accounts get locked by more.
            if questions.wait(2) {
                wrong.store(true, Ordering::Relaxed);
                cord.pull();
            }
        };
        scope.spawn(answer);
        let became = word(input, nonce, clock);
        questions.end();
        became
    });
    match became {
        Ok(Word::Root) => Ok(()),
        Ok(_) => Err(Broken::Senseless("sudo was to make us root".to_owned()).into()),
        Err(_) if wrong.load(Ordering::Relaxed) => {
            let address = &destination.address;
            let words = format!("sudo on `{address}` does not take this password");
            Err(Refused::Said(Reason::Ours(Failure::new(words).of_kind(FailureKind::Refused))))
        }
        Err(broken) => Err(unreached(broken)),
    }
}
