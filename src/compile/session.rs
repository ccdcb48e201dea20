//! What a compile has gathered so far: rows being declared, findings, and the files being evaluated.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::blob::Blobs;
use crate::model::collection::{Row, Timing};
use crate::model::english::shorten;
use crate::model::error::{Diagnostic, Location};

use super::fault::MESSAGE;
use super::place::{SourceText, property_line};
use super::syntax::Literal;
use super::types::Declared;

/// Findings that are kept: a loop can make them by the million.
const ERRORS: usize = 1000;

/// A row before the final order is known: `parent.row` counts drafts, notifications are still wishes.
pub(super) struct Draft {
    pub(super) declared: Declared,
    pub(super) row: Row,
    /// The items, where the name was a list.
    pub(super) items: Option<Vec<String>>,
    /// Whether a mistake was found in it.
    pub(super) broken: bool,
    /// Whether part of it was not read, so that what it lacks is no mistake of its own.
    pub(super) cut_off: bool,
    /// Actions of a custom resource that were expanded.
    pub(super) expanded: BTreeSet<String>,
}

/// The other end of a notification, as it was written.
#[derive(Clone)]
pub(super) enum Aim {
    Draft(usize),
    /// Type and name.
    Named(String, String),
}

/// A notification that waits for the end of the compile, when everything is declared.
#[derive(Clone)]
pub(super) struct WrittenNotification {
    /// The draft whose property it is.
    pub(super) owner: usize,
    pub(super) aim: Aim,
    pub(super) action: String,
    pub(super) timing: Timing,
    pub(super) skip_on_failure: bool,
    /// Whether it was written as `subscribes`.
    pub(super) subscribed: bool,
    pub(super) location: Location,
}

/// What is wrong with a declaration.
pub(super) struct Mistake {
    /// The property it is in, if it is in one.
    pub(super) property: Option<String>,
    /// What is said of it. One with a place of its own keeps it.
    pub(super) diagnostic: Diagnostic,
}

impl Mistake {
    /// One in a property.
    pub(super) fn of(property: &str, diagnostic: Diagnostic) -> Self {
        Self { property: Some(property.to_owned()), diagnostic }
    }

    /// One in the declaration as a whole.
    pub(super) fn whole(diagnostic: Diagnostic) -> Self {
        Self { property: None, diagnostic }
    }
}

/// What kind of file is being evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Recipe,
    /// A file below `resources/`, its actions included.
    Resource,
    /// A file below `libraries/`.
    Library,
    /// `attributes.lua`.
    Attributes,
}

/// A file or an action being evaluated.
#[derive(Clone)]
pub(super) struct FileFrame {
    /// Cookbook whose file it is; empty for the project.
    pub(super) cookbook: String,
    /// `cookbook::recipe` that led here.
    pub(super) recipe: String,
    /// What may be done.
    pub(super) place: Place,
    /// The custom resource and the action being expanded.
    pub(super) parent: Option<(usize, String)>,
}

/// Where a name is known: in an action of a custom resource, or outside of all. Two actions may declare the same name.
pub(super) type Scope = Option<(usize, String)>;

/// Where the name of a row is known.
pub(super) fn scope(row: &Row) -> Scope {
    row.parent.as_ref().map(|parent| (parent.row, parent.action.clone()))
}

/// All that a compile gathers.
#[derive(Default)]
pub(super) struct CompileSession {
    pub(super) drafts: Vec<Draft>,
    /// The last draft of each type and name, by where it stands.
    pub(super) names: HashMap<(Scope, String, String), usize>,
    /// The draft that still takes properties.
    pub(super) open: Option<usize>,
    pub(super) wishes: Vec<WrittenNotification>,
    pub(super) errors: Vec<Diagnostic>,
    /// Lines where a mistake of a draft was found.
    mistaken: Vec<(usize, String, u32)>,
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) messages: Vec<(Location, String)>,
    pub(super) blobs: Blobs,
    pub(super) frames: Vec<FileFrame>,
    /// Recipes that were begun.
    pub(super) seen: BTreeSet<String>,
    /// Whether some file ended early, so that what it would have declared is missing.
    pub(super) aborted: bool,
    /// First keys of the node that were looked at.
    pub(super) read: BTreeSet<String>,
    /// Values left in plain quotes, until one turned up in a resource.
    pub(super) literals: Vec<(Literal, Location)>,
    /// Text of each file that was evaluated, for excerpts.
    pub(super) sources: BTreeMap<String, SourceText>,
}

impl CompileSession {
    /// The frame being evaluated.
    pub(super) fn frame(&self) -> Option<&FileFrame> {
        self.frames.last()
    }

    /// Keeps the values that a file left in plain quotes.
    pub(super) fn quoted(&mut self, file: &str, literals: Vec<Literal>) {
        let placed = |literal: Literal| {
            let location = Location::new(file, literal.line);
            (literal, location)
        };
        self.literals.extend(literals.into_iter().map(placed));
    }

    /// The same location with the text of its line.
    pub(super) fn quote(&self, mut location: Location) -> Location {
        if location.excerpt.is_empty()
            && location.line > 0
            && let Some(source) = self.sources.get(&location.file)
        {
            let line = source.line(location.line);
            // A minified line would drown the message.
            let end = line.char_indices().nth(160).map_or(line.len(), |(at, _)| at);
            line[..end].trim_end().clone_into(&mut location.excerpt);
        }
        location
    }

    /// Puts an error on the list, once, with its excerpt and the custom resource it happened in.
    pub(super) fn record(&mut self, mut diagnostic: Diagnostic) {
        // Whatever a name or a value brought into a sentence, a person is to read it.
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
        if self.errors.len() < ERRORS && !self.errors.contains(&diagnostic) {
            self.errors.push(diagnostic);
        }
    }

    /// Where a property of a draft is written; its declaration's line if that can't be told.
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

    /// Puts a mistake in a declaration on the list, at its own place or that of its property.
    pub(super) fn mistake(&mut self, draft: usize, mut mistake: Mistake) {
        self.drafts[draft].broken = true;
        let own = mistake.diagnostic.location.take();
        let location = own.unwrap_or_else(|| self.property_location(draft, mistake.property.as_deref()));
        self.mistaken.push((draft, location.file.clone(), location.line));
        self.record(mistake.diagnostic.at(location));
    }

    /// Lines that are not shown, because what stands there belongs to a sensitive resource.
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
        declared.chain(mistaken.map(|(_, file, line)| (file.clone(), *line))).collect()
    }

    /// The draft at the other end: inside a custom resource the look-up goes outwards; the last of that name counts.
    pub(super) fn find(&self, wish: &WrittenNotification) -> Option<usize> {
        let (kind, name) = match &wish.aim {
            Aim::Draft(index) => return Some(*index),
            Aim::Named(kind, name) => (kind, name),
        };
        let mut within = scope(&self.drafts.get(wish.owner)?.row);
        loop {
            let outer = within.as_ref().map(|(row, _)| *row);
            if let Some(found) = self.names.get(&(within, kind.clone(), name.clone())) {
                return Some(*found);
            }
            within = scope(&self.drafts.get(outer?)?.row);
        }
    }
}
