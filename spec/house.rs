//! Checks the architecture of the library: which module imports which, which may print or open files, and how long
//! files are.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

mod circles;
mod code;
mod doors;
mod names;
mod public;
mod reader;
pub(crate) mod source;
mod tables;

use code::{File, LIBRARY};
use source::{home, listed, sources, table};

/// Most lines of a file. A longer one must be split by idea.
const LONGEST: usize = 500;

#[test]
fn imports_go_down_only() {
    let floors = floors();
    let mut wrong = Vec::new();
    for (file, room, path) in imports() {
        let (Some(own), Some(floor)) = (floors.get(&file.source.room), floors.get(room)) else { continue };
        if floor >= own {
            wrong.push(format!("{} of floor {own} needs `{path}` of floor {floor}", file.source.path));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn strangers_stay_strangers() {
    // These imports would go down, but are forbidden.
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
    let stranger = |(file, room, path): &(&File, &str, String)| {
        let knows = strangers.contains(&(file.source.room.as_str(), *room));
        knows.then(|| format!("{} knows `{path}`", file.source.path))
    };
    assert_eq!(imports().iter().filter_map(stranger).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn lua_lives_in_compile_alone() {
    let others = LIBRARY.values().filter(|file| file.source.room != "compile");
    let knows = |file: &&File| file.named.iter().any(|parts| parts[0] == "mlua");
    let wrong: Vec<&str> = others.filter(knows).map(|file| file.source.path.as_str()).collect();
    assert_eq!(wrong, Vec::<&str>::new());
}

#[test]
fn only_cli_and_report_print() {
    let words = ["println!", "eprintln!", "print!(", "eprint!(", "io::stdout", "io::stderr"];
    assert_eq!(outside(&["cli", "report"], &words), Vec::<String>::new());
}

#[test]
fn the_words_typed_are_read_in_cli_alone() {
    // Environment variables are checked by clippy, whose configuration lists the exceptions with reasons.
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
    // Each root, and the file that lists its modules. The benchmarks and the fuzz targets are separate programs.
    let programs = ["spec/bench/", "spec/fuzz/lib.rs", "spec/fuzz/fuzz_targets/"];
    let roots = [("src", "src/lib.rs"), ("spec", "spec/main.rs"), ("spec/bench", "spec/bench/main.rs")];
    for (root, first) in roots {
        for file in sources(root) {
            let of_another = root == "spec" && programs.iter().any(|program| file.path.starts_with(program));
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
            // A module whose name is a keyword is a raw identifier.
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

/// Lines with one of the words, outside of these modules.
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

/// The imports from other modules: file, module, and path.
fn imports() -> Vec<(&'static File, &'static str, String)> {
    let of_file = |file: &'static File| {
        let others = file.named.iter().filter(|parts| parts[0] == "crate" && parts.len() > 1);
        others.map(move |parts| (file, parts[1].as_str(), parts.join("::")))
    };
    LIBRARY.values().flat_map(of_file).filter(|(file, room, _)| file.source.room != *room).collect()
}

/// The floor of each module, from the table in src/lib.rs.
fn floors() -> BTreeMap<String, u32> {
    let rows = table("| floor | modules | what happens there |");
    let floor = |row: &Vec<String>| row[0].parse().unwrap();
    rows.iter().flat_map(|row| listed(&row[1]).into_iter().map(move |room| (room, floor(row)))).collect()
}
