//! What a machine tells that is worked on through its shell.
//!
//! Each line of the text is one of an answer, a key and a value: it gets the mark that the question said, and `\n` in the
//! value stands for a new line. What begins with `?` comes without the mark, as what a login prints.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chefrs::model::content::Content;
use chefrs::model::query::{HttpRequest, Query};
use chefrs::model::step::{Attributes, Command, Fetch, Step, Unpack, WriteFile};
use chefrs::target::Target as _;
use chefrs::target::shell::Shell;

use super::text::is_plain;

/// A session with a machine that answers every question by the next lines of the text.
pub fn shell(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let mark = Arc::new(Mutex::new(String::new()));
    let writer = Questions { mark: Arc::clone(&mark), begun: Vec::new() };
    let lines: Vec<String> = text.lines().rev().take(2000).map(str::to_owned).collect();
    let reader = Answers { mark, lines, ready: Vec::new() };
    let mut shell = match Shell::over("told", reader, writer) {
        Ok(shell) => shell,
        Err(failure) => return is_plain(&failure.message),
    };
    for queries in [queries(), queries()] {
        let Ok(answers) = shell.ask(&queries) else { return };
        assert_eq!(answers.len(), queries.len());
        for (query, answer) in queries.iter().zip(&answers) {
            assert!(answer.fits(query), "{answer:?} to {query:?}");
        }
    }
    for query in queries() {
        let Ok(answers) = shell.ask(std::slice::from_ref(&query)) else { return };
        assert!(matches!(&*answers, [answer] if answer.fits(&query)), "{answers:?} to {query:?}");
    }
    for step in steps() {
        let _ = shell.apply(&step, &mut |_| {});
    }
}

fn queries() -> Vec<Query> {
    let apt = || "apt".to_owned();
    let request = HttpRequest {
        url: "http://127.0.0.1/".into(),
        headers: Vec::new(),
        timeout: 1,
        attempts: 1,
        interval: 0,
        ..HttpRequest::default()
    };
    vec![
        Query::User("root".into()),
        Query::Group("adm".into()),
        Query::Stat("/srv/a".into()),
        Query::Stat("/srv/grün b".into()),
        Query::Resolve("/srv/a".into()),
        Query::Resolve("/srv/b".into()),
        Query::Digest("/srv/a".into()),
        Query::Digest("/srv/b".into()),
        Query::Read("/srv/a".into()),
        Query::List("/srv".into()),
        Query::Writable("/srv/a".into()),
        Query::Package { manager: apt(), name: "mawk".into() },
        Query::InstalledPackages { manager: apt() },
        Query::PackageDatabase { manager: apt() },
        Query::Candidate { manager: apt(), name: "mawk".into() },
        Query::Versions { manager: apt(), name: "mawk".into() },
        Query::Service("nginx".into()),
        Query::Service("ssh@.service".into()),
        Query::Host,
        Query::Interfaces,
        Query::Command(Box::new(Command::new(["id"]))),
        Query::Downloads,
        Query::Journal,
        Query::Lock,
        Query::History,
        Query::Http(Box::new(request)),
        Query::Providers { manager: apt(), name: "awk".into() },
    ]
}

fn steps() -> Vec<Step> {
    let attributes = Attributes::default;
    let write = WriteFile {
        path: "/srv/a".into(),
        content: Content::Text("text".into()),
        attributes: attributes(),
        backup: 1,
        verify: vec![Command::new(["check", "{path}"])],
        unlink: false,
    };
    let fetch = Fetch {
        urls: vec!["http://127.0.0.1/a".into(), "http://127.0.0.2/a".into()],
        path: "/srv/a".into(),
        checksum: None,
        attributes: attributes(),
        headers: BTreeMap::new(),
        backup: 0,
        size_limit: 10,
        timeout: 1,
        ..Fetch::default()
    };
    let unpack = Unpack {
        archive: "/srv/a.tar".into(),
        checksum: None,
        destination: "/srv/b".into(),
        strip_components: 1,
        attributes: attributes(),
        replace: true,
        size_limit: 0,
        mark: None,
    };
    let apt = Command::new(["apt-get", "install"]);
    vec![
        Step::Run(Command::new(["id"])),
        Step::WriteFile(write),
        Step::Remove { path: "/srv/a".into(), recursive: true, backup: 0 },
        Step::MakeDirectory { path: "/srv/d".into(), attributes: attributes(), parents: true },
        Step::Fetch(fetch),
        Step::Unpack(unpack),
        Step::Packages { manager: "apt".into(), command: apt, packages: vec!["mawk".into()] },
        Step::Restart(None),
    ]
}

/// Hears the mark of each question.
struct Questions {
    mark: Arc<Mutex<String>>,
    begun: Vec<u8>,
}

impl Write for Questions {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        let end = self.begun.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        for line in self.begun[..end].split(|byte| *byte == b'\n') {
            if let Some(mark) = line.strip_prefix(b"N=") {
                let mark = String::from_utf8_lossy(mark);
                mark.trim().clone_into(&mut self.mark.lock().expect("nobody panics"));
            }
        }
        self.begun.drain(..end);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines, the last one first, each with the mark of the question that it is read for.
struct Answers {
    mark: Arc<Mutex<String>>,
    lines: Vec<String>,
    ready: Vec<u8>,
}

impl Read for Answers {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ready.is_empty() {
            let Some(line) = self.lines.pop() else { return Ok(0) };
            self.ready = self.answer(&line);
        }
        let n = buffer.len().min(self.ready.len());
        buffer[..n].copy_from_slice(&self.ready[..n]);
        self.ready.drain(..n);
        Ok(n)
    }
}

impl Answers {
    fn answer(&self, line: &str) -> Vec<u8> {
        if let Some(noise) = line.strip_prefix('?') {
            return format!("{noise}\n").into_bytes();
        }
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        let mark = self.mark.lock().expect("nobody panics");
        let value = if value.contains("\\n") {
            format!(":{}", STANDARD.encode(value.replace("\\n", "\n")))
        } else {
            format!("={value}")
        };
        format!("{mark} {key} {value}\n").into_bytes()
    }
}
