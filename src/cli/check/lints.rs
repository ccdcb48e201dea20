//! What is well-formed and most likely a mistake: names that nothing uses, and names that hide others.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cli::offer::offer;
use crate::compile::local_lints;
use crate::cookbook::{Cookbook, Project};
use crate::model::collection::Collection;
use crate::model::content::Template;
use crate::model::english::list;
use crate::model::error::{Diagnostic, Location};
use crate::model::task_card;
use crate::template;

/// Folders with Lua files.
const LUA: [&str; 5] = ["recipes", "resources", "libraries", "tasks", "tests"];

/// The tasks of a cookbook, as messages name their files.
fn task_files(book: &Cookbook) -> Vec<String> {
    let names = book.names(task_card::FOLDER, "lua").into_iter();
    names.map(|name| book.label(&format!("{}/{name}.lua", task_card::FOLDER))).collect()
}

/// The findings in the project's own files and in those of its own cookbooks.
pub(super) fn lints(project: &Project) -> Vec<Diagnostic> {
    let own = project.cookbook_names().into_iter().filter(|name| project.is_own(name));
    let books: Vec<&Cookbook> = own.filter_map(|name| project.cookbook(name)).collect();
    let mut found = Vec::new();
    for book in books.iter().copied().chain([project.own()]) {
        for (path, text) in lua_files(book) {
            found.extend(of_locals(book, &path, &text));
        }
    }
    // What is wrong with the declarations themselves is told by the compile.
    let Ok(offer) = offer(project) else { return found };
    // No recipe leads to a task, so what is wrong with one is told here.
    let tasks: BTreeSet<String> = books.iter().copied().chain([project.own()]).flat_map(task_files).collect();
    let is_of_task =
        |finding: &&Diagnostic| finding.location.as_ref().is_some_and(|place| tasks.contains(&place.file));
    found.extend(offer.findings.iter().filter(is_of_task).cloned());
    // Others may read the attributes of a cookbook.
    let others =
        WrittenWords::of(project.cookbook_names().into_iter().filter_map(|name| project.cookbook(name)));
    for book in books {
        let all = WrittenWords::of(std::iter::once(book));
        let is_for_others =
            book.names("recipes", "lua").is_empty() && book.names("resources", "lua").is_empty();
        let declared = offer.attributes.iter().filter(|known| known.property.is_some());
        for attribute in declared {
            let Some((name, path)) = attribute.path.split_once('.').filter(|(name, _)| *name == book.name)
            else {
                continue;
            };
            let last = path.rsplit('.').next().unwrap_or(path);
            if !(is_for_others || others.reads(last) || is_passed_on(book, name)) {
                let message = format!("nothing reads the attribute `{name}.{path}`");
                found.push(placed(
                    book,
                    "attributes.lua",
                    last,
                    message,
                    "leave it out, or use it in a recipe",
                ));
            }
        }
        for card in offer.types.iter().filter(|card| card.cookbook.as_deref() == Some(&book.name)) {
            let word = card.word.split_once('.').map_or(card.word.as_str(), |(_, word)| word);
            let file = format!("resources/{word}.lua");
            for property in card.schema.properties.iter().filter(|property| !all.reads(&property.name)) {
                let message = format!("nothing reads the property `{}` of `{}`", property.name, card.word);
                let hint = format!("leave it out, or use `self.{}` in an action", property.name);
                found.push(placed(book, &file, &property.name, message, &hint));
            }
        }
        for alias in book.dependencies.keys().filter(|alias| !all.depends_on(alias)) {
            let message = format!("nothing in the cookbook uses its dependency `{alias}`");
            found.push(placed(book, "cookbook.toml", alias, message, "leave it out of `[dependencies]`"));
        }
    }
    found
}

/// Variables that templates do not use, in rows of recipes. A caller may choose the template of a custom resource.
pub(super) fn of_templates(project: &Project, collection: &Collection) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for row in collection.rows.iter().filter(|row| row.parent.is_none()) {
        let is_own = row.cookbook.is_empty() || project.is_own(&row.cookbook);
        let variables = row.properties.get("variables").and_then(Value::as_object);
        let Some(variables) = variables.filter(|_| is_own) else { continue };
        for value in row.properties.values() {
            let Ok(used) = serde_json::from_value::<Template>(value.clone()) else { continue };
            let unused = template::unused(&used, variables.keys().map(String::as_str));
            if unused.is_empty() || unused.len() == variables.len() {
                continue;
            }
            let names: Vec<String> = unused.iter().map(|name| format!("`{name}`")).collect();
            let (noun, names) =
                (if names.len() == 1 { "variable" } else { "variables" }, list(&names, "and"));
            let message = format!("{}: `{}` does not use its {noun} {names}", row.id(), used.name);
            let hint = "leave out what the template does not need";
            found.push(Diagnostic::warning(message).at(row.location.clone()).hint(hint));
        }
    }
    found
}

fn lua_files(book: &Cookbook) -> Vec<(String, String)> {
    let names = LUA.iter().flat_map(|folder| {
        book.names(folder, "lua").into_iter().map(move |name| format!("{folder}/{name}.lua"))
    });
    let single = ["attributes.lua", "facts.lua"].map(str::to_owned);
    let paths = names.chain(single).filter(|path| book.has(path));
    paths
        .filter_map(|path| {
            let text = book.text(&path).ok()??.into_owned();
            Some((path, text))
        })
        .collect()
}

fn of_locals(book: &Cookbook, path: &str, text: &str) -> Vec<Diagnostic> {
    let finding = |lint: &crate::compile::LocalLint| {
        let name = &lint.name;
        let mut place = Location::new(book.label(path), lint.line);
        let line = usize::try_from(lint.line).unwrap_or(1).saturating_sub(1);
        text.lines().nth(line).unwrap_or_default().trim_end().clone_into(&mut place.excerpt);
        match lint.hides {
            Some(other) => Diagnostic::warning(format!("`{name}` hides the `{name}` of line {other}"))
                .at(place)
                .hint("give one of them another name"),
            None => Diagnostic::warning(format!("nothing uses the local `{name}`"))
                .at(place)
                .hint(format!("leave it out; `_{name}` says that it is not wanted")),
        }
    };
    local_lints(text).iter().map(finding).collect()
}

/// A finding at the first line of a file that has a word.
fn placed(book: &Cookbook, path: &str, word: &str, message: String, hint: &str) -> Diagnostic {
    let text = book.text(path).ok().flatten().unwrap_or_default();
    let has = |line: &str| line.split(is_between).any(|found| found == word);
    let line = text.lines().position(has).unwrap_or_default();
    let mut place = Location::new(book.label(path), u32::try_from(line + 1).unwrap_or(u32::MAX));
    text.lines().nth(line).unwrap_or_default().trim_end().clone_into(&mut place.excerpt);
    Diagnostic::warning(message).at(place).hint(hint)
}

/// Whether a cookbook passes its attributes on as a whole.
fn is_passed_on(book: &Cookbook, name: &str) -> bool {
    lua_files(book).iter().any(|(_, text)| {
        text.match_indices(&format!("node.{name}")).any(|(at, found)| {
            let after = text[at + found.len()..].chars().next();
            !after.is_some_and(|c| c == '.' || !is_between(c))
        })
    })
}

/// Whether a character is no part of a name.
fn is_between(c: char) -> bool {
    !(c.is_alphanumeric() || c == '_')
}

/// The words in the files of a cookbook, apart from those that only declare.
struct WrittenWords {
    read: BTreeSet<String>,
    texts: Vec<String>,
}

impl WrittenWords {
    fn of<'a>(books: impl Iterator<Item = &'a Cookbook>) -> Self {
        let mut all = Self { read: BTreeSet::new(), texts: Vec::new() };
        books.for_each(|book| all.add(book));
        all
    }

    fn add(&mut self, book: &Cookbook) {
        let mut texts: Vec<String> = lua_files(book).into_iter().map(|(_, text)| text).collect();
        let templates = book.names("templates", "hbs").into_iter();
        texts.extend(
            templates
                .filter_map(|name| Some(book.text(&format!("templates/{name}.hbs")).ok()??.into_owned())),
        );
        for text in &texts {
            let mut end = 0;
            for piece in text.split_inclusive(is_between) {
                let (at, word) = (end, piece.trim_end_matches(is_between));
                end += piece.len();
                // `name = property.string {}` declares it. What comes after a point is read, even where it is set.
                let is_set = text[at + word.len()..].trim_start().starts_with('=');
                if !is_set || text[..at].ends_with('.') {
                    self.read.insert(word.to_owned());
                }
            }
        }
        self.texts.append(&mut texts);
    }

    /// Whether something reads a field of this name.
    fn reads(&self, name: &str) -> bool {
        self.read.contains(name)
    }

    /// Whether something requires a cookbook, includes its recipes or reads its attributes.
    fn depends_on(&self, alias: &str) -> bool {
        let forms = [
            format!("@{alias}"),
            format!("\"{alias}"),
            format!("'{alias}"),
            format!("`{alias}"),
            format!("node.{alias}"),
        ];
        self.texts.iter().any(|text| forms.iter().any(|form| text.contains(form.as_str())))
    }
}
