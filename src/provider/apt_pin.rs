//! Preferences of apt: apt_preferences(5).

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::content::Content;
use crate::model::error::Failure;
use crate::model::step::Attributes;
use crate::provider::file_state::FileState;

/// Directory of the preferences.
const DIRECTORY: &str = "/etc/apt/preferences.d";

/// A preference.
pub struct AptPin<'a> {
    /// The resource that declares it, for the first line.
    pub by: &'a str,
    /// The packages it is about, as apt has them: `nginx*`, `*`.
    pub packages: &'a str,
    /// Where they come from: `origin "deb.example.org"`.
    pub pin: &'a str,
    /// Its priority.
    pub priority: i32,
}

impl AptPin<'_> {
    /// The text of its file.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { by, packages, pin, priority } = self;
        format!(
            "# {by}, written by chefrs: changes made here by hand will be lost.\n\
             Package: {packages}\nPin: {pin}\nPin-Priority: {priority}\n"
        )
    }
}

/// The file of preferences with this name, and its content.
#[must_use]
pub fn file(name: &str, text: Option<String>) -> FileState {
    FileState {
        path: path(name),
        content: text.map(Content::Text),
        attributes: Attributes { owner: Some("root".into()), group: Some("root".into()), mode: Some(0o644) },
        ..FileState::default()
    }
}

/// The file of preferences with this name.
#[must_use]
pub fn path(name: &str) -> Utf8PathBuf {
    Utf8Path::new(DIRECTORY).join(format!("{}.pref", name.replace('.', "-")))
}

/// Fails for a name that apt would pass over, or that is no file name.
///
/// # Errors
/// A sentence that says what a name has.
pub fn check_name(noun: &str, name: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(plain) {
        return Ok(());
    }
    Err(Failure::new(format!("`{}` can't be the name of a {noun}", name.escape_debug()))
        .hint("its file has that name: letters, digits, `_`, `-` and `.`, and a letter or digit first"))
}

/// Fails for a priority that apt does not take.
///
/// # Errors
/// A sentence that says so.
pub fn check_priority(property: &str, priority: i32) -> Result<(), Failure> {
    if priority != 0 && (-32768..=32767).contains(&priority) {
        return Ok(());
    }
    Err(Failure::new(format!("`{property}` can't be {priority}"))
        .hint("usual ones: 1001 allows downgrades, 990 wins over other releases, 100 is for updates alone, -1 forbids"))
}
