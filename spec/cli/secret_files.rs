//! Secrets in encrypted files of a project: stored, listed, opened by a run, and what goes wrong with them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::program::Program;
use crate::patience::{CallInTime as _, EndInTime as _, give};

/// A value that no file and no output may show.
const VALUE: &str = "correct-horse-battery";
/// The place of a key below HOME, which is the directory of the call.
const KEY: &str = ".config/chefrs/identity.txt";

/// Calls `chefrs` in a directory that is its project and its HOME, with something on standard input.
fn call(directory: &Path, words: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(words)
        .current_dir(directory)
        .env_clear()
        .env("HOME", directory)
        .env("CHEFRS_STATE_DIRECTORY", directory.join(".state"))
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    give(&mut child, input.as_bytes());
    let output = child.output_in_time().unwrap();
    let text = |bytes: &[u8]| {
        String::from_utf8(bytes.to_vec()).unwrap().replace(directory.to_str().unwrap(), "[DIR]")
    };
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// A project with a key and its list.
fn project() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    keygen(directory.path());
    directory
}

fn keygen(directory: &Path) {
    let (status, public, told) = call(directory, &["secret", "keygen"], "");
    assert_eq!(status, 0, "{told}");
    assert_eq!(told, format!("wrote [DIR]/{KEY}; its public key belongs in secrets/recipients.txt\n"));
    fs::create_dir_all(directory.join("secrets")).unwrap();
    fs::write(directory.join("secrets/recipients.txt"), public).unwrap();
}

/// Writes a file of the project.
fn write(directory: &Path, path: &str, text: &str) {
    let path = directory.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text.replace("[DIR]", directory.to_str().unwrap())).unwrap();
}

fn set(directory: &Path, words: &[&str], value: &str) {
    let (status, said, told) = call(directory, &[&["secret", "set"], words].concat(), value);
    assert_eq!(status, 0, "{said}{told}");
}

/// A program of the system; whether it is there.
fn run(directory: &Path, line: &str) {
    let output = Command::new("sh").args(["-c", line]).current_dir(directory).output_in_time().unwrap();
    assert!(output.status.success(), "{line}: {output:?}");
}

fn has(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output_in_time().is_ok();
    if !is_there {
        crate::skipped::skip(&format!("no {program}"));
    }
    is_there
}

#[test]
fn a_stored_secret_reaches_a_run_and_is_in_no_file_in_clear() {
    let directory = project();
    let directory = directory.path();
    write(
        directory,
        "recipes/app.lua",
        "file \"[DIR]/made/app.env\" { content = secret \"app\", mode = \"0600\" }\n",
    );
    fs::create_dir(directory.join("made")).unwrap();
    set(directory, &["app"], &format!("{VALUE}\n"));
    let (status, said, told) = call(directory, &["run", "-r", "app"], "");
    assert_eq!((status, told.as_str()), (0, ""), "{said}");
    assert!(said.contains("+********") && !said.contains("correct-horse"), "{said}");
    assert_eq!(fs::read_to_string(directory.join("made/app.env")).unwrap(), VALUE);
    let (_, shown, _) = call(directory, &["secret", "show", "app"], "");
    assert_eq!(shown, format!("{VALUE}\n"));
    fs::remove_dir_all(directory.join("made")).unwrap();
    for form in [VALUE, "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5", "636f72726563742d686f727365"] {
        let found = Command::new("grep").args(["-rlaF", form]).arg(directory).output_in_time().unwrap();
        assert_eq!(String::from_utf8_lossy(&found.stdout), "", "{form}");
    }
}

#[test]
fn the_environment_counts_before_files_and_files_before_the_program() {
    let directory = project();
    let directory = directory.path();
    write(directory, "chefrs.toml", "[secrets]\nprogram = [\"./ask\", \"for {name}\"]\n");
    crate::executable::executable(directory.join("ask"), "#!/bin/sh\necho x >>asked\necho \"printed $1\"\n");
    let recipe = "for _, n in { \"a\", \"b\" } do file(`[DIR]/{n}`, { content = secret \"app\" }) end\n";
    write(directory, "recipes/app.lua", recipe);
    let value = || fs::read_to_string(directory.join("b")).unwrap();
    let (status, said, told) = call(directory, &["run", "-r", "app"], "");
    assert_eq!(status, 0, "{said}{told}");
    assert_eq!(value(), "printed for app");
    assert_eq!(fs::read_to_string(directory.join("asked")).unwrap(), "x\n", "it is run once");
    set(directory, &["app"], "of the file\n");
    call(directory, &["run", "-r", "app"], "");
    assert_eq!(value(), "of the file");
    let output = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(["run", "-r", "app"])
        .current_dir(directory)
        .env("HOME", directory)
        .env("CHEFRS_STATE_DIRECTORY", directory.join(".state"))
        .env("CHEFRS_SECRET_APP", "of the environment")
        .output_in_time()
        .unwrap();
    assert!(output.status.success());
    assert_eq!(value(), "of the environment");
}

#[test]
fn all_that_are_missing_are_told_at_once_and_nothing_is_changed() {
    let recipe = "file \"[DIR]/first\" { content = \"x\" }\n\
                  file \"[DIR]/a\" { content = secret \"db_password\" }\n\
                  file \"[DIR]/b\" { content = secret \"token\" }\n";
    let output = Program::new(&["run", "-r", "app"])
        .file("recipes/app.lua", recipe)
        .stderr(
            "error: the secret `db_password` is not known\n  --> recipes/app.lua:2\n\
             2 | file \"[DIR]/a\" { content = secret \"db_password\" }\n\
             note: it is not in `secrets/`\n\
             hint: store it, encrypted: `chefrs secret set db_password`\n\
             hint: or give it in the environment variable CHEFRS_SECRET_DB_PASSWORD\n\n\
             error: the secret `token` is not known\n  --> recipes/app.lua:3\n\
             3 | file \"[DIR]/b\" { content = secret \"token\" }\n\
             note: it is not in `secrets/`\n\
             hint: store it, encrypted: `chefrs secret set token`\n\
             hint: or give it in the environment variable CHEFRS_SECRET_TOKEN\n",
        )
        .status(1)
        .check();
    assert!(!output.directory.path().join("first").exists());
}

#[test]
fn files_are_exchanged_with_age_for_keys_of_age_and_of_ssh() {
    if !has("age") || !has("ssh-keygen") {
        return;
    }
    for (kind, words) in [("ed25519", ""), ("rsa", "-b 2048")] {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        run(
            directory,
            &format!(
                "mkdir -p secrets .ssh && ssh-keygen -q -t {kind} {words} -N '' -C me -f .ssh/id_{kind}"
            ),
        );
        run(directory, &format!("cp .ssh/id_{kind}.pub secrets/recipients.txt"));
        set(directory, &["ours"], VALUE);
        run(directory, &format!("test \"$(age -d -i .ssh/id_{kind} secrets/ours.age)\" = {VALUE}"));
        run(directory, &format!("echo {VALUE} | age -R secrets/recipients.txt -o secrets/binary.age"));
        run(directory, &format!("echo {VALUE} | age -a -R secrets/recipients.txt -o secrets/text.age"));
        for name in ["binary", "text"] {
            let (status, shown, told) = call(directory, &["secret", "show", name], "");
            assert_eq!((status, shown.trim_end(), told.as_str()), (0, VALUE, ""), "{kind}");
        }
    }
    let directory = project();
    let directory = directory.path();
    run(directory, &format!("echo {VALUE} | age -R secrets/recipients.txt -o secrets/theirs.age"));
    let (_, shown, _) = call(directory, &["secret", "show", "theirs"], "");
    assert_eq!(shown.trim_end(), VALUE);
    set(directory, &["ours"], VALUE);
    run(directory, &format!("test \"$(age -d -i {KEY} secrets/ours.age)\" = {VALUE}"));
}

#[test]
fn what_is_wrong_with_a_file_or_a_key_is_said_with_a_way_out() {
    let directory = project();
    let directory = directory.path();
    set(directory, &["app"], VALUE);
    let show = |expected: &str| {
        let (status, said, told) = call(directory, &["secret", "show", "app"], "");
        assert_ne!(status, 0);
        assert_eq!(said, "");
        assert!(told.contains(expected), "no {expected:?} in {told}");
        assert!(!told.contains("AGE-SECRET-KEY"), "{told}");
    };
    let whole = fs::read_to_string(directory.join("secrets/app.age")).unwrap();
    write(directory, "secrets/app.age", &whole[..whole.len() / 2]);
    show("error: the encrypted file is damaged, or not whole\n  --> secrets/app.age\n");
    write(directory, "secrets/app.age", "hunter2\n");
    show("error: the file is not encrypted in the format of age\n");
    write(directory, "secrets/app.age", &"x".repeat(2 << 20));
    show("error: the file is larger than 1 MiB\n");
    write(directory, "secrets/app.age", &whole);
    run(directory, &format!("chmod 644 {KEY}"));
    show(
        "other users may read it (mode 0644); `chmod 600 [DIR]/.config/chefrs/identity.txt` takes that away\n",
    );
    run(directory, &format!("chmod 600 {KEY} && mv {KEY} old && cp secrets/recipients.txt first"));
    show(
        "error: there is no key to open it with\n  --> secrets/app.age\nnote: it is for 1 age key\nnote: there is no ",
    );
    keygen(directory);
    show("error: your only key does not open it\n  --> secrets/app.age\nnote: it is for 1 age key\n");
    let (status, said, told) = call(directory, &["secret", "rotate"], "");
    assert_eq!((status, said.as_str()), (1, ""));
    assert!(told.contains("note: no file was changed\n"), "{told}");
    assert_eq!(fs::read_to_string(directory.join("secrets/app.age")).unwrap(), whole);
    // With both keys, the file is encrypted again for the new one.
    run(directory, &format!("cat old >>{KEY}"));
    let (status, said, told) = call(directory, &["secret", "rotate"], "");
    assert_eq!((status, said.as_str(), told.as_str()), (0, "encrypted 1 file again\n", ""));
    run(directory, &format!("head -2 {KEY} >new && mv new {KEY} && chmod 600 {KEY}"));
    let (_, shown, told) = call(directory, &["secret", "show", "app"], "");
    assert_eq!((shown.trim_end(), told.as_str()), (VALUE, ""));
}

#[test]
fn names_lists_and_places_are_checked_before_anything_is_stored() {
    let directory = project();
    let directory = directory.path();
    write(directory, "groups/web.toml", "");
    let set = |words: &[&str], value: &str| call(directory, &[&["secret", "set"], words].concat(), value).2;
    assert!(set(&["../x"], VALUE).starts_with("error: `../x` can't be the name of a secret in a file\n"));
    assert!(set(&["x", "--group", "wbe"], VALUE).contains("hint: did you mean `web`?"));
    assert!(set(&["x", "--node", "n"], VALUE).starts_with("error: there is no node `n`\n"));
    assert!(set(&["x"], "").starts_with("error: the secret `x` would be empty\n"));
    let line =
        "error: this is a private key, and the list is for public ones\n  --> secrets/recipients.txt:1\n";
    run(directory, &format!("tail -1 {KEY} >secrets/recipients.txt"));
    assert!(set(&["x"], VALUE).starts_with(line));
    fs::remove_file(directory.join("secrets/recipients.txt")).unwrap();
    assert!(
        set(&["x"], VALUE).starts_with("error: there is no `secrets/recipients.txt`, so nobody could read")
    );
    let left: Vec<_> = fs::read_dir(directory.join("secrets")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_list_tells_what_is_stale_unread_and_not_encrypted() {
    let directory = project();
    let directory = directory.path();
    write(directory, "groups/web.toml", "");
    write(directory, "recipes/app.lua", "file \"[DIR]/a\" { content = secret \"app\" }\n");
    for words in [&["app"][..], &["app", "--group", "web"], &["unused"]] {
        set(directory, words, VALUE);
    }
    let public = fs::read_to_string(directory.join("secrets/recipients.txt")).unwrap();
    let short: String = public.chars().take(16).collect();
    let (status, said, told) = call(directory, &["secret", "list"], "");
    let rows = format!(
        "app     all nodes    1 key: {short}…\napp     group `web`  1 key: {short}…\nunused  all nodes    1 key: {short}…\n"
    );
    assert_eq!((status, said), (0, rows));
    assert_eq!(told, "warning: no recipe and no attribute names this secret\n  --> secrets/unused.age\n");
    write(
        directory,
        "secrets/recipients.txt",
        &format!(
            "{public}{}",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN alice\n"
        ),
    );
    let (_, _, told) = call(directory, &["secret", "list"], "");
    let stale = "warning: the file is not for the present keys\n  --> secrets/app.age\nnote: it is for 1 age key, and \
                 secrets/recipients.txt has ssh-ed25519 SHA256:";
    assert!(told.contains(stale), "{told}");
    write(directory, "secrets/clear.env", "X=1\n");
    let (status, _, told) = call(directory, &["secret", "list"], "");
    assert_eq!(status, 3);
    assert!(
        told.contains("error: the file is not read: by its name, it is not encrypted for chefrs\n"),
        "{told}"
    );
}

#[test]
fn an_editor_sees_the_value_in_memory_and_leaves_nothing_behind() {
    let directory = project();
    let directory = directory.path();
    set(directory, &["app"], "old\n");
    let edit = |script: &str| {
        crate::executable::executable(directory.join("editor"), script);
        let output = Command::new(env!("CARGO_BIN_EXE_chefrs"))
            .args(["secret", "edit", "app"])
            .current_dir(directory)
            .env_clear()
            .env("HOME", directory)
            .env("PATH", "/usr/bin:/bin")
            .env("EDITOR", directory.join("editor"))
            .stdin(Stdio::null())
            .output_in_time()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    };
    let script = "#!/bin/sh\necho \"$1\" >place; stat -c %a \"$1\" \"${1%/*}\" >modes; cp \"$1\" seen; echo new >\"$1\"\n";
    let (status, said) = edit(script);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(fs::read_to_string(directory.join("seen")).unwrap(), "old\n");
    assert_eq!(fs::read_to_string(directory.join("modes")).unwrap(), "600\n700\n");
    let place = fs::read_to_string(directory.join("place")).unwrap();
    assert!(place.starts_with("/dev/shm/chefrs-"), "{place}");
    assert!(!Path::new(place.trim_end()).parent().unwrap().exists());
    assert_eq!(call(directory, &["secret", "show", "app"], "").1, "new\n");
    assert_eq!(edit("#!/bin/sh\n"), (Some(0), "nothing was changed\n".to_owned()));
    let (status, said) = edit("#!/bin/sh\necho half >\"$1\"; echo \"$1\" >place; kill -TERM $PPID; exit 3\n");
    assert_eq!(status, Some(1));
    assert!(said.contains("failed (exit status: 3), so nothing was stored\n"), "{said}");
    let place = fs::read_to_string(directory.join("place")).unwrap();
    assert!(!Path::new(place.trim_end()).exists());
    assert_eq!(call(directory, &["secret", "show", "app"], "").1, "new\n");
}

/// A program in the place of `sops`, which takes the words that chefrs gives, and prints the file.
#[test]
fn files_of_sops_are_opened_by_sops() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(
        directory,
        "secrets/all.sops.json",
        "{\"app\": \"of sops\", \"db\": {\"port\": 5432}, \"sops\": {}}\n",
    );
    let recipe =
        "file \"[DIR]/a\" { content = secret \"app\" }\nfile \"[DIR]/b\" { content = secret \"db.port\" }\n";
    write(directory, "recipes/app.lua", recipe);
    let call = || {
        Command::new(env!("CARGO_BIN_EXE_chefrs"))
            .args(["run", "-r", "app"])
            .current_dir(directory)
            .env_clear()
            .env("HOME", directory)
            .env("CHEFRS_STATE_DIRECTORY", directory.join(".state"))
            .env("PATH", format!("{}:/usr/bin:/bin", directory.join("bin").display()))
            .output_in_time()
            .unwrap()
    };
    let told = String::from_utf8(call().stderr).unwrap();
    assert!(
        told.contains(
            "error: `sops` is not installed here, and the file needs it\n  --> secrets/all.sops.json\n"
        ),
        "{told}"
    );
    fs::create_dir(directory.join("bin")).unwrap();
    let script = "#!/bin/sh\n[ \"$*\" = '--decrypt --output-type json secrets/all.sops.json' ] && cat secrets/all.sops.json\n";
    crate::executable::executable(directory.join("bin/sops"), script);
    let output = call();
    assert!(output.status.success(), "{output:?}");
    let made = ["a", "b"].map(|name| fs::read_to_string(directory.join(name)).unwrap());
    assert_eq!(made, ["of sops", "5432"]);
}
