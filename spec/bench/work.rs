//! What is measured: the same state by a recipe, by a shell script, and, for files, the loop that no tool can beat.

/// Where the programs, recipes and scripts lie inside the throw-away machine.
pub(crate) const HOME: &str = "/opt/bench";

/// What chefrs is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Against {
    /// A shell script that makes the same state; for the start, a shell that does nothing.
    Shell,
    /// Stat, read and SHA-256 of the same files.
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

/// A goal: chefrs takes at most so many times what the other takes, when there is nothing to change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal {
    /// The other.
    pub(crate) against: Against,
    /// Largest ratio that meets it.
    pub(crate) limit: f64,
    /// As the design says it.
    pub(crate) words: &'static str,
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
    /// Arguments of sh.
    shell: Vec<String>,
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
    pub(crate) fn programs(&self) -> Vec<(&'static str, Option<Against>, Vec<String>)> {
        let own = |program: &str| format!("{HOME}/{program}");
        let mut chefrs = vec![own("chefrs")];
        chefrs.extend(self.chefrs.iter().map(|word| (*word).to_owned()));
        let mut shell = vec!["sh".to_owned()];
        shell.extend(self.shell.iter().cloned());
        let beside = if self.state == State::Nothing { "sh -c true" } else { "shell script" };
        let mut programs = vec![("chefrs", None, chefrs), (beside, Some(Against::Shell), shell)];
        if let State::Files(count) = self.state {
            let floor =
                vec![own("bench"), crate::FLOOR.to_owned(), "/srv/bench/files".into(), count.to_string()];
            programs.push(("bare loop", Some(Against::Floor), floor));
        }
        programs
    }
}

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
            shell: vec!["-c".into(), "true".into()],
            goal: Some(Goal { against: Against::Shell, limit: AS_MUCH, words: "as `sh -c true`" }),
            again: 60,
            first: 0,
        },
        Work {
            name: "one-file",
            title: "one file",
            state: State::OneFile,
            chefrs: recipe("one_file", None),
            shell: vec![script("one_file")],
            goal: Some(Goal { against: Against::Shell, limit: AS_MUCH, words: "as the script" }),
            again: 30,
            first: 10,
        },
        Work {
            name: "files-100",
            title: "100 files of 1 KB",
            state: State::Files(100),
            chefrs: recipe("files", Some("bench.files=100")),
            shell: vec![script("files"), "100".into()],
            goal: None,
            again: 15,
            first: 5,
        },
        Work {
            name: "files-2000",
            title: "2000 files of 1 KB",
            state: State::Files(2000),
            chefrs: recipe("files", Some("bench.files=2000")),
            shell: vec![script("files"), "2000".into()],
            goal: Some(Goal {
                against: Against::Floor,
                limit: 2.0,
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
            shell: vec![script("mixed")],
            goal: Some(Goal { against: Against::Shell, limit: 0.5, words: "under half of the script" }),
            again: 15,
            first: 5,
        },
    ]
}
