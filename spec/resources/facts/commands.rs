//! Commands and pages: `command git … rev-parse HEAD, in /srv/app -> exit 0, stdout "aa\n"`.

use std::collections::BTreeMap;

use base64::Engine as _;
use chefrs::model::downloaded::{Downloaded, address_key};
use chefrs::model::query::{Answer, CommandResult, End, HttpMethod, HttpRequest, HttpResult};
use chefrs::model::redirect::origin;
use chefrs::model::step::Command;

use super::super::grammar::{Sentence, words};
use super::content::long;
use super::{number, unknown};

/// How some programs are always started: the options that `…` stands for, variables, seconds.
struct Usual {
    program: &'static str,
    options: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
    timeout: u64,
}

const APT: &[(&str, &str)] = &[
    ("APT_LISTCHANGES_FRONTEND", "none"),
    ("DEBIAN_FRONTEND", "noninteractive"),
    ("NEEDRESTART_MODE", "l"),
    ("NEEDRESTART_SUSPEND", "1"),
    ("UCF_FORCE_CONFFOLD", "1"),
];

const USUAL: &[Usual] = &[
    Usual {
        program: "git",
        options: &["-c", "protocol.ext.allow=never", "-c", "advice.detachedHead=false"],
        environment: &[
            ("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes"),
            ("GIT_TERMINAL_PROMPT", "0"),
        ],
        timeout: 900,
    },
    Usual {
        program: "apt-get",
        options: &["--yes", "-o", "Dpkg::Use-Pty=0"],
        environment: APT,
        timeout: 900,
    },
    Usual { program: "apt-mark", options: &[], environment: APT, timeout: 900 },
    Usual { program: "systemctl", options: &[], environment: &[], timeout: 900 },
];

fn usual(program: Option<&str>) -> Usual {
    let found = USUAL.iter().find(|usual| Some(usual.program) == program);
    let (options, environment, timeout) =
        found.map_or((&[][..], &[][..], 0), |usual| (usual.options, usual.environment, usual.timeout));
    Usual { program: "", options, environment, timeout }
}

pub fn read(clauses: &[Vec<String>]) -> Result<Command, String> {
    let usual = usual(clauses[0].first().map(String::as_str));
    let mut command = Command { timeout: usual.timeout, ..Command::default() };
    for (place, word) in clauses[0].iter().enumerate() {
        if place == 1 && word == "…" {
            command.argv.extend(usual.options.iter().map(|option| (*option).to_owned()));
        } else {
            command.argv.push(word.clone());
        }
    }
    let pairs = usual.environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    command.environment = pairs.collect();
    for clause in &clauses[1..] {
        match words(clause).as_slice() {
            ["in", directory] => command.cwd = Some((*directory).into()),
            ["as", who] => {
                let (user, group) = who.split_once(':').unwrap_or((who, ""));
                command.user = Some(user.to_owned()).filter(|user| !user.is_empty());
                command.group = Some(group.to_owned()).filter(|group| !group.is_empty());
            }
            ["with", pairs @ ..] => {
                for pair in pairs {
                    let (name, value) = pair.split_once('=').ok_or_else(|| unknown(clause))?;
                    command.environment.insert(name.to_owned(), value.to_owned());
                }
            }
            ["without", names @ ..] => {
                command.environment.retain(|name, _| !names.contains(&name.as_str()));
            }
            ["umask", mask] => {
                let mask = u32::from_str_radix(mask, 8);
                command.umask = Some(mask.map_err(|_| unknown(clause))?);
            }
            ["input", text] => command.input = Some((*text).to_owned()),
            ["waits"] => command.waits = true,
            ["of", "file"] => command.tells_of_file = true,
            ["reads", "anything"] => command.reads_anything = true,
            ["timeout", seconds] => command.timeout = number(seconds)?,
            ["returns", statuses @ ..] => {
                command.returns = statuses.iter().map(|status| number(status)).collect::<Result<_, _>>()?;
            }
            ["diagnose", words @ ..] => {
                command.diagnose = words.iter().map(|word| (*word).to_owned()).collect();
            }
            ["undo", words @ ..] => {
                command.undo = Some(words.iter().map(|word| (*word).to_owned()).collect());
            }
            _ => return Err(unknown(clause)),
        }
    }
    Ok(command)
}

pub fn say(verb: &str, command: &Command) -> Sentence {
    let usual = usual(command.argv.first().map(String::as_str));
    let mut said = Sentence::of([verb]);
    match command.argv.get(1..).and_then(|words| {
        words.strip_prefix(usual.options.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>().as_slice())
    }) {
        Some(rest) if !usual.options.is_empty() => said = said.words([&command.argv[0], "…"]).words(rest),
        _ => said = said.words(&command.argv),
    }
    if let Some(directory) = &command.cwd {
        said = said.clause(["in", directory.as_str()]);
    }
    match (&command.user, &command.group) {
        (None, None) => {}
        (user, None) => said = said.clause(["as", user.as_deref().unwrap_or_default()]),
        (user, Some(group)) => {
            said = said.clause(["as", &format!("{}:{group}", user.as_deref().unwrap_or_default())]);
        }
    }
    said = say_environment(said, &usual, &command.environment);
    if let Some(mask) = command.umask {
        said = said.clause(["umask", &format!("{mask:04o}")]);
    }
    if let Some(input) = &command.input {
        said = said.clause(["input", input]);
    }
    said = said.clause_if(command.waits, ["waits"]);
    said = said.clause_if(command.tells_of_file, ["of", "file"]);
    said = said.clause_if(command.reads_anything, ["reads", "anything"]);
    said = said.clause_if(command.timeout != usual.timeout, ["timeout", &command.timeout.to_string()]);
    if !command.returns.is_empty() {
        said = said.clause(["returns"]).words(command.returns.iter().map(i32::to_string));
    }
    if !command.diagnose.is_empty() {
        said = said.clause(["diagnose"]).words(&command.diagnose);
    }
    match &command.undo {
        Some(undo) => said.clause(["undo"]).words(undo.iter()),
        None => said,
    }
}

fn say_environment(said: Sentence, usual: &Usual, environment: &BTreeMap<String, String>) -> Sentence {
    let is_usual = |name: &str, value: &str| usual.environment.contains(&(name, value));
    let own = environment.iter().filter(|(name, value)| !is_usual(name, value));
    let own: Vec<String> = own.map(|(name, value)| format!("{name}={value}")).collect();
    let lacks = usual.environment.iter().filter(|(name, _)| !environment.contains_key(*name));
    let lacks: Vec<&str> = lacks.map(|(name, _)| *name).collect();
    let said = if own.is_empty() { said } else { said.clause(["with"]).words(own) };
    if lacks.is_empty() { said } else { said.clause(["without"]).words(lacks) }
}

pub fn read_result(clauses: &[Vec<String>]) -> Result<Answer, String> {
    let mut result = CommandResult::default();
    for clause in clauses {
        match words(clause).as_slice() {
            ["exit", status] => result.end = End::Exit(number(status)?),
            ["signal", signal] => result.end = End::Signal(number(signal)?),
            ["timed", "out", seconds] => result.end = End::TimedOut(number(seconds)?),
            ["not", "started", why] => result.end = End::NotStarted((*why).to_owned()),
            ["stdout", text] => (*text).clone_into(&mut result.stdout),
            ["stderr", text] => (*text).clone_into(&mut result.stderr),
            _ => return Err(unknown(clause)),
        }
    }
    Ok(Answer::Command(result))
}

pub fn say_result(result: &CommandResult) -> Sentence {
    let end = match &result.end {
        End::Exit(status) => Sentence::of(["exit", &status.to_string()]),
        End::Signal(signal) => Sentence::of(["signal", &signal.to_string()]),
        End::TimedOut(seconds) => Sentence::of(["timed", "out", &seconds.to_string()]),
        End::NotStarted(why) => Sentence::of(["not", "started", why]),
    };
    end.clause_if(!result.stdout.is_empty(), ["stdout", &result.stdout])
        .clause_if(!result.stderr.is_empty(), ["stderr", &result.stderr])
}

/// A request as it is made where a cook says no more than the address.
fn usual_request(url: &str) -> HttpRequest {
    let accept = vec![(200, 399), (401, 499)];
    HttpRequest {
        url: url.to_owned(),
        timeout: 5,
        attempts: 10,
        interval: 1,
        accept,
        ..HttpRequest::default()
    }
}

pub fn read_request(clauses: &[Vec<String>]) -> Result<HttpRequest, String> {
    let [url] = clauses[0].as_slice() else { return Err(unknown(&clauses[0])) };
    let mut request = usual_request(url);
    for clause in &clauses[1..] {
        match words(clause).as_slice() {
            ["header", name, value] => request.headers.push(((*name).to_owned(), (*value).to_owned())),
            ["method", "head"] => request.method = HttpMethod::Head,
            ["method", "options"] => request.method = HttpMethod::Options,
            ["connect", "to", ip] => request.connect_to = Some(number(ip)?),
            ["of", "version"] => request.of_version = true,
            ["any", "certificate"] => request.any_certificate = true,
            ["keep", name] => request.wanted_headers.push((*name).to_owned()),
            ["timeout", seconds] => request.timeout = number(seconds)?,
            ["attempts", times] => request.attempts = number(times)?,
            ["interval", seconds] => request.interval = number(seconds)?,
            ["accept", ranges @ ..] => {
                request.accept.clear();
                for range in ranges {
                    let (first, last) = range.split_once('-').ok_or_else(|| unknown(clause))?;
                    request.accept.push((number(first)?, number(last)?));
                }
            }
            _ => return Err(unknown(clause)),
        }
    }
    Ok(request)
}

pub fn say_request(request: &HttpRequest) -> Sentence {
    let usual = usual_request(&request.url);
    let mut said = Sentence::of(["http", &request.url]);
    for (name, value) in &request.headers {
        said = said.clause(["header", name, value]);
    }
    for name in &request.wanted_headers {
        said = said.clause(["keep", name]);
    }
    if let Some(ip) = request.connect_to {
        said = said.clause(["connect", "to", &ip.to_string()]);
    }
    said = said
        .clause_if(request.method != usual.method, ["method", &request.method.word().to_lowercase()])
        .clause_if(request.any_certificate, ["any", "certificate"])
        .clause_if(request.of_version, ["of", "version"])
        .clause_if(request.timeout != usual.timeout, ["timeout", &request.timeout.to_string()])
        .clause_if(request.attempts != usual.attempts, ["attempts", &request.attempts.to_string()])
        .clause_if(request.interval != usual.interval, ["interval", &request.interval.to_string()]);
    if request.accept == usual.accept {
        return said;
    }
    said.clause(["accept"]).words(request.accept.iter().map(|(first, last)| format!("{first}-{last}")))
}

pub fn read_page(clauses: &[Vec<String>]) -> Result<Answer, String> {
    let mut page = HttpResult::default();
    for clause in clauses {
        match words(clause).as_slice() {
            ["status", status] => page.status = Some(number(status)?),
            ["body", body] => (*body).clone_into(&mut page.body),
            ["header", name, value] => page.headers.push(((*name).to_owned(), (*value).to_owned())),
            ["no", "answer", why] => page.error = Some((*why).to_owned()),
            _ => return Err(unknown(clause)),
        }
    }
    Ok(Answer::Http(page))
}

pub fn say_page(page: &HttpResult) -> Sentence {
    let mut said = Sentence::default();
    if let Some(status) = page.status {
        said = said.clause(["status", &status.to_string()]);
    }
    for (name, value) in &page.headers {
        said = said.clause(["header", name, value]);
    }
    if let Some(why) = &page.error {
        said = said.clause(["no", "answer", why]);
    }
    said.clause_if(!page.body.is_empty(), ["body", &page.body])
}

/// `downloads, to PATH, from ADDRESS, of ORIGIN, sha256 DIGEST, etag VALUE, modified VALUE`
pub fn read_downloads(clauses: &[Vec<String>]) -> Result<Answer, String> {
    let mut file = Downloaded {
        path: camino::Utf8PathBuf::default(),
        from: String::new(),
        origin: String::new(),
        sha256: String::new(),
        etag: None,
        last_modified: None,
    };
    for clause in clauses {
        match words(clause).as_slice() {
            ["to", path] => file.path = (*path).into(),
            ["from", url] => {
                file.from = address_key(url);
                file.origin = origin(url).unwrap_or_default();
            }
            ["of", origin] => (*origin).clone_into(&mut file.origin),
            ["sha256", digest] => file.sha256 = long(digest),
            ["etag", value] => file.etag = Some((*value).to_owned()),
            ["modified", value] => file.last_modified = Some((*value).to_owned()),
            _ => return Err(unknown(clause)),
        }
    }
    Ok(Answer::Downloads(vec![file]))
}

pub fn read_download(clauses: &[Vec<String>], block: Option<&str>) -> Result<Answer, String> {
    let encoded = |text: &str| Ok(base64::engine::general_purpose::STANDARD.encode(text));
    let result = match words(&clauses[0]).as_slice() {
        ["text", text] => encoded(text),
        ["text:"] => encoded(block.unwrap_or_default()),
        ["base64", bytes] => Ok((*bytes).to_owned()),
        ["no", "answer", why] => Err((*why).to_owned()),
        _ => return Err(unknown(&clauses[0])),
    };
    Ok(Answer::Download(result))
}

pub fn say_download(result: &Result<String, String>) -> Sentence {
    let bytes = match result {
        Ok(bytes) => bytes,
        Err(why) => return Sentence::of(["no", "answer", why]),
    };
    let decoded = base64::engine::general_purpose::STANDARD.decode(bytes).ok();
    match decoded.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(text) => Sentence::default().text(&text),
        None => Sentence::of(["base64", bytes]),
    }
}
