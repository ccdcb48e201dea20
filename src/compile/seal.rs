//! Replaces names of templates, files and directories with their content, so that nothing is read from disk later.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cookbook::Cookbook;
use crate::model::blob::Blobs;
use crate::model::collection::Row;
use crate::model::content::Template;
use crate::model::english::{list, nearest};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::schema::{Kind, Property, Schema, size};
use crate::template;

use super::allowance::Allowance;
use super::books::Books;
use super::reference;
use super::session::Mistake;

/// Most partials that a template may use.
const PARTIALS: usize = 100;

/// The context for looking up the files of a declaration.
pub(super) struct Files<'a> {
    pub(super) books: &'a Books,
    pub(super) blobs: &'a mut Blobs,
    /// Limits the memory of the content.
    pub(super) allowance: &'a Allowance,
    pub(super) warnings: &'a mut Vec<Diagnostic>,
    /// Whether the declaration was cut off by an error, so that missing properties are not mistakes.
    pub(super) is_cut_off: bool,
}

/// Replaces the values of all properties of a built-in type that name a file of a cookbook.
pub(super) fn seal(row: &mut Row, schema: &Schema, mut files: Files<'_>, mistakes: &mut Vec<Mistake>) {
    for property in &schema.properties {
        if !matches!(property.kind, Kind::Template | Kind::File | Kind::Tree) {
            continue;
        }
        let is_missing = !row.properties.contains_key(&property.name);
        if is_missing && !files.is_cut_off {
            let default = default_source(&row.name, &property.kind);
            if property.required || has_default(files.books, row, schema, property, &default) {
                row.properties.insert(property.name.clone(), Value::from(default));
            }
        }
        let value = match row.properties.get(&property.name) {
            Some(value @ (Value::String(_) | Value::Object(_))) => value.clone(),
            _ => continue,
        };
        let (owner, source) = match (&value, reference::read(&value)) {
            (_, Some(target)) if target.fits(&property.kind) => (Some(target.cookbook), target.path),
            (Value::String(source), _) => (None, source.as_str()),
            // Only this function creates content. A table instead of a name would be content that is in no cookbook.
            (_, target) => {
                let found = if target.is_some() { "one of another kind" } else { "a table" };
                let message = format!(
                    "{}: property `{}` takes {}, not {found}",
                    row.id(),
                    property.name,
                    property.kind.describe()
                );
                mistakes.push(Mistake::of(&property.name, Diagnostic::error(message)));
                continue;
            }
        };
        match sealed(row, schema, &property.kind, (owner, source), &mut files) {
            Ok(value) => {
                row.properties.insert(property.name.clone(), value);
            }
            Err(mut diagnostic) => {
                // An error inside a template keeps its location. The declaration becomes a note.
                if diagnostic.location.is_some() {
                    let note = format!("used by {}, declared at {}", row.id(), row.location);
                    mistakes.push(Mistake::whole(diagnostic.note(note)));
                } else {
                    diagnostic.message = format!("{}: {}", row.id(), diagnostic.message);
                    mistakes.push(Mistake::of(&property.name, *diagnostic));
                }
            }
        }
    }
}

/// Whether an optional `source` exists under its default name, and no other property sets the content.
fn has_default(books: &Books, row: &Row, schema: &Schema, property: &Property, default: &str) -> bool {
    if property.name != "source" || schema.property("content").is_some() {
        return false;
    }
    let Some(book) = books.book(&row.cookbook) else { return false };
    match property.kind {
        Kind::Template => matches!(book.text(&format!("templates/{default}")), Ok(Some(_))),
        Kind::File => book.file(default, &mut Blobs::new()).is_ok(),
        _ => false,
    }
}

fn sealed(
    row: &Row,
    schema: &Schema,
    kind: &Kind,
    (owner, source): (Option<&str>, &str),
    files: &mut Files<'_>,
) -> Result<Value, Box<Diagnostic>> {
    let (books, declaring) = (files.books, &row.cookbook);
    let other =
        schema.property("cookbook").and_then(|_| row.properties.get("cookbook")).and_then(Value::as_str);
    let book = match other {
        _ if owner.is_some() => books.book(owner.unwrap_or_default()),
        Some(alias) => match books.dependencies(declaring).get(alias) {
            Some(name) => books.book(name),
            None if alias == declaring => books.book(declaring),
            None => return Err(Box::new(books.not_a_dependency(declaring, alias))),
        },
        None => books.book(declaring),
    };
    let Some(book) = book else { return Err(Box::new(Diagnostic::error("the cookbook does not exist"))) };
    if owner.is_none() {
        books.require_files(row, &book.name)?;
    }
    let sealed = match kind {
        Kind::Template => {
            let template = template(book, source)?;
            doubt(row, schema, &template, other.is_some() || owner.is_some(), files.warnings);
            serde_json::to_value(template)
        }
        Kind::File => serde_json::to_value(book.file(source, files.blobs)?),
        _ => serde_json::to_value(book.tree(source, files.blobs)?),
    };
    let sealed = sealed.map_err(|error| Box::new(Diagnostic::error(error.to_string())))?;
    match files.allowance.take(size(&sealed)) {
        Ok(()) => Ok(sealed),
        Err(_) => Err(Box::new(Diagnostic::error("the files of the cookbooks are too large in total"))),
    }
}

/// Warns of a template that is written for another engine, or that uses none of its variables.
fn doubt(
    row: &Row,
    schema: &Schema,
    template: &Template,
    is_of_another: bool,
    warnings: &mut Vec<Diagnostic>,
) {
    let mut texts = std::iter::once((&template.name, &template.text)).chain(&template.partials);
    if let Some(warning) = texts.find_map(|(name, text)| template::foreign(name, text)) {
        Diagnostics::gather(warnings, warning, usize::MAX);
        return;
    }
    let variables = schema.properties.iter().find(|property| property.kind == Kind::Variables);
    let given = variables.and_then(|property| row.properties.get(&property.name)).and_then(Value::as_object);
    // A template of another cookbook, or one that a caller chose, need not use all variables.
    let Some(given) = given.filter(|given| !given.is_empty() && !is_of_another && row.parent.is_none())
    else {
        return;
    };
    if template::unused(template, given.keys().map(String::as_str)).len() == given.len() {
        let names: Vec<String> = given.keys().map(|name| format!("`{name}`")).collect();
        let message =
            format!("{}: `{}` uses none of its variables: {}", row.id(), template.name, list(&names, "and"));
        warnings.push(
            Diagnostic::warning(message)
                .at(row.location.clone())
                .hint("a template inserts one as `{{ name }}`"),
        );
    }
}

/// The default source of a resource: the last component of its name.
fn default_source(name: &str, kind: &Kind) -> String {
    let base = name.trim_end_matches('/').rsplit('/').next().unwrap_or(name);
    if *kind == Kind::Template { format!("{base}.hbs") } else { base.to_owned() }
}

/// Reads a template with all partials that it uses.
pub(super) fn template(book: &Cookbook, source: &str) -> Result<Template, Box<Diagnostic>> {
    let path = format!("templates/{source}");
    let Some(text) = book.text(&path)? else { return Err(Box::new(missing(book, source))) };
    let mut sealed = Template { name: book.label(&path), text: text.into_owned(), partials: BTreeMap::new() };
    let mut walk = vec![source.to_owned()];
    partials(book, &sealed.name, &sealed.text, &mut walk, &mut sealed.partials)?;
    Ok(sealed)
}

/// Adds the partials of a text, recursively. `walk` has the current chain: a cycle would overflow the stack of the
/// renderer.
fn partials(
    book: &Cookbook,
    label: &str,
    text: &str,
    walk: &mut Vec<String>,
    into: &mut BTreeMap<String, String>,
) -> Result<(), Box<Diagnostic>> {
    for (name, location) in template::partials(label, text)? {
        if walk.contains(&name) {
            walk.push(name);
            let message = format!("partials include each other: {}", walk[1..].join(" -> "));
            return Err(Box::new(Diagnostic::error(message).at(location)));
        }
        if into.contains_key(&name) {
            continue;
        }
        let paths = [format!("templates/{name}.hbs"), partial_path(&name)];
        let mut found = None;
        for path in paths {
            if let Some(text) = book.text(&path)? {
                found = Some((book.label(&path), text.into_owned()));
                break;
            }
        }
        let Some((label, text)) = found else {
            return Err(Box::new(no_partial(book, label, &name).at(location)));
        };
        if into.len() >= PARTIALS {
            let message = format!("`{label}` uses more than {PARTIALS} partials");
            return Err(Box::new(Diagnostic::error(message).at(location)));
        }
        into.insert(name.clone(), text.clone());
        walk.push(name);
        partials(book, &label, &text, walk, into)?;
        walk.pop();
    }
    Ok(())
}

/// The error for a partial that does not exist. It may be beside the template: names count from `templates/`.
fn no_partial(book: &Cookbook, label: &str, name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("the partial `{name}` does not exist"));
    let folder = label.rsplit_once("templates/").and_then(|(_, path)| path.rsplit_once('/'));
    let beside = folder.map(|(folder, _)| format!("{folder}/{name}"));
    let exists = |name: &String| {
        [format!("templates/{name}.hbs"), partial_path(name)].iter().any(|path| book.has(path))
    };
    match beside.filter(exists) {
        Some(beside) => diagnostic.hint(format!("names count from `templates/`: write `{{{{> {beside}}}}}`")),
        None => diagnostic.hint(format!(
            "make {} or {}",
            book.label(&format!("templates/{name}.hbs")),
            book.label(&partial_path(name))
        )),
    }
}

/// The path of a partial: `dir/name` is `templates/dir/_name.hbs`.
fn partial_path(name: &str) -> String {
    match name.rsplit_once('/') {
        Some((folder, base)) => format!("templates/{folder}/_{base}.hbs"),
        None => format!("templates/_{name}.hbs"),
    }
}

fn missing(book: &Cookbook, source: &str) -> Diagnostic {
    if let Some(inside) = source.strip_prefix("templates/") {
        let message = format!("there is no template `{}`", book.label(&format!("templates/{source}")));
        return Diagnostic::error(message)
            .note("`templates/` is not part of the name of a source")
            .hint(format!("write `source = \"{inside}\"`"));
    }
    let diagnostic =
        Diagnostic::error(format!("there is no template `{}`", book.label(&format!("templates/{source}"))));
    let stem = source.strip_suffix(".hbs").unwrap_or(source);
    if book.names("templates", "hbs").iter().any(|name| name == source) {
        return diagnostic.hint(format!("write `source = \"{source}.hbs\"`"));
    }
    for (ending, engine) in [("erb", "ERB"), ("j2", "Jinja"), ("jinja", "Jinja"), ("epp", "Puppet's own")] {
        let stem = stem.strip_suffix(&format!(".{ending}")).unwrap_or(stem);
        let found = book.names("templates", ending);
        if let Some(name) = found.iter().find(|name| *name == stem || name.ends_with(&format!("/{stem}"))) {
            return diagnostic
                .note(format!(
                    "`{}` is {engine}, but templates are Handlebars",
                    book.label(&format!("templates/{name}.{ending}"))
                ))
                .hint(format!(
                    "rewrite it as `{}`: `{{{{ name }}}}` inserts a variable",
                    book.label(&format!("templates/{stem}.hbs"))
                ));
        }
    }
    let names: Vec<String> =
        book.names("templates", "hbs").iter().map(|name| format!("{name}.hbs")).collect();
    match nearest(source, names.iter().map(String::as_str)) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}
