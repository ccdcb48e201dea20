//! Root by `sudo` on a real machine: without a password, with one that is typed or printed by a program, and refused in
//! four ways that are told apart. A password is given once, and stands nowhere.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::{Host, boot};
use crate::patience::{CallInTime as _, EndInTime as _, Patient, until};

/// Password of `deploypw` here; nothing else in the world is called so.
const PASSWORD: &str = "open-sesame 8153'\"$x";
/// A part of it that no shell changes.
const PART: &str = "open-sesame 8153";
/// The same for grep, whose own argument it does not match.
const PATTERN: &str = "open-sesame 815[3]";

/// A person with a project, before a machine.
struct Person {
    host: Host,
    home: TempDir,
}

impl Person {
    fn new() -> Option<Self> {
        let [host] = boot()?;
        host.write("/run/passwords", format!("deploypw:{PASSWORD}\nguest:{PASSWORD}\n").as_bytes());
        host.must(
            "useradd -m guest && cp -r /home/deploy/.ssh /home/guest && chown -R guest: /home/guest/.ssh && \
             chpasswd </run/passwords && rm /run/passwords",
        );
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join("project/recipes")).unwrap();
        let recipe = "execute \"who\" { command = \"id -un >/root/who && sleep 3\" }\n";
        fs::write(home.path().join("project/recipes/spec.lua"), recipe).unwrap();
        Some(Self { host, home })
    }

    fn project(&self) -> std::path::PathBuf {
        self.home.path().join("project")
    }

    /// `chefrs run` of the recipe, as a user there.
    fn words(&self, user: &str, options: &[&str]) -> Vec<String> {
        let target = format!("ssh://{user}@{}", self.host.name());
        let config = self.host.ssh_config().to_str().unwrap();
        let words = ["run", "-t", &target, "--ssh-config", config, "-r", "spec"];
        words.iter().chain(options).map(|word| (*word).to_owned()).collect()
    }

    fn prepare(&self, command: &mut Command) {
        command.current_dir(self.project()).env_clear().env("HOME", self.home.path()).env("NO_COLOR", "1");
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LANG", "C.UTF-8");
        command.env("CHEFRS_STATE_DIRECTORY", self.home.path().join("control"));
    }

    /// The same without a terminal.
    fn run(&self, user: &str, options: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
        self.prepare(&mut command);
        said(&command.args(self.words(user, options)).stdin(Stdio::null()).output_in_time().unwrap())
    }

    /// The same at a terminal where a password is typed; `look` is called while the run is under way.
    fn type_in(&self, user: &str, password: &str, look: impl FnOnce()) -> (i32, String) {
        let words = self.words(user, &["--ask-become-pass"]).join(" ");
        let mut command = Command::new("script");
        command.args(["-qec", &format!("{} {words}", env!("CARGO_BIN_EXE_chefrs")), "/dev/null"]);
        self.prepare(&mut command);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (mut keys, mut screen) =
            (child.stdin.take().unwrap(), Patient::new(child.stdout.take().unwrap()));
        let mut shown = Vec::new();
        while !String::from_utf8_lossy(&shown).contains("password for sudo on ") {
            let mut byte = [0];
            assert_eq!(screen.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&shown));
            shown.push(byte[0]);
        }
        keys.write_all(format!("{password}\n").as_bytes()).unwrap();
        look();
        screen.read_to_end(&mut shown).unwrap();
        let status = child.wait_in_time().unwrap().code().unwrap_or(-1);
        let shown = String::from_utf8(shown).unwrap();
        assert!(!shown.contains(PART), "{shown}");
        assert_eq!(shown.matches("password for sudo on ").count(), 1, "{shown}");
        (status, shown)
    }

    /// The password is in no process' arguments or environment, and in no file, on either side.
    fn nowhere(&self) {
        let there = format!(
            "grep -als '{PATTERN}' /proc/[0-9]*/cmdline /proc/[0-9]*/environ; \
             grep -arls '{PATTERN}' /root /home /tmp /var /run /etc; true"
        );
        assert_eq!(self.host.must(&there), "");
        let holds = |path: &Path| {
            fs::read(path).is_ok_and(|bytes| bytes.windows(PART.len()).any(|part| part == PART.as_bytes()))
        };
        for process in fs::read_dir("/proc").unwrap() {
            let process = process.unwrap().path();
            for file in ["cmdline", "environ"] {
                assert!(!holds(&process.join(file)), "{}/{file}", process.display());
            }
        }
        let found =
            Command::new("grep").args(["-arls", PATTERN]).arg(self.home.path()).output_in_time().unwrap();
        assert_eq!(String::from_utf8_lossy(&found.stdout), "");
    }

    /// Waits until the recipe runs there as root.
    fn under_way(&self) {
        until("the recipe at work", || self.host.script("test -s /root/who").status.success());
        assert_eq!(self.host.must("cat /root/who"), "root\n");
    }

    /// How many wrong passwords sudo has counted.
    fn wrong_ones(&self) -> String {
        self.host.must("journalctl --sync; journalctl -o cat | grep -c 'pam_unix(sudo:auth): authentication failure'; true")
    }
}

fn said(output: &Output) -> (i32, String) {
    let text =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
    (output.status.code().unwrap_or(-1), text)
}

#[test]
fn a_password_is_typed_once_and_stands_nowhere() {
    let Some(person) = Person::new() else { return };
    let (status, shown) = person.type_in("deploypw", PASSWORD, || {
        person.under_way();
        person.nowhere();
    });
    assert_eq!(status, 0, "{shown}");
    person.nowhere();
    assert_eq!(person.wrong_ones(), "0\n");
    // Nobody needs it, and it is not asked for by sudo.
    let (status, shown) = person.type_in("deploy", PASSWORD, || {});
    assert_eq!(status, 0, "{shown}");
}

#[test]
fn a_wrong_password_is_tried_once() {
    let Some(person) = Person::new() else { return };
    let (status, shown) = person.type_in("deploypw", "open barley", || {});
    assert_eq!(status, 6, "{shown}");
    assert!(
        shown.contains("sudo on `ssh://deploypw@web") && shown.contains("does not accept this password"),
        "{shown}"
    );
    assert_eq!(person.wrong_ones(), "1\n");
    assert!(!person.host.script("test -e /root/who").status.success());
}

#[test]
fn who_may_not_and_what_is_missing_are_told_apart() {
    let Some(person) = Person::new() else { return };
    let (status, shown) = person.run("deploy", &["--become"]);
    assert_eq!(status, 0, "{shown}");
    assert_eq!(person.host.must("cat /root/who"), "root\n");

    let (status, shown) = person.run("deploypw", &["--become"]);
    assert_eq!(status, 6, "{shown}");
    assert!(
        shown.contains("` wants a password") && shown.contains("`--ask-become-pass` asks you for it"),
        "{shown}"
    );

    let (status, shown) = person.type_in("guest", PASSWORD, || {});
    assert_eq!(status, 6, "{shown}");
    assert!(shown.contains("may not use sudo"), "{shown}");

    person.host.must("echo 'Defaults:deploy,deploypw requiretty' >/etc/sudoers.d/tty");
    let (status, shown) = person.run("deploy", &["--become"]);
    assert_eq!(status, 6, "{shown}");
    assert!(shown.contains("` requires a terminal") && shown.contains("`requiretty`"), "{shown}");
    let (status, shown) = person.type_in("deploypw", PASSWORD, || {});
    assert_eq!(status, 6, "{shown}");
    assert!(shown.contains("` requires a terminal") && shown.contains("`requiretty`"), "{shown}");

    person.host.must("mv /usr/bin/sudo /usr/bin/no-sudo");
    let (status, shown) = person.run("deploy", &["--become"]);
    assert_eq!(status, 6, "{shown}");
    assert!(shown.contains("there is no sudo on `"), "{shown}");
}

#[test]
fn a_program_of_the_project_prints_the_password() {
    let Some(person) = Person::new() else { return };
    let project = person.project();
    fs::write(project.join("chefrs.toml"), "become_password = [\"sh\", \"ask\"]\n").unwrap();
    // Counted: it is run once, and only where root is wanted. The password comes out of pieces, so that no file has it.
    fs::write(
        project.join("ask"),
        "echo x >>asked; printf 'open-sesame %s%s\\nmore\\n' 815 \"3'\\\"\\$x\"\n",
    )
    .unwrap();
    let (status, shown) = person.run("deploypw", &[]);
    assert_eq!(status, 1, "without root the recipe fails: {shown}");
    assert!(!project.join("asked").exists());

    let (status, shown) = person.run("deploypw", &["--become"]);
    assert_eq!(status, 0, "{shown}");
    assert_eq!(fs::read_to_string(project.join("asked")).unwrap(), "x\n");
    assert_eq!(person.host.must("cat /root/who"), "root\n");
    person.nowhere();

    fs::write(project.join("ask"), "echo open barley\n").unwrap();
    let (status, shown) = person.run("deploypw", &["--become"]);
    assert_eq!(status, 6, "{shown}");
    assert!(shown.contains("does not accept this password") && !shown.contains("barley"), "{shown}");
    assert_eq!(person.wrong_ones(), "1\n");

    fs::write(project.join("ask"), "echo the store is locked >&2; exit 2\n").unwrap();
    let (status, shown) = person.run("deploypw", &["--become"]);
    assert_eq!(status, 3, "{shown}");
    assert!(shown.contains("`sh` failed: exit status 2") && shown.contains("the store is locked"), "{shown}");
}
