//! A plan in words, in reading order: the summary, the diff, the steps, what holds afterwards, what else it brings.

use chefrs::model::change::{Change, Course, Reach};
use chefrs::model::content::Content;
use chefrs::model::error::{Diagnostic, Failure, FailureKind, WayOut};
use chefrs::model::known::{Known, Stop};
use chefrs::model::query::{Answer, FileText, Query};
use chefrs::model::step::Step;
use similar::TextDiff;

use super::declaration::RECIPE;
use super::facts;
use super::facts::content::short;
use super::grammar::Sentence;
use super::steps::{self, Shown};

/// What comes of a declaration.
pub type Outcome = Result<Vec<Change>, Refusal>;

/// Why there are no changes.
#[derive(Debug)]
pub enum Refusal {
    /// The recipe does not compile.
    Compile(Vec<Diagnostic>),
    /// It can't be planned.
    Plan(Stop),
}

/// The outcome as text, each line with its end.
pub fn say(outcome: &Outcome, known: &Known) -> String {
    let lines: Vec<String> = match outcome {
        Ok(changes) if changes.is_empty() => vec!["up to date".to_owned()],
        Ok(changes) => changes.iter().flat_map(|change| say_change(change, known)).collect(),
        Err(Refusal::Compile(found)) => found.iter().flat_map(say_diagnostic).collect(),
        Err(Refusal::Plan(Stop::Wanted(queries))) => {
            queries.iter().map(|query| format!("asks {}", facts::say_query(query).say())).collect()
        }
        Err(Refusal::Plan(Stop::Unknown(until))) => vec![format!("unknown until {until}")],
        Err(Refusal::Plan(Stop::Hindered(until, failure))) => {
            [format!("unknown until {until}")].into_iter().chain(say_failure(failure)).collect()
        }
        Err(Refusal::Plan(Stop::Failed(failure))) => say_failure(failure),
    };
    lines.into_iter().map(|line| line + "\n").collect()
}

/// Text in a line of its own: as a string where it would not fit into one.
fn in_line(text: &str) -> String {
    if text.contains(|c: char| c.is_control() && c != '\t') || text.starts_with('"') {
        return serde_json::to_string(text).expect("a string");
    }
    text.to_owned()
}

fn say_change(change: &Change, known: &Known) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(warning) = &change.warning {
        lines.push(format!("warning: {}", in_line(warning)));
    }
    if let Some(diff) = &change.diff {
        let whole = diff.strip_suffix('\n');
        lines.extend(whole.unwrap_or(diff).split('\n').map(|line| format!("  {}", in_line(line))));
        lines.extend(whole.is_none().then(|| "  (no newline)".to_owned()));
    }
    let shown = shown(change, known);
    lines.extend(change.steps.iter().flat_map(|step| steps::say(step, &shown)));
    if let Some(last) = &change.last {
        let word = if last.needed { "last" } else { "last if wanted" };
        lines.extend(steps::say(&last.step, &shown).into_iter().map(|line| format!("{word} {line}")));
    }
    let groups = change.then.chunk_by(|(one, _), (other, _)| one.path() == other.path());
    lines.extend(groups.flat_map(|group| say_then(group, change)));
    let mut rest =
        Sentence::default().clause_if(change.repeats, ["repeats"]).clause_if(change.is_message, ["message"]);
    if let Some(reach) = change.reach {
        rest = rest.clause(["reaches", say_reach(reach)]);
    }
    for path in &change.obscures {
        rest = rest.clause(["obscures", path.as_str()]);
    }
    for path in &change.makes {
        rest = rest.clause(["makes", path.as_str()]);
    }
    match &change.course {
        Some(Course::Runs(unit)) => rest = rest.clause(["runs", unit]),
        Some(Course::Ends(unit)) => rest = rest.clause(["ends", unit]),
        None => {}
    }
    lines.extend((!rest.is_empty()).then(|| rest.say()));
    let indented = lines.into_iter().map(|line| format!("  {}", line.replace('\n', "\n  ")));
    [in_line(&change.summary)].into_iter().chain(indented).collect()
}

/// The texts that the diff shows whole: with what is there before, it leads to them and to nothing else.
fn shown(change: &Change, known: &Known) -> Shown {
    let text = |step: &Step| match step {
        Step::WriteFile(file) => match &file.content {
            Content::Text(new) => Some((file.path.clone(), new.clone())),
            _ => None,
        },
        _ => None,
    };
    let mut shown: Shown = change.steps.iter().filter_map(text).collect();
    shown.retain(|path, new| {
        let old = match known.peek(&Query::Read(path.clone())) {
            Some(Answer::Read(Some(FileText::Text(old)))) => old,
            _ => "",
        };
        change.diff.as_deref() == Some(&TextDiff::from_lines(old, new.as_str()).unified_diff().to_string())
    });
    shown
}

/// What holds afterwards of one thing.
fn say_then(group: &[(Query, Answer)], change: &Change) -> Vec<String> {
    let written = change.steps.iter().rev().find_map(|step| match step {
        Step::WriteFile(file) if Some(file.path.as_path()) == group[0].0.path() => Some(&file.content),
        _ => None,
    });
    let content = match written {
        Some(Content::Text(text)) => Some(Sentence::default().text(text).say()),
        Some(Content::Blob(blob)) => Some(Sentence::of(["sha256", &short(&blob.sha256)]).say()),
        _ => None,
    };
    let lines = facts::say(group).into_iter().map(Sentence::say);
    let lines =
        lines.map(|line| match content.as_ref().and_then(|content| line.strip_suffix(content.as_str())) {
            Some(ahead) => format!("then {ahead}as written"),
            None => format!("then {line}"),
        });
    lines.collect()
}

fn say_reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Told => "told",
        Reach::Offers => "offers",
        Reach::Running => "running",
        Reach::System => "system",
        Reach::Removal => "removal",
        Reach::Anything => "anything",
    }
}

fn say_diagnostic(found: &Diagnostic) -> Vec<String> {
    let place = found.location.iter().filter(|place| place.file != RECIPE);
    let place = place.map(|place| format!("  at {place}: {}", in_line(&place.excerpt)));
    let notes = found.notes.iter().map(|note| format!("  note: {}", in_line(note)));
    let hints = found.hints.iter().map(|hint| format!("  hint: {}", in_line(hint)));
    let first = format!("refused: {}", in_line(&found.message));
    [first].into_iter().chain(place).chain(notes).chain(hints).collect()
}

fn say_failure(failure: &Failure) -> Vec<String> {
    let mut lines = vec![match failure.kind {
        FailureKind::Failed => format!("fails: {}", in_line(&failure.message)),
        FailureKind::Impossible => format!("impossible: {}", in_line(&failure.message)),
        kind => format!("fails ({kind:?}): {}", in_line(&failure.message)),
    }];
    if let Some(command) = &failure.command {
        lines.push(format!("  command {}", Sentence::of(&command.argv).say()));
        lines.extend(command.status.iter().map(|status| format!("  status: {}", in_line(status))));
        lines.extend(command.output.iter().map(|output| format!("  output: {}", in_line(output))));
    }
    lines.extend(failure.details.iter().map(|detail| format!("  detail: {}", in_line(detail))));
    for (place, hint) in failure.hints.iter().enumerate() {
        let way = failure.ways_out.iter().find(|(of, _)| *of == place).map(|(_, way)| way);
        let word = match way {
            Some(WayOut::Root) => "hint (root)",
            Some(WayOut::State) => "hint (state)",
            None => "hint",
        };
        lines.push(format!("  {word}: {}", in_line(hint)));
    }
    lines
}
