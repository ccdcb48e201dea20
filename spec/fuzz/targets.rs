//! What reads strangers' bytes, each as one function of bytes. It does not panic, ends soon, and takes little memory,
//! whatever they are; what must hold beyond that is asserted.

mod archive;
mod collection;
mod edits;
mod frames;
mod ground;
mod machine;
mod names;
mod project;
mod shell;
mod template;
mod text;
mod told;

pub use archive::archive;
pub use collection::collection;
pub use edits::{edited, edits};
pub use frames::frames;
pub use machine::machine;
pub use names::names;
pub use project::{inventory, project};
pub use shell::shell;
pub use template::template;
pub use told::told;

/// One of them.
pub type Target = fn(&[u8]);

/// All of them, by the names of their corpora.
pub const TARGETS: [(&str, Target); 11] = [
    ("archive", archive),
    ("collection", collection),
    ("edits", edits),
    ("frames", frames),
    ("inventory", inventory),
    ("machine", machine),
    ("names", names),
    ("project", project),
    ("shell", shell),
    ("template", template),
    ("told", told),
];
