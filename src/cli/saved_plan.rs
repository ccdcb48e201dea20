//! The file of a saved plan.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::content::sha256;
use crate::model::english::{count, one_line};
use crate::model::error::{Diagnostic, Failure};
use crate::model::foreseen::Foreseen;
use crate::target::local::own_file::OwnFile;

/// Version of the file's form.
const SCHEMA: u64 = 1;
/// Largest file that is read.
const LIMIT: u64 = 256 << 20;
/// How far the clocks of two machines may differ, in seconds.
const SKEW: i64 = 300;

/// A saved plan. It has no secrets: reports mask them, and the collections have only their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedPlan {
    schema: u64,
    /// Version of chefrs.
    chefrs: String,
    /// When it was made, RFC 3339 in UTC.
    made: String,
    /// Seconds for which it can be applied.
    valid_for: u64,
    /// Directory of the project.
    pub(super) project: Utf8PathBuf,
    /// The words of the command line that decide what is done.
    pub(super) words: Vec<String>,
    pub(super) targets: Vec<SavedTarget>,
}

/// What was planned for one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedTarget {
    pub(super) name: String,
    pub(super) marks: TargetMarks,
    pub(super) foreseen: Foreseen,
}

/// By what a machine and what was compiled for it are known again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetMarks {
    /// Digest of the machine's id, or of its name if it has no id.
    pub(super) machine: String,
    pub(super) hostname: String,
    /// Digest of the collection.
    pub(super) collection: String,
    /// The first digits of the digest of each row, one after the other.
    pub(super) rows: String,
}

impl SavedPlan {
    /// A plan that is made now.
    pub(super) fn new(
        now: &str,
        valid_for: u64,
        (project, words): (Utf8PathBuf, Vec<String>),
        targets: Vec<SavedTarget>,
    ) -> Self {
        Self {
            schema: SCHEMA,
            chefrs: env!("CARGO_PKG_VERSION").to_owned(),
            made: now.to_owned(),
            valid_for,
            project,
            words,
            targets,
        }
    }

    /// Writes the file: whole, or nothing of it.
    ///
    /// # Errors
    /// The disk is full, or the place is not as it was.
    pub(super) fn write(&self, file: &OwnFile) -> Result<(), Failure> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            plan: &'a SavedPlan,
            sum: String,
        }
        let unwritten = |error: std::io::Error| Failure::new(error.to_string());
        let value = serde_json::to_value(self).map_err(|error| unwritten(error.into()))?;
        let whole = Whole { plan: self, sum: sum(&value) };
        let mut text = serde_json::to_vec_pretty(&whole).map_err(|error| unwritten(error.into()))?;
        text.push(b'\n');
        let mut gathered = file.gathered()?;
        gathered.write_all(&text).and_then(|()| gathered.rewind()).map_err(unwritten)?;
        file.write(&mut gathered)
    }

    /// Reads a file, and checks that it is whole, as it was written, and of this version.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(path: &Utf8Path) -> Result<Self, Diagnostic> {
        let name = one_line(path.as_str());
        let is_none = || Diagnostic::error(format!("`{name}` is not a saved plan"));
        let text = text(path).map_err(|why| Diagnostic::error(format!("`{name}` {why}")))?;
        let mut whole: Value = serde_json::from_slice(&text).map_err(|error| {
            if error.is_eof() && text.starts_with(b"{") {
                return Diagnostic::error(format!("`{name}` is cut short: it is not a whole plan"));
            }
            is_none()
        })?;
        let schema = whole.get("schema").and_then(Value::as_u64).filter(|_| whole.get("words").is_some());
        match schema {
            None => return Err(is_none()),
            Some(SCHEMA) => {}
            Some(other) => {
                return Err(Diagnostic::error(format!(
                    "`{name}` is a saved plan of form {other}, and this version of chefrs reads form {SCHEMA}"
                )));
            }
        }
        let written = whole.as_object_mut().and_then(|members| members.remove("sum"));
        if written.as_ref().and_then(Value::as_str) != Some(&sum(&whole)) {
            let wrong = Diagnostic::error(format!("`{name}` was edited after it was saved"));
            return Err(wrong.note("a plan is applied as it was shown, or not at all"));
        }
        let plan: Self = serde_json::from_value(whole).map_err(|_| is_none())?;
        let (saved, own) = (one_line(&plan.chefrs), env!("CARGO_PKG_VERSION"));
        if saved != own {
            return Err(Diagnostic::error(format!(
                "`{name}` was saved by chefrs {saved}, and this is chefrs {own}"
            )));
        }
        Ok(plan)
    }

    /// Checks its age.
    ///
    /// # Errors
    /// It is too old, or from the future.
    pub(super) fn check_age(&self, path: &Utf8Path, now: &str) -> Result<(), Diagnostic> {
        let name = one_line(path.as_str());
        let (Ok(made), Ok(now)) = (self.made.parse::<Timestamp>(), now.parse::<Timestamp>()) else {
            return Err(Diagnostic::error(format!("`{name}` does not say when it was saved")));
        };
        let age = now.as_second() - made.as_second();
        let made = &self.made;
        if age < -SKEW {
            let wrong = format!("`{name}` was saved in the future, at {made}");
            return Err(
                Diagnostic::error(wrong).hint("the clock of this machine, or of the other one, is wrong")
            );
        }
        if u64::try_from(age).is_ok_and(|age| age > self.valid_for) {
            let limit = time(self.valid_for);
            let wrong = format!("`{name}` is too old: it was saved at {made}, and was valid for {limit}");
            return Err(Diagnostic::error(wrong));
        }
        Ok(())
    }
}

/// The content of a file. The error follows its name.
fn text(path: &Utf8Path) -> Result<Vec<u8>, String> {
    let unread = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => "is not there".to_owned(),
        ErrorKind::PermissionDenied => "can't be read: permission denied".to_owned(),
        _ => format!("can't be read: {error}"),
    };
    // A pipe would be waited for.
    let metadata = std::fs::metadata(path).map_err(unread)?;
    if metadata.is_dir() {
        return Err("is a directory, not a saved plan".to_owned());
    }
    if !metadata.is_file() || metadata.len() > LIMIT {
        return Err("is not a saved plan".to_owned());
    }
    let mut text = Vec::new();
    File::open(path).and_then(|file| file.take(LIMIT).read_to_end(&mut text)).map_err(unread)?;
    Ok(text)
}

/// The sum of a plan, by which it is known that nobody has edited it.
fn sum(plan: &Value) -> String {
    sha256(plan.to_string().as_bytes())
}

/// A time in the largest unit that fits.
fn time(seconds: u64) -> String {
    let units = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let fits = units.into_iter().find(|(length, _)| seconds.is_multiple_of(*length));
    let (length, unit) = fits.unwrap_or((1, "second"));
    count(usize::try_from(seconds / length).unwrap_or(usize::MAX), unit)
}
