//! What others may have laid where a recipe looks: more names than anybody reads, a tree deeper than a path is long, and a
//! file that is larger than the disk. It costs little.

use std::fs::{self, File};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};

use crate::patience::CallInTime as _;

/// Where each takes its time from a square of its size, it takes minutes.
const NAMES: u32 = 20_000;
/// More directories than a path can name: `PATH_MAX` is 4096.
const DEPTH: u32 = 3000;
/// Seconds of processor time.
const SECONDS: u32 = 20;

const MANY: &str = "remote_directory \"[DIR]/many\" { source = \"tree\", purge = true }\n";
const LARGE: &str = r#"
file "[DIR]/sparse" { content = "x\n" }
directory "[DIR]/deep" { action = "delete", recursive = true }
"#;

#[test]
fn what_others_made_huge_costs_little() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    fs::create_dir_all(place.join("many")).unwrap();
    for number in 0..NAMES {
        File::create(place.join(format!("many/{number}"))).unwrap();
    }
    File::create(place.join("sparse")).unwrap().set_len(1 << 40).unwrap();
    fs::create_dir(place.join("deep")).unwrap();
    let open = |within: &OwnedFd, name: &str| {
        openat(within, name, OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).unwrap()
    };
    let root =
        openat(CWD, place, OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).unwrap();
    let mut at = open(&root, "deep");
    for _ in 0..DEPTH {
        mkdirat(&at, "d", Mode::from_raw_mode(0o755)).unwrap();
        at = open(&at, "d");
    }
    for (path, text) in
        [("recipes/many.lua", MANY), ("recipes/large.lua", LARGE), ("files/tree/own", "own\n")]
    {
        let path = place.join("project").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.replace("[DIR]", place.to_str().unwrap())).unwrap();
    }
    let calls = [
        ("plan", "many", 2, "1 would change"),
        ("plan", "large", 2, "2 would change"),
        ("run", "large", 0, "2 updated"),
        ("plan", "large", 0, "2 up to date"),
    ];
    for (verb, recipe, code, counted) in calls {
        let script = format!("ulimit -t {SECONDS}; exec \"$@\"");
        let output = Command::new("/bin/sh")
            .args([
                "-c",
                &script,
                "sh",
                env!("CARGO_BIN_EXE_chefrs"),
                verb,
                "-r",
                recipe,
                "--project",
                "project",
            ])
            .current_dir(place)
            .env("CHEFRS_STATE_DIRECTORY", place.join("state"))
            .stdin(Stdio::null())
            .output_in_time()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{verb} {recipe}: {said}");
        assert!(said.contains(counted) && said.len() < 20_000, "{verb} {recipe}: {said}");
    }
    assert!(!place.join("deep").exists());
}
