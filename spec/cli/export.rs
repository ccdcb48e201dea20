//! `chefrs export`: a collection in another form.

use std::fs;

use super::program::Program;

const RECIPE: &str = "file \"/etc/motd\" { content = node.platform, backup = 3 }\n";
const LOSS: &str = "file[/etc/motd]: `sh` does not carry `backup`: no old versions are kept";

#[test]
fn a_form_of_one_file_goes_to_standard_output() {
    Program::new(&["export", "--to", "sh", "-r", "motd", "--facts", "debian-12"])
        .file("recipes/motd.lua", RECIPE)
        .stdout_has("\nfile /etc/motd no_newline <<'END'\ndebian\nEND\n")
        .stderr_has(LOSS)
        .check();
}

#[test]
fn strictly_a_loss_is_an_error() {
    Program::new(&["export", "--to", "sh", "-r", "motd", "--facts", "debian-12", "--strict", "-o", "out"])
        .file("recipes/motd.lua", RECIPE)
        .stderr_has(LOSS)
        .stderr_has("error")
        .status(1)
        .check();
}

#[test]
fn several_files_need_a_directory_of_their_own() {
    let words = ["export", "--to", "containerfile", "-r", "motd", "--facts", "debian-12"];
    Program::new(&words)
        .file("recipes/motd.lua", RECIPE)
        .stderr_has("`containerfile` has several files, which need a directory")
        .status(64)
        .check();
    let words = [&words[..], &["-o", "out"]].concat();
    Program::new(&words)
        .file("recipes/motd.lua", RECIPE)
        .file("out/mine", "x")
        .stderr_has("`mine` is in it, which no export wrote")
        .status(1)
        .check();
}

#[test]
fn what_an_export_wrote_is_replaced() {
    let words = ["export", "--to", "containerfile", "-r", "motd", "--facts", "debian-12", "-o", "out"];
    let output = Program::new(&words).file("recipes/motd.lua", RECIPE).output();
    assert_eq!(output.status, 0, "{}", output.stderr);
    let place = output.directory.path().join("out");
    assert!(fs::read_to_string(place.join("Containerfile")).unwrap().contains("\nFROM "));
    let words = ["export", "--to", "sh", "-r", "motd", "--facts", "debian-12", "-o", "out"];
    let output = Program::new(&words).within(output.directory).output();
    assert_eq!((output.status, output.stdout.as_str()), (0, "wrote 1 file to out\n"), "{}", output.stderr);
    let place = output.directory.path().join("out");
    assert!(place.join("converge.sh").exists() && !place.join("Containerfile").exists());
}

#[test]
fn an_export_is_for_one_machine() {
    Program::new(&["export", "--to", "sh", "-r", "motd", "-t", "web1,web2"])
        .file("recipes/motd.lua", RECIPE)
        .stderr("error: 2 targets are chosen, and an export is for one\nhint: name one machine with `-t`\n")
        .status(64)
        .check();
    Program::new(&["export", "--to", "sh", "-r", "motd", "-t", "web1", "--facts", "debian-12"])
        .file("recipes/motd.lua", RECIPE)
        .stderr_has("cannot be used with")
        .status(64)
        .check();
}

#[test]
fn a_target_without_a_run_list_is_told_what_to_do() {
    Program::new(&["export", "--to", "sh", "-t", "web1"])
        .file("nodes/web1.toml", "host = \"192.0.2.1\"\n")
        .stderr_has("error: the node `web1` has no run list\n")
        .status(64)
        .check();
}
