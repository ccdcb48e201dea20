//! Handles interrupts. The first one stops the run after the current resource, the second one also kills the current
//! command.

use std::cell::OnceCell;
use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};

use crate::fleet::Board;
use crate::model::english::{list, one_line};
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::target::interrupt::Interrupt;

/// Time that commands and the run have to end by themselves.
const PATIENCE: Duration = Duration::from_secs(5);

const PLAN: &str =
    "\ninterrupted: the plan stops, and has changed nothing; interrupt again to exit at once\n";
const PLAN_OF_MANY: &str =
    "interrupted: the plans stop, and have changed nothing; interrupt again to exit at once";
const PLAN_LEFT: &str = "\nexited at once: nothing was changed\n";

const FIRST: &str = "\ninterrupted: the current resource is finished, then the run ends; interrupt again to stop its command\n";
const SECOND: &str = "\ninterrupted again: the current command is stopped\n";
const SECOND_THERE: &str = "\ninterrupted again: the current command is stopped there, unless it is a package manager; interrupt again to leave the run alone\n";
const FINISHING: &str = "\ninterrupted again: the package manager is left to finish, because stopping it would break \
                         its database; interrupt again to stop it anyway\n";
const THIRD: &str =
    "\nexited at once: the last work is not in any report; `chefrs plan` shows what is left to do\n";

const COMMAND: &str =
    "\ninterrupted: the command is stopped on all targets; interrupt again to exit at once\n";

const FIRST_OF_MANY: &str = "interrupted: no more targets are started, and each run ends after its current resource; interrupt again to stop their commands";
const SECOND_OF_MANY: &str = "interrupted again: the current commands are stopped; interrupt again to exit at once, whatever still runs";

/// What to tell the user about an interrupt.
#[derive(Debug, Clone)]
pub(super) enum Audience {
    /// A run on one machine.
    One,
    /// A run on several machines without live lines.
    Many(Arc<Board>),
    /// A run on several machines with live lines, which only the reporter can clear.
    Live(Arc<Board>),
}

/// The signals that one piece of work listens to.
#[derive(Debug, Clone, Default)]
pub(super) struct Listening(OnceCell<(Interrupt, Handle)>);

impl Listening {
    /// Starts to listen, as [`interrupted`] does.
    pub(super) fn start(&self, audience: Audience, mode: Mode) -> io::Result<Interrupt> {
        let (interrupt, handle) = listen_in(audience, mode)?;
        let (kept, _) = self.0.get_or_init(|| (interrupt, handle));
        Ok(kept.clone())
    }

    /// The interrupt of the work. Never wanted if nothing listens yet.
    pub(super) fn interrupt(&self) -> Interrupt {
        self.0.get().map(|(interrupt, _)| interrupt.clone()).unwrap_or_default()
    }

    /// Stops to listen, so that other work can.
    pub(super) fn stop(&self) {
        if let Some((_, handle)) = self.0.get() {
            handle.close();
        }
    }
}

/// Starts to listen for signals. The first one sets the flag. Closing the terminal counts as a signal, except if the
/// program was started with `nohup`.
pub(super) fn interrupted() -> io::Result<Interrupt> {
    listen_in(Audience::One, Mode::Run).map(|(interrupt, _)| interrupt)
}

/// Like [`interrupted`], with messages for another audience. A plan has nothing to finish, so the first signal ends it.
fn listen_in(audience: Audience, mode: Mode) -> io::Result<(Interrupt, Handle)> {
    let signals = [SIGINT, SIGTERM, SIGHUP];
    let signals = if is_ignored(SIGHUP) { &signals[..2] } else { &signals };
    if mode == Mode::Plan { listen_for_plan(signals, audience) } else { listen(signals, audience) }
}

/// Like [`interrupted`], but ignores hangups. For a run that must outlive its connection.
pub(super) fn interrupted_but_by_hangup() -> io::Result<Interrupt> {
    // Handled instead of ignored, because commands would inherit an ignored signal.
    signal_hook::flag::register(SIGHUP, Arc::default())?;
    listen(&[SIGINT, SIGTERM], Audience::One).map(|(interrupt, _)| interrupt)
}

fn listen(signals: &[i32], audience: Audience) -> io::Result<(Interrupt, Handle)> {
    let interrupt = Interrupt::default();
    let heard = interrupt.clone();
    let mut signals = Signals::new(signals)?;
    let handle = signals.handle();
    thread::Builder::new().name("signals".into()).spawn(move || {
        let mut count = 0;
        for _ in signals.forever() {
            count += 1;
            heard.finish();
            match count {
                1 => audience.tell(FIRST, FIRST_OF_MANY),
                2 => {
                    heard.halt();
                    audience.tell(second(&heard), SECOND_OF_MANY);
                    let (audience, interrupt) = (audience.clone(), heard.clone());
                    // If the thread can't be started, a third signal still ends the program.
                    let _ =
                        thread::Builder::new().name("end".into()).spawn(move || end(&audience, &interrupt));
                }
                _ => leave(&audience, &heard),
            }
        }
    })?;
    Ok((interrupt, handle))
}

fn listen_for_plan(signals: &[i32], audience: Audience) -> io::Result<(Interrupt, Handle)> {
    let interrupt = Interrupt::default();
    let heard = interrupt.clone();
    let mut signals = Signals::new(signals)?;
    let handle = signals.handle();
    thread::Builder::new().name("signals".into()).spawn(move || {
        for _ in signals.forever() {
            if heard.is_wanted() {
                heard.kill_all();
                say(PLAN_LEFT);
                exit_now();
            }
            heard.finish();
            heard.halt();
            audience.tell(PLAN, PLAN_OF_MANY);
        }
    })?;
    Ok((interrupt, handle))
}

fn second(interrupt: &Interrupt) -> &'static str {
    if interrupt.is_finishing() {
        FINISHING
    } else if interrupt.elsewhere().is_empty() {
        SECOND
    } else {
        SECOND_THERE
    }
}

/// For `exec`, which has nothing to finish. The first signal starts no more machines and kills the running commands.
/// The second one exits, and names the machines where the command may still run.
pub(super) fn interrupted_command(board: Arc<Board>) -> io::Result<Interrupt> {
    let interrupt = Interrupt::default();
    let heard = interrupt.clone();
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        for _ in signals.forever() {
            if heard.is_wanted() {
                heard.kill_all();
                say(&left_running(&board.under_way()));
                exit_now();
            }
            say(COMMAND);
            heard.halt();
        }
    })?;
    Ok(interrupt)
}

impl Audience {
    fn tell(&self, one: &str, many: &str) {
        match self {
            Self::One => say(one),
            Self::Many(_) => say(&format!("\n{many}\n")),
            Self::Live(board) => board.pin(many),
        }
    }

    /// The message about runs that may go on. If nothing was reported yet, no run has started as far as we know.
    fn left(&self, interrupt: &Interrupt) -> String {
        let (Self::Many(board) | Self::Live(board)) = self else { return String::new() };
        let names = board.under_way();
        let told = interrupt.elsewhere();
        let names: Vec<String> =
            names.into_iter().filter(|name| told.iter().all(|(target, _)| target != name)).collect();
        if names.is_empty() {
            return String::new();
        }
        format!("may still be running: {}\n", one_line(&list(&names, "and")))
    }
}

/// Ends the run, even if it hangs. A remote run is waited for, because it ends by itself.
fn end(audience: &Audience, interrupt: &Interrupt) {
    thread::sleep(PATIENCE);
    interrupt.kill();
    loop {
        thread::sleep(PATIENCE);
        if !interrupt.is_finishing() && interrupt.elsewhere().is_empty() {
            leave(audience, interrupt);
        }
    }
}

/// Whether the signal was ignored when the program was started. Without /proc the answer is no.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or_default();
    let mask = u64::from_str_radix(mask.trim(), 16).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}

fn say(words: &str) {
    // If standard error is closed, the signal still counts.
    let _ = io::stderr().write_all(words.as_bytes());
}

/// The message for a third signal: what goes on without this process.
fn third(interrupt: &Interrupt) -> String {
    let there = interrupt.elsewhere();
    if there.is_empty() {
        return THIRD.to_owned();
    }
    let runs: Vec<String> = there
        .iter()
        .map(|(target, run)| format!("the run {} on {}", one_line(run), one_line(target)))
        .collect();
    let ends = if runs.len() == 1 { "ends" } else { "end" };
    let mut lines =
        vec![String::new(), format!("exited at once: {} {ends} without being watched", list(&runs, "and"))];
    let target = if let [(only, _)] = there.as_slice() { one_line(only) } else { "TARGET".to_owned() };
    lines.push(format!("hint: `chefrs status -t {target}` tells whether it has ended\n"));
    lines.join("\n")
}

/// The message with the machines where the command of `exec` may still run.
fn left_running(machines: &[String]) -> String {
    if machines.is_empty() {
        return "\n".to_owned();
    }
    let names = one_line(&list(machines, "and"));
    let (target, there) = match machines {
        [only] => (one_line(only), "there"),
        _ => ("TARGET".to_owned(), "on one"),
    };
    format!(
        "\nexited at once: the command was told to end, and may still run on {names}\n\
         hint: `chefrs exec -t {target} -- ps aux` shows what still runs {there}\n"
    )
}

fn leave(audience: &Audience, interrupt: &Interrupt) -> ! {
    interrupt.kill_all();
    say(&third(interrupt));
    say(&audience.left(interrupt));
    exit_now()
}

#[expect(clippy::exit, reason = "it does not end by itself, or somebody does not want to wait for it")]
fn exit_now() -> ! {
    std::process::exit(i32::from(Exit::Interrupted as u8))
}
