//! A secret of a run is written into no file but the one that it was declared for, and stands in no argument and no
//! environment, on either side: both are traced, and every form is looked for in which a program may hold it.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::server::Server;
use crate::patience::{CallInTime as _, EndInTime as _, give, until};
use crate::skipped::skip;

/// The value; as Base64 from any of its first three bytes, without what depends on what is beside it; and as hexadecimal.
const FORMS: [&str; 5] = [
    "tr0ub4dor-xq-7719-z",
    "dHIwdWI0ZG9yLXhxLTc3MTkt",
    "yMHViNGRvci14cS03NzE5L",
    "cjB1YjRkb3IteHEtNzcxOS",
    "747230756234646f722d78712d373731392d7a",
];

/// What starts programs, writes, and makes named pipes.
const CALLS: &str = "trace=execve,execveat,write,writev,pwrite64,pwritev,pwritev2,mknod,mknodat";

/// It is a file's content, a command's input and environment, in a template, and in what fails.
const RECIPE: &str = "file \"[DIR]/key\" { content = secret \"db\", mode = \"0600\" }\n\
                      execute \"input\" { command = { \"sha256sum\" }, input = secret \"db\" }\n\
                      template \"[DIR]/key.conf\" { source = \"key.hbs\", mode = \"0600\", variables = { key = secret \"db\" } }\n\
                      file \"[DIR]/key.bad\" { content = secret \"db\", verify = \"false\", ignore_failure = true }\n\
                      execute \"fails\" { command = \"cat; exit 1\", input = secret \"db\", ignore_failure = true }\n";

/// A trace, one file a process.
struct Trace {
    folder: tempfile::TempDir,
}

impl Trace {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn strace(&self) -> Command {
        let mut command = Command::new("strace");
        // Descriptors with their paths, whole texts, and environments.
        command.args(["-ff", "-qq", "-y", "-v", "-s", "1000000", "-e", CALLS, "-o"]);
        command.arg(self.folder.path().join("trace"));
        command
    }

    /// A trace of a process and of all that it starts from now on.
    fn of(&self, process: Pid) -> Option<Child> {
        let mut strace =
            self.strace().args(["-p", &process.to_string()]).stderr(Stdio::null()).spawn().ok()?;
        let status = || fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let mut has_ended = false;
        until("strace traces the server, or can't", || {
            has_ended = strace.try_wait().unwrap().is_some();
            has_ended || !status().contains("TracerPid:\t0")
        });
        (!has_ended).then_some(strace)
    }

    /// The calls with a secret, other than writes to pipes, sockets, and what is declared in this directory.
    fn leaks(&self, directory: &Path) -> Vec<String> {
        let directory = directory.to_str().unwrap();
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let texts: Vec<String> = entries.map(|entry| read(&entry.unwrap().path())).collect();
        let calls = || texts.iter().flat_map(|text| text.lines());
        let made = |call: &str| Some(call.split('"').nth(1)?.to_owned());
        let pipes: Vec<String> = calls().filter(|call| call.contains("S_IFIFO")).filter_map(made).collect();
        calls()
            .filter(|call| FORMS.iter().any(|form| call.contains(form)))
            .filter(|call| !is_declared(call, directory, &pipes))
            .map(|call| call.chars().take(400).collect())
            .collect()
    }

    /// Whether it has seen the secret at all.
    fn has_seen_it(&self) -> bool {
        let seen = Command::new("grep").args(["-rqF", FORMS[0]]).arg(self.folder.path()).status_in_time();
        seen.unwrap().success()
    }
}

/// Whether a call writes to a pipe or a socket, or to a declared file or its draft.
fn is_declared(call: &str, directory: &str, pipes: &[String]) -> bool {
    let Some((_, target)) = call.split_once('<').filter(|_| !call.starts_with("execve")) else {
        return false;
    };
    let target = target.split('>').next().unwrap_or_default();
    let is_draft = || {
        let name = target.strip_prefix(directory)?.strip_prefix('/')?;
        Some(name.starts_with("key") || name.starts_with(".chefrs-"))
    };
    let is_pipe = ["pipe:", "socket:", "UNIX", "TCP"].iter().any(|kind| target.starts_with(kind));
    is_pipe || pipes.iter().any(|pipe| pipe == target) || is_draft() == Some(true)
}

fn chefrs(server: &Server, words: &[&str], input: &str) -> String {
    let mut command = server.command(words[0], "target", &[]);
    // These verbs have no target.
    command = {
        let mut plain = Command::new(command.get_program());
        plain.args(words).current_dir(server.path(".")).env_clear();
        plain.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        plain
    };
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    give(&mut child, input.as_bytes());
    let output = child.output_in_time().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn neither_side_writes_one_anywhere_else() {
    for engine in ["agent", "shell"] {
        let Some(server) = Server::start(None) else { return };
        let public = chefrs(&server, &["secret", "keygen"], "");
        fs::create_dir(server.path("secrets")).unwrap();
        fs::write(server.path("secrets/recipients.txt"), public).unwrap();
        chefrs(&server, &["secret", "set", "db"], FORMS[0]);
        server.recipe("secret", RECIPE);
        fs::create_dir(server.path("templates")).unwrap();
        fs::write(server.path("templates/key.hbs"), "key = {{key}}\n").unwrap();

        // The program is there by then: the traces are of the run alone.
        let (status, _, told) = server.call("facts", &[]);
        assert_eq!(status, 0, "{told}");
        let (here, there) = (Trace::new(), Trace::new());
        let Some(mut strace) = there.of(server.pid()) else { return skip("strace can't trace here") };
        let call = server.command("run", "target", &["-r", "secret", "--engine", engine]);
        let mut command = here.strace();
        command.arg(call.get_program()).args(call.get_args()).env_clear().stdin(Stdio::null());
        command.current_dir(call.get_current_dir().unwrap());
        command.envs(call.get_envs().map(|(name, value)| (name, value.unwrap())));
        let output = command.output_in_time().unwrap();
        let _ = kill(Pid::from_raw(i32::try_from(strace.id()).unwrap()), Signal::SIGINT);
        strace.wait_in_time().unwrap();

        let shown =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{engine}: {shown}");
        assert_eq!(fs::read_to_string(server.path("key")).unwrap(), FORMS[0]);
        assert!(there.has_seen_it(), "{engine}: the trace there shows nothing");
        assert!(!FORMS.iter().any(|form| shown.contains(form)), "{engine}: {shown}");
        let place = server.path("x");
        let place = place.parent().unwrap();
        assert_eq!(here.leaks(place), Vec::<String>::new(), "{engine}: on this side");
        assert_eq!(there.leaks(place), Vec::<String>::new(), "{engine}: on the target");
        for name in ["key", "key.conf"] {
            fs::remove_file(server.path(name)).unwrap();
        }
        for form in FORMS {
            let found =
                Command::new("grep").args(["-rlaF", form]).arg(server.path(".")).output_in_time().unwrap();
            assert_eq!(String::from_utf8_lossy(&found.stdout), "", "{engine}: {form}");
        }
    }
}
