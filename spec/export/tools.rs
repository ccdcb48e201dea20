//! The code of other tools: as goldens, and run by the tools themselves on throw-away machines.

mod execution;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::goldens;
use crate::patience::CallInTime as _;

/// The forms.
const FORMS: [&str; 4] = ["ansible", "puppet", "chef", "salt"];

/// The project of these specs.
fn project() -> std::path::PathBuf {
    goldens::spec("export/tools/project")
}

/// All files of an export as one text, and what it said.
fn exported(form: &str, project: &Path, run_list: &str, out: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(["export", "--to", form, "--facts", "debian-12", "-r", run_list, "-o"])
        .arg(out)
        .current_dir(project)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", out)
        .output_in_time()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let mut text = format!("{told}\n");
    let listed = std::fs::read_to_string(out.join(".chefrs-export")).unwrap();
    for path in listed.lines() {
        let content = std::fs::read(out.join(path)).unwrap();
        let shown = match std::str::from_utf8(&content) {
            // Scripts have specs of their own.
            Ok(_) if Path::new(path).extension().is_some_and(|ending| ending == "sh") => {
                "(a script)\n".into()
            }
            Ok(shown) => shown.to_owned(),
            Err(_) => "(bytes)\n".to_owned(),
        };
        let _ = write!(text, "==== {path} ====\n{shown}");
    }
    text.replace(&*out.to_string_lossy(), "OUT").replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn every_form_is_written_as_before() {
    let mut differences = Vec::new();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
    for form in FORMS {
        let lists = [(&own, "hello"), (&project(), "wide"), (&project(), "nested"), (&project(), "units")];
        for (project, run_list) in lists {
            let folder = tempfile::tempdir().unwrap();
            let text = exported(form, project, run_list, &folder.path().join("out"));
            let golden = goldens::spec(&format!("export/tools/golden/{run_list}.{form}.txt"));
            differences.extend(goldens::compare(&golden, &text));
        }
    }
    goldens::none(&differences);
}
