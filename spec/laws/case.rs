//! Cases of the laws: generated cookbooks, compiled, and what it is to converge one.

use std::collections::BTreeSet;
use std::iter::Chain;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use camino::Utf8Path;
use chefrs::compile::{Input, compile};
use chefrs::converge::{Options, Summary, converge};
use chefrs::cookbook::Project;
use chefrs::model::collection::Collection;
use chefrs::model::error::Failure;
use chefrs::model::event::{Event, Mode};
use chefrs::target::interrupt::Interrupt;
use serde_json::{Map, json};

use super::generate;
use super::item::Cookbook;
use super::machine::Machine;

/// Number of cookbooks that the laws are tried on, of the seeds from 0 on.
const CASES: u64 = 200;

/// Number of those that begin with old lists of packages.
const OLD_LISTS: u64 = 24;

/// Parts of a run, with restarts of the machine between them, at most: each of several resources may restart it five times.
const PARTS: usize = 20;

/// A cookbook and what it compiles to.
pub struct Case {
    pub seed: u64,
    pub cookbook: Cookbook,
    pub collection: Collection,
}

/// What a run came to.
pub struct Ran {
    pub events: Vec<Event>,
    pub success: bool,
    /// Whether a failure was ignored.
    pub ignored: bool,
}

impl Ran {
    /// Whether nothing was touched, for something that was known before.
    pub fn is_refused(&self) -> bool {
        !self.success && !self.events.iter().any(|event| matches!(event, Event::ActionStarted { .. }))
    }
}

/// All cases, each compiled once. Others where `CHEFRS_SPEC_COOKBOOKS` says so: `3000` as many, `700..900` these seeds.
pub fn cases() -> &'static [Case] {
    static CASES_ONCE: OnceLock<Vec<Case>> = OnceLock::new();
    CASES_ONCE.get_or_init(|| {
        let (mut cases, mut wrong) = (Vec::new(), Vec::new());
        for seed in seeds() {
            let cookbook = generate::cookbook(seed);
            match compiled(&cookbook) {
                Ok(collection) => cases.push(Case { seed, cookbook, collection }),
                Err(why) => wrong.push(format!("seed {seed}: {why}\n{}", cookbook.text())),
            }
        }
        assert!(wrong.is_empty(), "{} cookbooks do not compile:\n{}", wrong.len(), wrong.join("\n"));
        cases
    })
}

/// The resource types that the cookbooks of the usual seeds have a row of.
pub fn types() -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    for seed in 0..CASES {
        let mut items = generate::cookbook(seed).items;
        while let Some(item) = items.pop() {
            items.extend(item.inside.into_iter().flat_map(|(_, rows)| rows));
            types.insert(item.r#type);
        }
    }
    types
}

fn seeds() -> Chain<Range<u64>, Range<u64>> {
    let old_lists = generate::OLD_LISTS..generate::OLD_LISTS + OLD_LISTS;
    let Some(said) = std::env::var_os("CHEFRS_SPEC_COOKBOOKS") else { return (0..CASES).chain(old_lists) };
    let said = said.to_string_lossy();
    let (first, end) = said.split_once("..").unwrap_or(("0", &said));
    let number = |text: &str| text.parse().expect("CHEFRS_SPEC_COOKBOOKS takes numbers");
    (number(first)..number(end)).chain(0..0)
}

/// What a cookbook compiles to, or what is wrong with it.
pub fn compiled(cookbook: &Cookbook) -> Result<Collection, String> {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    for (path, text) in cookbook.files() {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let project = Project::open(root).map_err(|errors| errors.to_string())?;
    let facts = json!({ "hostname": "memory", "platform": "debian" });
    let (facts, run_list) = (facts.as_object().cloned().unwrap_or_else(Map::new), ["main".to_owned()]);
    let input = Input { project: &project, run_list: &run_list, facts: &facts, attributes: &[] };
    compile(&input).map(|compiled| compiled.collection).map_err(|errors| errors.to_string())
}

/// A case of a cookbook that was made smaller, if it still compiles.
pub fn smaller(seed: u64, cookbook: Cookbook) -> Option<Case> {
    let collection = compiled(&cookbook).ok()?;
    Some(Case { seed, cookbook, collection })
}

/// The plan on a machine, which stays as it is.
pub fn plan(collection: &Collection, machine: &Machine) -> Vec<Event> {
    let mut machine = machine.clone();
    let (events, _) = part(collection, &mut machine, Mode::Plan, &mut |_, _| {});
    events
}

/// A run to its end, over restarts of the machine, as one on another machine goes on after them.
pub fn run(collection: &Collection, machine: &mut Machine) -> Ran {
    run_aloud(collection, machine, &mut |_| {})
}

/// The same, with each event told while it happens.
pub fn run_aloud(collection: &Collection, machine: &mut Machine, tell: &mut dyn FnMut(&Event)) -> Ran {
    let mut ran = Ran { events: Vec::new(), success: true, ignored: false };
    for _ in 0..PARTS {
        let (events, summary) = part(collection, machine, Mode::Run, &mut |_, event| tell(event));
        let summary = summary.unwrap_or_else(|failure| panic!("the machine was lost: {failure}"));
        ran.events.extend(events);
        ran.success = summary.success;
        let counts = summary.counts.unwrap_or_default();
        ran.ignored |= counts.ignored > 0;
        if summary.restart.is_none() {
            return ran;
        }
        machine.restarted();
    }
    panic!("the run has restarted the machine {PARTS} times");
}

/// A run that does not come well to its end: the machine's bad luck, or an interrupt with this event.
pub fn cut(collection: &Collection, machine: &mut Machine, interrupt: usize) -> Ran {
    let mut heard = 0;
    let (events, summary) = part(collection, machine, Mode::Run, &mut |wanted, _| {
        if heard == interrupt {
            wanted.finish();
        }
        heard += 1;
    });
    let summary = summary.unwrap_or_default();
    machine.reached_again();
    if summary.restart.is_some() {
        machine.restarted();
    }
    let ignored = summary.counts.is_some_and(|counts| counts.ignored > 0);
    Ran { events, success: summary.success, ignored }
}

fn part(
    collection: &Collection,
    machine: &mut Machine,
    mode: Mode,
    hear: &mut dyn FnMut(&Interrupt, &Event),
) -> (Vec<Event>, Result<Summary, Failure>) {
    let mut events = Vec::new();
    let options = Options { run: "run".into(), ..Options::new(mode) };
    let wanted = options.interrupt.clone();
    let summary = converge(collection, machine, &options, &mut |event| {
        hear(&wanted, &event);
        events.push(event);
    });
    (events, summary)
}

/// What a law says of a case; a panic of the engine breaks every law.
pub fn judged(law: impl Fn(&Case) -> Vec<String>, case: &Case) -> Vec<String> {
    catch_unwind(AssertUnwindSafe(|| law(case))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
        vec![format!("it panicked: {text}")]
    })
}
