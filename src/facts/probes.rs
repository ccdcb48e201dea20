//! Answers to the probes of cookbooks. What is not there is a value: an empty list, or null. What hangs or lies is an error,
//! because a plan must not be made of it.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde_json::{Map, Value, json};

use crate::model::english::{count, one_line};
use crate::model::error::{Diagnostic, Diagnostics, Failure};
use crate::model::pattern::matches;
use crate::model::probe::{LONGEST, OutputForm, Probe, ProbeQuestion, TEXT_LIMIT, TIMEOUT, forbidden};
use crate::model::query::{Answer, CommandResult, End, FileText, MOUNTS, Query};
use crate::model::schema::TextPattern;
use crate::model::step::Command;
use crate::provider::mount_table;
use crate::target::Target;

/// Why probes have no answers.
#[derive(Debug)]
pub enum Unanswered {
    /// The target was lost.
    Lost(Failure),
    /// What is wrong with answers, each with the place of the probe.
    Wrong(Diagnostics),
}

impl From<Failure> for Unanswered {
    fn from(failure: Failure) -> Self {
        Self::Lost(failure)
    }
}

/// Asks a target all probes with one batch of queries, and once more if packages are among them. Returns the answers by
/// cookbook and name.
///
/// # Errors
/// The target was lost, a command hangs, or an answer is none.
pub fn ask(target: &mut dyn Target, probes: &[Probe]) -> Result<Map<String, Value>, Unanswered> {
    let asked: Vec<Vec<Query>> = probes.iter().map(|probe| queries(&probe.question)).collect();
    let mut answers = target.ask(&asked.concat())?.into_iter();
    let mut found = Map::new();
    let mut wrong = Vec::new();
    let mut installed = None;
    for (probe, asked) in probes.iter().zip(asked) {
        let mut own: Vec<Answer> = answers.by_ref().take(asked.len()).collect();
        if let (ProbeQuestion::Packages(_), [Answer::Host(host)]) = (&probe.question, &own[..]) {
            if installed.is_none() {
                installed = Some(packages(target, host.package_manager.clone())?);
            }
            own = installed.clone().into_iter().collect();
        }
        let answer = read(&probe.question, own).and_then(|answer| match forbidden(&answer) {
            Some(why) => Err(Problem::new(format!("gave an answer that {why}"))),
            None => Ok(answer),
        });
        match answer {
            Ok(answer) => {
                let book = found.entry(probe.cookbook.clone()).or_insert_with(|| json!({}));
                if let Value::Object(book) = book {
                    book.insert(probe.name.clone(), answer);
                }
            }
            Err(problem) => wrong.push(problem.of(probe, target.name())),
        }
    }
    if wrong.is_empty() { Ok(found) } else { Err(Unanswered::Wrong(Diagnostics(wrong))) }
}

/// What is wrong with an answer, to complete "the probe `x` …".
struct Problem {
    message: String,
    notes: Vec<String>,
    hints: Vec<String>,
}

impl Problem {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), notes: Vec::new(), hints: Vec::new() }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    fn of(self, probe: &Probe, target: &str) -> Diagnostic {
        let Self { message, notes, hints } = self;
        let message = one_line(&format!("the probe `{}` {message}, on `{target}`", probe.path()));
        let diagnostic = Diagnostic::error(message).at(probe.location.clone());
        let diagnostic = notes.iter().fold(diagnostic, |wrong, note| wrong.note(one_line(note)));
        hints.into_iter().fold(diagnostic, Diagnostic::hint)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let notes = failure.evidence().map(str::to_owned).collect();
        Self { message: format!("has no answer: {}", failure.message), notes, hints: failure.hints }
    }
}

fn queries(question: &ProbeQuestion) -> Vec<Query> {
    let run = |command: Command| Query::Command(Box::new(command));
    match question {
        ProbeQuestion::Units(kind) => {
            let list = |verb: &str| {
                let options = ["--all", "--full", "--plain", "--no-legend", "--no-pager"];
                let words = ["systemctl", verb].into_iter().chain(options).map(str::to_owned);
                run(Command { timeout: TIMEOUT, ..Command::new(words.chain([format!("--type={kind}")])) })
            };
            vec![list("list-units"), list("list-unit-files")]
        }
        // Which package manager to ask.
        ProbeQuestion::Packages(_) => vec![Query::Host],
        ProbeQuestion::Mounts => vec![Query::Read(MOUNTS.into())],
        ProbeQuestion::File(path) => vec![Query::Read(Utf8PathBuf::from(path.as_str()))],
        ProbeQuestion::Command(command, _) | ProbeQuestion::Version(command, _) => {
            let timeout = if command.timeout == 0 { TIMEOUT } else { command.timeout.min(LONGEST) };
            vec![run(Command { timeout, ..command.clone() })]
        }
    }
}

/// The installed packages. None where there is no package manager.
fn packages(target: &mut dyn Target, manager: Option<String>) -> Result<Answer, Failure> {
    let Some(manager) = manager else { return Ok(Answer::InstalledPackages(Vec::new())) };
    let answer = target.ask(&[Query::InstalledPackages { manager }])?.into_iter().next();
    answer.ok_or_else(|| Failure::new("the target does not tell what is installed"))
}

fn read(question: &ProbeQuestion, answers: Vec<Answer>) -> Result<Value, Problem> {
    if let Some(Answer::Failed(failure)) = answers.iter().find(|answer| matches!(answer, Answer::Failed(_))) {
        return Err(failure.clone().into());
    }
    let mut answers = answers.into_iter();
    match (question, answers.next(), answers.next()) {
        (ProbeQuestion::Units(_), Some(Answer::Command(units)), Some(Answer::Command(files))) => {
            read_units(&listed(units)?, &listed(files)?)
        }
        (ProbeQuestion::Packages(names), Some(Answer::InstalledPackages(packages)), _) => {
            let wanted = |name: &str| names.is_empty() || names.iter().any(|pattern| matches(pattern, name));
            let packages = packages.iter().filter(|(name, _)| wanted(name));
            Ok(packages.map(|(name, version)| json!({ "name": name, "version": version })).collect())
        }
        (ProbeQuestion::Mounts, Some(Answer::Read(None)), _) => Ok(json!([])),
        (ProbeQuestion::Mounts, Some(Answer::Read(Some(FileText::Text(table)))), _) => {
            Ok(mount_table::all(&table).map(|mounted| read_mount(&mounted)).collect())
        }
        (ProbeQuestion::File(_), Some(Answer::Read(text)), _) => {
            Ok(whole_text(text)?.map_or(Value::Null, Value::String))
        }
        (ProbeQuestion::Command(command, form), Some(Answer::Command(result)), _) => {
            let is_read = matches!(result.end, End::Exit(status) if command.accepts(status));
            let printed = printed(result, TEXT_LIMIT)?;
            if is_read { read_output(printed, *form) } else { Ok(Value::Null) }
        }
        (ProbeQuestion::Version(_, pattern), Some(Answer::Command(result)), _) => {
            let is_there = matches!(result.end, End::Exit(status) if !matches!(status, 126 | 127));
            // Some programs print it as an error.
            let further = format!("\n{}", result.stderr);
            let text = printed(result, TEXT_LIMIT)? + &further;
            let pattern = TextPattern::parse(pattern)?;
            Ok(pattern.first(&text).filter(|_| is_there).map_or(Value::Null, Value::from))
        }
        _ => Err(Problem::new("got an answer to another question")),
    }
}

fn read_mount(mounted: &mount_table::Mounted<'_>) -> Value {
    let mount_table::Mounted { point, options, kind, source, .. } = mounted;
    json!({ "mount_point": point, "device": source, "fstype": kind, "options": options })
}

/// The whole text of a file. None if there is no file.
fn whole_text(text: Option<FileText>) -> Result<Option<String>, Problem> {
    match text {
        None => Ok(None),
        Some(FileText::Text(text)) if text.len() <= TEXT_LIMIT => Ok(Some(text)),
        Some(_) => Err(Problem::new("read a file that is too large or no text")
            .hint(format!("a probe reads UTF-8 text of up to {} KiB", TEXT_LIMIT >> 10))),
    }
}

/// What a command printed to its end, whatever its exit status is. Nothing if it can't be run.
fn printed(result: CommandResult, limit: usize) -> Result<String, Problem> {
    let CommandResult { end, stdout, is_part, .. } = result;
    match end {
        End::TimedOut(seconds) => {
            let seconds = count(usize::try_from(seconds).unwrap_or(usize::MAX), "second");
            return Err(Problem::new(format!("did not end within {seconds}"))
                .hint(format!("`timeout` of its command gives it longer, up to {LONGEST} seconds")));
        }
        End::Signal(_) => return Err(Problem::new(format!("runs a command that was {end}"))),
        End::Exit(_) | End::NotStarted(_) => {}
    }
    if stdout.len() > limit {
        return Err(Problem::new(format!("printed more than {} KiB", limit >> 10))
            .hint("let its command print only what the cookbook reads"));
    }
    if is_part {
        return Err(Problem::new("printed more than 1 MiB, or bytes that are not UTF-8 text"));
    }
    Ok(stdout)
}

/// What `systemctl` listed. Nothing where it is not, or systemd does not run.
fn listed(result: CommandResult) -> Result<String, Problem> {
    let is_well = result.end == End::Exit(0);
    let text = printed(result, usize::MAX)?;
    Ok(if is_well { text } else { String::new() })
}

fn read_output(mut text: String, form: OutputForm) -> Result<Value, Problem> {
    match form {
        OutputForm::Text => {
            if text.ends_with('\n') {
                text.pop();
            }
            Ok(text.into())
        }
        OutputForm::Lines => Ok(text.lines().collect()),
        OutputForm::Json => serde_json::from_str(&text).map_err(|error| {
            Problem::new(format!("printed no JSON: {error}")).hint("`read = \"text\"` takes any text")
        }),
    }
}

/// Units, sorted by name. Those that are only named by others, templates, and other names of a unit are left out.
fn read_units(units: &str, files: &str) -> Result<Value, Problem> {
    let mut found: BTreeMap<&str, [&str; 3]> = BTreeMap::new();
    let senseless =
        |line: &str| Problem::new(format!("read a line of systemctl that tells of no unit: {line}"));
    for line in units.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split_ascii_whitespace();
        match [words.next(), words.next(), words.next(), words.next()] {
            [Some(_), Some("not-found"), ..] => {}
            [Some(name), Some(_), Some(active), Some(sub)] => drop(found.insert(name, [active, sub, ""])),
            _ => return Err(senseless(line)),
        }
    }
    for line in files.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split_ascii_whitespace();
        match [words.next(), words.next()] {
            [Some(name), Some(state)] if name.contains("@.") || state == "alias" => {}
            [Some(name), Some(state)] => found.entry(name).or_insert(["inactive", "dead", ""])[2] = state,
            _ => return Err(senseless(line)),
        }
    }
    let unit = |(name, [active, sub, state]): (&str, [&str; 3])| json!({ "name": name, "active": active, "sub": sub, "state": state });
    Ok(found.into_iter().map(unit).collect())
}
