//! Whose project it is: what another user owns or may write is refused, unless it is trusted.

use std::os::unix::fs::{PermissionsExt as _, chown};

use super::program::{Output, Program};

use crate::patience::CallInTime as _;
use crate::skipped::is_root;

/// An account that is not ours.
const STRANGER: u32 = 65534;

const RECIPE: &str = "file \"[DIR]/made\" { content = \"x\" }\n";

/// A run in a project of which one part is somebody else's.
fn run_with(part: &str, change: impl Fn(&std::path::Path), environment: &[(&str, &str)]) -> Output {
    let mut program = Program::new(&["run", "-r", "main", "--project", "inner"])
        .file("inner/recipes/main.lua", RECIPE)
        .file("inner/chefrs.toml", "\n");
    for (name, value) in environment {
        let value = value.replace("[DIR]", program.path("").to_str().unwrap().trim_end_matches('/'));
        program = program.env(name, &value);
    }
    change(&program.path(part));
    program.output()
}

fn give(path: &std::path::Path) {
    chown(path, Some(STRANGER), None).unwrap();
}

#[test]
fn what_a_stranger_owns_or_may_write_is_refused() {
    if !is_root() {
        return;
    }
    let open = |mode: u32| {
        move |path: &std::path::Path| {
            chown(path, None, Some(STRANGER)).unwrap();
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    type Change = Box<dyn Fn(&std::path::Path)>;
    let listed = |entry: &'static str| {
        move |path: &std::path::Path| {
            let set =
                std::process::Command::new("setfacl").args(["-m", entry]).arg(path).output_in_time().unwrap();
            assert!(set.status.success(), "{set:?}");
        }
    };
    let cases: [(&str, Change, &str); 11] = [
        ("inner", Box::new(give), "belongs to user `nobody`"),
        // Who owns the directory above can put another project into its place.
        ("", Box::new(give), "belongs to user `nobody`"),
        ("inner/recipes", Box::new(give), "belongs to user `nobody`"),
        ("inner/recipes/main.lua", Box::new(give), "belongs to user `nobody`"),
        ("inner/chefrs.toml", Box::new(give), "belongs to user `nobody`"),
        ("inner/recipes", Box::new(open(0o777)), "can be written by everybody"),
        ("inner/recipes/main.lua", Box::new(open(0o666)), "can be written by everybody"),
        ("inner/recipes/main.lua", Box::new(open(0o664)), "can be written by user `"),
        ("inner/recipes/main.lua", Box::new(listed("u:nobody:rw")), "can be written by user `nobody`"),
        ("inner/recipes", Box::new(listed("g:nogroup:rwx")), "can be written by user `"),
        ("", Box::new(listed("u:nobody:rwx")), "can be written by user `nobody`"),
    ];
    for (part, change, said) in cases {
        let Output { status, stderr, stdout, directory } = run_with(part, &*change, &[]);
        assert_eq!(status, 3, "{part}: {stdout}{stderr}");
        assert!(
            stderr.contains(said) && stderr.contains("could change what chefrs runs"),
            "{part}: {stderr}"
        );
        assert!(stderr.contains("CHEFRS_TRUST="), "{part}: {stderr}");
        assert!(!directory.path().join("made").exists(), "{part}");
    }
}

#[test]
fn it_is_taken_where_it_is_trusted_or_the_callers_own() {
    if !is_root() {
        return;
    }
    let stranger = STRANGER.to_string();
    for environment in [
        &[("CHEFRS_TRUST", "[DIR]/inner")][..],
        &[("CHEFRS_TRUST", "/nonexistent:/")],
        // Who has become root by sudo works in their own project.
        &[("SUDO_UID", stranger.as_str())],
    ] {
        let Output { status, stderr, .. } = run_with("inner", give, environment);
        assert_eq!(status, 0, "{environment:?}: {stderr}");
    }
    let Output { status, .. } = run_with("inner", give, &[("CHEFRS_TRUST", "[DIR]/other")]);
    assert_eq!(status, 3);
}

#[test]
fn no_program_of_a_stranger_is_run() {
    if !is_root() {
        return;
    }
    for (part, words) in [("", ["nodes"].as_slice()), ("list", &["nodes"]), ("", &["facts", "-t", "web1"])] {
        let program = Program::new(words)
            .file("chefrs.toml", "inventory = [\"sh\", \"./list\"]\n")
            .file("list", "touch [DIR]/ran; echo '{}'\n");
        give(&program.path(part));
        let Output { status, stderr, directory, .. } = program.output();
        assert_eq!(status, 3, "{words:?}: {stderr}");
        assert!(!directory.path().join("ran").exists(), "{words:?}");
    }
}

/// A directory that is no project says nothing, so it can't mislead.
#[test]
fn a_directory_without_a_project_may_be_anybodys() {
    if !is_root() {
        return;
    }
    let program = Program::new(&["facts", "-t", "chroot:/nonexistent", "os"]);
    give(&program.path(""));
    let Output { status, stderr, .. } = program.output();
    assert_eq!(status, 4, "{stderr}");
}

#[test]
fn a_cookbook_that_hides_a_shipped_one_is_said() {
    let call = |manifest: &str| {
        Program::new(&["check", "-r", "nginx"])
            .file(
                "cookbooks/nginx/cookbook.toml",
                &format!("name = \"nginx\"\nversion = \"0.1.0\"\n{manifest}"),
            )
            .file("cookbooks/nginx/recipes/default.lua", "\n")
            .output()
    };
    let Output { stdout, stderr, .. } = call("");
    let said = "warning: the cookbook `nginx` of the project hides the one that ships with chefrs\n";
    assert!(stderr.contains(said) || stdout.contains(said), "{stdout}{stderr}");
    assert!(format!("{stdout}{stderr}").contains("`replaces_shipped = true`"));
    // A copy of the shipped one hides nothing.
    let copy = Program::new(&["check", "-r", "python"]).file("cookbooks/.kept", "");
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cookbooks/python");
    let mut copying = std::process::Command::new("cp");
    assert!(copying.arg("-r").arg(shipped).arg(copy.path("cookbooks")).status_in_time().unwrap().success());
    let Output { stdout, stderr, .. } = copy.output();
    assert!(!format!("{stdout}{stderr}").contains("ships with chefrs"), "{stdout}{stderr}");
    let Output { stdout, stderr, .. } = call("replaces_shipped = true\n");
    assert!(!format!("{stdout}{stderr}").contains("ships with chefrs"), "{stdout}{stderr}");
}
