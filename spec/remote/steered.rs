//! What a target says steers no terminal and begins no line of ours, whatever command prints it: every text that an agent,
//! a shell or an `ssh` can send is one that tries.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use chefrs::model::event::{Counts, Event, Mode};
use chefrs::model::journal::{Debt, Holder, Journal, LeftCommand, Lock, RunRecord};
use chefrs::model::message::{FromAgent, PROTOCOL};
use chefrs::model::query::Answer;
use chefrs::model::step::Progress;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::lies::call_in;
use crate::report::forged::{all, failure, texts};

/// Clears the screen, sets the title and the clipboard, links; goes up by a letter of C1; turns the direction; begins a
/// line that looks like ours.
const STEERS: &str = "it\u{1b}[2J\u{1b}]0;title\u{7}\u{1b}]52;c;eA==\u{1b}\\\u{1b}]8;;http://evil.test\u{7}\r\u{8}\u{7f}\
                      \u{9b}1A\u{85}\u{202e}\u{2066}\u{2028}\u{200f}\nerror: forged";

/// Everything at once: each text of a value that may be any text.
fn steered<T: Serialize + DeserializeOwned>(value: &T) -> Value {
    let mut value = serde_json::to_value(value).unwrap();
    for place in texts(&value, String::new()) {
        let text = value.pointer_mut(&place).unwrap();
        let kept = std::mem::replace(text, STEERS.into());
        // What is one of a few words can't be anything else.
        if serde_json::from_value::<T>(value.clone()).is_err() {
            *value.pointer_mut(&place).unwrap() = kept;
        }
    }
    value
}

/// An agent that says hello and more, as a script; what it says lies in a file of this directory.
fn agent(directory: &Path, messages: &[Value]) -> String {
    let facts = json!({ "hostname": STEERS, STEERS: STEERS, "os": { "name": STEERS, STEERS: [STEERS] } });
    let host = json!({ "init": "none", "user": STEERS, "root": false,
                       "uname": [STEERS, STEERS, STEERS, STEERS, STEERS] });
    let version = env!("CARGO_PKG_VERSION");
    let hello = json!({ "hello": { "protocol": PROTOCOL, "version": version, "facts": facts, "host": host, "boot": STEERS } });
    said(directory, [&[hello], messages].concat().as_slice())
}

fn said(directory: &Path, messages: &[Value]) -> String {
    let mut bytes = Vec::new();
    for message in messages {
        let body = format!("j{message}");
        bytes.extend(u32::try_from(body.len() - 1).unwrap().to_be_bytes());
        bytes.extend(body.as_bytes());
    }
    let (mut written, file) = tempfile::NamedTempFile::new_in(directory).unwrap().keep().unwrap();
    written.write_all(&bytes).unwrap();
    format!("echo \"$n agent 2\"; cat {}; cat > /dev/null", file.display())
}

/// One that is in the midst of a run, owes, and has a past.
fn answers() -> Value {
    let counts = Some(Counts::default());
    let text = || "text".to_owned();
    let run = RunRecord {
        run: text(),
        user: text(),
        run_list: vec![text()],
        mode: Mode::Run,
        started: text(),
        ended: text(),
        counts,
        exit: 1,
        restart: Some(text()),
    };
    let holder = Holder { run: text(), user: text(), host: text(), pid: 7, since: text() };
    let left = Some(LeftCommand { pid: 8, words: text() });
    let lock = Lock { held: true, holder: Some(holder), left };
    let Some(Event::Owed { debt }) =
        all(Mode::Run).into_iter().find(|event| matches!(event, Event::Owed { .. }))
    else {
        panic!("no debt among the events")
    };
    let owed: Vec<Debt> = vec![debt];
    let journal = Journal { owed, unread: 2, path: text(), drafts: vec![text()], ..Journal::default() };
    steered(&FromAgent::Answers(vec![
        Answer::Lock(lock),
        Answer::Journal(journal),
        Answer::History(vec![run]),
    ]))
}

/// What is wrong with what a terminal would get. Our own styles end in `m`. A document, and a value that is asked for,
/// have lines of their own.
fn wrong(shown: &str, has_lines: bool) -> Option<String> {
    let mut rest = shown;
    let mut plain = String::new();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let digits = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        rest = match digits.strip_prefix('m') {
            Some(rest) => rest,
            None => {
                return Some(format!("an escape sequence: {:?}", after.chars().take(30).collect::<String>()));
            }
        };
    }
    plain.push_str(rest);
    let acts = |c: char| {
        c.is_control() && c != '\n' && c != '\t'
            || ('\u{2028}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
            || c == '\u{200f}'
    };
    if let Some(found) = plain.chars().find(|c| acts(*c)) {
        let line = plain.lines().find(|line| line.contains(found)).unwrap_or_default();
        return Some(format!("{found:?} in {line:?}"));
    }
    let is_forged = !has_lines && plain.lines().any(|line| line.starts_with("error: forged"));
    is_forged.then(|| "a line that is forged".to_owned())
}

#[test]
fn no_text_of_a_target_steers_a_terminal() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    let project = place.join("project");
    fs::create_dir_all(project.join("recipes")).unwrap();
    fs::write(project.join("recipes/spec.lua"), "file \"/x\" {}\n").unwrap();
    fs::write(
        project.join("recipes/facts.lua"),
        "file(\"/x/\" .. node.hostname) { content = node.os.name, owner = node.hostname }\n",
    )
    .unwrap();
    let printed = "print(node.hostname)\nwarn(node.os.name)\nfile \"/x\" { content = node.hostname, why = node.hostname }\n";
    fs::write(project.join("recipes/printed.lua"), printed).unwrap();
    let quoted = format!("'{STEERS}'");
    let events = |mode| -> Vec<Value> {
        let mut said: Vec<Value> =
            all(mode).iter().map(|event| steered(&FromAgent::Event(Box::new(event.clone())))).collect();
        said.push(json!({ "finished": { "success": false, "changed": true, "interrupted": false } }));
        said
    };
    let begun = [vec![json!({ "begun": STEERS })], events(Mode::Run)].concat();
    let failed = steered(&FromAgent::Failed(failure()));
    let lines = [Progress::Output("x".into()), Progress::Waiting("x".into())];
    let mut executed: Vec<Value> =
        lines.iter().map(|line| steered(&FromAgent::Progress(line.clone()))).collect();
    executed.push(steered(&FromAgent::Applied(Some(failure()))));
    let other = json!({ "hello": { "protocol": 1, "version": STEERS, "facts": {}, "host": { "init": "none",
                        "user": "x", "root": false, "uname": ["", "", "", "", ""] } } });

    let run: &[&str] = &["run", "-r", "spec"];
    let plan: &[&str] = &["plan", "-r", "spec"];
    let facts: &[&str] = &["facts"];
    let status: &[&str] = &["status"];
    let exec: &[&str] = &["exec"];
    let reports: &[&str] = &["--report", "html=report.html", "--report", "junit=report.xml"];
    let (json, verbose): (&[&str], &[&str]) = (&["--format", "json"], &["-v"]);
    let shell = "echo \"$n foreign Linux riscv64\"";
    let liar = place.join("bin");
    lying_programs(&liar);
    // A name, the script of `ssh`, the command, and further words of it. Where the script is empty, there is no target.
    let mut table: Vec<(&str, String, &[&str], &[&str])> = vec![
        ("facts", agent(place, &[]), facts, &[]),
        ("one fact", agent(place, &[]), facts, &["hostname"]),
        ("a fact that there is none of", agent(place, &[]), facts, &["nothing"]),
        ("facts in a recipe", agent(place, &[]), &["plan", "-r", "facts"], &[]),
        ("facts that a recipe prints", agent(place, &events(Mode::Plan)), &["plan", "-r", "printed"], &[]),
        ("status", agent(place, &[answers()]), status, &[]),
        ("status as JSON", agent(place, &[answers()]), status, json),
        ("status that fails", agent(place, std::slice::from_ref(&failed)), status, &[]),
        ("a run", agent(place, &begun), run, reports),
        ("a run, in full", agent(place, &begun), run, verbose),
        ("a run as JSON", agent(place, &begun), run, json),
        ("a run as JUnit", agent(place, &begun), run, &["--format", "junit"]),
        ("a run as a page", agent(place, &begun), run, &["--format", "html"]),
        ("a plan", agent(place, &events(Mode::Plan)), plan, verbose),
        ("a plan that fails", agent(place, std::slice::from_ref(&failed)), plan, &[]),
        ("a run that fails", agent(place, std::slice::from_ref(&failed)), run, &[]),
        ("a run of two", agent(place, &begun), run, &["-t", "liar2"]),
        ("a run that is lost", agent(place, &begun[..9]).replace("cat > /dev/null", "exit 1"), run, &[]),
        ("exec", agent(place, &executed), exec, &["--", "x"]),
        ("exec as JSON", agent(place, &executed), exec, &["--format", "json", "--", "x"]),
        ("exec of two", agent(place, &executed), exec, &["-t", "liar2", "--", "x"]),
        ("attach", agent(place, &begun), &["attach", "20261123T125501Z-3fa9c2d1"], &[]),
        ("another version", said(place, &[other]), facts, &[]),
        ("no message", said(place, &[json!({ STEERS: STEERS })]), facts, &[]),
        ("another frame", format!("printf '%s agent %s\\n' \"$n\" {quoted}"), facts, &[]),
        ("no word of ours", format!("printf '%s %s\\n' \"$n\" {quoted}"), facts, &[]),
        ("another machine", format!("printf '%s foreign %s\\n' \"$n\" {quoted}; exit 0"), facts, &[]),
        ("nothing there", format!("printf '%s lacks %s\\n' \"$n\" {quoted}; exit 1"), facts, &[]),
        ("no room", format!("printf '%s bad %s\\n' \"$n\" {quoted}; exit 1"), facts, &[]),
        ("nowhere", format!("printf '%s nowhere %s\\n' \"$n\" {quoted}; exit 1"), facts, &[]),
        ("needs", format!("printf '%s need %s\\n' \"$n\" {quoted}; cat > /dev/null"), facts, &[]),
        ("noise", format!("printf '%s\\n' {quoted}; exit 1"), facts, &[]),
        ("a message of ssh", format!("printf '%s\\n' {quoted} >&2; exit 255"), facts, &[]),
        ("a message of the login", format!("printf '%s\\n' {quoted} >&2; exit 1"), run, &[]),
        ("a banner", format!("printf '%s\\n' {quoted} >&2; {}", agent(place, &begun)), run, verbose),
        (
            "a shell that prints",
            format!("{shell}; while read -r l; do printf '%s\\n' {quoted}; done"),
            facts,
            &[],
        ),
    ];
    for (name, words) in [
        ("facts through a shell", facts),
        ("status through a shell", status),
        ("a plan through a shell", plan),
        ("exec through a shell", &["exec", "--", "id"]),
    ] {
        let path = format!("PATH={}:/usr/bin:/bin", liar.display());
        table.push((name, format!("{shell}; exec env {path} /bin/sh"), words, &[]));
    }
    for (name, words, more) in [
        ("the log", &["log"][..], &[][..]),
        ("the log as JSON", &["log"], json),
        ("a recorded run", &["show", "last"], reports),
        ("a recorded run, in full", &["show", "last"], verbose),
        ("a recorded run as JSON", &["show", "last"], json),
        ("a recorded run as JUnit", &["show", "last"], &["--format", "junit"]),
        ("no recorded run", &["show", STEERS], &[]),
        ("no resource type", &["resources", STEERS], &[]),
        ("no such page", &["help", STEERS], &[]),
        ("no such recipe", &["plan", "-r", STEERS], &[]),
        ("no such target", &["status", "-t", STEERS], &[]),
        ("no such command", &[STEERS], &[]),
        ("no such option", &["run", STEERS], &[]),
        ("no such attribute", &["explain", STEERS], &[]),
    ] {
        table.push((name, String::new(), words, more));
    }
    let state = place.join("state").display().to_string();
    let mut steered = Vec::new();
    for (name, script, words, more) in table {
        let target: &[&str] = if script.is_empty() { &[] } else { &["-t", "liar"] };
        let at = words.len().min(1);
        let words = [&words[..at], &["--color", "always"], target, &words[at..], more].concat();
        let (status, stdout, stderr) =
            call_in(place, &script, &words, &[("CHEFRS_STATE_DIRECTORY", &state)], &project);
        let files = ["report.html", "report.xml"].map(|file| {
            let path = project.join(file);
            let text = fs::read_to_string(&path).unwrap_or_default();
            let _ = fs::remove_file(path);
            text
        });
        let [page, junit] = files;
        let has_lines = ["junit", "html", "hostname"].iter().any(|word| words.ends_with(&[word]));
        for (sink, text, has_lines) in [
            ("stdout", stdout, has_lines),
            ("stderr", stderr, false),
            ("page", page, true),
            ("junit", junit, true),
        ] {
            steered.extend(wrong(&text, has_lines).map(|why| format!("{name}, {status}, {sink}: {why}")));
        }
    }
    assert!(steered.is_empty(), "{}", steered.join("\n"));
}

/// Programs that say nothing but that, of which the facts of a machine are made.
fn lying_programs(directory: &Path) {
    fs::create_dir(directory).unwrap();
    fs::write(directory.join("text"), STEERS).unwrap();
    for name in
        ["uname", "id", "hostname", "whoami", "getconf", "nproc", "ip", "dpkg", "systemctl", "findmnt"]
    {
        let text = format!("#!/bin/sh\ncat {}\n", directory.join("text").display());
        crate::executable::executable(directory.join(name), &text);
    }
}

#[test]
fn the_search_for_what_steers_finds_it() {
    assert!(wrong("plain \u{1b}[1mbold\u{1b}[0m\n\ttext", false).is_none());
    for steers in STEERS.chars().filter(|c| c.is_control() && *c != '\n' || *c > '\u{7f}') {
        assert!(wrong(&format!("it {steers} is"), true).is_some(), "{steers:?}");
    }
    assert!(wrong("it\nerror: forged", false).is_some() && wrong("\u{1b}[2Jx", true).is_some());
}
