//! How a run, a plan or a command ended on a target: one table, which everything that tells of it reads.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::FailureKind;
use super::event::Mode;
use super::exit::Exit;

/// One row for each ending, in the order in which they are counted up. From a row derive: the word in JSON (its name),
/// the words for people, the exit code, what it weighs among several targets, and the lines of `chefrs --help`.
macro_rules! endings {
    ($($(#[doc = $doc:literal])+ $name:ident: $run:literal, $plan:literal, $exit:expr, $weight:literal;)+) => {
        /// How it ended, in a word.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Ending {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Ending {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            fn row(self) -> EndingRow {
                match self {
                    $(Self::$name => EndingRow {
                        run: $run,
                        plan: $plan,
                        exit: $exit,
                        weight: $weight,
                        meaning: concat!($($doc),+),
                    },)+
                }
            }
        }
    };
}

endings! {
    /// The target is as the recipes declare it.
    Converged: "converged", "up to date", Some(Exit::Success), 0;
    /// It already was (plan).
    NothingToDo: "up to date", "up to date", Some(Exit::Success), 0;
    /// The plan has changes, or can't tell yet.
    Changes: "would change", "would change", Some(Exit::Changes), 1;
    /// The command ended well (exec).
    Succeeded: "succeeded", "succeeded", Some(Exit::Success), 0;
    /// A resource failed, or the command (exec), or the run as a whole.
    Failed: "failed", "would fail", Some(Exit::Failed), 8;
    /// The process of the run was killed.
    CutOff: "cut off", "cut off", Some(Exit::Failed), 7;
    /// A recipe does not compile, or a file of the project is wrong.
    NotCompiled: "not compiled", "not compiled", Some(Exit::Compile), 6;
    /// The target said no: its host key, the account, or sudo.
    Refused: "refused", "refused", Some(Exit::Refused), 5;
    /// The target can't be reached.
    Unreachable: "unreachable", "unreachable", Some(Exit::Unreachable), 4;
    /// The target was reached, and the connection to it was lost.
    Lost: "lost", "lost", Some(Exit::Unreachable), 3;
    /// Another run holds the target.
    Locked: "locked", "locked", Some(Exit::Locked), 2;
    /// It was ended on purpose: Ctrl-C, for example.
    Interrupted: "interrupted", "interrupted", Some(Exit::Interrupted), 9;
    /// The options or arguments are wrong.
    Usage: "usage", "usage", Some(Exit::Usage), 10;
    /// The run ended before this target was started.
    NotStarted: "not started", "not started", None, 0;
}

/// What is to be known of an ending.
struct EndingRow {
    run: &'static str,
    plan: &'static str,
    exit: Option<Exit>,
    weight: u8,
    meaning: &'static str,
}

impl Ending {
    /// As a person reads it: `converged`, `would fail`.
    #[must_use]
    pub fn words(self, mode: Mode) -> &'static str {
        match mode {
            Mode::Run => self.row().run,
            Mode::Plan => self.row().plan,
        }
    }

    /// In a word: as a run or a command has it, else as a plan.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.row().run
    }

    /// What it weighs among several: the weightiest is told by the exit code.
    #[must_use]
    pub fn weight(self) -> u8 {
        self.row().weight
    }

    /// What it means, in a sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.row().meaning.trim()
    }

    /// The exit code that says so; none for what was not begun.
    #[must_use]
    pub fn exit(self) -> Option<Exit> {
        self.row().exit
    }

    /// The first that has this exit code, where nothing more is known.
    #[must_use]
    pub fn of_exit(exit: u8) -> Self {
        let has = |ending: &&Self| ending.exit().is_some_and(|own| own as u8 == exit);
        Self::ALL.iter().find(has).copied().unwrap_or(Self::Failed)
    }

    /// Whether the target is as declared, or nothing went wrong in finding out what it lacks.
    #[must_use]
    pub fn is_well(self) -> bool {
        matches!(self.exit(), Some(Exit::Success | Exit::Changes))
    }

    /// Whether a further attempt is needed because something went wrong on the target, or on the way to it.
    #[must_use]
    pub fn is_failure(self) -> bool {
        !self.is_well() && !self.is_stopped()
    }

    /// Whether it is what somebody wanted who was in a hurry.
    #[must_use]
    pub fn is_stopped(self) -> bool {
        matches!(self.exit(), None | Some(Exit::Interrupted))
    }
}

/// What a failure outside of any resource comes to.
impl From<FailureKind> for Ending {
    fn from(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Failed | FailureKind::Impossible | FailureKind::TimedOut => Self::Failed,
            FailureKind::Refused => Self::Refused,
            FailureKind::Unreachable => Self::Unreachable,
            FailureKind::Lost => Self::Lost,
            FailureKind::Killed => Self::CutOff,
            FailureKind::Locked => Self::Locked,
            FailureKind::Interrupted => Self::Interrupted,
            FailureKind::HeldBack => Self::NotStarted,
        }
    }
}

/// The exit code of the whole: that of the weightiest. What was not begun because somebody interrupted weighs most.
#[must_use]
pub fn exit(endings: impl IntoIterator<Item = Ending>, interrupted: bool) -> Exit {
    let endings: Vec<Ending> = endings.into_iter().collect();
    if interrupted && endings.contains(&Ending::NotStarted) {
        return Exit::Interrupted;
    }
    let weightiest = endings.into_iter().max_by_key(|ending| ending.weight());
    weightiest.and_then(Ending::exit).unwrap_or(Exit::Success)
}
