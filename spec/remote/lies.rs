//! A target that lies: an `ssh` of the spec's own plays it, one that can't share its connection. The run ends with a clear message, and soon.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chefrs::model::message::PROTOCOL;
use chefrs::target::frame::LIMIT;
use chefrs::target::pack::pack;

use crate::executable::executable;
use crate::patience::CallInTime as _;

/// Calls `chefrs facts` with a program as `ssh` that knows the nonce as `$n`.
fn facts(script: &str) -> (i32, String, String) {
    facts_with(script, &[])
}

fn facts_with(script: &str, words: &[&str]) -> (i32, String, String) {
    call(script, &[&["facts", "-t", "liar", "os"], words].concat())
}

fn call(script: &str, words: &[&str]) -> (i32, String, String) {
    call_with(script, words, &[])
}

fn call_with(script: &str, words: &[&str], environment: &[(&str, &str)]) -> (i32, String, String) {
    let directory = tempfile::tempdir().unwrap();
    call_in(directory.path(), script, words, environment, directory.path())
}

/// The same with a directory for `ssh`, the home and what chefrs keeps, and one to work in.
pub(super) fn call_in(
    directory: &Path,
    script: &str,
    words: &[&str],
    environment: &[(&str, &str)],
    project: &Path,
) -> (i32, String, String) {
    let ssh = directory.join("ssh");
    let text = format!(
        "#!/bin/sh\nfor last; do :; done\nn=$(printf %s \"$last\" | sed 's/^[^=]*n=\\([0-9a-f]*\\);.*/\\1/')\n\
         case \" $* \" in *\" -M \"*) exit 0;; esac\n{script}\n"
    );
    executable(&ssh, &text);
    let path = format!("{}:/usr/bin:/bin", directory.to_str().unwrap());
    let output = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(words)
        .env_clear()
        .env("PATH", path)
        .current_dir(project)
        .env("HOME", directory)
        .env("CHEFRS_STATE_DIRECTORY", directory.join("control"))
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output_in_time()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

#[test]
fn every_lie_is_told_and_costs_little() {
    let cases = [
        ("echo \"$n agent 99\"", "its agent speaks version 99 of the frames, not ours", 6),
        ("echo \"$n dance\"", "protocol error from `ssh://liar`: unexpected message: dance", 6),
        ("yes noise", "the login shell prints too much before it starts the program", 6),
        ("echo \"$n agent 2\"; yes", "protocol error from `ssh://liar`: a frame of ", 6),
        ("echo \"$n agent 2\"; printf '\\000\\000\\000\\002j{}'", "unexpected message", 6),
        ("echo \"$n agent 2\"; printf '\\000\\000\\000\\002b{}'", "bytes came that nothing announced", 6),
        ("echo \"$n agent 2\"; printf '\\000\\000\\000\\013j\"interrupt\"'", "unknown variant", 6),
        (
            "echo \"$n need gzip 0 /x\"; cat > /dev/null & sleep 1; echo \"$n need plain 0 /x\"",
            "asked for twice",
            6,
        ),
        ("echo \"$n need bzip2 0 /x\"; cat > /dev/null", "unexpected message: need bzip2", 6),
        ("echo \"$n bad disk full\"; exit 1", "the agent can't be kept there: disk full", 1),
        ("echo \"$n nowhere /a /b\"", "not be mounted noexec: /a /b", 4),
        ("printf '%s foreign \\033[2J\\n' \"$n\"", "another kind: \\u{1b}[2J", 4),
    ];
    for (script, words, code) in cases {
        let (status, stdout, stderr) = facts(script);
        assert_eq!((status, stdout.as_str()), (code, ""), "{script}: {stderr}");
        assert!(stderr.contains(words), "{script}: {stderr}");
        assert!(!stderr.contains('\u{1b}') && stderr.len() < 4000, "{script}: {stderr}");
    }
}

#[test]
fn an_agent_of_another_version_is_told() {
    let hello = "{\"hello\":{\"protocol\":1,\"version\":\"0.0.0\",\"facts\":{},\"host\":{\"init\":\"none\",\
                 \"user\":\"x\",\"root\":false,\"uname\":[\"\",\"\",\"\",\"\",\"\"]}}}";
    let script = format!("echo \"$n agent 2\"; printf '\\000\\000\\000\\{:03o}j%s' '{hello}'", hello.len());
    let (status, _, stderr) = facts(&script);
    assert_eq!(status, 6);
    assert!(stderr.contains("its agent is of version 0.0.0, not "), "{stderr}");
}

#[test]
fn a_target_that_keeps_us_waiting_is_left() {
    for script in [
        "sleep 3600",
        "while :; do echo noise; sleep 0.1; done",
        "echo \"$n agent 2\"; sleep 3600",
        "echo \"$n foreign Linux riscv64\"; sleep 3600",
        "echo \"$n foreign Linux riscv64\"; while :; do echo noise; sleep 0.1; done",
    ] {
        let (status, stdout, stderr) = facts_with(script, &["--connect-timeout", "1"]);
        assert_eq!((status, stdout.as_str()), (4, ""), "{script}: {stderr}");
        let told = "error: `ssh://liar` did not answer within 1 second\n\
                    hint: `ssh liar true` must finish by itself: does the machine hang, is it cut off, or does a login \
                    script there wait for something?\n\
                    hint: `--connect-timeout SECONDS` waits longer\n";
        assert_eq!(stderr, told, "{script}");
    }
}

/// How far `ssh` came tells a machine that is off from one that hangs, and both from a login that waits.
#[test]
fn where_nobody_answers_the_way_there_tells_why() {
    let called = "debug1: Connecting to liar [192.0.2.1] port 22.";
    let connected = "debug1: Connection established.";
    let let_in = "Authenticated to liar ([192.0.2.1]:22) using \"publickey\".";
    let jump = "debug1: Setting implicit ProxyCommand from ProxyJump: ssh -v -W '[%h]:%p' gate";
    let past_it = "Authenticated to liar (via proxy) using \"publickey\".";
    let cases = [
        (vec![called], "nothing accepts the connection: is it up, and does a firewall let you through?"),
        (
            vec![called, connected],
            "it accepts the connection, then sends nothing: does the machine hang, or is it overloaded?",
        ),
        (
            vec![called, connected, let_in],
            "it let us in, and `ssh liar true` must finish by itself: does a login script there wait for something, \
             or does the machine hang?",
        ),
        (
            vec![jump, called, connected, let_in],
            "`ssh liar true` must finish by itself: does the machine hang, is it cut off, or does a login script \
             there wait for something?",
        ),
        (
            vec![jump, called, connected, let_in, past_it],
            "it let us in, and `ssh liar true` must finish by itself: does a login script there wait for something, \
             or does the machine hang?",
        ),
    ];
    // All at once, so that the patience can be long enough for any machine to have told of its way by then.
    let tell = |trace: &[&str], hint: &str| {
        let script = format!("cat >&2 <<'END'\n{}\nEND\nexec sleep 100", trace.join("\n"));
        let (status, _, stderr) = facts_with(&script, &["--connect-timeout", "10"]);
        let told = format!(
            "error: `ssh://liar` did not answer within 10 seconds\nhint: {hint}\n\
             hint: `--connect-timeout SECONDS` waits longer\n"
        );
        assert_eq!((status, stderr), (4, told), "{trace:?}");
    };
    thread::scope(|scope| {
        for (trace, hint) in &cases {
            scope.spawn(move || tell(trace, hint));
        }
    });
}

/// Words of the target's that are of use on the machine that chefrs is started on alone.
#[test]
fn what_helps_there_is_hinted_at() {
    let script = after_hello(
        "{\"failed\":{\"message\":\"no\",\"hints\":[\"run it as root\",\
         \"set CHEFRS_STATE_DIRECTORY to use another directory\"],\
         \"ways_out\":[[0,\"root\"],[1,\"state\"],[7,\"root\"]]}}",
    );
    let (status, _, stderr) = call(&script, &["status", "-t", "liar"]);
    let told = "error: `ssh://liar`: no\nhint: `--become` works as root there\n\
                hint: otherwise mount a writable file system at that path; it can't be kept elsewhere\n";
    assert_eq!((status, stderr.as_str()), (1, told));
}

#[test]
fn a_shell_that_is_none_is_told_with_what_kept_the_agent_from_running() {
    let (status, _, stderr) = facts("echo \"$n foreign Linux riscv64\"; exec cat > /dev/null");
    assert_eq!(status, 4);
    assert!(
        stderr.starts_with("error: `ssh://liar`: it is a machine of another kind: Linux riscv64, "),
        "{stderr}"
    );
    let (status, _, stderr) = facts("echo \"$n foreign Linux riscv64\"; exit 0");
    assert_eq!(status, 4);
    assert!(stderr.contains("; and through a shell: the connection to `liar` broke off: "), "{stderr}");
    let (status, _, stderr) = facts_with("echo \"$n agent 2\"", &["--engine", "shell"]);
    assert_eq!(status, 6);
    assert!(stderr.contains("unexpected message: a shell was asked for"), "{stderr}");
}

#[test]
fn answers_that_no_question_fits_are_refused() {
    let lock = "{\"lock\":{\"held\":false}}";
    let journal = "{\"journal\":{\"owed\":[]}}";
    for (answer, words) in [
        (format!("{{\"answers\":[{lock}]}}"), "answers came that no question fits"),
        (format!("{{\"answers\":[{lock},{lock},{lock}]}}"), "answers came that no question fits"),
        (
            format!("{{\"answers\":[{lock},{journal},{{\"unknown\":\"x\"}}]}}"),
            "answers came that no question fits",
        ),
        ("{\"applied\":null}".to_owned(), "answers were expected"),
        ("{\"failed\":{\"message\":\"out\\u001b[2J\"}}".to_owned(), "`ssh://liar`: out\\u{1b}[2J"),
        (
            "{\"answers\":[{\"failed\":{\"message\":\"no\\u001b\"}},{\"failed\":{\"message\":\"no\"}},\
          {\"failed\":{\"message\":\"no\"}}]}"
                .to_owned(),
            "no\\u{1b}",
        ),
    ] {
        let script = after_hello(&answer);
        let (status, stdout, stderr) = call(&script, &["status", "-t", "liar"]);
        // What it says of itself went wrong there; what makes no sense is taken from nobody.
        let code = if answer.contains("failed") { 1 } else { 6 };
        assert_eq!((status, stdout.as_str()), (code, ""), "{answer}: {stderr}");
        assert!(stderr.contains(words) && !stderr.contains('\u{1b}'), "{answer}: {stderr}");
    }
}

/// A run that is said to have begun, and a connection that breaks, for ever.
#[test]
fn a_target_that_only_begins_is_left() {
    let project = project();
    let place = project.path().to_str().unwrap();
    let script =
        after_hello("{\"begun\":\"r\"}").replace("cat > /dev/null", "head -c 1 > /dev/null; sleep 0.1");
    let (status, stdout, stderr) = call(&script, &["run", "-t", "liar", "-r", "spec", "--project", place]);
    assert_eq!(status, 4, "{stdout}{stderr}");
    assert!(stderr.contains("it was connected again and again, and sent nothing new"), "{stderr}");
}

/// It says that it restarts, in so many minutes.
#[test]
fn a_restart_in_thousands_of_years_is_not_waited_for() {
    let project = project();
    let place = project.path().to_str().unwrap();
    let restart = "{\"event\":{\"event\":\"restart\",\"resource\":{\"row\":0,\"id\":\"x[y]\",\"location\":\
                   {\"file\":\"f\",\"line\":1,\"excerpt\":\"\"}},\"reason\":\"r\",\"delay\":4294967295}}";
    let finished =
        "{\"finished\":{\"success\":true,\"changed\":true,\"interrupted\":false,\"restarts\":true}}";
    let script = after_hello_all(&["{\"begun\":\"r\"}", restart, finished])
        .replace("cat > /dev/null", "head -c 1 > /dev/null; sleep 0.1");
    let (status, stdout, stderr) = call(&script, &["run", "-t", "liar", "-r", "spec", "--project", place]);
    assert_eq!(status, 4, "{stdout}{stderr}");
    assert!(stderr.contains("restarts in 4294967295 minutes, which is too long to wait"), "{stderr}");
}

fn project() -> tempfile::TempDir {
    let project = tempfile::tempdir().unwrap();
    fs::create_dir(project.path().join("recipes")).unwrap();
    fs::write(project.path().join("recipes/spec.lua"), "file \"/x\" {}\n").unwrap();
    project
}

#[test]
fn events_in_one_piece_have_bounds() {
    let project = project();
    let place = project.path().to_str().unwrap();
    let swollen = pack(&vec![b' '; LIMIT + 1]).unwrap();
    let pieces = [b"none".to_vec(), swollen, pack(b"{}").unwrap()].map(|bytes| STANDARD.encode(bytes));
    for piece in pieces.iter().map(String::as_str).chain(["!"]) {
        let script = after_hello(&format!("{{\"events\":\"{piece}\"}}"));
        let (status, stdout, stderr) =
            call(&script, &["plan", "-t", "liar", "-r", "spec", "--project", place]);
        assert_eq!((status, stdout.as_str()), (6, ""), "{piece}: {stderr}");
        assert!(stderr.contains("a piece of events that is none"), "{piece}: {stderr}");
    }
}

/// An agent that introduces itself as it should, and then says something.
fn after_hello(answer: &str) -> String {
    after_hello_all(&[answer])
}

/// The same, for one that says several things.
fn after_hello_all(answers: &[&str]) -> String {
    let frame = |text: &str| {
        format!("printf '\\000\\000\\{:03o}\\{:03o}j%s' '{text}'", text.len() >> 8, text.len() & 255)
    };
    let version = env!("CARGO_PKG_VERSION");
    let hello = format!(
        "{{\"hello\":{{\"protocol\":{},\"version\":\"{version}\",\"facts\":{{}},\"host\":{{\"init\":\"none\",\
         \"user\":\"x\",\"root\":false,\"uname\":[\"\",\"\",\"\",\"\",\"\"]}}}}}}",
        chefrs::model::message::PROTOCOL
    );
    let answers: Vec<String> = answers.iter().map(|answer| frame(answer)).collect();
    format!("echo \"$n agent 2\"; {}; {}; cat > /dev/null", frame(&hello), answers.join("; "))
}

/// What a target was given it may send back, in whatever it says.
#[test]
fn a_secret_that_a_target_tells_is_masked_here() {
    let frame = |json: &str| {
        let [a, b, c, d] = u32::try_from(json.len()).unwrap().to_be_bytes();
        format!("printf '\\{a:03o}\\{b:03o}\\{c:03o}\\{d:03o}j%s' '{json}'\n")
    };
    let hello = format!(
        "{{\"hello\":{{\"protocol\":{PROTOCOL},\"version\":\"{}\",\"facts\":{{}},\"host\":{{\"init\":\"none\",\
         \"user\":\"x\",\"root\":false,\"uname\":[\"\",\"\",\"\",\"\",\"\"]}}}}}}",
        env!("CARGO_PKG_VERSION")
    );
    let note = r#"{"event":{"event":"note","text":"it is s3cr3t-tok3n, czNjcjN0LXRvazNu"}}"#;
    let failed = r#"{"failed":{"message":"there is no s3cr3t-tok3n","hints":["see s3cr3t-tok3n"]}}"#;
    let script =
        format!("echo \"$n agent 2\"\n{}{}{}cat >/dev/null\n", frame(&hello), frame(note), frame(failed));
    let project = tempfile::tempdir().unwrap();
    fs::create_dir(project.path().join("recipes")).unwrap();
    fs::write(project.path().join("recipes/a.lua"), "file \"/srv/a\" { content = secret \"it\" }\n").unwrap();
    let project = project.path().to_str().unwrap();
    for words in [&["run"][..], &["run", "--format", "json"]] {
        let words = [words, &["--project", project, "-t", "liar", "-r", "a"]].concat();
        let (status, stdout, stderr) = call_with(&script, &words, &[("CHEFRS_SECRET_IT", "s3cr3t-tok3n")]);
        let told = stdout + &stderr;
        assert_ne!(status, 0, "{told}");
        assert!(told.contains("it is ********, ********"), "{told}");
        assert!(told.contains("there is no ********"), "{told}");
        assert!(!told.contains("tok3n"), "{told}");
    }
}

/// An agent that gives signs of life is waited for, and one that gives none any more is left.
#[test]
fn an_agent_that_says_nothing_more_is_left() {
    let sign = "printf '\\000\\000\\000\\000a'";
    let script = after_hello("{\"failed\":{\"message\":\"no\"}}");
    let hello = script.split("; ").take(2).collect::<Vec<_>>().join("; ");
    let script = format!("{hello}; for i in 1 2 3 4; do sleep 1; {sign}; done; exec sleep 3600");
    let since = std::time::Instant::now();
    let (status, stdout, stderr) = call(&script, &["status", "-t", "liar"]);
    assert_eq!((status, stdout.as_str()), (4, ""), "{stderr}");
    assert!(
        stderr.starts_with("error: the agent on `ssh://liar` has been silent for 18 seconds\n"),
        "{stderr}"
    );
    assert!(since.elapsed() >= std::time::Duration::from_secs(21), "{:?}", since.elapsed());
}
