//! Floor 6: writes a collection in other forms: a shell script, notes for people, or another tool's code.
//!
//! An [`ExportOutline`] says what all forms need to know: the rows in order with their guards, and the plain things that their
//! actions mean. Each form is one file, with a line in [`FORMS`]. The same collection and facts give the same bytes.

mod alone;
mod ansible;
mod base64_lines;
mod chef;
mod cloud_init;
mod container_image;
mod form;
mod guards;
mod heading;
mod kept;
mod later;
mod line;
mod loss;
mod markdown;
mod outline;
mod outlined;
mod puppet;
mod quoting;
mod salt;
mod sequence;
mod sh;
mod shell_words;
mod yaml;

pub use form::ExportForm;
pub use loss::{ExportLoss, ExportedFile};
pub use outline::outline;
pub use outlined::{ExportOutline, OutlinedAction, OutlinedGuard, OutlinedRow, OutlinedTest};

/// All forms.
pub static FORMS: &[ExportForm] = &[
    sh::FORM,
    markdown::FORM,
    container_image::FORM,
    cloud_init::FORM,
    ansible::FORM,
    puppet::FORM,
    chef::FORM,
    salt::FORM,
];

/// Finds a form by name.
#[must_use]
pub fn find(name: &str) -> Option<&'static ExportForm> {
    FORMS.iter().find(|form| form.name == name)
}
