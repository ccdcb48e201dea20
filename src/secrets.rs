//! Floor 5: where secrets come from: the environment, encrypted files of the project, files in the format of SOPS, and a
//! program that the project names.
//!
//! Files are in the format of age (<https://age-encryption.org/v1>), for public keys of age and of SSH. Nothing is
//! looked at before a run needs a secret that is not in the environment.

mod addressee;
mod asking;
mod encrypted;
mod identity;
mod missing;
mod recipient;
mod sources;
mod value;

pub use addressee::Addressee;
pub use asking::AskingNode;
pub use encrypted::{addressees, encrypt};
pub use identity::{Identities, LockedKey, generate};
pub use recipient::{RecipientList, StaleFile};
pub use sources::SecretSources;
