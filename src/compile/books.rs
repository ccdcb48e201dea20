//! The project and its cookbooks: resolves names of cookbooks and recipes, and reports missing ones.

use std::collections::{BTreeMap, HashSet};

use crate::cookbook::{Cookbook, Project};
use crate::model::english::{nearest, suggestion};
use crate::model::error::{Diagnostic, Location};
use crate::model::foreign::LANGUAGES;
use crate::model::probe;
use crate::model::sorted;

/// The project and all cookbooks that it may use.
pub(super) struct Books {
    pub(super) own: Cookbook,
    others: BTreeMap<String, Cookbook>,
    /// Warnings about cookbooks that are not finished, by name.
    unfinished: BTreeMap<String, Diagnostic>,
    /// Whether a cookbook comes from elsewhere, so that it needs grants.
    pub(super) has_strangers: bool,
}

impl Books {
    /// The cookbooks of a project.
    pub(super) fn new(project: &Project) -> Self {
        let cookbook = |name: &str| Some((name.to_owned(), project.cookbook(name)?.clone()));
        let others: BTreeMap<String, Cookbook> =
            sorted::collected(project.cookbook_names().into_iter().filter_map(cookbook));
        let needs_grants =
            |book: &Cookbook| book.authority.as_ref().is_some_and(|rights| rights.needs_grants());
        Self {
            has_strangers: others.values().any(needs_grants),
            own: project.own().clone(),
            others,
            unfinished: project.unfinished().clone(),
        }
    }

    /// The project and all cookbooks.
    pub(super) fn all(&self) -> impl Iterator<Item = &Cookbook> {
        std::iter::once(&self.own).chain(self.others.values())
    }

    /// All cookbooks, to change them.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Cookbook> {
        self.others.values_mut()
    }

    /// Names of all cookbooks.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.others.keys().map(String::as_str)
    }

    /// Warnings about the cookbooks that are not finished.
    pub(super) fn unfinished(&self) -> impl Iterator<Item = Diagnostic> {
        self.unfinished.values().map(|problem| {
            let mut warning = Diagnostic::warning(format!("{}, so nothing can use it", problem.message));
            warning.location.clone_from(&problem.location);
            warning.hints.clone_from(&problem.hints);
            warning
        })
    }

    /// Warnings about cookbooks of the project that hide a shipped one with the same name.
    pub(super) fn hiding(&self) -> impl Iterator<Item = Diagnostic> {
        let hiding = self.others.values().filter(|book| book.hides_shipped);
        hiding.map(|Cookbook { name, .. }| {
            Diagnostic::warning(format!(
                "the cookbook `{name}` of the project hides the one that ships with chefrs"
            ))
            .hint(format!(
                "if that is intended, write `replaces_shipped = true` in cookbooks/{name}/cookbook.toml"
            ))
            .hint("otherwise give it another name")
        })
    }

    /// A warning about an `attributes.lua` of the project, which nothing reads.
    pub(super) fn unread_attributes(&self) -> Option<Diagnostic> {
        self.own.has("attributes.lua").then(|| {
            Diagnostic::warning("nothing reads this file: only a cookbook declares attributes")
                .at(Location::new("attributes.lua", 0))
                .hint("move it into a cookbook: `cookbooks/NAME/attributes.lua`")
                .hint("values for the whole project are set below `[attributes]` in chefrs.toml")
        })
    }

    /// A warning about a `facts.lua` of the project, which nothing reads.
    pub(super) fn unread_probes(&self) -> Option<Diagnostic> {
        self.own.has_probes.then(|| {
            Diagnostic::warning("nothing reads this file: only a cookbook declares probes")
                .at(Location::new(probe::FILE, 0))
                .hint(format!("move it into a cookbook: `cookbooks/NAME/{}`", probe::FILE))
        })
    }

    /// Whether the cookbook ships with chefrs. Its files need no checks.
    pub(super) fn is_shipped(&self, name: &str) -> bool {
        self.others.get(name).is_some_and(Cookbook::is_shipped)
    }

    /// Whether there is a cookbook of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.others.contains_key(name)
    }

    /// Finds a cookbook by name. The empty name is the project.
    pub(super) fn book(&self, name: &str) -> Option<&Cookbook> {
        if name.is_empty() { Some(&self.own) } else { self.others.get(name) }
    }

    /// The cookbooks that one may use, by alias. The project may use all.
    pub(super) fn dependencies(&self, of: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        if of.is_empty() {
            found.extend(self.others.keys().map(|name| (name.clone(), name.clone())));
        }
        if let Some(book) = self.book(of) {
            found.extend(book.dependencies.clone());
        }
        found
    }

    /// Resolves an entry of the run list to a cookbook and a recipe.
    pub(super) fn entry<'a>(&self, entry: &'a str) -> Result<(&'a str, &'a str), Diagnostic> {
        let own = self.own.names("recipes", "lua");
        let (book, recipe) = match entry.split_once("::") {
            Some((book, recipe)) => (book, recipe),
            None if own.iter().any(|name| name == entry) => ("", entry),
            None => (entry, "default"),
        };
        let problem = if let Some(unfinished) = self.unfinished.get(book) {
            Some(unfinished.clone())
        } else if !book.is_empty() && !self.others.contains_key(book) {
            let diagnostic = Diagnostic::error(format!(
                "the run list names `{entry}`, but there is no such recipe or cookbook"
            ));
            let names = own.iter().map(String::as_str).chain(self.others.keys().map(String::as_str));
            Some(
                of_chef(entry)
                    .or_else(|| other_language(&self.own, entry))
                    .or_else(|| folder_in_name(entry, &own))
                    .unwrap_or_else(|| with_near(diagnostic, entry, names.collect())),
            )
        } else {
            self.missing_recipe(book, recipe)
        };
        problem.map_or(Ok((book, recipe)), Err)
    }

    /// Resolves a name in a cookbook to a cookbook and a recipe.
    pub(super) fn locate(&self, from: &str, name: &str) -> Result<(String, String), Box<Diagnostic>> {
        let dependencies = self.dependencies(from);
        let (book, recipe) = match name.split_once("::") {
            Some(("", recipe)) => (from.to_owned(), recipe.to_owned()),
            Some((alias, recipe)) => match dependencies.get(alias) {
                Some(book) => (book.clone(), recipe.to_owned()),
                None if alias == from => (from.to_owned(), recipe.to_owned()),
                None => return Err(Box::new(self.not_a_dependency(from, alias))),
            },
            None => {
                let own = self.book(from).map(|book| book.names("recipes", "lua")).unwrap_or_default();
                match dependencies.get(name) {
                    // A cookbook takes precedence. `::name` always means a recipe of the same cookbook.
                    Some(book) => (book.clone(), "default".to_owned()),
                    _ if from.is_empty() && own.iter().any(|recipe| recipe == name) => {
                        (String::new(), name.to_owned())
                    }
                    _ if name == from => (from.to_owned(), "default".to_owned()),
                    _ if self.unfinished.contains_key(name) => {
                        return Err(Box::new(self.missing_cookbook(name)));
                    }
                    _ if from.is_empty() => {
                        let diagnostic =
                            Diagnostic::error(format!("there is no cookbook or recipe `{name}`"));
                        let names =
                            own.iter().map(String::as_str).chain(self.others.keys().map(String::as_str));
                        return Err(Box::new(with_near(diagnostic, name, names.collect())));
                    }
                    _ => return Err(Box::new(self.not_a_dependency(from, name))),
                }
            }
        };
        match self.missing_recipe(&book, &recipe) {
            Some(diagnostic) => Err(Box::new(diagnostic)),
            None => Ok((book, recipe)),
        }
    }

    fn missing_recipe(&self, book: &str, recipe: &str) -> Option<Diagnostic> {
        let Some(found) = self.book(book) else { return Some(self.missing_cookbook(book)) };
        let names = found.names("recipes", "lua");
        if names.iter().any(|name| name == recipe) {
            return None;
        }
        let owner = if book.is_empty() { "the project".to_owned() } else { format!("cookbook `{book}`") };
        if let Some(found) = other_language(found, recipe) {
            return Some(found);
        }
        let diagnostic = Diagnostic::error(format!("{owner} has no recipe `{recipe}`"));
        Some(with_near(diagnostic, recipe, names.iter().map(String::as_str).collect()))
    }

    /// The error for a dependency that is declared but does not exist.
    pub(super) fn missing_cookbook(&self, book: &str) -> Diagnostic {
        if let Some(unfinished) = self.unfinished.get(book) {
            return unfinished.clone();
        }
        let diagnostic = Diagnostic::error(format!("cookbook `{book}` does not exist"))
            .hint(format!("put it into cookbooks/{book}/ of the project"))
            .hint(format!("or take it from elsewhere: `chefrs add {book} --git URL`"));
        match nearest(book, self.others.keys().map(String::as_str)) {
            Some(near) => diagnostic.hint(format!("or did you mean `{near}`?")),
            None => diagnostic,
        }
    }

    /// The error for a cookbook that is not a dependency of the other.
    pub(super) fn not_a_dependency(&self, from: &str, alias: &str) -> Diagnostic {
        let dependencies = self.dependencies(from);
        if from.is_empty() {
            if let Some(unfinished) = self.unfinished.get(alias) {
                return unfinished.clone();
            }
            let diagnostic = Diagnostic::error(format!("there is no cookbook `{alias}`"));
            return with_near(diagnostic, alias, dependencies.keys().map(String::as_str).collect());
        }
        if alias == from {
            return Diagnostic::error(format!("`@{alias}` is this cookbook itself, not a dependency"))
                .hint("write `require \".\"`, which returns its own resources");
        }
        let diagnostic =
            Diagnostic::error(format!("cookbook `{from}` does not declare the dependency `{alias}`"));
        match nearest(alias, dependencies.keys().map(String::as_str)) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint(format!(
                "write `{alias} = \"*\"` below `[dependencies]` in cookbooks/{from}/cookbook.toml"
            )),
        }
    }
}

/// The error for a recipe that exists, but in the language of another tool.
fn other_language(book: &Cookbook, recipe: &str) -> Option<Diagnostic> {
    LANGUAGES.iter().find_map(|(ending, language)| {
        let is_there = book.names("recipes", ending).iter().any(|name| name == recipe);
        is_there.then(|| {
            let file = book.label(&format!("recipes/{recipe}.{ending}"));
            let recipe = book.label(&format!("recipes/{recipe}.lua"));
            Diagnostic::error(format!("`{file}` is {language}, which chefrs does not read")).hint(format!(
                "write it in Lua as `{recipe}`: `package \"nginx\" {{ action = \"install\" }}`"
            ))
        })
    })
}

/// The error for `recipe[web]` and `role[web]`, as in a run list of Chef.
fn of_chef(entry: &str) -> Option<Diagnostic> {
    let (kind, name) = entry.strip_suffix(']')?.split_once('[')?;
    let wrong = Diagnostic::error(format!("the run list names `{entry}`, as for Chef"));
    match kind {
        "recipe" => Some(wrong.hint(format!("write the name alone: `{name}`"))),
        "role" => Some(wrong.hint(format!(
            "a role is a recipe that includes others: write it to `recipes/{name}.lua`, and list `{name}`"
        ))),
        _ => None,
    }
}

/// The error for `recipes/web`, which should be `web`.
fn folder_in_name(entry: &str, own: &[String]) -> Option<Diagnostic> {
    let name = entry.strip_prefix("recipes/").filter(|name| own.iter().any(|known| known == name))?;
    Some(
        Diagnostic::error(format!("the run list names `{entry}`, which is a file"))
            .hint(format!("name the recipe: `-r {name}`")),
    )
}

fn with_near(diagnostic: Diagnostic, word: &str, mut names: Vec<&str>) -> Diagnostic {
    // A recipe and a cookbook may have the same name.
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(*name));
    // A long list is only useful if one of its names is near.
    if names.is_empty() || (names.len() > 40 && nearest(word, names.iter().copied()).is_none()) {
        return diagnostic;
    }
    diagnostic.hint(suggestion(word, &names, "there are"))
}
