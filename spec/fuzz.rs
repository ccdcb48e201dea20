//! What reads strangers' bytes, fed with the corpus in `spec/fuzz/corpus` and with mutations of it: by the functions that
//! are fuzzed for longer with a nightly toolchain (see `spec/fuzz/lib.rs`). This is done in a process of its own, whose
//! memory and time are bounded, so that whatever a text does to it is told with the text's name.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage, setrlimit};
use nix::sys::time::TimeValLike as _;

use crate::laws::random::Random;
use crate::patience::CallInTime as _;

mod mutate;
mod targets;
mod yaml;

use mutate::mutated;
use targets::TARGETS;

/// Mutations of each text.
const MUTATIONS: usize = 30;
/// What they begin with; each text has its own in every run.
const SEED: u64 = 8;
/// Bytes of memory that the whole may take, what is mapped and never used counted: more than one text can need.
const MEMORY: u64 = 2 << 30;
/// Seconds of processor time that a text and its mutations may take.
const SECONDS: u64 = 10;
/// Bytes of the whole corpus, which everybody fetches.
const CORPUS: u64 = 400 << 10;

/// Stands before the name of what is read next.
const NEXT: &str = "reads ";

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/fuzz")
}

/// The texts of a target, by name.
fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = home().join("corpus").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn whatever_strangers_write_is_read_within_bounds() {
    const INSIDE: &str = "CHEFRS_SPEC_FUZZ";
    if std::env::var_os(INSIDE).is_some() {
        return read_all();
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "fuzz::whatever_strangers_write_is_read_within_bounds"])
        .env(INSIDE, "yes")
        .output_in_time()
        .unwrap();
    let (said, complaint) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let last = said.lines().filter_map(|line| line.strip_prefix(NEXT)).next_back().unwrap_or("nothing");
    let how = match output.status.signal() {
        Some(24) => format!("it took more than {SECONDS} seconds of processor time"),
        _ => output.status.to_string(),
    };
    assert!(output.status.success(), "{last}: {how}\n{complaint}");
    let read = said.lines().filter(|line| line.starts_with(NEXT)).count();
    assert_eq!(read, TARGETS.iter().map(|(name, _)| corpus(name).len()).sum::<usize>());
}

/// All texts and their mutations, each named before it is read.
#[expect(clippy::print_stdout, reason = "the process that has started it hears how far it came")]
fn read_all() {
    setrlimit(Resource::RLIMIT_AS, MEMORY, MEMORY).unwrap();
    for (name, target) in TARGETS {
        for path in corpus(name) {
            bound_time();
            println!("\n{NEXT}{name}/{}", path.file_name().unwrap().to_string_lossy());
            std::io::stdout().flush().unwrap();
            let text = fs::read(&path).unwrap();
            target(&text);
            let mut random = Random::new(SEED);
            for _ in 0..MUTATIONS {
                target(&mutated(&text, &mut random));
            }
        }
    }
}

/// From now on so much processor time and no more; the kernel ends who takes it.
fn bound_time() {
    let used = getrusage(UsageWho::RUSAGE_SELF).unwrap();
    let used = (used.user_time() + used.system_time()).num_seconds();
    let (_, hard) = getrlimit(Resource::RLIMIT_CPU).unwrap();
    setrlimit(Resource::RLIMIT_CPU, u64::try_from(used).unwrap() + SECONDS, hard).unwrap();
}

#[test]
fn every_target_has_a_program_and_a_small_corpus() {
    let names = |folder: &str, ending: &str| -> BTreeSet<OsString> {
        let entries = fs::read_dir(home().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        entries
            .map(|path| path.file_name().unwrap().to_string_lossy().trim_end_matches(ending).into())
            .collect()
    };
    let targets: BTreeSet<OsString> = TARGETS.iter().map(|(name, _)| name.into()).collect();
    assert_eq!(names("fuzz_targets", ".rs"), targets);
    assert_eq!(names("corpus", ""), targets);
    let manifest = fs::read_to_string(home().join("Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name} is in no program");
        assert!(!corpus(name).is_empty(), "{name} has no corpus");
    }
    let all = TARGETS.iter().flat_map(|(name, _)| corpus(name));
    let bytes: u64 = all.map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!(bytes <= CORPUS, "the corpus has {bytes} bytes, more than {CORPUS}");
}
