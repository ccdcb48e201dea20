//! A file with declared content and attributes. `file`, `template` and every other type that writes a file use it.

use camino::Utf8PathBuf;

use crate::model::change::Change;
use crate::model::content::Content;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, FileKind, FileText, Query, Stat};
use crate::model::step::{Attributes, Command, Step, WriteFile};
use crate::provider::{at_path, backups, checks, default_attributes, diff, ownership, parents};

/// The declared state of a regular file.
#[derive(Debug, Clone, Default)]
pub struct FileState {
    pub path: Utf8PathBuf,
    /// Content. `None` leaves it as it is.
    pub content: Option<Content>,
    /// Owner, group and mode.
    pub attributes: Attributes,
    /// Commands that must succeed on the new content.
    pub verify: Vec<Command>,
    /// Number of backups to keep.
    pub backup: u32,
    /// Whether a link, device or socket at the path may be replaced.
    pub force_unlink: bool,
    /// Whether the file that a link at the path leads to is managed.
    pub follow_link: bool,
    /// Whether the content has a secret.
    pub secret: bool,
}

impl FileState {
    /// The queries that are needed in any case.
    #[must_use]
    pub fn observe(&self) -> Vec<Query> {
        // The digest is only asked for if the size is right.
        let mut queries = vec![Query::Host, Query::Stat(self.path.clone())];
        queries.extend(parents::observe(&self.path));
        queries.extend(ownership::observe(&self.attributes));
        queries.extend(checks::observe(&self.verify));
        queries
    }

    /// The changes that create or update the file.
    ///
    /// # Errors
    /// Something else is at the path, the directory or an account is missing, or an answer is missing.
    pub fn plan_create(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        match self.created(known) {
            // Everything missing is asked in one batch. Usually nothing is missing, and the list is not made.
            Err(Stop::Wanted(wanted)) => known.want(self.observe()).and(Err(Stop::Wanted(wanted))),
            planned => planned,
        }
    }

    fn created(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        ownership::require_accounts(&self.attributes, known)?;
        checks::require(&self.verify, known)?;
        let stat = match known.stat(&self.path) {
            // Whatever will be there is replaced by the declared content.
            Err(Stop::Unknown(_)) if self.content.is_some() => None,
            other => other?,
        };
        match stat {
            None => {
                parents::require(&self.path, known)?;
                Ok(vec![self.create(known, None)?])
            }
            Some(stat) if stat.kind == FileKind::File => {
                let (wanted, reason) = default_attributes::over(&self.attributes, self.secret, stat, known)?;
                self.update(known, stat, &wanted, reason)
            }
            Some(stat) if self.force_unlink && stat.kind != FileKind::Directory => {
                Ok(vec![self.create(known, Some(stat))?])
            }
            Some(stat) => Err(self.occupied(stat, known)?.into()),
        }
    }

    /// Fails for properties that exclude each other.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), Failure> {
        if self.follow_link && self.force_unlink {
            return Err(Failure::new("`follow_link` and `force_unlink` exclude each other; say one")
                .hint("the first keeps a link and manages its file, the second puts a file in the place of the link"));
        }
        ownership::check(&self.attributes)
    }

    /// Creates the file in a directory that an earlier step of the same change creates.
    ///
    /// # Errors
    /// An account or an answer is missing.
    pub fn plan_new(&self, known: &Known) -> Result<Change, Stop> {
        known.want([Query::Host])?;
        ownership::require_accounts(&self.attributes, known)?;
        self.create(known, None)
    }

    /// The changes that delete the file.
    ///
    /// # Errors
    /// Something else is at the path, or an answer is missing.
    pub fn plan_delete(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let stat = match known.stat(&self.path) {
            Err(Stop::Unknown(until)) => {
                known.want([Query::Resolve(self.path.clone())])?;
                // If something will be there, assume that it is the file.
                let there = known.is_there(&self.path) == Ok(true);
                return if there { Ok(vec![self.remove(None)]) } else { Err(Stop::Unknown(until)) };
            }
            other => other?,
        };
        let Some(stat) = stat else { return Ok(Vec::new()) };
        if stat.kind != FileKind::File && !(self.force_unlink && stat.kind != FileKind::Directory) {
            return Err(self.occupied(stat, known)?.into());
        }
        Ok(vec![self.remove(Some(stat))])
    }

    fn remove(&self, there: Option<&Stat>) -> Change {
        let (backup, unsaved) = backups::keep(self.backup, there);
        let step = Step::Remove { path: self.path.clone(), recursive: false, backup };
        self.gone(Change::new(format!("delete file{unsaved}"), step))
    }

    fn create(&self, known: &Known, replaced: Option<&Stat>) -> Result<Change, Stop> {
        checks::require_programs(&self.verify, known)?;
        let content = self.content.clone().unwrap_or(Content::Text(String::new()));
        let size = match content.size() {
            Some(1) => ", 1 byte".to_owned(),
            Some(size) => format!(", {size} bytes"),
            None => String::new(),
        };
        let verb = match replaced {
            Some(stat) => format!("replace {} by a file", stat.kind.noun()),
            None => "create file".to_owned(),
        };
        let (attributes, narrowed) = default_attributes::of_new(&self.attributes, self.secret, known)?;
        let summary = format!("{verb}{size}{}{narrowed}", ownership::describe(&self.attributes));
        let new = text_of(&content);
        let step = self.write(content.clone(), &attributes, replaced.is_some(), self.backup);
        let change = Change::new(summary, step).diff(new.as_deref().and_then(|new| diff::unified("", new)));
        let mut stat = at_path::stat(FileKind::File, &known.host()?.user, &attributes);
        stat.size = content.size().unwrap_or(0);
        Ok(self.predict(change, stat, &content))
    }

    fn update(
        &self,
        known: &Known,
        stat: &Stat,
        wanted: &Attributes,
        reason: Option<&str>,
    ) -> Result<Vec<Change>, Stop> {
        let attributes = ownership::plan(&self.path, stat, wanted).map(|change| match reason {
            Some(reason) => Change { summary: format!("{}, {reason}", change.summary), ..change },
            None => change,
        });
        let Some(content) = &self.content else { return Ok(attributes.into_iter().collect()) };
        if let Content::Unknown(until) = content {
            return Err(Stop::Unknown(until.clone()));
        }
        if self.holds(stat, content, known)? {
            return Ok(attributes.into_iter().collect());
        }
        checks::require_programs(&self.verify, known)?;
        let mut difference = diff::TextDifference::default();
        if let Some(new) = text_of(content)
            && let Some(FileText::Text(old)) = known.read(&self.path)?
        {
            difference = diff::between(old, &new);
            if self.secret {
                difference = difference.without_removed_lines();
            }
        }
        let diff::TextDifference { words, diff: shown } = difference;
        let mut after = stat.clone();
        // The access control list stays if no attribute changes.
        let list = stat.access.as_deref().filter(|_| !wanted.is_empty());
        if let Some(list) = list {
            after.access = None;
            after.mode = list.mode;
        }
        ownership::overlay(&mut after, wanted);
        after.size = content.size().unwrap_or(0);
        let mut summary = match (&shown, words) {
            (_, Some(words)) => format!("change content, {words}"),
            (Some(_), None) => "change content".to_owned(),
            (None, None) => format!("change content, {} to {} bytes", stat.size, after.size),
        };
        if let Some(attributes) = attributes {
            summary.push_str(", ");
            summary.push_str(attributes.summary.trim_start_matches("change "));
        }
        if let Some(list) = list.filter(|_| wanted.mode.is_none()) {
            summary.push_str(", ");
            summary.push_str(&ownership::removes(list));
        }
        let (backup, unsaved) = backups::keep(self.backup, Some(stat));
        summary.push_str(&unsaved);
        let change = Change::new(summary, self.write(content.clone(), wanted, false, backup)).diff(shown);
        Ok(vec![self.predict(change, after, content)])
    }

    /// Whether the file has this content.
    fn holds(&self, stat: &Stat, content: &Content, known: &Known) -> Result<bool, Stop> {
        if !may_hold(stat, content) {
            return Ok(false);
        }
        // Ask for the file's digest first: without it `plan` ends here, and our own digest is not computed for nothing.
        let found = known.digest(&self.path)?;
        Ok(found == content.sha256().as_deref())
    }

    fn write(&self, content: Content, attributes: &Attributes, unlink: bool, backup: u32) -> Step {
        Step::WriteFile(WriteFile {
            path: self.path.clone(),
            content,
            attributes: attributes.clone(),
            verify: checks::of_file(&self.path, &self.verify),
            backup,
            unlink,
        })
    }

    fn occupied(&self, stat: &Stat, known: &Known) -> Result<Failure, Stop> {
        let path = &self.path;
        let failure = match &stat.target {
            Some(target) => Failure::impossible(format!("`{path}` is a link to `{target}`, not a file"))
                .hint(at_path::itself("manage", path, target, known)?)
                .hint("or say `follow_link = true` to manage the file that the link leads to"),
            None => Failure::impossible(format!("`{path}` is {}, not a file", stat.kind.noun())),
        };
        if stat.kind == FileKind::Directory {
            return Ok(failure.hint(format!("remove it first: {}", at_path::removal(path, stat.kind))));
        }
        Ok(failure.hint("say `force_unlink = true` to put a file in its place"))
    }

    fn predict(&self, change: Change, stat: Stat, content: &Content) -> Change {
        let path = || self.path.clone();
        let text = match text_of(content) {
            Some(text) => FileText::Text(text),
            None => FileText::Binary,
        };
        let change = change
            .then(Query::Stat(path()), Answer::Stat(Some(stat.clone())))
            .then(Query::Resolve(path()), Answer::Stat(Some(stat)));
        match content {
            Content::Unknown(until) => change
                .then(Query::Digest(path()), Answer::Unknown(until.clone()))
                .then(Query::Read(path()), Answer::Unknown(until.clone())),
            known => change
                .then(Query::Digest(path()), Answer::Digest(known.sha256()))
                .then(Query::Read(path()), Answer::Read(Some(text))),
        }
    }

    fn gone(&self, change: Change) -> Change {
        let path = || self.path.clone();
        change
            .then(Query::Stat(path()), Answer::Stat(None))
            .then(Query::Resolve(path()), Answer::Stat(None))
            .then(Query::Digest(path()), Answer::Digest(None))
            .then(Query::Read(path()), Answer::Read(None))
    }
}

/// Whether a file may have this content: its size matches, or it is only planned.
#[must_use]
pub fn may_hold(stat: &Stat, content: &Content) -> bool {
    stat.inode == (0, 0) || content.size().is_none_or(|size| size == stat.size)
}

/// The content as text, if it is text.
fn text_of(content: &Content) -> Option<String> {
    match content {
        Content::Text(text) => Some(text.clone()),
        Content::Blob(_) | Content::Unknown(_) => None,
    }
}
