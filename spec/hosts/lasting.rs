//! A run on another machine that loses its connection, its process or the machine itself in the middle.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Host, boot};
use crate::executable::executable;
use crate::patience::{CallInTime as _, EndInTime as _, processes_with, until};

/// A project on this machine, and a way to the host on which a silent network is noticed within seconds.
struct Desk {
    directory: tempfile::TempDir,
    target: String,
    /// How to become root, where the account is another.
    r#become: &'static [&'static str],
}

impl Desk {
    fn new(host: &Host, recipe: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("recipes")).unwrap();
        fs::write(directory.path().join("recipes/spec.lua"), recipe).unwrap();
        let config = fs::read_to_string(host.ssh_config()).unwrap();
        fs::write(directory.path().join("ssh_config"), config).unwrap();
        // The options of a run are fixed, and what stands first counts: a program in between makes them shorter.
        let ssh = directory.path().join("bin/ssh");
        fs::create_dir(directory.path().join("bin")).unwrap();
        let alive = "-o ServerAliveInterval=1 -o ServerAliveCountMax=8 -o ConnectTimeout=10";
        executable(&ssh, &format!("#!/bin/sh\nexec /usr/bin/ssh {alive} \"$@\"\n"));
        Self { directory, target: host.name().to_owned(), r#become: &[] }
    }

    /// Comes as an ordinary account, which sudo makes root.
    fn by_sudo(self) -> Self {
        Self { target: format!("ssh://deploy@{}", self.target), r#become: &["--become"], ..self }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn start(&self, verb: &str, words: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_chefrs"))
            .args([verb, "-t", &self.target, "--ssh-config", "ssh_config", "-r", "spec"])
            .args(words)
            .args(self.r#become)
            .current_dir(self.directory.path())
            .env_clear()
            .env("HOME", self.path(""))
            .env("CHEFRS_STATE_DIRECTORY", self.path("state"))
            .env("PATH", format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", self.path("bin").display()))
            .env("LANG", "C.UTF-8")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(fs::File::create(self.path("stdout")).unwrap())
            .stderr(fs::File::create(self.path("stderr")).unwrap())
            .spawn()
            .unwrap()
    }

    /// Waits for the end: exit code, standard output, standard error.
    fn end(&self, mut run: Child) -> (i32, String, String) {
        let status = run.wait_in_time().unwrap();
        let text = |name| fs::read_to_string(self.path(name)).unwrap();
        (status.code().unwrap_or(-1), text("stdout"), text("stderr"))
    }

    fn call(&self, verb: &str, words: &[&str]) -> (i32, String, String) {
        self.end(self.start(verb, words))
    }
}

/// Three resources, the second one slow; what is notified writes down that it was.
const SLOW: &str = r#"
file "/srv/first" { content = "x", notifies = { "run", "execute[paid]" } }
execute "slow" { cwd = "/srv", command = "touch begun; until [ -e go ]; do sleep 0.1; done; touch done", creates = "/srv/done" }
execute "paid" { action = "nothing", command = "echo paid >>/srv/paid" }
file "/srv/last" { content = "x" }
"#;

fn exists(host: &Host, path: &str) -> bool {
    host.script(&format!("test -e {path}")).status.success()
}

fn status(host: &Host) -> String {
    host.must("chefrs status")
}

/// The `ssh` that holds the connection of a run; its socket tells whose it is.
fn ssh_of(desk: &Desk) -> Option<Pid> {
    let found = processes_with(desk.path("state/ssh/").to_str().unwrap());
    found.first().map(|pid| Pid::from_raw(pid.parse().unwrap()))
}

#[test]
fn a_connection_that_is_killed_a_black_hole_and_a_run_that_is_killed() {
    let Some([killed, silent, gone, dead]) = boot() else { return };
    let hosts = [&killed, &silent, &gone, &dead];
    let [first, second, third, fourth] = hosts.map(|host| Desk::new(host, SLOW));
    let desks = [first.by_sudo(), second.by_sudo(), third, fourth];
    let waits = ["600", "600", "3", "600"];
    let runs: Vec<Child> =
        desks.iter().zip(waits).map(|(desk, wait)| desk.start("run", &["--reconnect", wait])).collect();
    for (host, desk) in hosts.iter().zip(&desks) {
        until("the slow resource", || exists(host, "/srv/begun"));
        until("word of it", || {
            fs::read_to_string(desk.path("stdout")).unwrap().contains("execute[slow] run")
        });
        // Who runs there is told, as the one who wants it, not as the account there.
        let here =
            String::from_utf8(Command::new("uname").arg("-n").output_in_time().unwrap().stdout).unwrap();
        let told = status(host);
        assert!(told.starts_with("under way: run "), "{told}");
        assert!(told.contains(&format!(" by root on {}, process ", here.trim())), "{told}");
    }
    kill(ssh_of(&desks[0]).unwrap(), Signal::SIGKILL).unwrap();
    silent.cut();
    gone.cut();
    dead.must("kill -9 $(pgrep -f 'chefrs-[0-9a-f]* agent --run')");
    let mut runs = runs.into_iter();
    let mut next = |desk: &Desk| desk.end(runs.next().unwrap());

    // Heard to the end over another connection.
    killed.must("touch /srv/go");
    let (code, stdout, stderr) = next(&desks[0]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("4 updated, 0 up to date, 0 failed"), "{stdout}{stderr}");
    assert!(
        stderr.contains("was lost; the run continues there") && stderr.contains("is connected again"),
        "{stderr}"
    );
    assert_eq!(stdout.matches("file[/srv/first] create").count(), 1, "{stdout}");

    // The network comes back after the connection was given up, and while another is tried.
    silent.must("touch /srv/go");
    until("the run behind the black hole", || exists(&silent, "/srv/paid"));
    until("the connection to be given up", || {
        fs::read_to_string(desks[1].path("stderr")).unwrap().contains("was lost")
    });
    silent.heal();
    let (code, stdout, stderr) = next(&desks[1]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("4 updated, 0 up to date, 0 failed"), "{stdout}{stderr}");

    // It does not come back in time: what is known is told, and the run goes on.
    let (code, stdout, stderr) = next(&desks[2]);
    assert_eq!(code, 4, "{stdout}{stderr}");
    assert!(stderr.contains("1 change reported until then; execute[slow] run was in progress"), "{stderr}");
    assert!(stderr.contains("hint: the run continues there: `chefrs status -t "), "{stderr}");
    gone.must("touch /srv/go");
    until("the run that nobody watches", || status(&gone).contains("converged, 4 updated"));
    gone.heal();

    // A run that is dead is not waited for, and the next one pays what it owed.
    let (code, stdout, stderr) = next(&desks[3]);
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(stderr.contains("was killed"), "{stderr}");
    dead.must("touch /srv/go");

    for (host, desk) in hosts.iter().zip(&desks) {
        let (code, stdout, stderr) = desk.call("run", &[]);
        assert_eq!(code, 0, "{}: {stdout}{stderr}", host.name());
        assert_eq!(host.must("cat /srv/paid"), "paid\n", "{}", host.name());
        assert!(status(host).contains("nothing is owed\n"), "{}", host.name());
        let spools = host.must("stat -c '%a %U' /var/lib/chefrs/runs /var/lib/chefrs/runs/*");
        assert!(spools.lines().all(|line| ["700 root", "600 root"].contains(&line)), "{spools}");
    }
}

#[test]
fn a_black_hole_that_ends_in_time_costs_nothing() {
    let Some([host]) = boot() else { return };
    let desk = Desk::new(&host, SLOW);
    fs::remove_file(desk.path("bin/ssh")).unwrap();
    let run = desk.start("run", &[]);
    until("the slow resource", || exists(&host, "/srv/begun"));
    host.cut();
    host.must("touch /srv/go");
    // Silence is given up after 15 seconds.
    thread::sleep(Duration::from_secs(6));
    host.heal();
    let (code, stdout, stderr) = desk.end(run);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("4 updated, 0 up to date, 0 failed"), "{stdout}");
}

/// A restart in the middle, one at the end, and something owed across the first.
pub const RESTARTS: &str = r#"
file "/srv/first" {
  content = "x",
  notifies = { { "run", "execute[paid]" }, { "reboot_now", "reboot[kernel]", "immediately" } },
}
execute "paid" { action = "nothing", command = "echo paid >>/srv/paid; cat /proc/sys/kernel/random/boot_id >>/srv/boots" }
reboot "kernel" { action = "nothing", reason = "a new kernel" }
reboot "rest" { action = "nothing" }
file "/srv/last" { content = "x", notifies = { "request_reboot", "reboot[rest]" } }
"#;

#[test]
fn a_run_goes_on_after_the_restarts_that_it_asked_for() {
    let Some([host]) = boot() else { return };
    let desk = Desk::new(&host, RESTARTS);
    let id = || host.must("cat /proc/sys/kernel/random/boot_id");
    let first = id();
    let (code, stdout, stderr) = desk.call("plan", &[]);
    assert_eq!(code, 2, "{stdout}{stderr}");
    assert!(stdout.contains("would restart the machine, then go on: a new kernel"), "{stdout}");
    assert!(stdout.contains("would restart the machine at the end of the run: rest"), "{stdout}");
    assert_eq!(id(), first);

    let (code, stdout, stderr) = desk.call("run", &[]);
    assert_eq!(code, 0, "{stdout}{stderr}\n{}", status(&host));
    assert!(stdout.contains("the machine restarts now for reboot[kernel]: a new kernel\n"), "{stdout}");
    assert!(stdout.contains("the machine restarts now for reboot[rest]: rest\n"), "{stdout}");
    assert_eq!(stderr.matches(" is back\n").count(), 2, "{stderr}");
    // Paid once, in the time between the two.
    assert_eq!(host.must("cat /srv/paid"), "paid\n");
    let between = host.must("cat /srv/boots");
    assert!(between != first && between != id(), "{between}");
    let told = status(&host);
    assert!(told.starts_with("no run is under way\nnothing is owed\n"), "{told}");
    let runs: Vec<&str> =
        told.lines().filter_map(|line| line.rsplit_once(" (")).map(|(_, run)| run).collect();
    assert!(runs.len() == 3 && runs.iter().all(|run| *run == runs[0]), "one run in three parts: {told}");

    let (code, stdout, stderr) = desk.call("run", &[]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("0 updated, 2 up to date"), "{stdout}");
}

#[test]
fn a_run_on_the_machine_itself_ends_with_its_restart() {
    let Some([host]) = boot() else { return };
    let first = host.must("cat /proc/sys/kernel/random/boot_id");
    super::convergence::recipe(&host, RESTARTS);
    let Output { status, stdout, stderr } = super::convergence::chefrs(&host, "run -r spec");
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert_eq!(status.code(), Some(0), "{stdout}{stderr}");
    assert!(stdout.contains("3 not run"), "{stdout}");
    assert!(
        stderr.contains("this machine restarts for reboot[kernel]; run the same again to go on\n"),
        "{stderr}"
    );
    until("the restart", || {
        let id = host.script("cat /proc/sys/kernel/random/boot_id");
        id.status.success() && id.stdout != first.as_bytes()
    });
    host.settle();
    assert!(host.must("chefrs status").contains("restarted the machine for reboot[kernel]"));
    let again = super::convergence::chefrs(&host, "plan -r spec");
    assert!(String::from_utf8_lossy(&again.stdout).contains("execute[paid] run: would"), "{again:?}");
}
