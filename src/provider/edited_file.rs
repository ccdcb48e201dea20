//! A text file that belongs to somebody else and of which a resource changes a part.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::change::Change;
use crate::model::content::Content;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{FileText, Query, READ_LIMIT};
use crate::model::step::{Attributes, Command};
use crate::provider::file_state::FileState;
use crate::provider::{at_path, backups};

/// The file, and how it is replaced.
pub struct EditedFile {
    /// Where it is.
    pub path: Utf8PathBuf,
    /// Commands that must succeed on the new content.
    pub verify: Vec<Command>,
    /// Number of old versions to keep; nothing means the default.
    pub backup: Option<u32>,
    /// Whether a secret is in what the resource writes.
    pub secret: bool,
    /// Whether a missing file is made.
    pub makes: bool,
    /// Whether an earlier change of the same resource makes its directory.
    pub in_new_directory: bool,
    /// Owner, group and mode. Those that are not set stay as they are.
    pub attributes: Attributes,
}

/// The text that a file gets, and what is different in it.
pub struct EditedText {
    /// The whole new text.
    pub text: String,
    /// What changes, verb first: `replace line 3`. Unused where the text stays the same.
    pub summary: String,
}

impl EditedFile {
    /// A file that must exist and keeps its owner and mode.
    #[must_use]
    pub fn new(path: &Utf8Path) -> Self {
        Self {
            path: path.to_owned(),
            verify: Vec::new(),
            backup: None,
            secret: false,
            makes: false,
            in_new_directory: false,
            attributes: Attributes::default(),
        }
    }

    /// What has to be known.
    #[must_use]
    pub fn observe(&self) -> Vec<Query> {
        let mut queries = self.state(None).observe();
        queries.push(Query::Read(self.path.clone()));
        queries
    }

    /// The changes that an edit makes.
    ///
    /// # Errors
    /// The file is missing, is no text, or can't be edited; an answer is missing.
    pub fn plan(
        &self,
        known: &Known,
        edit: impl FnOnce(&str) -> Result<EditedText, Failure>,
    ) -> Result<Vec<Change>, Stop> {
        known.want(self.observe())?;
        let old = self.text(known)?;
        let edit = edit(old)?;
        let is_there = known.stat(&self.path)?.is_some();
        if edit.text == old && is_there {
            let is_declared = !self.attributes.is_empty();
            return if is_declared { self.state(None).plan_create(known) } else { Ok(Vec::new()) };
        }
        let state = self.state(Some(edit.text));
        if self.in_new_directory && !is_there {
            return Ok(vec![state.plan_new(known)?]);
        }
        let mut changes = state.plan_create(known)?;
        for change in &mut changes {
            change.summary = change.summary.replacen("change content", &edit.summary, 1);
        }
        Ok(changes)
    }

    /// The changes of an action that takes something out of the file: none where there is no file.
    ///
    /// # Errors
    /// Those of [`EditedFile::plan`].
    pub fn plan_removal(
        &self,
        known: &Known,
        edit: impl FnOnce(&str) -> Result<EditedText, Failure>,
    ) -> Result<Vec<Change>, Stop> {
        match known.stat(&self.path)? {
            None => Ok(Vec::new()),
            Some(_) => self.plan(known, edit),
        }
    }

    fn text<'a>(&self, known: &'a Known) -> Result<&'a str, Stop> {
        let path = &self.path;
        if at_path::file(path, known)?.is_none() {
            if self.makes {
                return Ok("");
            }
            return Err(Failure::new(format!("there is no file `{path}`"))
                .hint(format!("declare it before this resource: file \"{path}\" {{}}"))
                .into());
        }
        match known.read(path)? {
            Some(FileText::Text(text)) => Ok(text),
            Some(FileText::Binary) => Err(Failure::new(format!(
                "`{path}` can't be edited: it is not UTF-8 text, or is larger than {} MiB",
                READ_LIMIT >> 20
            ))
            .into()),
            None => Err(Failure::new(format!("`{path}` can't be read")).into()),
        }
    }

    fn state(&self, text: Option<String>) -> FileState {
        FileState {
            path: self.path.clone(),
            content: text.map(Content::Text),
            verify: self.verify.clone(),
            attributes: self.attributes.clone(),
            backup: backups::wanted(self.backup, self.secret),
            secret: self.secret,
            ..FileState::default()
        }
    }
}

/// The lines of a text, each with its end.
#[must_use]
pub fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A line without its end.
#[must_use]
pub fn without_end(line: &str) -> &str {
    line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line))
}

/// How the lines of a text end. An empty text gets line feeds.
#[must_use]
pub fn line_end(text: &str) -> &'static str {
    match text.split_inclusive('\n').next() {
        Some(line) if line.ends_with("\r\n") => "\r\n",
        _ => "\n",
    }
}

/// The text with another line in the place of the one of that number, counted from 0.
#[must_use]
pub fn replace(text: &str, at: usize, line: &str) -> String {
    let of = |(place, old)| if place == at { line } else { old };
    lines(text).into_iter().enumerate().map(of).collect()
}

/// The text with these lines before the line of that number, counted from 0. A last line without an end gets one.
#[must_use]
pub fn insert(text: &str, at: usize, added: &str) -> String {
    let lines = lines(text);
    let mut new: String = lines.iter().take(at).copied().collect();
    if !new.is_empty() && !new.ends_with('\n') {
        new.push_str(line_end(text));
    }
    new.push_str(added);
    new.extend(lines.iter().skip(at).copied());
    new
}
