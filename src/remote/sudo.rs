//! Becomes root on the target. The password is sent once, after sudo has asked, over the same stream.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::connect_timeout::ConnectTimeout;
use super::handshake::word;
use super::order::Destination;
use super::password::Password;
use super::session_error::{Reason, SessionError};
use super::wire::{Output, TargetInput};
use crate::model::error::{Failure, FailureKind};
use crate::target::channel::Channel;
use crate::target::frame::Broken;
use crate::target::probe::{Become, Word};

/// Becomes root, if sudo may ask for a password. Otherwise does nothing.
pub(super) fn enter(
    destination: &Destination,
    channel: &Channel,
    input: &mut TargetInput,
    output: &Output,
    nonce: &str,
    timeout: &ConnectTimeout<'_>,
) -> Result<(), SessionError> {
    if destination.r#become != Become::RootByPassword {
        return Ok(());
    }
    let unreached = |broken| SessionError::Broken(broken, false);
    match word(input, nonce, timeout).map_err(unreached)? {
        Word::Root => return Ok(()),
        Word::Asks => {}
        _ => return Err(Broken::Senseless("an answer of sudo was expected".to_owned()).into()),
    }
    let empty = Password::new(String::new());
    let password = destination.password.as_ref().unwrap_or(&empty);
    let (questions, kill_handle, wrong) =
        (channel.questions(), channel.kill_handle(), AtomicBool::new(false));
    let became = thread::scope(|scope| {
        let answer = || {
            if questions.wait(1) {
                let Some(text) = password.given(|| questions.is_over()) else {
                    kill_handle.kill();
                    return;
                };
                // If sudo is gone, the reader reports why.
                let _ = output.with(|out| writeln!(out, "{text}"));
            }
            // A second question means that the password was wrong. Do not try again, because accounts may get locked.
            if questions.wait(2) {
                wrong.store(true, Ordering::Relaxed);
                kill_handle.kill();
            }
        };
        scope.spawn(answer);
        let became = word(input, nonce, timeout);
        questions.end();
        became
    });
    let (address, wrong) = (&destination.address, wrong.load(Ordering::Relaxed));
    let known_before = !wrong && password.is_wrong();
    let refused = |words: String| {
        Err(SessionError::Failed(Reason::Local(Failure::new(words).of_kind(FailureKind::Refused))))
    };
    match became {
        Ok(Word::Root) => {
            password.tried(Some(true));
            Ok(())
        }
        Err(_) if wrong => {
            password.tried(Some(false));
            refused(format!("sudo on `{address}` does not accept this password"))
        }
        Err(_) if known_before => {
            refused(format!("sudo on `{address}` was not given the password: another target has refused it"))
        }
        became => {
            password.tried(None);
            match became {
                Err(broken) => Err(unreached(broken)),
                Ok(_) => Err(Broken::Senseless("sudo was to make us root".to_owned()).into()),
            }
        }
    }
}
