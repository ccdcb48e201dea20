//! The cookbooks with probes that a run list reaches, told from the text of the project alone.

use std::collections::BTreeSet;

use super::Project;
use super::book::Cookbook;

/// The cookbooks with probes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProbingCookbooks {
    /// Those that the run list reaches.
    pub reached: Vec<String>,
    /// The other ones.
    pub others: Vec<String>,
}

impl Project {
    /// The cookbooks that declare probes, as a run list reaches them: by itself, through dependencies, or because a recipe
    /// of the project writes their name. Without a run list all are reached.
    #[must_use]
    pub fn probing_cookbooks(&self, run_list: &[String]) -> ProbingCookbooks {
        let all = self.cookbooks.values().filter(|book| book.has_probes).map(|book| book.name.clone());
        let all: Vec<String> = all.collect();
        if all.is_empty() || run_list.is_empty() {
            return ProbingCookbooks { reached: all, others: Vec::new() };
        }
        let reach = RunListReach::of(self, run_list);
        let (reached, others) = all.into_iter().partition(|name| reach.books.contains(name));
        ProbingCookbooks { reached, others }
    }
}

/// What was reached so far.
struct RunListReach<'a> {
    project: &'a Project,
    /// The project's own files that may be reached, each with the words by which others name it.
    files: Vec<(String, Vec<String>)>,
    seen: BTreeSet<String>,
    books: BTreeSet<String>,
}

impl<'a> RunListReach<'a> {
    fn of(project: &'a Project, run_list: &[String]) -> Self {
        let own = &project.own;
        let files = ["recipes", "resources", "libraries"].iter().flat_map(|folder| {
            let files = own.names(folder, "lua").into_iter();
            files.map(move |name| (format!("{folder}/{name}.lua"), vec![name.replace('/', "_"), name]))
        });
        let mut reach =
            RunListReach { project, files: files.collect(), seen: BTreeSet::new(), books: BTreeSet::new() };
        for entry in run_list {
            let (book, own) = match entry.split_once("::") {
                Some(("", recipe)) => ("", recipe),
                Some((book, _)) => (book, ""),
                None => (entry.as_str(), entry.as_str()),
            };
            let own = format!("recipes/{own}.lua");
            // A recipe of the project takes precedence over a cookbook, as in a compile.
            if reach.files.iter().any(|(path, _)| *path == own) {
                reach.file(&own);
            } else {
                reach.book(book);
            }
        }
        reach
    }

    fn book(&mut self, name: &str) {
        let Some(found) = self.project.cookbook(name) else { return };
        if self.books.insert(name.to_owned()) {
            found.dependencies.values().for_each(|dependency| self.book(dependency));
        }
    }

    /// Follows a file of the project to all that it names.
    fn file(&mut self, path: &str) {
        if !self.seen.insert(path.to_owned()) {
            return;
        }
        // The compile reports what can't be read.
        let Ok(Some(text)) = self.project.own.text(path) else { return };
        let books: Vec<&Cookbook> =
            self.project.cookbooks.values().filter(|book| names(&text, &book.name)).collect();
        for book in books {
            self.book(&book.name);
        }
        let files = self.files.iter().filter(|(_, words)| words.iter().any(|word| names(&text, word)));
        let files: Vec<String> = files.map(|(path, _)| path.clone()).collect();
        for file in &files {
            self.file(file);
        }
    }
}

/// Whether a text has the word.
fn names(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
