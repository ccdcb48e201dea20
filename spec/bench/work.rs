//! What is measured: the same state by a recipe, by a shell script, and, for files, the loop that no tool can beat; with
//! another chefrs beside it where one is named, so that before and after are one run.

use std::path::Path;

/// The variable that names another chefrs.
pub(crate) const BEFORE: &str = "BENCH_BEFORE";

/// Where the programs, recipes and scripts lie inside the throw-away machine.
pub(crate) const HOME: &str = "/opt/bench";

/// What chefrs is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Against {
    /// Another chefrs.
    Before,
    /// A shell script that makes the same state; for the start, a shell that does nothing.
    Shell,
    /// Stat, read and SHA-256 of the same files; of files that are not there, the stat.
    Floor,
}

/// The state that a work makes, for the check afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// None.
    Nothing,
    /// One small file.
    OneFile,
    /// So many files of 1 KB.
    Files(usize),
    /// The 106 resources.
    Mixed,
}

/// What is wanted of chefrs when there is nothing to change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal {
    pub(crate) limit: Limit,
    /// As the design says it.
    pub(crate) words: &'static str,
}

/// The most that meets a goal.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Limit {
    /// So many times what another takes.
    Times(Against, f64),
    /// So many milliseconds.
    Milliseconds(f64),
}

/// A program that takes its turns.
#[derive(Debug)]
pub(crate) struct Program {
    /// For the table.
    pub(crate) name: &'static str,
    /// What it is to chefrs; nothing for chefrs itself.
    pub(crate) against: Option<Against>,
    pub(crate) argv: Vec<String>,
    /// Variables of its own.
    pub(crate) environment: Vec<(String, String)>,
    /// The exit code that it ends with.
    pub(crate) code: i32,
}

/// One line of the design's table.
#[derive(Debug)]
pub(crate) struct Work {
    /// Name on the command line.
    pub(crate) name: &'static str,
    /// For the table.
    pub(crate) title: &'static str,
    /// State that is made.
    pub(crate) state: State,
    /// Arguments of chefrs.
    chefrs: Vec<&'static str>,
    /// The exit code that it ends with.
    code: i32,
    /// What sh does, for the table.
    beside: &'static str,
    /// Arguments of sh.
    shell: Vec<String>,
    /// Files that the bare loop looks for.
    floor: Option<(&'static str, usize)>,
    /// What is wanted.
    pub(crate) goal: Option<Goal>,
    /// Rounds in which there is nothing to change.
    pub(crate) again: usize,
    /// Rounds from nothing.
    pub(crate) first: usize,
}

/// Equal, within what two runs of one program differ on a busy machine.
const AS_MUCH: f64 = 1.1;

impl Work {
    /// The programs of one round, in the order in which they take turns.
    pub(crate) fn programs(&self) -> Vec<Program> {
        let own = |program: &str| format!("{HOME}/{program}");
        let mut programs = vec![self.chefrs("chefrs", None)];
        // Each keeps its history in a form of its own.
        programs
            .extend(Path::new(&own("before")).exists().then(|| self.chefrs("before", Some(Against::Before))));
        let mut argv = vec!["sh".to_owned()];
        argv.extend(self.shell.iter().cloned());
        let plain = |name, against, argv| Program { name, against, argv, environment: Vec::new(), code: 0 };
        programs.push(plain(self.beside, Some(Against::Shell), argv));
        if let Some((mode, count)) = self.floor {
            let argv = vec![own("bench"), mode.to_owned(), "/srv/bench/files".into(), count.to_string()];
            programs.push(plain("bare loop", Some(Against::Floor), argv));
        }
        programs
    }

    fn chefrs(&self, name: &'static str, against: Option<Against>) -> Program {
        let mut argv = vec![format!("{HOME}/{name}")];
        argv.extend(self.chefrs.iter().map(|word| (*word).to_owned()));
        let state = ("CHEFRS_STATE_DIRECTORY".to_owned(), format!("/var/lib/bench-{name}"));
        Program { name, against, argv, environment: vec![state], code: self.code }
    }
}

/// What most works are held against.
const SCRIPT: &str = "shell script";

/// Everything that can be measured.
pub(crate) fn all() -> Vec<Work> {
    const RUN: [&str; 4] = ["run", "--project", HOME, "-r"];
    let recipe = |name: &'static str, set: Option<&'static str>| {
        let mut words = RUN.to_vec();
        words.push(name);
        words.extend(set.into_iter().flat_map(|set| ["--set", set]));
        words
    };
    let script = |name: &str| format!("{HOME}/shell/{name}.sh");
    vec![
        Work {
            name: "start",
            title: "start: chefrs --version",
            state: State::Nothing,
            chefrs: vec!["--version"],
            code: 0,
            beside: "sh -c true",
            shell: vec!["-c".into(), "true".into()],
            floor: None,
            goal: Some(Goal { limit: Limit::Times(Against::Shell, AS_MUCH), words: "as `sh -c true`" }),
            again: 60,
            first: 0,
        },
        Work {
            name: "one-file",
            title: "one file",
            state: State::OneFile,
            chefrs: recipe("one_file", None),
            code: 0,
            beside: SCRIPT,
            shell: vec![script("one_file")],
            floor: None,
            goal: Some(Goal { limit: Limit::Times(Against::Shell, AS_MUCH), words: "as the script" }),
            again: 30,
            first: 10,
        },
        Work {
            name: "files-100",
            title: "100 files of 1 KB",
            state: State::Files(100),
            chefrs: recipe("files", Some("bench.files=100")),
            code: 0,
            beside: SCRIPT,
            shell: vec![script("files"), "100".into()],
            floor: Some((crate::FLOOR, 100)),
            goal: None,
            again: 15,
            first: 5,
        },
        Work {
            name: "files-2000",
            title: "2000 files of 1 KB",
            state: State::Files(2000),
            chefrs: recipe("files", Some("bench.files=2000")),
            code: 0,
            beside: SCRIPT,
            shell: vec![script("files"), "2000".into()],
            floor: Some((crate::FLOOR, 2000)),
            goal: Some(Goal {
                limit: Limit::Times(Against::Floor, 2.0),
                words: "under 2x of the loop and its start",
            }),
            again: 7,
            first: 2,
        },
        Work {
            name: "mixed",
            title: "106 mixed resources",
            state: State::Mixed,
            chefrs: recipe("mixed", None),
            code: 0,
            beside: SCRIPT,
            shell: vec![script("mixed")],
            floor: None,
            goal: Some(Goal { limit: Limit::Times(Against::Shell, 0.5), words: "under half of the script" }),
            again: 15,
            first: 5,
        },
        Work {
            name: "plan-8000",
            title: "plan of 8000 new files of 1 KB",
            state: State::Nothing,
            chefrs: ["plan", "--project", HOME, "-r", "files", "--set", "bench.files=8000"].into(),
            code: 2,
            beside: "a test for each",
            shell: vec![script("missing"), "8000".into()],
            floor: Some((crate::FLOOR_MISSING, 8000)),
            goal: Some(Goal { limit: Limit::Milliseconds(1000.0), words: "under 1 s" }),
            again: 5,
            first: 0,
        },
        Work {
            name: "compile-1000",
            title: "compile of 1000 resources, each written down",
            state: State::Nothing,
            chefrs: ["compile", "--project", HOME, "-r", "declarations"].into(),
            code: 0,
            beside: "as many calls in sh",
            shell: vec![script("declarations")],
            floor: None,
            goal: Some(Goal { limit: Limit::Milliseconds(20.0), words: "under 20 ms" }),
            again: 30,
            first: 0,
        },
        Work {
            name: "rows-100000",
            title: "compile of 100 000 resources, in a loop",
            state: State::Nothing,
            chefrs: ["compile", "--project", HOME, "-r", "rows"].into(),
            code: 0,
            beside: "as many calls in sh",
            shell: vec![script("rows")],
            floor: None,
            goal: None,
            again: 3,
            first: 0,
        },
    ]
}
