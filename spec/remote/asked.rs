//! Questions and single steps over a session, by the agent and through a shell.

use std::fs;
use std::io::{BufReader, Write as _};
use std::path::Path;
use std::process::{self, Child, ChildStdin, ChildStdout, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::address::Address;
use chefrs::model::blob::BlobRef;
use chefrs::model::collection::SCHEMA;
use chefrs::model::content::Content;
use chefrs::model::engine::EngineChoice;
use chefrs::model::event::Mode;
use chefrs::model::journal::Caller;
use chefrs::model::message::{Begin, BlobRest, FromAgent, ToAgent};
use chefrs::model::query::{Answer, End, Query};
use chefrs::model::secrets::Secrets;
use chefrs::model::step::{Attributes, Command, Progress, Step, WriteFile};
use chefrs::remote::{Destination, Session};
use chefrs::target::channel::SshOptions;
use chefrs::target::interrupt::Interrupt;
use chefrs::target::pack::pack;
use chefrs::target::probe::Become;
use chefrs::target::{Target as _, frame};
use serde_json::json;

use super::server::Server;

use crate::patience::EndInTime as _;

/// A session through a shell. The agent would be this very program, which is none.
fn session(server: &Server) -> Session {
    let config = Utf8PathBuf::from_path_buf(server.path("ssh_config")).unwrap();
    let destination = Destination {
        meant: None,
        name: "web1".into(),
        address: Address::parse("target").unwrap(),
        ssh: SshOptions { config: Some(config), sockets: None },
        r#become: Become::Nobody,
        password: None,
        engine: EngineChoice::Shell,
        patience: crate::patience::PATIENCE,
    };
    Session::open(&destination, &Interrupt::default()).unwrap()
}

fn write(path: &Utf8Path) -> Step {
    Step::WriteFile(WriteFile {
        path: path.to_owned(),
        content: Content::Text("text".into()),
        attributes: Attributes::default(),
        verify: Vec::new(),
        backup: 0,
        unlink: false,
    })
}

fn fails() -> Command {
    Command::new(["/bin/sh", "-c", "echo told; exit 3"])
}

#[test]
fn a_shell_answers_and_does() {
    let Some(server) = Server::start(None) else { return };
    let mut session = session(&server);
    let path = Utf8PathBuf::from_path_buf(server.path("made")).unwrap();
    assert_eq!(session.name(), "web1");
    let queries = [Query::Digest(path.clone()), Query::Command(Box::new(fails())), Query::Lock];
    let answers = session.ask(&queries).unwrap();
    let [Answer::Digest(None), Answer::Command(ran), Answer::Lock(lock)] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert_eq!((&ran.end, ran.stdout.as_str(), lock.held), (&End::Exit(3), "told\n", false));
    session.apply(&write(&path), &mut |_| {}).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "text");
    let mut told = Vec::new();
    let failure = session.apply(&Step::Run(fails()), &mut |progress| told.push(progress)).unwrap_err();
    assert_eq!(told, [Progress::Output("told".into())]);
    assert_eq!(failure.command.as_ref().unwrap().status.as_deref(), Some("exit status 3"));
    // The session goes on after a failure.
    let answers = session.ask(&[Query::Digest(path)]).unwrap();
    assert!(matches!(answers.as_slice(), [Answer::Digest(Some(_))]), "{answers:?}");
    session.close();
}

#[test]
fn a_shell_that_is_lost_says_so() {
    let Some(server) = Server::start(None) else { return };
    let mut session = session(&server);
    let shell = session.process();
    let step = Step::Run(Command::new(["/bin/sh", "-c", &format!("kill -9 {shell}")]));
    let failure = session.apply(&step, &mut |_| {}).unwrap_err();
    assert_eq!(failure.message, "the connection to `web1` broke off: its shell ended");
}

/// An agent without a way to it.
struct Agent {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// Arguments: where root keeps the state, and a command that sees it there.
const APART: &str = "mount --make-rprivate / && mkdir -p \"$0\" /var/lib/chefrs && mount --bind \"$0\" /var/lib/chefrs && exec \"$@\"";

impl Agent {
    fn start(home: &Path) -> Self {
        Self::started(process::Command::new(env!("CARGO_BIN_EXE_chefrs")), home)
    }

    /// One that keeps what it keeps of its runs in this home, whoever it is.
    fn apart(home: &Path) -> Self {
        if !nix::unistd::geteuid().is_root() {
            return Self::start(home);
        }
        let mut command = process::Command::new("unshare");
        command
            .args(["--mount", "/bin/sh", "-c", APART])
            .arg(home.join("root"))
            .arg(env!("CARGO_BIN_EXE_chefrs"));
        Self::started(command, home)
    }

    fn started(mut command: process::Command, home: &Path) -> Self {
        let mut child = command
            .args(["agent", "n0nce"])
            .env_clear()
            .env("HOME", home)
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("CHEFRS_STATE_DIRECTORY", home.join("state"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        assert_eq!(frame::find(&mut output, "n0nce").unwrap(), format!("agent {}", frame::VERSION));
        let mut agent = Self { input: child.stdin.take(), child, output };
        assert!(matches!(agent.hear(), FromAgent::Hello(_)));
        agent
    }

    fn say(&mut self, message: &ToAgent) {
        let input = self.input.as_mut().unwrap();
        frame::send(input, message).unwrap();
        input.flush().unwrap();
    }

    fn hear(&mut self) -> FromAgent {
        frame::receive(&mut self.output).unwrap()
    }

    /// Nobody asks any more.
    fn end(&mut self) -> bool {
        self.input = None;
        self.child.wait_in_time().unwrap().success()
    }
}

#[test]
fn an_agent_answers_and_does() {
    let home = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(home.path().join("made")).unwrap();
    let mut agent = Agent::start(home.path());
    agent.say(&ToAgent::Ask(vec![Query::Digest(path.clone()), Query::Command(Box::new(fails()))]));
    let FromAgent::Answers(answers) = agent.hear() else { panic!() };
    let [Answer::Digest(None), Answer::Command(ran)] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!((&ran.end, ran.stdout.as_str()), (&End::Exit(3), "told\n"));
    agent.say(&ToAgent::Apply(Box::new(write(&path))));
    assert_eq!(agent.hear(), FromAgent::Applied(None));
    assert_eq!(fs::read_to_string(&path).unwrap(), "text");
    agent.say(&ToAgent::Apply(Box::new(Step::Run(fails()))));
    assert_eq!(agent.hear(), FromAgent::Progress(Progress::Output("told".into())));
    let FromAgent::Applied(Some(failure)) = agent.hear() else { panic!() };
    assert_eq!(failure.command.as_ref().unwrap().status.as_deref(), Some("exit status 3"));
    agent.say(&ToAgent::Ask(vec![Query::Digest(path)]));
    assert!(
        matches!(agent.hear(), FromAgent::Answers(answers) if matches!(answers[0], Answer::Digest(Some(_))))
    );
    assert!(agent.end());
}

#[test]
fn two_interrupts_end_the_command_of_a_step() {
    let home = tempfile::tempdir().unwrap();
    let mut agent = Agent::start(home.path());
    let command = Command::new(["/bin/sh", "-c", "echo begun; exec sleep 100"]);
    agent.say(&ToAgent::Apply(Box::new(Step::Run(command))));
    assert_eq!(agent.hear(), FromAgent::Progress(Progress::Output("begun".into())));
    agent.say(&ToAgent::Interrupt);
    agent.say(&ToAgent::Halt);
    assert!(matches!(agent.hear(), FromAgent::Applied(Some(_))));
    assert!(agent.end());
}

#[test]
fn a_session_is_a_run_or_questions() {
    let home = tempfile::tempdir().unwrap();
    let mut agent = Agent::start(home.path());
    agent.say(&ToAgent::Ask(Vec::new()));
    assert_eq!(agent.hear(), FromAgent::Answers(Vec::new()));
    agent.say(&ToAgent::Blob(BlobRest { blob: BlobRef { sha256: String::new(), size: 0 }, from: 0 }));
    let FromAgent::Failed(failure) = agent.hear() else { panic!() };
    assert_eq!(failure.message, "the run did not begin with its collection");
    assert!(!agent.end());
}

/// Two targets that are one machine, and a run over both: a connection that breaks while bytes are sent is told of its own
/// target's run once it is there again, whatever number that got.
#[test]
fn a_connection_that_broke_is_told_of_its_own_targets_run() {
    let home = tempfile::tempdir().unwrap();
    let begin = |target: &str, again: bool| Begin {
        run: "r1".into(),
        target: target.into(),
        mode: Mode::Run,
        lock_timeout: 60,
        keep_going: false,
        no_commands: false,
        asks: false,
        secrets: Secrets::default(),
        collection: 0,
        blobs: Vec::new(),
        caller: Caller { user: "spec".into(), host: "here".into() },
        looks_first: false,
        again,
        goes_on: None,
    };
    let told = |target: &str, again: bool| {
        let path = home.path().join(target);
        let row = json!({
            "type": "file", "name": path, "actions": ["create"], "recipe": "x", "location": { "file": "x", "line": 1 },
            "properties": { "path": path, "content": target },
        });
        let collection = json!({ "schema": SCHEMA, "run_list": ["x"], "rows": [row] });
        let bytes = pack(&serde_json::to_vec(&collection).unwrap()).unwrap();
        let mut agent = Agent::apart(home.path());
        agent.say(&ToAgent::Begin(Begin { collection: bytes.len() as u64, ..begin(target, again) }));
        frame::send_slice(agent.input.as_mut().unwrap(), &bytes).unwrap();
        let FromAgent::Begun(run) = agent.hear() else { panic!() };
        loop {
            match agent.hear() {
                FromAgent::Finished(finished) => break assert!(finished.success),
                FromAgent::Failed(failure) => panic!("{failure:?}"),
                _ => {}
            }
        }
        assert!(agent.end());
        run
    };
    assert_eq!(told("one", false), "r1");
    // It was never heard that the second has begun; it had not.
    let second = told("two", true);
    assert_ne!(second, "r1");
    assert_eq!(fs::read_to_string(home.path().join("two")).unwrap(), "two");
    // Once it has it is told of, and not begun again.
    fs::remove_file(home.path().join("two")).unwrap();
    assert_eq!(told("two", true), second);
    assert_eq!(told("one", true), "r1");
    assert!(!home.path().join("two").exists());
}

#[test]
fn status_tells_of_a_target() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("motd", "file \"[DIR]/motd\" { content = \"hello\\n\" }\n");
    // Root's sessions there have a state of their own; what another user of this machine has kept is not of this spec.
    let begin = "target: no run is under way\nnothing is owed\n";
    for (count, engine) in ["agent", "shell"].into_iter().enumerate() {
        let (status, stdout, stderr) = server.call("run", &["-r", "motd", "--engine", engine]);
        assert_eq!((status, stderr.as_str()), (0, ""), "{engine}: {stdout}");
        for engine in ["agent", "shell"] {
            let (status, stdout, stderr) = server.call("status", &["--engine", engine]);
            assert_eq!((status, stderr.as_str()), (0, ""), "{engine}");
            assert!(stdout.starts_with(begin), "{engine}: {stdout}");
            assert_eq!(stdout.matches(": converged, ").count(), count + 1, "{engine}: {stdout}");
            let (_, json, _) = server.call("status", &["--engine", engine, "--format", "json"]);
            let json: serde_json::Value = serde_json::from_str(&json).unwrap();
            assert_eq!(json["target"], "target");
            assert_eq!(json["runs"].as_array().unwrap().len(), count + 1, "{engine}: {json}");
            assert_eq!(json["lock"]["held"], false);
        }
    }
}
