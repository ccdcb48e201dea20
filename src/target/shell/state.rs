//! The state directory through a shell: the same files as those of `target/local`.

use super::command;
use super::pulse::MAX_MISSED;
use super::refusal;
use super::shell_state::ShellState;
use super::step::done;
use super::wire::{Frames, ShellWire, call};
use crate::model::downloaded::{self, Downloaded};
use crate::model::error::Failure;
use crate::model::journal::{self, Debt, HISTORY, Holder, Journal, Line, Lock, Record, Restarts, SLACK};
use crate::model::query::{Answer, Query};
use crate::model::step::{Fetch, Restart};

/// The functions of these requests, sent before the first of them.
const FUNCTIONS: [&str; 2] = ["state.sh", "drafts.sh"];

/// Makes them known to the shell.
pub(super) fn define(wire: &mut ShellWire) -> Result<(), Failure> {
    FUNCTIONS.into_iter().try_for_each(|file| wire.define(file))
}

/// The file that a query is about.
fn name(query: &Query) -> Option<&'static str> {
    match query {
        Query::Lock => Some("lock"),
        Query::Journal => Some("journal"),
        Query::History => Some("history"),
        Query::Downloads => Some("downloads"),
        _ => None,
    }
}

/// Whether a query is about the state directory.
pub(super) fn is_about_runs(query: &Query) -> bool {
    name(query).is_some()
}

/// The call that asks it, in a subshell, so that a missing file does not end the session.
pub(super) fn ask(query: &Query) -> String {
    match name(query) {
        Some("lock") => "(ask_lock)".to_owned(),
        // Restarts and drafts are part of the journal.
        Some("journal") => "(ask_kept journal)\n(ask_kept restarts)\n(ask_drafts)".to_owned(),
        Some(name) => format!("({})", call("ask_kept", [name])),
        None => String::new(),
    }
}

/// The answer to it.
pub(super) fn answer(query: &Query, mut frames: Frames, seen: &ShellState) -> Option<Answer> {
    let kept = match kept(&mut frames, seen)? {
        Ok(kept) => kept,
        // Without this memory, only more is asked of servers.
        Err(_) if *query == Query::Downloads => return Some(Answer::Downloads(Vec::new())),
        Err(failure) => return Some(Answer::Failed(failure)),
    };
    Some(match query {
        Query::Lock => Answer::Lock(Lock {
            held: kept.held,
            holder: serde_json::from_slice(kept.text.trim().as_bytes()).ok(),
            left: None,
        }),
        Query::Journal => {
            let restarts = match self::kept(&mut frames, seen)? {
                Ok(kept) => Restarts::read(&kept.text, &seen.boot).into_list(),
                Err(failure) => return Some(Answer::Failed(failure)),
            };
            let drafts = match drafts(&mut frames, seen)? {
                Ok(drafts) => drafts,
                Err(failure) => return Some(Answer::Failed(failure)),
            };
            Answer::Journal(Journal { path: kept.path, restarts, drafts, ..Journal::read(&kept.text) })
        }
        Query::Downloads => Answer::Downloads(downloaded::read(&kept.text)),
        _ => Answer::History(journal::history(&kept.text)),
    })
}

/// A file of the state directory. The text is empty if it is missing.
struct StateFile {
    path: String,
    held: bool,
    text: String,
}

/// The next file in the answer.
fn kept(frames: &mut Frames, seen: &ShellState) -> Option<Result<StateFile, Failure>> {
    let path = frames.text("path")?;
    if let Some(refusal) = refusal::read(frames) {
        return Some(Err(refusal.failure(seen.root)));
    }
    frames.text("mark")?;
    let held = frames.text("held").is_some_and(|held| held == "yes");
    let text = frames.text("text").unwrap_or_default();
    Some(Ok(StateFile { path, held, text }))
}

/// Paths of the drafts in the answer.
fn drafts(frames: &mut Frames, seen: &ShellState) -> Option<Result<Vec<String>, Failure>> {
    frames.text("path")?;
    if let Some(refusal) = refusal::read(frames) {
        return Some(Err(refusal.failure(seen.root)));
    }
    frames.text("mark")?;
    let mut paths: Vec<String> = std::iter::from_fn(|| frames.text("draft")).collect();
    paths.dedup();
    Some(Ok(paths))
}

/// Takes the lock, as long as the session lives and gets keep-alives.
///
/// # Errors
/// Another run holds it, or the state directory is not usable.
pub(super) fn lock(holder: &Holder, wire: &mut ShellWire, seen: &mut ShellState) -> Result<(), Failure> {
    define(wire)?;
    let line = serde_json::to_string(holder).map_err(|error| senseless(&error))?;
    let (period, borne) = (seen.period.as_secs().max(1).to_string(), MAX_MISSED.to_string());
    let take = call("take_lock", [line.as_str(), &period, &borne]);
    let mut frames = wire.ask(&format!("{}\n{take}", command::ground(wire)))?;
    done(&mut frames, seen.root)?;
    seen.run.clone_from(&holder.run);
    Ok(())
}

/// Records that the machine is to be restarted, or not any more. It is on disk when this returns.
///
/// # Errors
/// It could not be written, so the machine must not be restarted.
pub(super) fn restart(
    restart: Option<&Restart>,
    wire: &mut ShellWire,
    seen: &mut ShellState,
) -> Result<(), Failure> {
    let (run, boot) = (seen.run.clone(), seen.boot.clone());
    change_restarts(wire, seen, |known| match restart {
        Some(restart) => known.ask(restart.asked_by(&run, &boot)),
        None => known.take_back(),
    })?;
    seen.restart = restart.cloned();
    Ok(())
}

fn change_restarts(
    wire: &mut ShellWire,
    seen: &ShellState,
    change: impl FnOnce(&mut Restarts),
) -> Result<(), Failure> {
    define(wire)?;
    let mut frames = wire.ask("(ask_kept restarts)")?;
    let kept = kept(&mut frames, seen)
        .unwrap_or_else(|| Err(Failure::new("the shell does not tell which restarts were asked for")))?;
    let mut known = Restarts::read(&kept.text, &seen.boot);
    change(&mut known);
    let text = known.text().map_err(|error| senseless(&error))?;
    step(&call("restarts", [text.as_str()]), wire, seen)
}

/// Remembers a file that was downloaded, or forgets it. The download is done, so what can't be written is forgotten.
///
/// # Errors
/// The connection broke.
pub(super) fn remember(
    step: &Fetch,
    file: Option<&Downloaded>,
    wire: &mut ShellWire,
    seen: &ShellState,
) -> Result<(), Failure> {
    define(wire)?;
    let mut frames = wire.ask(&ask(&Query::Downloads))?;
    let Some(Ok(kept)) = kept(&mut frames, seen) else { return Ok(()) };
    if let Some(text) = downloaded::with(&kept.text, &step.path, file) {
        let script = wire.printing(text.as_bytes(), "| downloads");
        wire.ask(&format!("(\n{script}\n)"))?;
    }
    Ok(())
}

/// Releases the lock, without waiting for an answer. If the connection is gone, the lock is released already.
pub(super) fn give_back(wire: &mut ShellWire) {
    // The error is ignored, as said above.
    let _ = wire.send("give_back\n");
}

/// Writes an entry.
///
/// # Errors
/// It could not be written.
pub(super) fn record(record: &Record, wire: &mut ShellWire, seen: &mut ShellState) -> Result<(), Failure> {
    define(wire)?;
    match record {
        Record::Owed(debts) => owe(debts, wire, seen),
        Record::Struck(debts) => strike(debts, wire, seen),
        Record::Settled => change_restarts(wire, seen, Restarts::settle),
        Record::Run(run) => {
            let line = serde_json::to_string(run).map_err(|error| senseless(&error))? + "\n";
            step(&call("ran", [line.as_str(), &HISTORY.to_string(), &SLACK.to_string()]), wire, seen)
        }
    }
}

fn owe(debts: &[Debt], wire: &mut ShellWire, seen: &mut ShellState) -> Result<(), Failure> {
    // After an error, the file is read again the next time.
    let mut journal = journal(wire, seen)?;
    let lines = lines(debts.iter().cloned().map(Line::Owed))?;
    step(&call("owe", [lines.as_str()]), wire, seen)?;
    for debt in debts {
        journal.owe(debt.clone());
    }
    seen.journal = Some(journal);
    Ok(())
}

fn strike(debts: &[Debt], wire: &mut ShellWire, seen: &mut ShellState) -> Result<(), Failure> {
    let mut journal = journal(wire, seen)?;
    for debt in debts {
        journal.strike(debt);
    }
    let is_paid = journal.owed.is_empty() && journal.unread == 0;
    let lines = if is_paid { String::new() } else { lines(debts.iter().cloned().map(Line::Struck))? };
    step(&call("strike", [lines.as_str()]), wire, seen)?;
    seen.journal = Some(journal);
    Ok(())
}

/// The journal as this session knows it. Only the holder of the lock writes it.
fn journal(wire: &mut ShellWire, seen: &mut ShellState) -> Result<Journal, Failure> {
    if let Some(journal) = seen.journal.take() {
        return Ok(journal);
    }
    let frames = wire.ask(&ask(&Query::Journal))?;
    match answer(&Query::Journal, frames, seen) {
        Some(Answer::Journal(journal)) => Ok(journal),
        Some(Answer::Failed(failure)) => Err(failure),
        _ => Err(Failure::new("the shell does not tell what the journal holds")),
    }
}

fn step(line: &str, wire: &mut ShellWire, seen: &ShellState) -> Result<(), Failure> {
    let mut frames = wire.ask(&format!("(\n{line}\n)"))?;
    done(&mut frames, seen.root)
}

fn lines(lines: impl Iterator<Item = Line>) -> Result<String, Failure> {
    journal::text(lines).map_err(|error| senseless(&error))
}

fn senseless(error: &serde_json::Error) -> Failure {
    Failure::new(format!("an entry for the state directory can't be written: {error}"))
}
