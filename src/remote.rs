//! Floor 6: the control side of a remote run: reaches a target, makes an agent run there, hands it the collection.
//!
//! Nothing in here can touch this machine: there is no local target in it, only a channel and bytes to send. Whether
//! somebody has interrupted twice is all that is asked of `local`.

use std::io::{self, BufRead as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::converge::{OnFailure, Options, Summary};
use crate::hold;
use crate::model::address::Address;
use crate::model::blob::{BlobRef, Blobs};
use crate::model::collection::Collection;
use crate::model::english::one_line;
use crate::model::error::Failure;
use crate::model::event::Event;
use crate::model::message::{Begin, FromAgent, Hello, PROTOCOL, ToAgent};
use crate::target::channel::{self, Channel, SshOptions};
use crate::target::frame::{self, Broken};
use crate::target::local::halt;
use crate::target::outgoing::{self, Executable};
use crate::target::probe::{self, Become, Word};

mod needed;
mod password;
mod seen;
mod wire;

pub use password::Password;

use seen::Seen;
use wire::{Input, Output, Wire};

/// How often it is looked whether somebody wants the run to end.
const GLANCE: Duration = Duration::from_millis(50);

/// Where an agent is to run, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Its name in reports.
    pub name: String,
    /// Where.
    pub address: Address,
    /// How `ssh` is to be called.
    pub ssh: SshOptions,
    /// As whom.
    pub r#become: Become,
    /// For sudo, where it asks.
    pub password: Option<Password>,
}

/// What an agent is to do.
#[derive(Debug)]
pub struct Order<'a> {
    /// The rows.
    pub collection: &'a Collection,
    /// Bytes that it names by digest.
    pub blobs: &'a Blobs,
    /// Run or plan, and what to do when something goes wrong.
    pub options: &'a Options,
    /// How long to wait there for another run to give the target free.
    pub lock_timeout: Duration,
}

/// A target with an agent that has introduced itself.
#[derive(Debug)]
pub struct Session {
    name: String,
    address: Address,
    channel: Channel,
    input: Input,
    output: Output,
    hello: Box<Hello>,
}

impl Session {
    /// Reaches the target and starts the agent there; sends it first where it is missing.
    ///
    /// # Errors
    /// The target can't be reached, lets nobody in, or can't run the agent.
    pub fn open(destination: &Destination) -> Result<Self, Failure> {
        let address = &destination.address;
        let nonce = channel::nonce()?;
        let script = probe::script(&nonce, destination.r#become);
        let mut channel = Channel::open(address, &destination.ssh, &script, &probe::question(&nonce))?;
        let Wire { mut input, mut output } = Wire::over(&mut channel)?;
        // The connection is being made meanwhile, so this costs no time.
        let executable = Executable::own()?;
        let greeted = password::enter(destination, &channel, &mut input, &output, &nonce)
            .and_then(|()| greet(&mut input, &mut output, &nonce, executable));
        match greeted {
            Ok(hello) => Ok(Self {
                name: destination.name.clone(),
                address: address.clone(),
                channel,
                input,
                output,
                hello,
            }),
            Err(Refused::Broken(broken, reached)) => Err(why(broken, address, channel, reached)),
            Err(Refused::Locked(failure)) => Err(Reason::There(failure).of(address)),
            Err(Refused::Said(failure)) => {
                let mut failure = failure.of(address);
                failure.output.extend(channel.complaints());
                Err(failure)
            }
        }
    }

    /// What the machine says of itself.
    #[must_use]
    pub fn facts(&self) -> &Map<String, Value> {
        &self.hello.facts
    }

    /// Says goodbye to an agent that has nothing to do.
    pub fn close(self) {
        let Self { channel, input, output, .. } = self;
        drop((input, output));
        channel.close();
    }

    /// Converges (or plans) a collection there. Everything that happens comes out as events, under the destination's name.
    ///
    /// # Errors
    /// Another run holds the target; the target was lost, or is not what it says: the events tell how far it came.
    pub fn converge(
        mut self,
        order: &Order<'_>,
        sink: &mut dyn FnMut(Event),
        say: &mut dyn FnMut(&str),
    ) -> Result<Summary, hold::Refused> {
        let options = order.options;
        let mut seen = Seen::default();
        let ended = thread::scope(|scope| {
            // Dropped at the end of the closure, which ends the watch at once.
            let (_over, watch) = mpsc::channel::<()>();
            let output = self.output.clone();
            scope.spawn(move || {
                // The first interrupt lets the resource at hand finish, the second ends its command.
                let mut told = [false; 2];
                while matches!(watch.recv_timeout(GLANCE), Err(RecvTimeoutError::Timeout)) {
                    for (told, wanted) in told.iter_mut().zip([options.is_interrupted(), halt::is_halted()]) {
                        if wanted && !*told {
                            // A target that is gone is told of by whoever reads from it.
                            let _ = output.send(&ToAgent::Interrupt);
                            *told = true;
                        }
                    }
                }
            });
            let mut sink = |event: Event| {
                let event = renamed(event, &self.name);
                seen.note(&event);
                match event {
                    // The numbers are ours to tell.
                    Event::Traffic { .. } => return,
                    Event::RunFinished { .. } => sink(self.output.traffic().event()),
                    _ => {}
                }
                sink(event);
            };
            exchange(&mut self.input, &self.output, order, &mut sink, say)
        });
        let Self { address, channel, input, output, .. } = self;
        drop((input, output));
        match ended {
            Ok(summary) => {
                channel.close();
                Ok(summary)
            }
            Err(Refused::Said(failure)) => {
                channel.close();
                Err(hold::Refused::Target(failure.of(&address)))
            }
            Err(Refused::Locked(failure)) => {
                channel.close();
                Err(hold::Refused::Locked(Reason::There(failure).of(&address)))
            }
            Err(Refused::Broken(broken, reached)) => {
                Err(hold::Refused::Target(seen.tell(why(broken, &address, channel, reached))))
            }
        }
    }
}

/// Why there is no going on.
enum Refused {
    /// The stream ended or makes no sense; whether the shell there had been heard of.
    Broken(Broken, bool),
    /// Somebody said why.
    Said(Reason),
    /// Another run holds the target.
    Locked(Failure),
}

/// A failure that may still have to be told where.
enum Reason {
    /// The words are the target's.
    There(Failure),
    /// The words are ours.
    Ours(Failure),
}

impl Reason {
    fn of(self, address: &Address) -> Failure {
        match self {
            Self::Ours(failure) => failure,
            Self::There(failure) => {
                Failure { message: format!("`{address}`: {}", one_line(&failure.message)), ..failure }
            }
        }
    }
}

impl From<Broken> for Refused {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken, true)
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.into(), true)
    }
}

/// From the first byte to the agent's hello.
fn greet(
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
fn word(input: &mut Input, nonce: &str) -> Result<Word, Broken> {
    let rest = frame::find(input, nonce)?;
    Word::parse(&rest).ok_or_else(|| Broken::Senseless(one_line(&rest)))
}

/// From the collection to the end.
fn exchange(
    input: &mut Input,
    output: &Output,
    order: &Order<'_>,
    sink: &mut dyn FnMut(Event),
    say: &mut dyn FnMut(&str),
) -> Result<Summary, Refused> {
    let Order { collection, blobs, options, lock_timeout } = *order;
    let wanted = needed::blobs(collection, blobs);
    let json = serde_json::to_vec(collection).map_err(io::Error::from)?;
    let begin = ToAgent::Begin(Begin {
        mode: options.mode,
        lock_timeout: lock_timeout.as_secs(),
        keep_going: options.on_failure == OnFailure::Continue,
        secrets: needed::secrets(collection, &options.secrets),
        collection: json.len() as u64,
        blobs: wanted.clone(),
    });
    output.with(|out| {
        frame::send(out, &begin)?;
        frame::send_bytes(out, &mut json.as_slice())
    })?;
    let mut unsent = Some(wanted);
    loop {
        match frame::receive(input)? {
            FromAgent::Event(event) => sink(*event),
            FromAgent::Note(words) => say(&one_line(&words)),
            FromAgent::Locked(failure) => return Err(Refused::Locked(failure)),
            FromAgent::MissingBlobs(missing) => {
                let wanted = unsent.take().unwrap_or_default();
                send_blobs(output, &missing, &wanted, blobs)?;
            }
            FromAgent::Finished(finished) => {
                return Ok(Summary {
                    success: finished.success,
                    changed: finished.changed,
                    interrupted: finished.interrupted,
                });
            }
            FromAgent::Failed(failure) => return Err(Refused::Said(Reason::There(failure))),
            FromAgent::Hello(_) => return Err(Broken::Senseless("a second hello".to_owned()).into()),
        }
    }
}

/// Sends what is missing there, as far as the collection names it: a target is given nothing else.
fn send_blobs(output: &Output, missing: &[String], wanted: &[BlobRef], blobs: &Blobs) -> Result<(), Refused> {
    for sha256 in missing {
        let found = wanted.iter().find(|blob| blob.sha256 == *sha256).zip(blobs.get(sha256));
        let Some((blob, source)) = found else {
            return Err(Broken::Senseless(
                "bytes were asked for that the collection does not name".to_owned(),
            )
            .into());
        };
        let bytes = outgoing::open(source).map_err(|failure| Refused::Said(Reason::Ours(failure)))?;
        let mut bytes = io::BufReader::with_capacity(frame::CHUNK, bytes);
        // Looked at before it is announced: what was said to come must come.
        bytes.fill_buf()?;
        let sent = output.with(|out| {
            frame::send(out, &ToAgent::Blob(blob.clone()))?;
            frame::send_bytes(out, &mut io::Read::take(&mut bytes, blob.size))
        })?;
        if sent < blob.size {
            let failure = Failure::new("a file that the collection names became shorter while the run began");
            return Err(Refused::Said(Reason::Ours(failure.hint("run again"))));
        }
    }
    Ok(())
}

/// The agent knows its machine as `local`.
fn renamed(event: Event, name: &str) -> Event {
    match event {
        Event::RunStarted { schema, run, mode, run_list, resources, .. } => {
            Event::RunStarted { schema, run, mode, target: name.to_owned(), run_list, resources }
        }
        other => other,
    }
}

/// The end of a stream in words.
fn why(broken: Broken, address: &Address, channel: Channel, reached: bool) -> Failure {
    match broken {
        Broken::End | Broken::Io(_) => channel.cause(reached),
        Broken::TooLong(_) | Broken::Senseless(_) | Broken::Noise => {
            Failure::new(format!("what comes from `{address}` makes no sense: {broken}"))
                .hint("nothing more is taken from it; is it the machine that you meant?")
        }
    }
}
