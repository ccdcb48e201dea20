//! The commands of `verify`, in the request that writes the draft.

use std::fmt::Write as _;

use camino::Utf8Path;

use super::command::{self, CommandOutput, SHOWN};
use super::wire::{AnswerLine, Frames, ShellWire};
use crate::model::error::Failure;
use crate::model::step::Command;
use crate::target::Progress;
use crate::target::local::write::VERIFY_TIMEOUT;
use crate::target::quote::quote;

/// The checks of a draft, and what the last of them has printed so far.
pub(super) struct DraftChecks<'a> {
    declared: &'a [Command],
    printed: CommandOutput,
}

impl<'a> DraftChecks<'a> {
    pub(super) fn of(declared: &'a [Command]) -> Self {
        Self { declared, printed: CommandOutput::default() }
    }

    /// The function `check`, which runs them on `$drafted`. The first that fails ends the step.
    pub(super) fn script(&self, wire: &ShellWire) -> String {
        let mark = format!("draft-{}", wire.word());
        let checks: Vec<Command> = self.declared.iter().map(|check| on_draft(check, &mark)).collect();
        // Only the script knows the path of the draft, so close the quotes around it.
        let script = run_all(&checks, wire).replace(&mark, "'\"$drafted\"'");
        format!("check() {{\n{script}\n:\n}}\n")
    }

    /// Handles a frame if it is output of a check. Returns whether it was.
    pub(super) fn take(&mut self, frame: &AnswerLine, progress: &mut dyn FnMut(Progress)) -> bool {
        if frame.key == "check" {
            self.printed = CommandOutput::default();
        }
        self.printed.take(frame, progress)
    }

    /// Fails if one of them refused the draft.
    ///
    /// # Errors
    /// What it printed.
    pub(super) fn judge(
        self,
        frames: &mut Frames,
        path: &Utf8Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), Failure> {
        let Some(check) = refused(frames).and_then(|failed| self.declared.get(failed)) else { return Ok(()) };
        // Shown as it was declared, because the name of the draft means nothing to the user.
        let ran = self.printed.finish(frames, check, VERIFY_TIMEOUT, progress);
        let failure = ran.accept(check).err().unwrap_or_default();
        let message = format!("the new content of `{path}` was refused by its check: {}", failure.message);
        Err(Failure { message, ..failure }.hint(format!("nothing was replaced: `{path}` is as it was")))
    }
}

/// Replaces `{path}` in a check by a mark.
fn on_draft(check: &Command, mark: &str) -> Command {
    let argv = check.argv.iter().map(|word| word.replace("{path}", mark)).collect();
    Command { argv, ..check.clone() }
}

/// Runs all checks. The first that fails ends the step.
fn run_all(checks: &[Command], wire: &ShellWire) -> String {
    let mut script = String::new();
    for (index, check) in checks.iter().enumerate() {
        let returns: Vec<String> = if check.returns.is_empty() {
            vec!["0".into()]
        } else {
            check.returns.iter().map(ToString::to_string).collect()
        };
        let run = match command::script(check, wire, VERIFY_TIMEOUT, SHOWN) {
            run if run.is_empty() => "false".to_owned(),
            run => run,
        };
        let accepted: Vec<String> = returns.iter().map(|status| quote(status)).collect();
        // Writing to a string can't fail. The rest of this request is still coming, so the shell can't listen for an
        // interrupt.
        let _ = write!(
            script,
            "bound=check\nput check {index}\n{run}\ncase $? in {}) ;; *) put refused {index}; exit 1 ;; esac\n",
            accepted.join(" | ")
        );
    }
    script
}

/// The index of the check that failed. Drops the output of the others.
fn refused(frames: &mut Frames) -> Option<usize> {
    let last = frames.0.iter().rposition(|frame| frame.key == "check")?;
    let refused = frames.0.iter().find(|frame| frame.key == "refused").map(AnswerLine::text);
    frames.0.drain(..=last);
    if refused.is_none() {
        frames.0.retain(|frame| matches!(frame.key.as_str(), "done" | "fail" | "word"));
    }
    refused?.parse().ok()
}
