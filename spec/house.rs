//! The walls of the house: which floor knows which, who may print, who may touch files, and how long a file may be.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

mod circles;
mod code;
mod doors;
mod names;
mod public;
mod reader;
mod source;

use source::{home, listed, sources, table};

/// Longest file; what is longer is split by idea.
const LONGEST: usize = 500;

#[test]
fn imports_go_down_only() {
    let floors = floors();
    let mut wrong = Vec::new();
    for file in sources("src") {
        let Some(&own) = floors.get(file.room.as_str()) else { continue };
        for (line, code) in file.code() {
            for name in imports(code) {
                let Some(&floor) = floors.get(name.as_str()) else { continue };
                if name != file.room && floor >= own {
                    wrong.push(format!("{}:{line} floor {own} imports `{name}` of floor {floor}", file.path));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn strangers_stay_strangers() {
    // Each of these could be reached by going down, and still must not be known.
    let strangers = [
        ("compile", "target"),
        ("converge", "cookbook"),
        ("converge", "facts"),
        ("report", "target"),
        ("report", "template"),
        ("report", "provider"),
        ("report", "resources"),
        ("report", "cookbook"),
        ("report", "facts"),
        ("report", "compile"),
        ("report", "converge"),
    ];
    let mut wrong = Vec::new();
    for file in sources("src") {
        for (line, code) in file.code() {
            for name in imports(code) {
                if strangers.contains(&(file.room.as_str(), name.as_str())) {
                    wrong.push(format!("{}:{line} knows `{name}`", file.path));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn lua_lives_in_compile_alone() {
    assert_eq!(outside(&["compile"], &["mlua"]), Vec::<String>::new());
}

#[test]
fn only_cli_and_report_print() {
    let words = ["println!", "eprintln!", "print!(", "eprint!(", "io::stdout", "io::stderr"];
    assert_eq!(outside(&["cli", "report"], &words), Vec::<String>::new());
}

#[test]
fn the_words_typed_are_read_in_cli_alone() {
    // Variables are held by clippy, which knows the exceptions and their reasons.
    assert_eq!(outside(&["cli", "main"], &["env::args"]), Vec::<String>::new());
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    let mut wrong = Vec::new();
    for file in sources("src").into_iter().chain(sources("spec")) {
        let lines = file.text.lines().count();
        if lines > LONGEST {
            wrong.push(format!("{} has {lines} lines, more than {LONGEST}", file.path));
        }
        if !file.text.starts_with("//! ") {
            wrong.push(format!("{} does not begin with `//!` and a sentence", file.path));
        }
        if file.path.ends_with("/mod.rs") {
            wrong.push(format!("{} stands inside its folder, not beside it", file.path));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_file_is_forgotten() {
    let mut wrong = Vec::new();
    // Each root and the file that lists what stands in it. The benchmarks are a program of their own.
    let roots = [("src", "src/lib.rs"), ("spec", "spec/main.rs"), ("spec/bench", "spec/bench/main.rs")];
    for (root, first) in roots {
        for file in sources(root) {
            let of_another = root == "spec" && file.path.starts_with("spec/bench/");
            if of_another || file.path == first || file.path == "src/main.rs" {
                continue;
            }
            let path = Path::new(&file.path);
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let parent = path.parent().unwrap();
            let list =
                if parent == Path::new(root) { PathBuf::from(first) } else { parent.with_extension("rs") };
            let text = fs::read_to_string(home().join(&list)).unwrap_or_default();
            let wanted = format!("mod {stem};");
            // A name that is a word of the language stands with its mark.
            let marked = format!("mod r#{stem};");
            let found = text.lines().any(|line| {
                let line = line.trim();
                let end = line.ends_with(&wanted) || line.ends_with(&marked);
                end && !line.starts_with("//")
            });
            if !found {
                wrong.push(format!("{} is not listed in {}", file.path, list.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_room_has_its_floor() {
    let floors = floors();
    let text = fs::read_to_string(home().join("src/lib.rs")).unwrap();
    let rooms: Vec<&str> = text
        .lines()
        .filter_map(|line| {
            line.strip_prefix("pub mod ").or_else(|| line.strip_prefix("mod "))?.strip_suffix(';')
        })
        .collect();
    assert!(rooms.len() > 10, "the rooms of src/lib.rs are {rooms:?}");
    for room in rooms {
        assert!(floors.contains_key(room), "`{room}` is missing in the map of src/lib.rs");
    }
}

/// Lines outside of some rooms that hold one of the words.
fn outside(rooms: &[&str], words: &[&str]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in sources("src") {
        if rooms.iter().any(|room| file.is_behind(room)) {
            continue;
        }
        for (line, code) in file.code() {
            if words.iter().any(|word| code.contains(word)) {
                wrong.push(format!("{}:{line} {}", file.path, code.trim()));
            }
        }
    }
    wrong
}

/// First names behind `crate::`, grouped ones too.
fn imports(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, word) in code.match_indices("crate::") {
        let rest = &code[at + word.len()..];
        let list = match rest.strip_prefix('{') {
            Some(group) => group.split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for item in list {
            let name: String = item.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            names.push(name);
        }
    }
    names
}

/// Floor of each room, from the map in src/lib.rs.
fn floors() -> BTreeMap<String, u32> {
    let rows = table("| floor | modules | what happens there |");
    let floor = |row: &Vec<String>| row[0].parse().unwrap();
    rows.iter().flat_map(|row| listed(&row[1]).into_iter().map(move |room| (room, floor(row)))).collect()
}
