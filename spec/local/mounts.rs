//! Disks that are full or read-only, and what is mounted inside a directory.

use std::os::unix::fs::symlink;

use chefrs::model::query::{Answer, Query};
use chefrs::model::step::Step;

use super::{Ground, file};

use crate::patience::CallInTime as _;
use crate::skipped::skip_anywhere;

/// Runs this one spec again where a tiny file system can be mounted that nobody else sees.
fn inside_a_mount(spec: &str, options: &str) -> bool {
    const INSIDE: &str = "CHEFRS_SPEC_MOUNT";
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let place = tempfile::tempdir().unwrap();
    let place = place.path().to_str().unwrap();
    let mount = |command: &str| {
        let script = format!("mount -t tmpfs -o {options} none \"$1\" && shift && {command}");
        let exe = std::env::current_exe().unwrap();
        let mut unshare = std::process::Command::new("unshare");
        unshare.args(["-m", "/bin/sh", "-c", &script, "sh", place]).arg(exe).args([
            "--exact",
            spec,
            "--nocapture",
        ]);
        unshare.env(INSIDE, place);
        unshare.output_in_time()
    };
    if !mount("true").is_ok_and(|probe| probe.status.success()) {
        skip_anywhere("it needs a mount namespace");
        return false;
    }
    let ran = mount("\"$@\"").unwrap();
    let told = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success() && told.contains("1 passed"),
        "{told}{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    false
}

#[test]
fn a_full_disk_is_told_and_leaves_the_old_file() {
    if !inside_a_mount("local::mounts::a_full_disk_is_told_and_leaves_the_old_file", "size=64k") {
        return;
    }
    let mut ground = Ground::new();
    let place =
        camino::Utf8PathBuf::from(std::env::var_os("CHEFRS_SPEC_MOUNT").unwrap().into_string().unwrap());
    let path = place.join("a");
    std::fs::write(&path, "old").unwrap();
    let failure = ground.apply(&Step::WriteFile(file(&path, &"x".repeat(200_000)))).unwrap_err();
    assert_eq!(failure.message, format!("can't write `{path}`: the disk is full"));
    assert!(failure.hints[0].contains("free some space"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(std::fs::read_dir(&place).unwrap().count(), 1);
}

#[test]
fn a_read_only_file_system_is_told() {
    if !inside_a_mount("local::mounts::a_read_only_file_system_is_told", "ro") {
        return;
    }
    let mut ground = Ground::new();
    let place =
        camino::Utf8PathBuf::from(std::env::var_os("CHEFRS_SPEC_MOUNT").unwrap().into_string().unwrap());
    let path = place.join("a");
    let failure = ground.apply(&Step::WriteFile(file(&path, "x"))).unwrap_err();
    assert_eq!(failure.message, format!("can't write `{path}`: the file system is mounted read-only"));
    assert_eq!(ground.ask(Query::Writable(path)), Answer::Writable(false));
}

#[test]
fn a_directory_with_a_mount_inside_is_not_removed() {
    if !inside_a_mount("local::mounts::a_directory_with_a_mount_inside_is_not_removed", "size=64k") {
        return;
    }
    let mut ground = Ground::new();
    let place =
        camino::Utf8PathBuf::from(std::env::var_os("CHEFRS_SPEC_MOUNT").unwrap().into_string().unwrap());
    std::fs::write(place.join("a"), "safe").unwrap();
    let link = ground.path("link");
    symlink(place.parent().unwrap(), &link).unwrap();
    for path in [place.clone(), link.join(place.file_name().unwrap())] {
        let failure = ground.apply(&Step::Remove { path, recursive: true, backup: 0 }).unwrap_err();
        assert!(failure.message.starts_with("something is mounted at"), "{failure}");
    }
    assert_eq!(std::fs::read_to_string(place.join("a")).unwrap(), "safe");
    std::fs::remove_file(place.join("a")).unwrap();
    let failure = ground.apply(&Step::Remove { path: place, recursive: false, backup: 0 }).unwrap_err();
    assert!(failure.message.ends_with("it is in use, or something is mounted there"), "{failure}");
    assert!(failure.hints[0].starts_with("`findmnt` shows"), "{failure}");
}
