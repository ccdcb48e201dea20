//! Floor 4: what the control side keeps of its runs: one SQLite file in its state directory.
//!
//! A run is written by a thread of its own, in few and short transactions: one before its first change or half a second
//! after its begin, one for each further half second in which something happens, one when it ends. A run that finds
//! nothing to do in less than half a second is one transaction. The file is in WAL mode, so readers never wait, and two runs
//! at once wait for each other no longer than such a transaction takes. No write is synced by itself: after a crash of the
//! whole machine the last runs may be missing, the file is whole.
//!
//! What is kept is bounded, see [`Bounds`]; older runs go when a run begins or ends, in the same transaction.
//!
//! Nothing here may spoil a run. The first failure is told when the run ends, and what is recorded after it goes nowhere.

use camino::Utf8Path;

use crate::model::error::Failure;

mod alive;
mod bounds;
mod buffer;
mod chunk;
mod file;
mod late_ending;
mod queue;
mod recording;
mod replay;
mod run_notes;
mod runs;
mod store;
mod writer;

pub use bounds::Bounds;
pub use late_ending::SeenEnd;
pub use recording::Recording;
pub use run_notes::{Begun, BegunTarget, EndedTarget};
pub use runs::{NotShown, RecordedRun, State, TargetRecord};
pub use store::{History, NAME};

impl History {
    /// Records a run with the history in a state directory, which the recording opens itself while the run goes on. What is
    /// wrong with it is told at the end. Before the run goes on from the first event that may be a change, the history tells
    /// of it.
    ///
    /// # Errors
    /// No recording can be made.
    pub fn record(directory: &Utf8Path, begun: &Begun<'_>) -> Result<Recording, Failure> {
        Recording::soon(directory, begun)
    }

    /// Writes down that a run has begun. If nothing more comes, the run was cut off.
    ///
    /// # Errors
    /// It can't be written.
    pub fn begin(self, begun: &Begun<'_>) -> Result<Recording, Failure> {
        Recording::begin(self, begun)
    }
}
