//! What she does, in a process of hers: this program once more, in her home.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, RenameFlags, renameat_with};

/// Names the variable that tells her what to do.
pub const WORDS: &str = "CHEFRS_SPEC_ATTACK";

/// She ends by herself after so long, whatever became of root.
const LONGEST: Duration = Duration::from_secs(300);

/// A name in her home that comes to mean something else.
pub enum Trick {
    /// A thing of hers and a link to `target` change places.
    Swap {
        /// The name.
        name: &'static str,
        /// Whether it is a directory; otherwise it is a file.
        directory: bool,
        /// What the link says.
        target: &'static str,
    },
    /// What has just been made under a name that begins as drafts do changes places with a link to `target`.
    Drafts {
        /// What the link says.
        target: &'static str,
    },
}

impl Trick {
    /// As the variable holds it.
    pub fn words(&self) -> String {
        match self {
            Self::Swap { name, directory, target } => {
                format!("{} {name} {target}", if *directory { "directory" } else { "file" })
            }
            Self::Drafts { target } => format!("drafts . {target}"),
        }
    }
}

#[test]
#[ignore = "she is called by the specs that suffer her"]
fn she_works() {
    let Some(words) = std::env::var_os(WORDS) else { return };
    let words: Vec<&str> = words.to_str().unwrap().split(' ').collect();
    let [kind, name, target] = words[..] else { panic!("{words:?}") };
    let start = Instant::now();
    let mut count = 0_u64;
    let mut begun = false;
    while start.elapsed() < LONGEST {
        count += 1;
        if kind == "drafts" {
            steal(target, count);
        } else {
            swap(kind, name, target);
        }
        if !begun {
            begun = fs::write("begun", "").is_ok();
        }
    }
}

/// Both change places; where one of them is gone it is made anew. Whatever fails, the next round may bring.
fn swap(kind: &str, name: &str, target: &str) {
    let other = format!("{name}.trap");
    for _ in 0..100 {
        if renameat_with(CWD, name, CWD, &other, RenameFlags::EXCHANGE).is_ok() {
            continue;
        }
        if let Some((above, _)) = name.rsplit_once('/') {
            let _ = fs::create_dir(above);
        }
        for path in [name, &other] {
            if fs::symlink_metadata(path).is_ok_and(|stat| stat.is_symlink()) {
                let _ = fs::remove_file(path);
            }
        }
        let _ = symlink(target, &other);
        if kind == "file" {
            let _ = fs::write(name, "hers");
        } else {
            let _ = fs::create_dir(name);
            let _ = fs::create_dir(format!("{name}/tree"));
            let _ = fs::write(format!("{name}/conf"), "hers");
        }
    }
}

/// A draft that is there changes places with a link.
fn steal(target: &str, count: u64) {
    let _ = symlink(target, "lure");
    for entry in fs::read_dir(".").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_draft = name.to_string_lossy().starts_with(".chefrs-");
        if is_draft && renameat_with(CWD, &name, CWD, "lure", RenameFlags::EXCHANGE).is_ok() {
            let _ = fs::rename("lure", format!("stolen-{count}"));
            let _ = symlink(target, "lure");
        }
    }
}
