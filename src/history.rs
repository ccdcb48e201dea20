//! Floor 4: the history of runs on the control side: one SQLite file in its state directory.
//!
//! A thread writes each run in few and short transactions: one before its first change or half a second after its
//! start, one for each further half second with events, and one at its end. A run that finds nothing to do within half
//! a second is one transaction. The file is in WAL mode, so readers never wait, and two runs wait for each other only
//! for the time of a transaction. Writes are not synced: after a crash of the machine the last runs may be missing, but
//! the file is valid.
//!
//! Its size is limited, see [`Bounds`]. Old runs are removed when a run starts or ends, in the same transaction.
//!
//! The history must not spoil a run. Its first failure is reported at the end of the run, and nothing more is recorded
//! after it.

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
    /// Records a run in the history of a state directory. The file is opened in the background, and errors are reported
    /// at the end of the run. At the first event that may be a change, the run waits until it is recorded.
    ///
    /// # Errors
    /// The recording can't be started.
    pub fn record(directory: &Utf8Path, begun: &Begun<'_>) -> Result<Recording, Failure> {
        Recording::soon(directory, begun)
    }

    /// Records the start of a run. If nothing follows, the run counts as cut off.
    ///
    /// # Errors
    /// It can't be written.
    pub fn begin(self, begun: &Begun<'_>) -> Result<Recording, Failure> {
        Recording::begin(self, begun)
    }
}
