//! A remote run can't touch the machine it is started from: traced, it starts nothing but `ssh`, and writes nowhere but in
//! its own state directory.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::server::Server;
use crate::goldens;
use crate::hosts::boot;
use crate::patience::CallInTime as _;
use crate::skipped::skip;

/// What opens, makes, names and marks files, and starts programs.
const CALLS: &str = "trace=execve,execveat,open,openat,openat2,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,\
                     mkdirat,rmdir,symlink,symlinkat,link,linkat,chmod,fchmod,fchmodat,chown,lchown,fchown,fchownat,\
                     mknod,mknodat,truncate,ftruncate,utimensat,setxattr,lsetxattr,fsetxattr,mount,umount2";

/// A call under strace; nothing, and a line that says so, where that can't be.
struct Traced {
    folder: tempfile::TempDir,
    output: Output,
}

impl Traced {
    fn new(call: &Command) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("strace");
        // One file for each process, so that no call is cut in two by another's; descriptors with their paths.
        command.args(["-ff", "-qq", "-y", "-s", "4096", "-e", CALLS, "-o"]).arg(folder.path().join("trace"));
        command.arg(call.get_program()).args(call.get_args()).env_clear().stdin(Stdio::null());
        if let Some(directory) = call.get_current_dir() {
            command.current_dir(directory);
        }
        command.envs(call.get_envs().map(|(name, value)| (name, value.unwrap())));
        let output = command.output_in_time();
        let reason = match &output {
            Err(_) => "strace is not installed",
            Ok(output) if String::from_utf8_lossy(&output.stderr).contains("ptrace") => {
                "this machine does not let strace trace"
            }
            Ok(_) => return Some(Self { folder, output: output.unwrap() }),
        };
        skip(reason);
        None
    }

    /// The programs that were started, by their last name, sorted. Fails where a file outside of `state` was touched.
    fn started(&self, state: &Path) -> Vec<String> {
        let mut started = Vec::new();
        for entry in fs::read_dir(self.folder.path()).unwrap() {
            for call in fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
                if call.starts_with("execve") {
                    if call.ends_with("= 0") {
                        let path = call.split('"').nth(1).unwrap();
                        started.push(path.rsplit('/').next().unwrap().to_owned());
                    }
                    continue;
                }
                assert!(!is_change(call) || is_allowed(call, state), "{call}");
            }
        }
        started.sort();
        started
    }
}

/// Whether a call would change names or attributes and went through, or opens something for writing, even in vain.
fn is_change(call: &str) -> bool {
    if call.starts_with("open") {
        return ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].iter().any(|flag| call.contains(flag));
    }
    !call.starts_with("+++") && !call.starts_with("---") && call.ends_with("= 0")
}

/// Whether all that it names is in the state directory, or no file at all.
fn is_allowed(call: &str, state: &Path) -> bool {
    let quoted: Vec<&str> = call.split('"').skip(1).step_by(2).collect();
    let descriptor = call.split_once('(').and_then(|(_, words)| words.split_once('<')?.1.split_once('>'));
    let named =
        if quoted.is_empty() { descriptor.map(|(path, _)| vec![path]).unwrap_or_default() } else { quoted };
    let is_own = |path: &&str| Path::new(path).starts_with(state) || ["/dev/null", "/dev/tty"].contains(path);
    !named.is_empty() && named.iter().all(is_own)
}

#[test]
fn nothing_is_written_and_nothing_but_ssh_is_started() {
    let Some(server) = Server::start(None) else { return };
    server.recipe(
        "all",
        "file \"[DIR]/made\" { content = \"x\" }\nexecute \"true\"\ndirectory \"[DIR]/made.d\"\n\
         link \"[DIR]/link\" { to = \"[DIR]/made\" }\n",
    );
    for engine in ["agent", "shell"] {
        let state = tempfile::tempdir().unwrap();
        let mut call = server.command("run", "target", &["-r", "all", "--engine", engine]);
        call.env("CHEFRS_STATE_DIRECTORY", state.path());
        let Some(traced) = Traced::new(&call) else { return };
        let (status, stdout, stderr) = server.told(traced.output.clone());
        assert_eq!(status, 0, "{stdout}{stderr}");
        assert!(stdout.contains("4 updated"), "{stdout}");
        for name in ["made", "link"] {
            fs::remove_file(server.path(name)).unwrap();
        }
        fs::remove_dir(server.path("made.d")).unwrap();
        // `exe` is the program once more, to compile.
        assert_eq!(traced.started(state.path()), ["chefrs", "exe", "ssh"], "{engine}");
    }
}

/// A resource of every type, from `wall/TYPE.lua`, each with what it needs. All there is to see of them is on the host.
fn every_type() -> String {
    let rows = goldens::files("remote/wall", "lua").into_iter().map(|path| fs::read_to_string(path).unwrap());
    std::iter::once("directory \"/srv/wall\"\n".to_owned()).chain(rows).collect()
}

#[test]
fn no_resource_type_gets_over_the_wall() {
    let Some([host]) = boot() else { return };
    let home = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = home.path().join("project").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("recipes/every.lua", &every_type());
    put("files/tree/a/b", "b\n");
    put("templates/text.hbs", "{{key}}\n");
    let mut archive = tar::Builder::new(fs::File::create(home.path().join("project/files/a.tar")).unwrap());
    archive.append_path_with_name(home.path().join("project/files/tree/a/b"), "b").unwrap();
    archive.finish().unwrap();
    let state = home.path().join("state");

    let mut call = Command::new(env!("CARGO_BIN_EXE_chefrs"));
    call.args(["run", "--format", "json", "-r", "every", "-t", host.name(), "--ssh-config"])
        .arg(host.ssh_config());
    call.current_dir(home.path().join("project"))
        .env("HOME", home.path())
        .env("CHEFRS_STATE_DIRECTORY", &state);
    call.env("PATH", "/usr/local/bin:/usr/bin:/bin");
    let Some(traced) = Traced::new(&call) else { return };
    let (text, stderr) =
        (String::from_utf8_lossy(&traced.output.stdout), String::from_utf8_lossy(&traced.output.stderr));
    assert!(traced.output.status.success(), "{text}{stderr}");
    let ran: BTreeSet<String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|event| event["event"] == "action_finished")
        .map(|event| event["resource"]["id"].as_str().unwrap().split_once('[').unwrap().0.to_owned())
        .collect();
    let all: BTreeSet<String> =
        chefrs::resources::TYPES.iter().map(|r#type| r#type.name.to_owned()).collect();
    assert_eq!(ran, all, "every type has to run over the wall");
    // It is reached again after its restart, at whichever attempt it is up.
    let mut started = traced.started(&state);
    assert!(started.len() > 2, "{started:?}");
    started.dedup();
    // `exe` is the program once more, to compile.
    assert_eq!(started, ["chefrs", "exe", "ssh"]);
    host.must("test -e /srv/wall/copy/.git && test -e /srv/wall/venv/bin/python && id wall");
    for path in ["/srv/wall", "/etc/cron.d/wall", "/etc/systemd/system/wall.service"] {
        assert!(!Path::new(path).exists(), "{path} is on this machine");
    }

    // A program that prints the password for sudo is the only one besides, and only where it is wanted.
    put("chefrs.toml", "become_password = [\"echo\", \"deploy\"]\n");
    put("recipes/small.lua", "file \"/srv/small\"\n");
    // Without it the plan says that the account may not write there.
    for (options, status, expected) in
        [(&[][..], 1, &["chefrs", "exe", "ssh"][..]), (&["--become"], 2, &["chefrs", "echo", "exe", "ssh"])]
    {
        let mut call = Command::new(env!("CARGO_BIN_EXE_chefrs"));
        let target = format!("ssh://deploypw@{}", host.name());
        call.args(["plan", "-r", "small", "-t", &target, "--ssh-config"])
            .arg(host.ssh_config())
            .args(options);
        call.current_dir(home.path().join("project"))
            .env("HOME", home.path())
            .env("CHEFRS_STATE_DIRECTORY", &state);
        call.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        let Some(traced) = Traced::new(&call) else { return };
        assert_eq!(
            traced.output.status.code(),
            Some(status),
            "{}",
            String::from_utf8_lossy(&traced.output.stderr)
        );
        let mut started = traced.started(&state);
        // Before a password is asked for, it is compiled to see whether that is worth it.
        started.dedup();
        assert_eq!(started, expected);
    }
}
