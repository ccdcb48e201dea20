//! Answers to probes: of a machine in memory, and of this one.

use chefrs::facts::probes::{Unanswered, ask};
use chefrs::model::error::{Failure, Location};
use chefrs::model::probe::{OutputForm, Probe, ProbeQuestion};
use chefrs::model::query::{Answer, CommandResult, End, FileText, MOUNTS, Query};
use chefrs::model::step::{Command, Step};
use chefrs::target::{Progress, Target};
use serde_json::{Value, json};

/// A machine that answers as it is told, and counts how often it is asked.
#[derive(Debug)]
struct Machine {
    answer: fn(&Query) -> Answer,
    asked: Vec<usize>,
}

impl Target for Machine {
    fn name(&self) -> &str {
        "web1"
    }

    fn process(&self) -> u32 {
        0
    }

    fn has_ended(&self) -> bool {
        false
    }

    fn ask(&mut self, queries: &[Query]) -> Result<Vec<Answer>, Failure> {
        self.asked.push(queries.len());
        Ok(queries.iter().map(self.answer).collect())
    }

    fn apply(&mut self, _: &Step, _: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        unreachable!("a probe changes nothing")
    }
}

fn probe(name: &str, question: ProbeQuestion) -> Probe {
    let location = Location::new("cookbooks/web/facts.lua", 2);
    Probe { cookbook: "web".into(), name: name.into(), question, location }
}

fn command(form: OutputForm) -> ProbeQuestion {
    ProbeQuestion::Command(Command::new(["app"]), form)
}

fn version() -> ProbeQuestion {
    ProbeQuestion::Version(Command::new(["app"]), "[0-9]+\\.[0-9]+".into())
}

fn told(answer: fn(&Query) -> Answer, question: ProbeQuestion) -> Result<Value, String> {
    match ask(&mut Machine { answer, asked: Vec::new() }, &[probe("it", question)]) {
        Ok(answers) => Ok(answers["web"]["it"].clone()),
        Err(Unanswered::Wrong(findings)) => Err(findings.to_string()),
        Err(Unanswered::Lost(failure)) => Err(failure.to_string()),
    }
}

fn ended(end: End, stdout: &str, stderr: &str) -> Answer {
    let (stdout, stderr) = (stdout.to_owned(), stderr.to_owned());
    Answer::Command(CommandResult { end, stdout, stderr, is_part: false })
}

fn printed(stdout: &str) -> Answer {
    ended(End::Exit(0), stdout, "")
}

fn systemctl(query: &Query) -> Answer {
    let Query::Command(command) = query else { panic!("{query:?}") };
    assert_eq!(command.argv.last().map(String::as_str), Some("--type=service"));
    assert_eq!(command.timeout, 10);
    printed(match command.argv[1].as_str() {
        "list-units" => {
            "  ssh.service loaded active running OpenBSD Secure Shell server\n\
             gone.service not-found inactive dead gone.service\n\
             getty@tty1.service loaded active running Getty on tty1\n"
        }
        _ => {
            "ssh.service enabled enabled\ngetty@.service enabled enabled\nsshd.service alias -\ncron.service disabled -\n"
        }
    })
}

#[test]
fn units() {
    assert_eq!(
        told(systemctl, ProbeQuestion::Units("service".into())),
        Ok(json!([
            { "name": "cron.service", "active": "inactive", "sub": "dead", "state": "disabled" },
            { "name": "getty@tty1.service", "active": "active", "sub": "running", "state": "" },
            { "name": "ssh.service", "active": "active", "sub": "running", "state": "enabled" },
        ]))
    );
    let absent = |_: &Query| ended(End::NotStarted("it does not exist".into()), "", "");
    assert_eq!(told(absent, ProbeQuestion::Units("service".into())), Ok(json!([])));
    let senseless = told(|_| printed("hello\n"), ProbeQuestion::Units("service".into()));
    assert!(
        senseless.unwrap_err().contains("read a line of systemctl that tells of no unit: hello, on `web1`")
    );
}

#[test]
fn mounts() {
    let table = |query: &Query| {
        assert_eq!(*query, Query::Read(MOUNTS.into()));
        let text = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
                    30 22 0:25 / /srv/a\\040b ro - tmpfs tmpfs rw,size=1k\n";
        Answer::Read(Some(FileText::Text(text.into())))
    };
    assert_eq!(
        told(table, ProbeQuestion::Mounts),
        Ok(json!([
            { "mount_point": "/", "device": "/dev/sda1", "fstype": "ext4", "options": "rw,relatime" },
            { "mount_point": "/srv/a b", "device": "tmpfs", "fstype": "tmpfs", "options": "ro" },
        ]))
    );
    assert_eq!(told(|_| Answer::Read(None), ProbeQuestion::Mounts), Ok(json!([])));
}

#[test]
fn output() {
    assert_eq!(told(|_| printed("a\nb\n"), command(OutputForm::Text)), Ok(json!("a\nb")));
    assert_eq!(told(|_| printed("a\nb\n"), command(OutputForm::Lines)), Ok(json!(["a", "b"])));
    assert_eq!(told(|_| printed("{\"a\": [1]}\n"), command(OutputForm::Json)), Ok(json!({ "a": [1] })));
    assert_eq!(told(|_| printed("app 1.2\n"), version()), Ok(json!("1.2")));
    assert_eq!(told(|_| ended(End::Exit(1), "", "app 1.3\n"), version()), Ok(json!("1.3")));
}

#[test]
fn what_is_not_there_is_nothing() {
    let missing = |_: &Query| ended(End::NotStarted("it does not exist".into()), "", "");
    for question in [command(OutputForm::Json), command(OutputForm::Lines), version()] {
        assert_eq!(told(missing, question.clone()), Ok(Value::Null));
        assert_eq!(told(|_| ended(End::Exit(127), "", "sh: 1.2: not found"), question), Ok(Value::Null));
    }
    assert_eq!(told(|_| ended(End::Exit(1), "no", ""), command(OutputForm::Text)), Ok(Value::Null));
    assert_eq!(told(|_| printed("none"), version()), Ok(Value::Null));
    assert_eq!(told(|_| Answer::Read(None), ProbeQuestion::File("/x".into())), Ok(Value::Null));
}

#[test]
fn what_hangs_or_lies_is_an_error() {
    let wrong = |answer: fn(&Query) -> Answer, question: ProbeQuestion, words: &str| {
        let said = told(answer, question).expect_err(words);
        assert!(said.contains(words), "{said}");
        assert!(said.contains("error: the probe `web.it` "), "{said}");
        assert!(said.contains("on `web1`\n  --> cookbooks/web/facts.lua:2"), "{said}");
    };
    wrong(|_| ended(End::TimedOut(10), "", ""), command(OutputForm::Text), "did not end within 10 seconds");
    wrong(|_| ended(End::Signal(9), "", ""), version(), "runs a command that was killed by signal 9");
    wrong(|_| printed(&"x".repeat(300 << 10)), command(OutputForm::Text), "printed more than 256 KiB");
    wrong(|_| printed("a\u{1b}[2J"), command(OutputForm::Text), "holds the control character U+001B");
    wrong(|_| printed("\u{202e}a"), command(OutputForm::Lines), "holds the control character U+202E");
    wrong(|_| printed("[\"\\u0007\"]"), command(OutputForm::Json), "holds the control character U+0007");
    wrong(|_| printed("{\"$secret\": \"db\"}"), command(OutputForm::Json), "a key that begins with `$`");
    wrong(
        |_| printed("9007199254740993"),
        command(OutputForm::Json),
        "holds the whole number 9007199254740993 beyond",
    );
    wrong(|_| printed("{"), command(OutputForm::Json), "printed no JSON");
    wrong(|_| Answer::Read(Some(FileText::Binary)), ProbeQuestion::File("/x".into()), "too large or no text");
    let denied = |_: &Query| Answer::Failed(Failure::new("permission denied"));
    wrong(denied, ProbeQuestion::File("/x".into()), "has no answer: permission denied");
    wrong(|_| Answer::Writable(true), ProbeQuestion::Mounts, "got an answer to another question");
    let part = |_: &Query| {
        Answer::Command(CommandResult {
            is_part: true,
            stdout: "\u{fffd}".into(),
            ..CommandResult::default()
        })
    };
    wrong(part, command(OutputForm::Text), "bytes that are not UTF-8 text");
}

#[test]
fn all_are_asked_at_once() {
    let mut machine = Machine { answer: |_| printed("x\n"), asked: Vec::new() };
    let probes: Vec<Probe> =
        (0..9).map(|number| probe(&format!("p{number}"), command(OutputForm::Text))).collect();
    ask(&mut machine, &probes).unwrap();
    assert_eq!(machine.asked, [9]);
}
