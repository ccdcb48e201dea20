//! A local user who swaps names in her directories as fast as she can while root works there. Whatever root is told to do,
//! nothing of root's is changed and nothing of it is told, in either engine. Where the same is done by names she wins: so
//! what is specified here can fail.

#![expect(clippy::unwrap_used, reason = "specs may panic")]

use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::query::Query;
use chefrs::model::step::{Attributes, Command, Fetch, Step, Unpack, WriteFile};
use chefrs::target::Target;
use chefrs::target::local::Local;

use crate::local::file;
use crate::patience::CallInTime as _;
use crate::shell::{Session, shells};
use crate::skipped::is_root;
use ground::Ground;
use her::Trick;

mod ground;
mod her;

/// For how long root works under each attack, by each engine.
const ROUNDS: Duration = Duration::from_millis(1500);

/// What root is told to do in her directory, again and again.
struct Work {
    steps: Vec<Step>,
    queries: Vec<Query>,
}

/// Her attack, what root does meanwhile, and the same by names: `$1` is her home, `$2` her number.
struct Attack {
    trick: Trick,
    work: fn(&Ground) -> Work,
    by_name: &'static [&'static str],
}

fn hers() -> Attributes {
    Attributes { owner: Some(ground::HER.to_string()), group: None, mode: Some(0o666) }
}

fn remove(path: Utf8PathBuf) -> Step {
    Step::Remove { path, recursive: true, backup: 0 }
}

fn unpack(ground: &Ground, destination: Utf8PathBuf) -> Step {
    Step::Unpack(Unpack {
        archive: ground.path("archive.tar"),
        checksum: None,
        destination,
        strip_components: 0,
        attributes: hers(),
        replace: true,
        size_limit: 0,
        mark: None,
    })
}

fn write(path: &Utf8Path) -> Step {
    Step::WriteFile(WriteFile { attributes: hers(), backup: 1, ..file(path, "from root") })
}

fn make(path: Utf8PathBuf) -> Step {
    Step::MakeDirectory { path, attributes: Attributes { mode: Some(0o777), ..hers() }, parents: true }
}

fn link(path: Utf8PathBuf) -> Step {
    Step::Symlink { path, to: "somewhere".into(), attributes: Attributes { mode: None, ..hers() } }
}

fn give(path: Utf8PathBuf) -> Step {
    Step::SetAttributes { path, attributes: hers() }
}

fn fetch(from: &Utf8Path, path: Utf8PathBuf) -> Step {
    Step::Fetch(Fetch {
        urls: vec![format!("file://{from}")],
        path,
        checksum: None,
        headers: BTreeMap::new(),
        attributes: hers(),
        backup: 0,
        timeout: 60,
        size_limit: 0,
        ..Fetch::default()
    })
}

fn run_in(directory: Utf8PathBuf) -> Step {
    Step::Run(Command { cwd: Some(directory), ..Command::new(["touch", "made-there"]) })
}

fn questions(path: &Utf8Path) -> Vec<Query> {
    vec![Query::Read(path.to_owned()), Query::Digest(path.to_owned())]
}

/// A directory of hers on the way becomes a link to one of root's.
const ON_THE_WAY: Attack = Attack {
    trick: Trick::Swap { name: "app", directory: true, target: "../roots" },
    work: |ground| {
        let at = |name: &str| ground.home().join("app").join(name);
        Work {
            steps: vec![
                write(&at("conf")),
                give(at("conf")),
                make(at("made/below")),
                link(at("link")),
                Step::Hardlink { path: at("hard"), to: at("conf") },
                Step::Touch { path: at("touched") },
                unpack(ground, at("unpacked")),
                fetch(&ground.path("archive.tar"), at("fetched")),
                fetch(&at("conf"), ground.given()),
                run_in(ground.home().join("app")),
                remove(at("conf")),
                remove(at("tree")),
            ],
            queries: [questions(&at("conf")), vec![Query::List(at("tree"))]].concat(),
        }
    },
    by_name: &[
        "printf x >\"$1/app/conf\"",
        "chown \"$2\" \"$1/app/conf\"",
        "chmod 666 \"$1/app/conf\"",
        "mkdir -p \"$1/app/made\"",
        "ln -s x \"$1/app/link\"",
        "touch \"$1/app/touched\"",
        "tar -C \"$1/app\" -xf \"$1/../archive.tar\"",
        "cp \"$1/../archive.tar\" \"$1/app/fetched\"",
        "cd \"$1/app\" && touch made-there; cd /",
        "rm -f \"$1/app/conf\"",
        "rm -rf \"$1/app/tree\"",
    ],
};

/// A file of hers becomes a link to one of root's.
const LAST: Attack = Attack {
    trick: Trick::Swap { name: "conf", directory: false, target: "../roots/conf" },
    work: |ground| {
        let path = ground.home().join("conf");
        Work {
            steps: vec![
                give(path.clone()),
                write(&path),
                Step::Touch { path: path.clone() },
                fetch(&path, ground.given()),
            ],
            queries: questions(&path),
        }
    },
    by_name: &[
        "[ -L \"$1/conf\" ] || chown \"$2\" \"$1/conf\"",
        "[ -L \"$1/conf\" ] || chmod 666 \"$1/conf\"",
        "[ -L \"$1/conf\" ] || printf x >\"$1/conf\"",
    ],
};

/// A directory of hers, which itself is what root is told of, becomes a link to one of root's.
const DIRECTORY: Attack = Attack {
    trick: Trick::Swap { name: "d", directory: true, target: "../roots" },
    work: |ground| {
        let path = ground.home().join("d");
        Work {
            steps: vec![
                make(path.clone()),
                give(path.clone()),
                remove(path.clone()),
                unpack(ground, path.clone()),
            ],
            queries: vec![Query::List(path.join("tree"))],
        }
    },
    by_name: &["[ -L \"$1/d\" ] || chmod 777 \"$1/d\"", "[ -L \"$1/d\" ] || rm -f \"$1/d/conf\""],
};

/// Within a tree of hers a directory becomes a link to one of root's.
const INSIDE: Attack = Attack {
    trick: Trick::Swap { name: "tree/sub", directory: true, target: "../../roots" },
    work: |ground| {
        let path = ground.home().join("tree");
        Work {
            steps: vec![remove(path.clone()), make(path.clone()), unpack(ground, path)],
            queries: Vec::new(),
        }
    },
    by_name: &["for d in \"$1\"/tree/*; do [ -L \"$d\" ] || rm -f \"$d/conf\"; done"],
};

/// What root has just made, to move it into its place, becomes a link to a file of root's.
const DRAFTS: Attack = Attack {
    trick: Trick::Drafts { target: "../roots/conf" },
    work: |ground| {
        let at = |name: &str| ground.home().join(name);
        let steps = vec![
            write(&at("written")),
            make(at("made")),
            link(at("link")),
            Step::Touch { path: at("touched") },
            unpack(ground, at("unpacked")),
            remove(at("made")),
            remove(at("written")),
            remove(at("touched")),
        ];
        Work { steps, queries: Vec::new() }
    },
    by_name: &[
        "d=$1/.chefrs-$$; mkdir -m 700 \"$d\"; chown \"$2\" \"$d\"; mv \"$d\" \"$1/made\"; rm -rf \"$1/made\"",
    ],
};

/// Her process, for as long as this lives.
struct Attacker(Child);

impl Attacker {
    fn begin(ground: &Ground, trick: &Trick) -> Self {
        use std::os::unix::process::CommandExt as _;
        let child = std::process::Command::new("/proc/self/exe")
            .args(["attacker::her::she_works", "--exact", "--nocapture", "--ignored"])
            .env(her::WORDS, trick.words())
            .current_dir(ground.home())
            .uid(ground::HER)
            .gid(ground::HER)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for Attacker {
    fn drop(&mut self) {
        use crate::patience::EndInTime as _;
        let _ = self.0.kill();
        let _ = self.0.wait_in_time();
    }
}

/// Works under an attack for a while; what of root's was reached.
fn suffer(target: &mut dyn Target, name: &str, attack: &Attack) {
    let ground = Ground::new();
    let before = ground.roots();
    let work = (attack.work)(&ground);
    let _attacker = Attacker::begin(&ground, &attack.trick);
    ground.wait_for_her();
    let begin = Instant::now();
    while begin.elapsed() < ROUNDS {
        for step in &work.steps {
            // Whether it can be done is a matter of luck.
            let _ = target.apply(step, &mut |_| {});
            assert_eq!(ground.roots(), before, "{name}: {step:?}");
            let given = std::fs::read_to_string(ground.given()).unwrap_or_default();
            assert!(!given.contains(ground::SECRET), "{name}: {step:?}");
        }
        for (query, answer) in work.queries.iter().zip(target.ask(&work.queries).unwrap()) {
            let answer = format!("{answer:?}");
            let digest = Ground::digest();
            let told = [ground::SECRET, &digest, "kept"].into_iter().find(|word| answer.contains(word));
            assert_eq!(told, None, "{name}: {query:?}: {answer}");
        }
    }
}

/// The same by names, until something of root's is reached.
fn succumb(script: &str, attack: &Attack) {
    let ground = Ground::new();
    let before = ground.roots();
    let _attacker = Attacker::begin(&ground, &attack.trick);
    ground.wait_for_her();
    let begin = Instant::now();
    while ground.roots() == before {
        assert!(begin.elapsed() < Duration::from_secs(120), "she never wins: {script}");
        let many = format!("n=0; while [ $n -lt 50 ]; do n=$((n + 1)); {script}; done");
        let home = ground.home();
        let words = ["-c", &many, "sh", home.as_str(), &ground::HER.to_string()].map(str::to_owned);
        let _ = std::process::Command::new("/bin/sh").args(words).stderr(Stdio::null()).status_in_time();
    }
}

fn hold(attack: &Attack) {
    if !is_root() {
        return;
    }
    for script in attack.by_name {
        succumb(script, attack);
    }
    let kept = tempfile::tempdir().unwrap();
    let state = Utf8PathBuf::from_path_buf(kept.path().join("state")).unwrap();
    for argv in shells() {
        let mut session = Session::with(&argv);
        session.shell().keep_state_in(&state).unwrap();
        suffer(session.shell(), &argv.join(" "), attack);
    }
    let mut local = Local::new();
    local.keep_state_in(state);
    suffer(&mut local, "local", attack);
}

#[test]
fn a_directory_on_the_way_is_swapped() {
    hold(&ON_THE_WAY);
}

#[test]
fn a_file_is_swapped() {
    hold(&LAST);
}

#[test]
fn a_directory_itself_is_swapped() {
    hold(&DIRECTORY);
}

#[test]
fn a_directory_inside_of_a_tree_is_swapped() {
    hold(&INSIDE);
}

#[test]
fn drafts_are_swapped() {
    hold(&DRAFTS);
}
