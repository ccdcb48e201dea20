//! Finds attributes that nothing reads: for a misspelt cookbook, or with a key that no file of the project uses.

use crate::cookbook::Cookbook;
use crate::model::english::{list, nearest};
use crate::model::error::{Diagnostic, Severity};
use crate::model::node::{AttributeSource, IDENTITY, Layer};

use super::attributes::layers::origin;
use super::compilation::Compilation;

impl Compilation {
    /// Reports attributes in the layers that nothing reads. It is an error if no run can use it, and a warning if
    /// another run may.
    pub(super) fn check_unread(&self) {
        for source in &self.layers {
            for key in source.values.keys() {
                if IDENTITY.contains(&key.as_str())
                    || self.facts.contains_key(key)
                    || self.session.borrow().read.contains(key)
                {
                    continue;
                }
                let found = if self.books.has(key) {
                    self.not_in_this_run(key, source)
                } else if self.is_written_somewhere(key) {
                    None
                } else {
                    Some(self.unknown_key(key, source))
                };
                if let Some(diagnostic) = found {
                    self.say_of_layer(key, source, diagnostic);
                }
            }
        }
    }

    /// An attribute that was given on the command line is meant for this run.
    fn not_in_this_run(&self, book: &str, source: &AttributeSource) -> Option<Diagnostic> {
        let is_loaded = self.attributes.borrow().is_loaded(book);
        (source.layer == Layer::CommandLine && !is_loaded).then(|| {
            Diagnostic::warning(format!(
                "cookbook `{book}` is not part of this run, so nothing reads `{book}`"
            ))
            .hint("include its recipe, or leave the attribute out")
        })
    }

    fn unknown_key(&self, key: &str, source: &AttributeSource) -> Diagnostic {
        let near = nearest(key, self.books.names());
        let message = format!(
            "nothing reads `{key}`: it is not a cookbook or a fact, and no recipe of the project uses it"
        );
        let certain = near.is_some() || key == "attributes" || source.layer == Layer::CommandLine;
        let diagnostic = if certain { Diagnostic::error(message) } else { Diagnostic::warning(message) };
        if key == "attributes" {
            return diagnostic
                .hint("attributes have no common prefix here: leave `attributes` out of the path");
        }
        if let Some(near) = near {
            return diagnostic.hint(format!("did you mean `{near}`?"));
        }
        let mut same: Vec<String> =
            self.attributes.borrow().called(key).take(3).map(|path| format!("`{path}`")).collect();
        if same.is_empty() {
            same = self.declared_elsewhere(key);
        }
        if same.is_empty() {
            diagnostic.hint("leave it out, or read it in a recipe")
        } else {
            diagnostic.hint(format!("did you mean {}?", list(&same, "or")))
        }
    }

    /// Attributes with this name in cookbooks that are not part of this run.
    fn declared_elsewhere(&self, key: &str) -> Vec<String> {
        let declares = |book: &&Cookbook| {
            let text = book.text("attributes.lua").ok().flatten().unwrap_or_default();
            text.lines().any(|line| {
                line.trim_start()
                    .strip_prefix(key)
                    .is_some_and(|rest| rest.trim_start().starts_with("= attribute."))
            })
        };
        let named = self.books.all().filter(|book| !book.name.is_empty()).filter(declares);
        named.take(3).map(|book| format!("`{}.{key}`", book.name)).collect()
    }

    /// Whether a file of the project or of its cookbooks reads the key. Another run may need it then.
    fn is_written_somewhere(&self, key: &str) -> bool {
        let reads = |book: &Cookbook, path: &str| {
            book.text(path).ok().flatten().is_some_and(|text| reads(&text, key))
        };
        self.books.all().any(|book| {
            let folders = ["recipes", "resources", "libraries"];
            let files = folders.iter().flat_map(|folder| {
                book.names(folder, "lua").into_iter().map(move |name| format!("{folder}/{name}.lua"))
            });
            files.chain(["attributes.lua".to_owned()]).any(|path| reads(book, &path))
        })
    }

    fn say_of_layer(&self, key: &str, source: &AttributeSource, diagnostic: Diagnostic) {
        let location = origin(source, key).or_else(|| {
            let below = source.lines.iter().find(|(path, _)| path.split('.').next() == Some(key));
            below.map(|(_, location)| location.clone())
        });
        let diagnostic = match location {
            Some(location) => diagnostic.at(location),
            None => diagnostic.note(format!("set by {}", source.origin)),
        };
        let mut session = self.session.borrow_mut();
        if diagnostic.severity == Severity::Error {
            session.record(diagnostic);
        } else {
            session.warnings.push(diagnostic);
        }
    }
}

/// Whether the code has `node.key`, or `"key"` or `"key.…"` as a path.
fn reads(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, _)| {
        let (before, after) = (&text[..at], text[at + key.len()..].chars().next());
        if before.ends_with("node.") {
            return !after.is_some_and(|c| c.is_alphanumeric() || c == '_');
        }
        before.ends_with(['"', '\'', '`']) && after.is_some_and(|c| "\"'`.".contains(c))
    })
}
