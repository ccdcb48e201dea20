//! The cache where there is no room, and where two processes fetch at once.

use std::fs;
use std::process::Stdio;

use super::ground::Ground;
use crate::patience::{CallInTime as _, EndInTime as _};

const WEB: &str = "web = { git = \"[OPS]\", version = \"^1\" }";

/// A cookbook with a file that is packed small and unpacked large.
fn with_large_file() -> Option<Ground> {
    let ground = Ground::new()?;
    ground.pushed("cookbook.toml", "name = \"web\"\nversion = \"1.0.0\"\n");
    ground.pushed("files/large", &"0".repeat(2_000_000)).push(&["v1.0.0"]);
    ground.takes(WEB);
    Some(ground)
}

#[test]
fn without_room_nothing_is_half_done() {
    let Some(ground) = with_large_file() else { return };
    // No file may be larger than 500 kB.
    let mut command = ground.command(
        "sh",
        &["-c", "trap '' XFSZ; ulimit -f 1000; exec \"$0\" fetch", env!("CARGO_BIN_EXE_chefrs")],
    );
    let output = command.output_in_time().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("in the cache can't be written: file too large"), "{text}");
    assert!(text.contains("hint: make room there, or set XDG_CACHE_HOME to another directory"), "{text}");
    assert_eq!(ground.text("chefrs.lock"), "");
    assert_eq!(fs::read_dir(ground.cache().join("trees")).unwrap().count(), 0);
    ground.done(&["fetch"]);
    assert_eq!(fs::read_dir(ground.cache().join("trees")).unwrap().count(), 1);
    ground.done(&["lock", "--check"]);
}

#[test]
fn several_that_fetch_at_once_all_have_it() {
    let Some(ground) = with_large_file() else { return };
    let children: Vec<_> = (0..4)
        .map(|number| {
            let project = format!("../project{number}");
            ground.file(&format!("{project}/chefrs.toml"), &format!("[cookbooks]\n{WEB}\n"));
            let words = ["fetch", "--project", &project];
            let mut command = ground.command(env!("CARGO_BIN_EXE_chefrs"), &words);
            command.stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait_in_time().unwrap().success());
    }
    let locks: Vec<String> =
        (0..4).map(|number| ground.text(&format!("../project{number}/chefrs.lock"))).collect();
    assert!(
        locks[0].contains("version = \"1.0.0\"") && locks.iter().all(|lock| *lock == locks[0]),
        "{locks:?}"
    );
    assert_eq!(fs::read_dir(ground.cache().join("trees")).unwrap().count(), 1);
}
