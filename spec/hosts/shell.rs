//! Two machines from one recipe of most types, by the agent and through a shell: the same is planned, done and told.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{Host, boot};
use crate::patience::{CallInTime as _, EndInTime as _, until};

mod restarts;

const MOST: &str = r#"
package { "chefrs-demo", "nginx" }
group "crew" { gid = 4242 }
user "blog" { gid = "crew", home = "/srv/blog", shell = "/bin/sh", manage_home = true }
directory "/srv/site" { owner = "blog", group = "crew", mode = "0750" }
file "/srv/site/index.html" { content = "hello\n", owner = "blog", notifies = { "reload", "service[nginx]" } }
file "/etc/nginx/conf.d/site.conf" {
  content = "server { listen 81; root /srv/site; }\n",
  verify = "grep -q listen {path}",
  notifies = { "reload", "service[nginx]" },
}
link "/srv/current" { to = "/srv/site" }
execute "pack" { command = "tar -C /srv/site -czf /srv/site.tgz index.html", creates = "/srv/site.tgz" }
archive_file "/srv/site.tgz" { destination = "/srv/unpacked", owner = "blog" }
remote_file "/srv/package.list" { source = "http://controller:8077/wheels/" , ignore_failure = true }
execute "as blog" { command = "id -un > /srv/blog/who", user = "blog", creates = "/srv/blog/who" }
cron "tidy" { minute = "7", hour = "3", command = "true", user = "blog" }
sysctl "net.ipv4.conf.lo.log_martians" { value = "1", ignore_failure = true }
systemd_unit "napper.service" {
  content = "[Unit]\nDescription=Sleeps\n[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n",
  action = { "create", "enable", "start" },
}
service "nginx" { action = { "enable", "start" } }
execute "fails" { command = "echo because >&2; exit 3", ignore_failure = true }
"#;

struct Project(tempfile::TempDir);

impl Project {
    fn new(recipe: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("recipes")).unwrap();
        fs::write(directory.path().join("recipes/most.lua"), recipe).unwrap();
        Self(directory)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Exit code, standard output, standard error.
    fn call(&self, host: &Host, target: &str, words: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
        command.env("CHEFRS_STATE_DIRECTORY", self.path().join("control"));
        command.args(words).args(["-t", target, "--ssh-config"]).arg(host.ssh_config());
        let output = command.current_dir(self.path()).output_in_time().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }
}

/// The events without what differs from machine to machine.
fn events(text: &str, host: &Host) -> Vec<Value> {
    let line = |line: &str| {
        let mut event: Value = serde_json::from_str(&line.replace(host.name(), "HOST")).unwrap();
        for name in ["run", "milliseconds", "via"] {
            event.as_object_mut().unwrap().remove(name);
        }
        event
    };
    text.lines()
        .map(line)
        .filter(|event| !["traffic", "output", "waiting"].iter().any(|name| event["event"] == *name))
        .collect()
}

#[test]
fn both_engines_do_and_tell_the_same() {
    let Some([one, other]) = boot() else { return };
    let project = Project::new(MOST);
    for host in [&one, &other] {
        host.must("apt-get -q update");
    }
    let call = |host: &Host, engine: &str, verb: &str, status: i32| {
        let words = [verb, "-r", "most", "--format", "json", "--engine", engine];
        let (code, stdout, stderr) = project.call(host, host.name(), &words);
        assert_eq!((code, stderr.as_str()), (status, ""), "{engine} {verb}: {stdout}");
        events(&stdout, host)
    };
    for (verb, status) in [("plan", 2), ("run", 0), ("plan", 2), ("run", 0)] {
        let (by_agent, by_shell) = (call(&one, "agent", verb, status), call(&other, "shell", verb, status));
        assert_eq!(by_agent.len(), by_shell.len(), "{verb}: {by_agent:#?}\n{by_shell:#?}");
        for (agent, shell) in by_agent.iter().zip(&by_shell) {
            assert_eq!(agent, shell, "{verb}");
        }
    }
    let state = "cd /srv && find . -path ./repo -prune -o -printf '%p %m %U %G\\n' | sort; cat /srv/blog/who /etc/cron.d/tidy; \
                 systemctl is-active napper nginx; systemctl is-enabled napper; dpkg -l chefrs-demo nginx | tail -n 2";
    assert_eq!(one.must(state), other.must(state));
}

#[test]
fn a_machine_of_another_kind_becomes_root_through_its_shell() {
    let Some([host]) = boot() else { return };
    host.write(
        "/usr/local/bin/uname",
        b"#!/bin/sh\n[ \"$1\" = -sm ] && exec echo Linux armv7l\nexec /bin/uname \"$@\"\n",
    );
    host.must("chmod 755 /usr/local/bin/uname");
    let project =
        Project::new("file \"/etc/motd\" { content = \"hello\\n\", owner = \"root\", mode = \"0600\" }\n");
    let target = format!("deploy@{}", host.name());
    let (status, stdout, stderr) = project.call(&host, &target, &["run", "-r", "most", "--become"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let via = "(1 resource, through a shell: the agent does not run on armv7l)";
    assert!(stdout.contains(via), "{stdout}");
    assert_eq!(
        host.must("stat -c '%U %a' /etc/motd; ls /var/lib/chefrs"),
        "root 600\nbackup\ndrafts\nhistory\nlock\n"
    );
    let (status, stdout, stderr) = project.call(&host, &target, &["status", "--become"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(
        stdout.contains("no run is under way\n") && stdout.contains(" most by root: converged"),
        "{stdout}"
    );
}

#[test]
fn a_network_that_goes_away_leaves_what_is_owed_and_a_free_lock() {
    let Some([host]) = boot() else { return };
    let project = Project::new(
        "file \"/etc/one\" { content = \"1\", notifies = { \"run\", \"execute[late]\" } }\n\
         execute \"wait\" { command = \"touch /root/begun; sleep 600\", creates = \"/etc/waited\" }\n\
         execute \"late\" { action = \"nothing\", command = \"echo late >> /root/late\" }\n",
    );
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
        command.args(["run", "-r", "most", "--engine", "shell", "-t", host.name(), "--ssh-config"]);
        command.arg(host.ssh_config()).args(words).current_dir(project.path());
        command.env("CHEFRS_STATE_DIRECTORY", project.path().join("control"));
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    let mut child = run(&[]);
    until("the long resource", || host.script("test -e /root/begun").status.success());
    child.kill().unwrap();
    child.wait_in_time().unwrap();
    // What it was about comes to its end there; then the shell finds nobody at the other end.
    host.must("pkill -f '[s]leep 600'");
    until("a free lock", || host.script("flock -n /var/lib/chefrs/lock true").status.success());
    let (status, stdout, _) = project.call(&host, host.name(), &["status", "--engine", "shell"]);
    assert_eq!(status, 0);
    assert!(stdout.contains(": no run is under way; the last was cut off: run "), "{stdout}");
    assert!(
        stdout.contains("1 notification still owed:\n  execute[late] run, delayed, by file[/etc/one]"),
        "{stdout}"
    );
    host.must("touch /etc/waited");
    let output = run(&[]).output_in_time().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    assert!(stdout.contains("owed by an earlier run: execute[late] run, by file[/etc/one]"), "{stdout}");
    assert_eq!(host.must("cat /root/late"), "late\n");
}

#[test]
fn a_black_hole_frees_the_lock_of_a_shell_that_waits() {
    let Some([host]) = boot() else { return };
    // Between two attempts the engine waits here, and the shell there waits for it.
    let project = Project::new(
        "file \"/etc/one\" { content = \"1\", notifies = { \"run\", \"execute[late]\" } }\n\
         execute \"again\" { command = \"touch /root/begun; false\", retries = 1, retry_delay = 3600 }\n\
         execute \"late\" { action = \"nothing\", command = \"true\" }\n",
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
    command.args(["run", "-r", "most", "--engine", "shell", "-t", host.name(), "--ssh-config"]);
    command.arg(host.ssh_config()).current_dir(project.path()).stdin(std::process::Stdio::null());
    command.env("CHEFRS_STATE_DIRECTORY", project.path().join("control"));
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    host.must("until test -e /root/begun; do sleep 0.1; done");
    host.cut();
    child.kill().unwrap();
    child.wait_in_time().unwrap();
    // Nobody tells that shell that its connection is gone; the machine itself would find out in two hours.
    assert!(!host.script("flock -n /var/lib/chefrs/lock true").status.success());
    host.must("i=0; until flock -n /var/lib/chefrs/lock true; do sleep 1; i=$((i+1)); [ $i -lt 600 ]; done");
    let told = host.must("chefrs status");
    assert!(told.contains("the last was cut off: run ") && told.contains("execute[late] run"), "{told}");
    // What watched over it tidies up behind it.
    host.must("while ls -A /tmp | grep -q '^[.]chefrs-'; do sleep 0.1; done");
}
