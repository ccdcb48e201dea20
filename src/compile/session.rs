//! The mutable state of a compile: drafts, findings, and the stack of files that are being evaluated.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::blob::Blobs;
use crate::model::capability::Need;
use crate::model::collection::{Row, Timing};
use crate::model::english::shorten;
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::sorted;

use super::fault::MESSAGE;
use super::place::{SourceText, property_line};
use super::syntax::Literal;
use super::types::Declared;

/// Most findings that are stored. A loop can create millions.
const ERRORS: usize = 1000;

/// A row before the final order is known. `parent.row` is an index of drafts, and notifications are not resolved.
pub(super) struct Draft {
    pub(super) declared: Declared,
    pub(super) row: Row,
    /// The items, if the name is a list.
    pub(super) items: Option<Vec<String>>,
    /// Whether it has a mistake.
    pub(super) broken: bool,
    /// Whether it was cut off by an error, so that missing properties are not mistakes.
    pub(super) cut_off: bool,
    /// Actions of the custom resource that were expanded.
    pub(super) expanded: BTreeSet<String>,
}

/// The other end of a notification, as written.
#[derive(Clone)]
pub(super) enum NotificationEnd {
    Draft(usize),
    /// A resource by type and name.
    Named(String, String),
}

/// A notification that is resolved at the end of the compile, when everything is declared.
#[derive(Clone)]
pub(super) struct WrittenNotification {
    /// The draft that has the property.
    pub(super) owner: usize,
    pub(super) other_end: NotificationEnd,
    pub(super) action: String,
    pub(super) timing: Timing,
    pub(super) skip_on_failure: bool,
    /// Whether it was written as `subscribes`.
    pub(super) subscribed: bool,
    pub(super) location: Location,
}

impl WrittenNotification {
    /// The property that it was written in.
    pub(super) fn property(&self) -> &'static str {
        match self.timing {
            _ if self.subscribed => "subscribes",
            Timing::OnFailure => "on_failure",
            _ => "notifies",
        }
    }
}

/// What `requires` names, resolved at the end of the compile, when everything is declared.
pub(super) struct WrittenRequirement {
    /// The draft that has the property.
    pub(super) owner: usize,
    pub(super) other: NotificationEnd,
    pub(super) location: Location,
}

/// A mistake in a declaration.
pub(super) struct Mistake {
    /// The property with the mistake, if it is in one.
    pub(super) property: Option<String>,
    /// The error. If it has a location, that is kept.
    pub(super) diagnostic: Diagnostic,
}

impl Mistake {
    /// Creates a mistake in a property.
    pub(super) fn of(property: &str, diagnostic: Diagnostic) -> Self {
        Self { property: Some(property.to_owned()), diagnostic }
    }

    /// Creates a mistake in the declaration as a whole.
    pub(super) fn whole(diagnostic: Diagnostic) -> Self {
        Self { property: None, diagnostic }
    }
}

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ScriptKind {
    Recipe,
    /// A file below `resources/`, and the actions in it.
    Resource,
    /// A file below `tasks/`, and the function `run` in it.
    Task,
    /// A file below `libraries/`.
    Library,
    /// The file `attributes.lua`.
    Attributes,
    /// The file `facts.lua`.
    Probes,
    /// A file below `tests/`, and the functions `expect` in it.
    Tests,
}

/// A file or an action that is being evaluated.
#[derive(Clone)]
pub(super) struct FileFrame {
    /// The cookbook of the file. Empty for the project.
    pub(super) cookbook: String,
    /// The recipe that led here, as `cookbook::recipe`.
    pub(super) recipe: String,
    /// The kind of the file.
    pub(super) kind: ScriptKind,
    /// The custom resource and the action that are being expanded.
    pub(super) parent: Option<(usize, String)>,
}

/// The scope of a resource name: an action of a custom resource, or none for the top level. Two actions may declare the
/// same name.
pub(super) type Scope = Option<(usize, String)>;

/// The scope of a row's name.
pub(super) fn scope(row: &Row) -> Scope {
    row.parent.as_ref().map(|parent| (parent.row, parent.action.clone()))
}

/// The mutable state of a compile.
#[derive(Default)]
pub(super) struct CompileSession {
    pub(super) drafts: Vec<Draft>,
    /// The last draft of each type and name in a scope.
    pub(super) names: HashMap<(Scope, String, String), usize>,
    /// The draft that still accepts properties.
    pub(super) open: Option<usize>,
    pub(super) notifications: Vec<WrittenNotification>,
    pub(super) requirements: Vec<WrittenRequirement>,
    pub(super) errors: Vec<Diagnostic>,
    /// Drafts with mistakes, and the file and line of each mistake.
    mistaken: Vec<(usize, String, u32)>,
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) messages: Vec<(Location, String)>,
    pub(super) blobs: Blobs,
    pub(super) frames: Vec<FileFrame>,
    /// The cookbooks that the run list names.
    pub(super) run_list: BTreeSet<String>,
    /// Attributes of the project that have the name of a shipped cookbook, as far as they were read. To find one out takes all
    /// of the project's files.
    pub(super) own_keys: BTreeSet<String>,
    /// Recipes that were started.
    pub(super) seen: BTreeSet<String>,
    /// Whether a file ended with an error, so that some declarations are missing.
    pub(super) aborted: bool,
    /// First keys of the node that were read.
    pub(super) read: BTreeSet<String>,
    /// Possible interpolations in plain quotes that were not found in a resource yet.
    pub(super) literals: Vec<(Literal, Location)>,
    /// What the rows of each cookbook need, if that is collected.
    pub(super) needs: Option<BTreeSet<(String, Need)>>,
    /// Text of each evaluated file, for excerpts.
    pub(super) sources: BTreeMap<String, SourceText>,
}

impl CompileSession {
    /// The current frame.
    pub(super) fn frame(&self) -> Option<&FileFrame> {
        self.frames.last()
    }

    /// Adds the possible interpolations in a file.
    pub(super) fn quoted(&mut self, file: &str, literals: Vec<Literal>) {
        let placed = |literal: Literal| {
            let location = Location::new(file, literal.line);
            (literal, location)
        };
        self.literals.extend(literals.into_iter().map(placed));
    }

    /// Adds the text of the line to a location.
    pub(super) fn quote(&self, mut location: Location) -> Location {
        if location.excerpt.is_empty()
            && location.line > 0
            && let Some(source) = self.sources.get(&location.file)
        {
            let line = source.line(location.line);
            // A minified line would make the message unreadable.
            let end = line.char_indices().nth(160).map_or(line.len(), |(at, _)| at);
            line[..end].trim_end().clone_into(&mut location.excerpt);
        }
        location
    }

    /// Records an error once for all that share its cause, with its excerpt and the custom resource around it.
    pub(super) fn record(&mut self, mut diagnostic: Diagnostic) {
        // Names and values in the message may contain control characters.
        let Diagnostic { message, notes, hints, .. } = &mut diagnostic;
        for text in std::iter::once(message).chain(notes).chain(hints) {
            if let Cow::Owned(short) = shorten(text, MESSAGE) {
                *text = short;
            }
        }
        diagnostic.location = diagnostic.location.map(|location| self.quote(location));
        if let Some((parent, action)) = self.frame().and_then(|frame| frame.parent.clone())
            && let Some(draft) = self.drafts.get(parent)
        {
            diagnostic.notes.push(format!(
                "while expanding action `{action}` of {}, declared at {}",
                draft.row.id(),
                draft.row.location
            ));
        }
        Diagnostics::gather(&mut self.errors, diagnostic, ERRORS);
    }

    /// Location of a property of a draft, or of the declaration if the property can't be found.
    pub(super) fn property_location(&self, draft: usize, property: Option<&str>) -> Location {
        let declared = &self.drafts[draft].row.location;
        let line = property.and_then(|name| {
            let source = self.sources.get(&declared.file)?;
            property_line(&source.text, declared.line, name)
        });
        match line {
            Some(line) => self.quote(Location::new(&declared.file, line)),
            None => declared.clone(),
        }
    }

    /// Records a mistake in a declaration, at its own location or that of the property.
    pub(super) fn mistake(&mut self, draft: usize, mut mistake: Mistake) {
        self.drafts[draft].broken = true;
        let own = mistake.diagnostic.location.take();
        let location = own.unwrap_or_else(|| self.property_location(draft, mistake.property.as_deref()));
        self.mistaken.push((draft, location.file.clone(), location.line));
        self.record(mistake.diagnostic.at(location));
    }

    /// Lines that must not be shown, because they belong to sensitive resources.
    pub(super) fn concealed(&self) -> BTreeSet<(String, u32)> {
        let is_sensitive = |draft: &Draft| {
            let mut around = Some(draft);
            while let Some(Draft { row, .. }) = around {
                if row.sensitive {
                    return true;
                }
                around = row.parent.as_ref().and_then(|parent| self.drafts.get(parent.row));
            }
            false
        };
        let declared = self.drafts.iter().filter(|draft| is_sensitive(draft));
        let declared = declared.map(|draft| (draft.row.location.file.clone(), draft.row.location.line));
        let mistaken =
            self.mistaken.iter().filter(|(draft, ..)| self.drafts.get(*draft).is_some_and(is_sensitive));
        sorted::collected(declared.chain(mistaken.map(|(_, file, line)| (file.clone(), *line))))
    }

    /// The draft that a notification or a requirement of `owner` refers to. The search starts in the innermost scope, and the last draft with the
    /// name counts.
    pub(super) fn find(&self, owner: usize, other: &NotificationEnd) -> Option<usize> {
        let (kind, name) = match other {
            NotificationEnd::Draft(index) => return Some(*index),
            NotificationEnd::Named(kind, name) => (kind, name),
        };
        let mut within = scope(&self.drafts.get(owner)?.row);
        loop {
            let outer = within.as_ref().map(|(row, _)| *row);
            if let Some(found) = self.names.get(&(within, kind.clone(), name.clone())) {
                return Some(*found);
            }
            within = scope(&self.drafts.get(outer?)?.row);
        }
    }
}
