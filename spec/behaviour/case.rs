//! One behaviour as text: a project, what is there before, and what must come of it, one stage after another.
//!
//! ```text
//! What it is about.
//! --- file templates/greeting.hbs      a file of the project; `output PATH`: what a shell script prints
//! --- secret token                     a secret of the caller's
//! --- not chroot                       columns that can't do it, and in which words the run says so
//! --- before                           a shell script on the machine
//! --- recipe                           begins a stage
//! --- does                             what the run updates, as `type[name] action`, in order
//! --- again                            what a second run updates; nothing unless said
//! --- fails                            the run fails, and says this
//! --- says                             the run's report holds these lines
//! --- hides                            no plan and no run ever says one of these
//! --- shows                            `$ command` lines on the machine, each with what it prints
//! ```
//!
//! `[DIR]` is a directory of the case's own on the machine.

use std::fs;
use std::path::Path;

/// One behaviour.
#[derive(Debug, Default)]
pub struct Case {
    /// Name of its file.
    pub name: String,
    /// Files of the project.
    pub files: Vec<(String, Source)>,
    /// Secrets by name.
    pub secrets: Vec<(String, String)>,
    /// Columns that can't do it, and what the run says there.
    pub not: Vec<(String, String)>,
    /// One run after another.
    pub stages: Vec<Stage>,
}

/// Where the bytes of a project's file come from.
#[derive(Debug)]
pub enum Source {
    /// These they are.
    Text(String),
    /// A shell script prints them.
    Script(String),
}

/// A recipe, and what comes of it.
#[derive(Debug, Default)]
pub struct Stage {
    /// Shell script on the machine, ahead of all.
    pub before: String,
    /// Recipe.
    pub recipe: String,
    /// What the run updates.
    pub does: Vec<String>,
    /// What a second run updates.
    pub again: Vec<String>,
    /// What a run that fails says; nothing if it must not fail.
    pub fails: Vec<String>,
    /// What the report says.
    pub says: Vec<String>,
    /// What is never said.
    pub hides: Vec<String>,
    /// What is to be seen on the machine, as at a prompt.
    pub shows: String,
}

impl Case {
    /// Reads a file.
    pub fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(path).unwrap().replace("[DIR]", &format!("/srv/{name}"));
        let mut parts = text.split("\n--- ");
        let about = parts.next().unwrap_or_default();
        assert!(!about.is_empty() && !about.starts_with("---"), "{name}: what is it about?");
        let mut case = Self { name, ..Self::default() };
        let mut before = String::new();
        for part in parts {
            let (head, body) = part.split_once('\n').unwrap_or((part, ""));
            // The line's own end went with the next part's beginning.
            let body = format!("{}\n", body.trim_end_matches('\n'));
            let (word, more) = head.split_once(' ').unwrap_or((head, ""));
            let lines = || body.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
            match word {
                "file" => case.files.push((more.to_owned(), Source::Text(body))),
                "output" => case.files.push((more.to_owned(), Source::Script(body))),
                "secret" => case.secrets.push((more.to_owned(), body.trim_end().to_owned())),
                "not" => {
                    case.not.extend(
                        more.split(' ').map(|column| (column.to_owned(), body.trim_end().to_owned())),
                    );
                }
                "before" => before = body,
                "recipe" => {
                    let before = std::mem::take(&mut before);
                    case.stages.push(Stage { before, recipe: body, ..Stage::default() });
                }
                _ => {
                    let name = &case.name;
                    let stage =
                        case.stages.last_mut().unwrap_or_else(|| panic!("{name}: `{word}` before a recipe"));
                    match word {
                        "does" => stage.does = lines(),
                        "again" => stage.again = lines(),
                        "fails" => stage.fails = lines(),
                        "says" => stage.says = lines(),
                        "hides" => stage.hides = lines(),
                        "shows" => stage.shows = body,
                        _ => panic!("{name}: `{word}` is no part of a case"),
                    }
                }
            }
        }
        assert!(!case.stages.is_empty(), "{}: no recipe", case.name);
        case
    }
}
