//! From the first byte to the agent's hello: the probe is answered, and the agent sent where it is missing.

use std::io;

use crate::model::english::one_line;
use crate::model::error::Failure;
use crate::model::message::{FromAgent, Hello, PROTOCOL};
use crate::target::frame::{self, Broken};
use crate::target::outgoing::Executable;
use crate::target::probe::Word;

use super::refused::{Reason, Refused};
use super::wire::{Input, Output};

/// From the first byte to the agent's hello.
pub(super) fn greet(
    input: &mut Input,
    output: &mut Output,
    nonce: &str,
    mut executable: Executable,
) -> Result<Box<Hello>, Refused> {
    let line = format!("{} {} {}\n", executable.sha256, executable.size, Executable::system());
    let said = output.with(|out| out.write_all(line.as_bytes()));
    // A shell that has ended says why on its way out, so a refused write is not the last word.
    let mut word = word(input, nonce).map_err(|broken| Refused::Broken(broken, false))?;
    said?;
    if let Word::Need(directory) = word {
        let sent = output.with(|out| io::copy(&mut executable.file, out));
        word = self::word(input, nonce)?;
        if let (Word::Agent(_), Err(error)) = (&word, sent) {
            return Err(there(format!("the agent could not be sent to {}: {error}", one_line(&directory))));
        }
    }
    match word {
        Word::Agent(version) if version == frame::VERSION.to_string() => {}
        Word::Agent(version) => {
            let version = one_line(&version);
            return Err(there(format!("its agent speaks version {version} of the frames, not ours")));
        }
        Word::Bad(why) => return Err(there(format!("the agent can't be kept there: {}", one_line(&why)))),
        Word::Foreign(system) => {
            let (system, ours) = (one_line(&system), Executable::system());
            return Err(there(format!(
                "it is a machine of another kind: {system}, and this program is for {ours}"
            )));
        }
        Word::Nowhere(tried) => {
            let failure = Failure::new("no directory there can hold the agent and let it run").hint(format!(
                "one of these must be nobody else's, and not mounted noexec: {}",
                one_line(&tried)
            ));
            return Err(Refused::Said(Reason::There(failure)));
        }
        Word::Need(_) => return Err(Broken::Senseless("the agent was asked for twice".to_owned()).into()),
        Word::Asks | Word::Root => {
            return Err(Broken::Senseless("a word about sudo, and nobody asked".to_owned()).into());
        }
    }
    match frame::receive(input)? {
        FromAgent::Hello(hello) if hello.protocol == PROTOCOL && hello.version == crate_version() => {
            Ok(hello)
        }
        FromAgent::Hello(hello) => Err(there(format!(
            "its agent is of version {}, not {}",
            one_line(&hello.version),
            crate_version()
        ))),
        FromAgent::Failed(failure) => Err(Refused::Said(Reason::There(failure))),
        _ => Err(Broken::Senseless("the agent did not say hello".to_owned()).into()),
    }
}

fn there(message: String) -> Refused {
    Refused::Said(Reason::There(Failure::new(message)))
}

/// Version of this program; both halves are the same.
#[must_use]
pub fn crate_version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// The next word of the probe, or of the agent that it has become.
pub(super) fn word(input: &mut Input, nonce: &str) -> Result<Word, Broken> {
    let rest = frame::find(input, nonce)?;
    Word::parse(&rest).ok_or_else(|| Broken::Senseless(one_line(&rest)))
}
