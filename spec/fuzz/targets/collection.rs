//! Collections as agents read them, and what machines answer while they are converged: the first section is a collection
//! as JSON, the second a list of answers as JSON, the third what everything else on the machine says.

use chefrs::converge::{OnFailure, Options, converge};
use chefrs::model::collection::Collection;
use chefrs::model::error::Failure;
use chefrs::model::event::Mode;
use chefrs::model::query::{Answer, CommandResult, End, FileText, Query};
use chefrs::model::step::Step;
use chefrs::target::interrupt::Interrupt;
use chefrs::target::{Progress, Target, pack};

use super::text::sections;

/// Batches of questions after which somebody interrupts the run.
const PATIENCE: usize = 200;

/// Reads a collection, writes it, and converges it on a machine that answers as it is told.
pub fn collection(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut sections = sections(&text);
    let Ok(mut collection) = serde_json::from_str::<Collection>(sections.next().unwrap_or_default()) else {
        return;
    };
    is_read_as_it_was_written(&collection);
    if collection.check_links().is_err() || collection.rows.len() > 50 {
        return;
    }
    for row in &mut collection.rows {
        (row.retries, row.retry_delay) = (row.retries.min(2), 0);
    }
    let answers: Vec<Answer> =
        sections.next().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let text = sections.next().unwrap_or_default();
    for mode in [Mode::Plan, Mode::Run] {
        let interrupt = Interrupt::default();
        let options =
            Options { on_failure: OnFailure::Continue, interrupt: interrupt.clone(), ..Options::new(mode) };
        let mut machine = ToldMachine { answers: &answers, text, batches: 0, interrupt };
        let mut events = 0;
        // That such a machine is lost is no wonder.
        let _ = converge(&collection, &mut machine, &options, &mut |_| events += 1);
        assert!(events > 0);
    }
}

fn is_read_as_it_was_written(collection: &Collection) {
    let bytes = serde_json::to_vec(collection).expect("plain data");
    let unpacked = pack::unpack(&pack::pack(&bytes).expect("there is memory")).expect("it was packed");
    assert!(unpacked == bytes);
    let read: Collection = serde_json::from_slice(&unpacked).expect("it was written so");
    assert_eq!(&read, collection);
    assert_eq!(serde_json::to_vec(&read).expect("plain data"), bytes);
}

/// A machine that answers as it is told, and on which nothing ever changes.
struct ToldMachine<'a> {
    answers: &'a [Answer],
    text: &'a str,
    batches: usize,
    interrupt: Interrupt,
}

impl ToldMachine<'_> {
    /// Each of the fitting answers has its turn.
    fn answer(&self, query: &Query) -> Answer {
        let fitting: Vec<&Answer> = self.answers.iter().filter(|answer| answer.fits(query)).collect();
        if !fitting.is_empty() {
            return fitting[self.batches % fitting.len()].clone();
        }
        let lines = || self.text.lines().map(str::to_owned);
        match query {
            Query::Read(_) => Answer::Read(Some(FileText::Text(self.text.to_owned()))),
            Query::List(_) => Answer::List(Some(lines().collect())),
            Query::Versions { .. } => Answer::Versions(lines().collect()),
            Query::Candidate { .. } => Answer::Candidate(lines().next()),
            Query::Command(_) => Answer::Command(CommandResult {
                end: End::Exit(0),
                stdout: self.text.to_owned(),
                ..CommandResult::default()
            }),
            Query::Stat(_) | Query::Resolve(_) => Answer::Stat(None),
            Query::User(_) => Answer::User(None),
            Query::Group(_) => Answer::Group(None),
            _ => Answer::Failed(Failure::new(self.text)),
        }
    }
}

impl Target for ToldMachine<'_> {
    fn name(&self) -> &'static str {
        "told"
    }

    fn has_ended(&self) -> bool {
        self.interrupt.is_halted()
    }

    fn wait(&mut self, _: std::time::Duration) {
        self.batches += 1;
    }

    fn ask(&mut self, queries: &[Query]) -> Result<Vec<Answer>, Failure> {
        self.batches += 1;
        if self.batches > PATIENCE {
            self.interrupt.finish();
        }
        if self.batches > PATIENCE * 10 {
            return Err(Failure::new("it is lost"));
        }
        Ok(queries.iter().map(|query| self.answer(query)).collect())
    }

    fn apply(&mut self, _: &Step, progress: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        self.text.lines().take(20).for_each(|line| progress(Progress::Output(line.to_owned())));
        Ok(())
    }
}
