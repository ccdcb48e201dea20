//! A remote run can't touch the machine it is started from: traced, it starts nothing but `ssh`, and writes nowhere but
//! into its own history.

use std::fs;
use std::process::Command;

use super::server::Server;

#[test]
fn nothing_is_written_and_nothing_but_ssh_is_started() {
    let Some(server) = Server::start(None) else { return };
    for engine in ["agent", "shell"] {
        traced(&server, engine);
        for name in ["made", "link"] {
            let _ = fs::remove_file(server.path(name));
        }
        let _ = fs::remove_dir(server.path("made.d"));
    }
}

fn traced(server: &Server, engine: &str) {
    if Command::new("strace").arg("-V").output().is_err() {
        println!("skipped: strace is not installed");
        return;
    }
    server.recipe(
        "all",
        "file \"[DIR]/made\" { content = \"x\" }\nexecute \"true\"\ndirectory \"[DIR]/made.d\"\n\
         link \"[DIR]/link\" { to = \"[DIR]/made\" }\n",
    );
    let trace = server.path(&format!("trace-{engine}"));
    let run = server.command("run", "target", &["-r", "all", "--engine", engine]);
    let calls = "trace=execve,open,openat,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,symlink,\
                 symlinkat,link,linkat,chmod,fchmod,fchmodat,chown,fchown,fchownat,mknod,mknodat,truncate";
    let mut traced = Command::new("strace");
    traced.args(["-ff", "-qq", "-y", "-s", "256", "-e", calls, "-o"]).arg(&trace).arg(run.get_program());
    traced.args(run.get_args()).current_dir(server.path("")).env_clear();
    for (name, value) in run.get_envs() {
        traced.env(name, value.unwrap());
    }
    let (status, stdout, stderr) = server.told(traced.output().unwrap());
    if stderr.contains("ptrace") {
        println!("skipped: this machine does not let strace trace: {stderr}");
        return;
    }
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert!(stdout.contains("4 updated"), "{stdout}");
    assert!(server.path("made").exists());

    // One file for each process, so that no call is cut in two by another's.
    let mut texts = Vec::new();
    for entry in fs::read_dir(server.path("")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem() == trace.file_name() {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
    let history = server.path("control").to_str().unwrap().to_owned();
    assert!(server.path("control/history.sqlite").exists());
    let mut started = Vec::new();
    for call in texts.iter().flat_map(|text| text.lines()) {
        if call.starts_with("execve(") {
            if call.ends_with("= 0") {
                started.push(call.split('"').nth(1).unwrap().to_owned());
            }
            continue;
        }
        if call.contains(&history) {
            continue;
        }
        if call.starts_with("open") {
            let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].iter().any(|flag| call.contains(flag));
            let harmless = ["\"/dev/null\"", "\"/dev/tty\""].iter().any(|path| call.contains(path));
            assert!(!writes || harmless, "{call}");
            continue;
        }
        assert!(!is_change(call), "{call}");
    }
    started.sort();
    let [first, second] = started.as_slice() else { panic!("{started:?}") };
    let names = [first, second].map(|path| path.rsplit('/').next().unwrap());
    assert!(names.contains(&"chefrs") && names.contains(&"ssh"), "{started:?}");
}

/// Whether a call that changes names or attributes went through.
fn is_change(call: &str) -> bool {
    !call.starts_with("+++") && !call.starts_with("---") && call.ends_with("= 0")
}
