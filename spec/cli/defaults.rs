//! `[defaults]` of `chefrs.toml`, and the words for `-t`.

use super::program::Program;

fn project(defaults: &str, words: &[&str]) -> Program {
    Program::new(words)
        .file("recipes/web.lua", "print(\"of the recipe\")\n")
        .file("chefrs.toml", &format!("[defaults]\n{defaults}\n"))
        .file("nodes/web1.toml", "groups = [\"web\"]\n")
        .file("nodes/web2.toml", "groups = [\"web\"]\n")
        .file("groups/web.toml", "")
        .env("PATH", "/nonexistent")
}

const NO_SSH: &str = "error: `ssh` is not installed here\nhint: it is needed to reach `ssh://web1`\n";

#[test]
fn the_target_of_the_project_is_that_of_every_command() {
    for words in
        [&["plan", "-r", "web"][..], &["run", "-r", "web"], &["facts"], &["status"], &["exec", "--", "true"]]
    {
        project("target = \"web1\"", words).stderr_has(NO_SSH).status(4).output();
        let output = project("target = \"web1\"", words).inside("deep/er").output();
        assert_eq!(output.status, 4, "{words:?}: {}", output.stderr);
        assert!(output.stderr.contains("ssh://web1"), "{words:?}: {}", output.stderr);
    }
    project("target = \"web1\"", &["plan", "-r", "web", "-t", "local"])
        .stdout_has("planning local: web (0 resources)\n")
        .check();
    project("target = \"web1\"", &["facts", "platform", "--facts", "debian-12"]).stdout("debian\n").check();
}

#[test]
fn a_target_that_is_nothing_is_shown_where_it_stands() {
    let hint = "2 | target = \"@wbe\"\nhint: did you mean `@web`?\n";
    project("target = \"@wbe\"", &["run", "-r", "web"])
        .stderr(&format!("error: there is no group `wbe`\n  --> chefrs.toml:2\n{hint}"))
        .status(64)
        .check();
    project("target = [\"@web\", \"!web1\", \"!web2\"]", &["run", "-r", "web"])
        .stderr_has("error: `@web,!web1,!web2` leaves no target\n  --> chefrs.toml:2\n")
        .status(64)
        .check();
}

#[test]
fn paths_begin_in_the_directory_of_the_project() {
    project("ssh_config = \"conf/ssh\"", &["facts", "-t", "web1"])
        .inside("deep")
        .stderr(
            "error: there is no file `[DIR]/conf/ssh`\n  --> chefrs.toml:2\n2 | ssh_config = \"conf/ssh\"\n",
        )
        .status(64)
        .check();
    project("ssh_config = \"conf/ssh\"", &["facts", "-t", "web1"])
        .file("conf/ssh", "")
        .inside("deep")
        .stderr(NO_SSH)
        .status(4)
        .check();
}

#[test]
fn mistakes_are_shown_where_they_stand() {
    project(
        "forks = 0\nconnect_timeout = \"10\"\nlock_timeout = -1\nbecome = \"yes\"\ntarget = 5\nfroks = 3",
        &["check"],
    )
    .stderr_has("error: `defaults.forks` must be a whole number, at least 1\n  --> chefrs.toml:2\n")
    .stderr_has("error: `defaults.connect_timeout` must be a whole number, at least 1\n  --> chefrs.toml:3\n")
    .stderr_has("error: `defaults.lock_timeout` must be a whole number, at least 0\n  --> chefrs.toml:4\n")
    .stderr_has("error: `defaults.become` must be `true` or `false`\n  --> chefrs.toml:5\n")
    .stderr_has("error: `defaults.target` must be a string or a list of strings\n  --> chefrs.toml:6\n")
    .stderr_has("error: `defaults.froks` is not a known key\n  --> chefrs.toml:7\n7 | froks = 3\nhint: did you mean `forks`?\n")
    .status(3)
    .check();
    Program::new(&["check"])
        .file("chefrs.toml", "forks = 16\n")
        .stderr_has("error: `forks` is not a known key\n")
        .stderr_has("hint: write it below `[defaults]`: `forks = 16`\n")
        .status(3)
        .check();
}
