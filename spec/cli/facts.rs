//! `chefrs facts` on recorded facts.

use super::program::Program;

#[test]
fn single_facts_are_printed_bare() {
    Program::new(&["facts", "platform", "cpu.total", "--facts", "debian-12"]).stdout("debian\n2\n").check();
}

#[test]
fn everything_is_json_that_can_be_read_back() {
    let all = Program::new(&["facts", "--facts", "ubuntu-24.04"]).output();
    assert_eq!((all.status, all.stderr.as_str()), (0, ""));
    Program::new(&["facts", "--facts", "mine.json", "platform_version"])
        .file("mine.json", &all.stdout)
        .stdout("24.04\n")
        .check();
}

#[test]
fn recordings_have_the_same_shape() {
    let keys = |name: &str| -> Vec<String> {
        let output = Program::new(&["facts", "--facts", name]).output();
        let facts: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&output.stdout).unwrap();
        facts.keys().cloned().collect()
    };
    assert_eq!(keys("debian-12"), keys("ubuntu-24.04"));
}

#[test]
fn a_misspelt_fact_is_answered_with_the_nearest() {
    Program::new(&["facts", "platfrom", "--facts", "debian-12"])
        .stderr("error: there is no fact `platfrom`\nhint: did you mean `platform`?\n")
        .status(64)
        .check();
}

#[test]
fn an_unknown_recording_is_answered_with_the_nearest() {
    Program::new(&["facts", "--facts", "debian-13"])
        .stderr(
            "error: there are no recorded facts `debian-13`, and no such file\n\
             hint: did you mean `debian-12`?\n",
        )
        .status(64)
        .check();
    Program::new(&["facts", "--facts", "plan9"])
        .stderr(
            "error: there are no recorded facts `plan9`, and no such file\n\
             hint: there are recordings of `debian-12`, `ubuntu-24.04`, `rocky-9`, `fedora-42`, `opensuse-15`, `arch`, \
             `alpine-3.21`, and `gentoo`\n",
        )
        .status(64)
        .check();
}

#[test]
fn a_file_without_facts_is_refused() {
    Program::new(&["facts", "--facts", "mine.json"])
        .file("mine.json", "[1]")
        .stderr_has("error: `mine.json` holds no facts: ")
        .stderr_has("hint: `chefrs facts > FILE` records those of a machine\n")
        .status(64)
        .check();
}
