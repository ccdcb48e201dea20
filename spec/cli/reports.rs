//! `--report` and the formats that are documents: beside the usual text, whole whatever becomes of the run.

use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;
use roxmltree::Document;

use super::program::Program;
use crate::patience::{CallInTime as _, Heard, wait_for};
use crate::skipped::is_root;

const RECIPE: &str = "file \"[DIR]/motd\" { content = \"hello\\n\", mode = \"0644\" }\n";

const BOTH: [&str; 4] = ["--report", "html=report.html", "--report", "junit=report.xml"];

/// Numbers of cases, failures, errors, and skipped cases.
fn counted(xml: &str) -> [u32; 4] {
    let document = Document::parse(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    let root = document.root_element();
    ["tests", "failures", "errors", "skipped"].map(|name| root.attribute(name).unwrap().parse().unwrap())
}

fn read(directory: &Path, name: &str) -> String {
    fs::read_to_string(directory.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn files_stand_beside_the_usual_text() {
    let output = Program::new(&[&["run", "-r", "motd"], &BOTH[..]].concat())
        .file("recipes/motd.lua", RECIPE)
        .stdout_has("file[[DIR]/motd] create: create file, 6 bytes, mode 0644\n")
        .stdout_has("\n1 updated, 0 up to date, 0 failed in [TIME]\n")
        .check();
    let place = output.directory.path();
    assert_eq!(counted(&read(place, "report.xml")), [1, 0, 0, 0]);
    let page = read(place, "report.html");
    assert!(page.contains("+hello</span>") && page.ends_with("</html>\n"), "{page}");
    // A later one takes its place, and a link stays one.
    fs::rename(place.join("report.xml"), place.join("kept.xml")).unwrap();
    std::os::unix::fs::symlink("kept.xml", place.join("report.xml")).unwrap();
    let output = Program::new(&[&["show", "last", "-q"], &BOTH[..]].concat())
        .within(output.directory)
        .stdout_has("\n1 updated, 0 up to date, 0 failed in [TIME]\n")
        .check();
    let place = output.directory.path();
    assert!(place.join("report.xml").is_symlink());
    assert_eq!(counted(&read(place, "kept.xml")), [1, 0, 0, 0]);
    assert!(read(place, "kept.xml").contains("timestamp=\"20"));
    let names: Vec<_> = fs::read_dir(place).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().starts_with(".chefrs-report")), "{names:?}");
}

#[test]
fn what_can_not_be_written_is_told_before_anything_is_done() {
    let output = Program::new(&["run", "-r", "motd", "--report", "html=no/such/report.html"])
        .file("recipes/motd.lua", RECIPE)
        .stderr_has(
            "error: the report can't be written to `no/such/report.html`: there is no directory `[DIR]/no`\n",
        )
        .stderr_has("\nhint: name a file in a directory that you can write to\n")
        .status(64)
        .check();
    assert!(!output.directory.path().join("motd").exists());
    Program::new(&["run", "-r", "motd", "--report", "report.html"])
        .stderr_has("it takes a format and a file, such as `html=report.html`; formats are text, json, ")
        .status(64)
        .check();
    Program::new(&["run", "-r", "motd", "--report", "pdf=report.pdf"])
        .stderr_has("there is no format `pdf`; there are text, json, ")
        .status(64)
        .check();
}

/// What stands in a report stands in the history too, which nobody else can read.
#[test]
fn only_its_owner_can_read_a_new_one() {
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let output = Program::new(&[&["plan", "-r", "motd", "-q"], &BOTH[..]].concat())
        .file("recipes/motd.lua", RECIPE)
        .file("report.xml", "for everybody")
        .mode("report.xml", 0o644)
        .stdout("plan: 1 would change, 0 up to date, 0 would fail in [TIME]\n")
        .status(2)
        .check();
    assert_eq!(mode(&output.directory.path().join("report.html")), 0o600);
    assert_eq!(mode(&output.directory.path().join("report.xml")), 0o644);
    assert_eq!(counted(&read(output.directory.path(), "report.xml"))[0], 1);
}

/// Another user who knows the name of a report may lay a link, a pipe or a file of that name.
#[test]
fn what_another_user_has_laid_there_is_neither_followed_nor_fed() {
    if !is_root() {
        return;
    }
    let laid = tempfile::tempdir().unwrap();
    let place = laid.path();
    fs::set_permissions(place, fs::Permissions::from_mode(0o1777)).unwrap();
    let [victim, link, pipe, file] = ["victim", "link", "pipe", "file"].map(|name| place.join(name));
    fs::write(&victim, "root's").unwrap();
    std::os::unix::fs::symlink(&victim, &link).unwrap();
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::from_bits_truncate(0o666)).unwrap();
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    for path in [&link, &pipe, &file] {
        std::os::unix::fs::lchown(path, Some(4711), Some(4711)).unwrap();
    }
    let plan = |path: &Path| {
        let report = format!("html={}", path.display());
        Program::new(&["plan", "-r", "motd", "-q", "--report", &report]).file("recipes/motd.lua", RECIPE)
    };
    plan(&link).stderr_has(": it is not followed\n").status(64).check();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "root's");
    plan(&pipe).stderr_has("`, who would read what is written there\n").status(64).check();
    let _ = plan(&file).output();
    let found = fs::metadata(&file).unwrap();
    assert!(found.len() > 0 && (found.uid(), found.mode() & 0o777) == (0, 0o600), "{found:?}");
}

#[test]
fn a_device_is_written_into_and_not_replaced() {
    Program::new(&["plan", "-r", "motd", "-q", "--report", "junit=/dev/null"])
        .file("recipes/motd.lua", RECIPE)
        .stdout("plan: 1 would change, 0 up to date, 0 would fail in [TIME]\n")
        .status(2)
        .check();
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
}

#[test]
fn a_plan_would_fail_where_a_run_does() {
    let output = Program::new(&["plan", "-r", "motd", "--format", "junit"])
        .file("recipes/motd.lua", "file \"[DIR]/a/motd\" { content = \"x\" }\nfile \"[DIR]/b\"\n")
        .output();
    assert_eq!((output.status, output.stderr.as_str()), (1, ""), "{}", output.stdout);
    let [tests, failures, errors, _] = counted(&output.stdout);
    assert_eq!((tests, failures, errors), (2, 1, 0), "{}", output.stdout);
}

#[test]
fn what_is_no_resource_is_an_error() {
    let wrong = Program::new(&["run", "-r", "motd", "--format", "junit"])
        .file("recipes/motd.lua", "file \"/x\" { onwer = \"x\" }\n")
        .output();
    assert_eq!(wrong.status, 3);
    assert_eq!(counted(&wrong.stdout), [1, 0, 1, 0], "{}", wrong.stdout);
    assert!(wrong.stdout.contains("did you mean `owner`?"), "{}", wrong.stdout);
    let gone = Program::new(&["run", "-t", "one,two", "-r", "motd", "--report", "html=it.html"])
        .file("recipes/motd.lua", RECIPE)
        .file("nodes/one.toml", "address = \"chroot:/nonexistent/root\"\n")
        .file("nodes/two.toml", "address = \"chroot:/nonexistent/other\"\n")
        .output();
    assert_eq!(gone.status, 4, "{}{}", gone.stdout, gone.stderr);
    let page = read(gone.directory.path(), "it.html");
    assert!(page.contains("<h1>motd <small>on 2 targets</small></h1>"), "{page}");
    assert_eq!(page.matches("<article").count(), 2, "{page}");
    let none = Program::new(&["run", "-t", "nobody-knows-it@", "-r", "gone", "--format", "html"]).output();
    assert!(none.stdout.contains("</html>") && none.status != 0, "{}", none.stdout);
}

#[test]
fn a_secret_is_in_no_report() {
    let recipe = "file \"[DIR]/key\" { content = secret \"key\" }\n\
                  execute \"echo $KEY\" { environment = { KEY = secret \"key\" } }\n";
    let output = Program::new(&[&["run", "-v", "-r", "motd"], &BOTH[..]].concat())
        .file("recipes/motd.lua", recipe)
        .env("CHEFRS_SECRET_KEY", "open sesame")
        .stdout_has("2 updated")
        .check();
    for name in ["report.html", "report.xml"] {
        let report = read(output.directory.path(), name);
        assert!(report.contains("********") && !report.contains("open sesame"), "{report}");
    }
}

#[test]
fn a_reader_that_leaves_early_takes_no_report_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    fs::create_dir(place.join("recipes")).unwrap();
    fs::write(place.join("recipes/motd.lua"), RECIPE.replace("[DIR]", place.to_str().unwrap())).unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args([&["run", "-r", "motd"], &BOTH[..]].concat())
        .current_dir(place)
        .env("CHEFRS_STATE_DIRECTORY", place.join(".state"))
        .stdin(Stdio::null())
        .stdout(writer)
        .output_in_time()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(counted(&read(place, "report.xml")), [1, 0, 0, 0]);
    assert!(read(place, "report.html").ends_with("</html>\n"));
}

#[test]
fn an_interrupted_run_leaves_whole_reports() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    let recipe = "file \"[DIR]/first\" { content = \"x\", \
                  verify = \"touch [DIR]/begun; for i in $(seq 9000); do test -e [DIR]/go && break; sleep 0.05; done\" }\n\
                  file \"[DIR]/second\" { content = \"x\" }\n";
    fs::create_dir(place.join("recipes")).unwrap();
    fs::write(place.join("recipes/slow.lua"), recipe.replace("[DIR]", place.to_str().unwrap())).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args([&["run", "-r", "slow"], &BOTH[..]].concat())
        .current_dir(place)
        .env("CHEFRS_STATE_DIRECTORY", place.join(".state"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let run = Heard::new(run);
    wait_for(&place.join("begun"));
    run.told_to_end(Signal::SIGINT, "interrupted: the current resource is finished");
    fs::write(place.join("go"), "").unwrap();
    assert_eq!(run.end().status.code(), Some(130));
    // What was done has passed, what was not is skipped, and that it was interrupted is an error.
    assert_eq!(counted(&read(place, "report.xml")), [3, 0, 1, 1]);
    assert!(read(place, "report.html").contains("interrupted"));
}

#[test]
fn quiet_tells_failures_and_the_sum() {
    let output = Program::new(&["run", "-r", "motd", "-q"])
        .file("recipes/motd.lua", RECIPE)
        .stdout("1 updated, 0 up to date, 0 failed in [TIME]\n")
        .check();
    Program::new(&["run", "-r", "motd", "-q"])
        .within(output.directory)
        .file(
            "recipes/motd.lua",
            "file \"[DIR]/other\" { content = \"x\" }\nfile \"[DIR]/a/b\" { content = \"x\" }\n",
        )
        .stdout(
            "error: file[[DIR]/a/b] failed to create: the directory `[DIR]/a` is not there\n  \
             --> recipes/motd.lua:2\n2 | file \"[DIR]/a/b\" { content = \"x\" }\n\
             hint: declare it before this resource: directory \"[DIR]/a\"\n\n\
             hint: changes so far are kept; fix the cause and run again; finished work is skipped\n\
             1 updated, 0 up to date, 1 failed in [TIME]\n",
        )
        .status(1)
        .check();
}

#[test]
fn a_resource_that_nothing_notified_is_in_every_report() {
    let recipe = "local run = execute \"true\" { action = \"nothing\" }\nexecute \"b\" { command = \"true\", action = \"nothing\" }\n\
                  file \"[DIR]/x\" { content = \"x\", notifies = { \"run\", run } }\n";
    let output = Program::new(&[&["run", "-r", "wait"], &BOTH[..]].concat())
        .file("recipes/wait.lua", recipe)
        .stdout_has("\n2 updated, 0 up to date, 1 skipped, 0 failed in [TIME]\n")
        .check();
    let place = output.directory.path();
    assert_eq!(counted(&read(place, "report.xml")), [3, 0, 0, 1]);
    assert!(read(place, "report.xml").contains("<skipped message=\"nothing notified it\"/>"));
    assert!(read(place, "report.html").contains("nothing notified it"));
}
