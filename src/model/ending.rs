//! How a run, a plan or a command ended on a target. All code and texts about endings use this one table.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::FailureKind;
use super::event::Mode;
use super::exit::Exit;
use crate::model::sorted;

/// Defines the endings, one row each, in the order in which they are listed in summaries. A row gives the name in JSON,
/// the words for a run and for a plan, the exit code, the weight among several targets, and the line in `chefrs
/// --help`.
macro_rules! endings {
    ($($(#[doc = $doc:literal])+ $name:ident: $run:literal, $plan:literal, $exit:expr, $weight:literal;)+) => {
        /// How it ended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Ending {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Ending {
            /// All endings.
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
    /// The plan has no changes.
    NothingToDo: "up to date", "up to date", Some(Exit::Success), 0;
    /// The plan has changes, or results that are still unknown.
    Changes: "would change", "would change", Some(Exit::Changes), 1;
    /// The command succeeded (exec).
    Succeeded: "succeeded", "succeeded", Some(Exit::Success), 0;
    /// A resource, a test, the run as a whole, or the command (exec) failed.
    Failed: "failed", "would fail", Some(Exit::Failed), 8;
    /// The process of the run was killed.
    CutOff: "cut off", "cut off", Some(Exit::Failed), 7;
    /// A recipe does not compile, or a file of the project is wrong.
    NotCompiled: "not compiled", "not compiled", Some(Exit::Compile), 6;
    /// The target refused access: host key, account, or sudo.
    Refused: "refused", "refused", Some(Exit::Refused), 5;
    /// The target can't be reached.
    Unreachable: "unreachable", "unreachable", Some(Exit::Unreachable), 4;
    /// The connection to the target was lost during the run.
    Lost: "lost", "lost", Some(Exit::Unreachable), 3;
    /// Another run holds the lock of the target.
    Locked: "locked", "locked", Some(Exit::Locked), 2;
    /// It was stopped on purpose, for example with Ctrl-C.
    Interrupted: "interrupted", "interrupted", Some(Exit::Interrupted), 9;
    /// The options or arguments are wrong.
    Usage: "usage", "usage", Some(Exit::Usage), 10;
    /// The run ended before this target was started.
    NotStarted: "not started", "not started", None, 0;
}

/// The data of one ending.
struct EndingRow {
    run: &'static str,
    plan: &'static str,
    exit: Option<Exit>,
    weight: u8,
    meaning: &'static str,
}

impl Ending {
    /// The words for people in this mode: `converged`, `would fail`.
    #[must_use]
    pub fn words(self, mode: Mode) -> &'static str {
        match mode {
            Mode::Run => self.row().run,
            Mode::Plan => self.row().plan,
        }
    }

    /// One word for all modes: that of a run or command, or else that of a plan.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.row().run
    }

    /// The weight among several targets. The heaviest ending decides the exit code.
    #[must_use]
    pub fn weight(self) -> u8 {
        self.row().weight
    }

    /// The meaning, as a sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.row().meaning.trim()
    }

    /// The exit code, or `None` for a target that was not started.
    #[must_use]
    pub fn exit(self) -> Option<Exit> {
        self.row().exit
    }

    /// The first ending with this exit code, for when nothing else is known.
    #[must_use]
    pub fn of_exit(exit: u8) -> Self {
        let has = |ending: &&Self| ending.exit().is_some_and(|own| own as u8 == exit);
        Self::ALL.iter().find(has).copied().unwrap_or(Self::Failed)
    }

    /// Whether the target is as declared, or its changes were found without an error.
    #[must_use]
    pub fn is_well(self) -> bool {
        matches!(self.exit(), Some(Exit::Success | Exit::Changes))
    }

    /// Whether to try again because something failed on the target or on the way to it.
    #[must_use]
    pub fn is_failure(self) -> bool {
        !self.is_well() && !self.is_stopped()
    }

    /// Whether a user stopped it.
    #[must_use]
    pub fn is_stopped(self) -> bool {
        matches!(self.exit(), None | Some(Exit::Interrupted))
    }
}

/// The ending for a failure that belongs to no resource.
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

/// The exit code of several targets: that of the heaviest ending. Targets that were not started because of an interrupt
/// weigh most.
#[must_use]
pub fn exit(endings: impl IntoIterator<Item = Ending>, interrupted: bool) -> Exit {
    let endings: Vec<Ending> = endings.into_iter().collect();
    if interrupted && endings.contains(&Ending::NotStarted) {
        return Exit::Interrupted;
    }
    let weightiest = endings.into_iter().max_by_key(|ending| ending.weight());
    weightiest.and_then(Ending::exit).unwrap_or(Exit::Success)
}

/// The exit codes in the order in which they decide about that of several targets. Usage errors are reported before any
/// target is started.
#[must_use]
pub fn by_weight() -> Vec<Exit> {
    let mut endings = Ending::ALL.to_vec();
    endings.retain(|ending| ending.exit() != Some(Exit::Usage));
    sorted::sort_by_key(&mut endings, |ending| std::cmp::Reverse(ending.weight()));
    let mut exits: Vec<Exit> = endings.into_iter().filter_map(Ending::exit).collect();
    exits.dedup();
    exits
}
