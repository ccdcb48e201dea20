//! Interrupts: the first one ends the run after the resource at hand, the second ends that one's commands too.

use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::fleet::Board;
use crate::model::english::{list, one_line};
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::target::interrupt::Interrupt;

/// What commands and the run are given to come to an end of their own.
const PATIENCE: Duration = Duration::from_secs(5);

const PLAN: &str = "\ninterrupted: the plan ends here, and has changed nothing; once more leaves at once\n";
const PLAN_OF_MANY: &str =
    "interrupted: the plans end here, and have changed nothing; once more leaves at once";
const PLAN_LEFT: &str = "\nleft at once: nothing was changed\n";

const FIRST: &str = "\ninterrupted: the resource at hand is finished, then the run ends; \
                     once more stops its command, too\n";
const SECOND: &str = "\ninterrupted again: the command at hand is stopped\n";
const SECOND_THERE: &str = "\ninterrupted again: the command at hand is stopped there, unless it is a package manager; \
                            once more leaves the run alone\n";
const FINISHING: &str = "\ninterrupted again: the package manager is left to finish, because stopping it would break \
                         its database; once more ends it all the same\n";
const THIRD: &str =
    "\nended at once: what was going on is in no report; `chefrs plan` shows what is left to do\n";

const COMMAND: &str = "\ninterrupted: the command is ended wherever it runs; once more leaves at once\n";

const FIRST_OF_MANY: &str = "interrupted: no further target is begun, each one finishes the resource at hand, then its \
                             run ends; once more stops their commands, too";
const SECOND_OF_MANY: &str = "interrupted again: the commands at hand are stopped; once more leaves at once, whatever is still at work";

/// Who is told what an interrupt means.
#[derive(Debug, Clone)]
pub(super) enum Audience {
    /// A run on one machine.
    One,
    /// A run on several, with nothing on the terminal that our words could get in the way of.
    Many(Arc<Board>),
    /// The same with live lines, which only the one who draws them can take away.
    Live(Arc<Board>),
}

/// Listens from now on; the flag is set by the first signal. A terminal that is closed counts as one, unless the
/// program was started to outlive it (`nohup`).
pub(super) fn interrupted() -> io::Result<Interrupt> {
    heard_by(Audience::One, Mode::Run)
}

/// The same, with words for another audience. A plan has nothing to finish: the first signal ends what it waits for.
pub(super) fn heard_by(audience: Audience, mode: Mode) -> io::Result<Interrupt> {
    let signals = [SIGINT, SIGTERM, SIGHUP];
    let signals = if is_ignored(SIGHUP) { &signals[..2] } else { &signals };
    if mode == Mode::Plan { listen_for_plan(signals, audience) } else { listen(signals, audience) }
}

/// For a run that must outlive the connection over which it was begun.
pub(super) fn interrupted_but_by_hangup() -> io::Result<Interrupt> {
    // Taken and dropped rather than ignored: what commands start would inherit that.
    signal_hook::flag::register(SIGHUP, Arc::default())?;
    listen(&[SIGINT, SIGTERM], Audience::One)
}

fn listen(signals: &[i32], audience: Audience) -> io::Result<Interrupt> {
    let interrupt = Interrupt::default();
    let heard = interrupt.clone();
    let mut signals = Signals::new(signals)?;
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
                    // Without a thread the third signal is still there.
                    let _ =
                        thread::Builder::new().name("end".into()).spawn(move || end(&audience, &interrupt));
                }
                _ => leave(&audience, &heard),
            }
        }
    })?;
    Ok(interrupt)
}

fn listen_for_plan(signals: &[i32], audience: Audience) -> io::Result<Interrupt> {
    let interrupt = Interrupt::default();
    let heard = interrupt.clone();
    let mut signals = Signals::new(signals)?;
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
    Ok(interrupt)
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

/// For a command that was asked for by hand, which has nothing to finish: the first signal begins no further machine and
/// ends what runs, the second one leaves, and names the machines where it may still run.
pub(super) fn ends_command(board: Arc<Board>) -> io::Result<Interrupt> {
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

    /// What may go on without us and has not been told of: no run there has begun yet, as far as we know.
    fn left(&self, interrupt: &Interrupt) -> String {
        let (Self::Many(board) | Self::Live(board)) = self else { return String::new() };
        let names = board.under_way();
        let told = interrupt.elsewhere();
        let names: Vec<String> =
            names.into_iter().filter(|name| told.iter().all(|(target, _)| target != name)).collect();
        if names.is_empty() {
            return String::new();
        }
        format!("still at work may be {}\n", one_line(&list(&names, "and")))
    }
}

/// Sees to it that the run ends, whatever it hangs on. One on another machine is waited for: it ends by itself.
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

/// Whether the program was started with a signal ignored; where there is no /proc to tell, it was not.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or_default();
    let mask = u64::from_str_radix(mask.trim(), 16).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}

fn say(words: &str) {
    // Nothing can be said to a closed stream, and the signal counts all the same.
    let _ = io::stderr().write_all(words.as_bytes());
}

/// What goes on without us.
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
        vec![String::new(), format!("left at once: {} {ends} without being watched", list(&runs, "and"))];
    let target = if let [(only, _)] = there.as_slice() { one_line(only) } else { "TARGET".to_owned() };
    lines.push(format!("hint: `chefrs status -t {target}` tells whether it has ended\n"));
    lines.join("\n")
}

/// Where a command that was asked for by hand goes on without us.
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
        "\nleft at once: the command was told to end, and may still run on {names}\n\
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
