//! What a machine answers, one thing a line. What is said here is read back by it.
//!
//! A line names a thing (`file`, `directory`, `link`, `other`, `nothing`, `content`, `path`), which answers several
//! questions at once, or a question in the model's words and what is said to it: `user deploy, uid 1001`,
//! `list /srv, unknown until execute[x]`, `command id -u -> exit 0`.

use chefrs::model::error::Failure;
use chefrs::model::query::{Answer, Query};

use super::grammar::{Line, Sentence, words};

mod accounts;
pub mod commands;
pub mod content;
mod host;
mod paths;
mod services;
mod software;

pub use host::usual as usual_host;
pub use paths::usual_directory;

/// Questions and their answers.
pub type Facts = Vec<(Query, Answer)>;

/// Reads a line.
///
/// # Errors
/// What is wrong with it.
pub fn read(line: &Line) -> Result<Facts, String> {
    if let Some(facts) = paths::read(line)? {
        return Ok(facts);
    }
    let (query, answer) = match &line.answer {
        Some(answer) => (line.clauses.as_slice(), answer.as_slice()),
        None => line.clauses.split_at(1),
    };
    let query = read_query(query)?;
    if answer.is_empty() {
        return Err("it does not say what the answer is".to_owned());
    }
    let mut facts = Vec::new();
    let mut answer = answer.to_vec();
    if let Query::Package { .. } = &query {
        facts = software::offers(&query, &mut answer);
    }
    if !answer.is_empty() {
        facts.insert(0, (query.clone(), read_answer(&query, &answer, line.block.as_deref())?));
    }
    Ok(facts)
}

/// Says answers, those of one path that stand together in one line.
pub fn say(facts: &[(Query, Answer)]) -> Vec<Sentence> {
    let mut lines = Vec::new();
    for group in facts.chunk_by(|(one, _), (other, _)| one.path().is_some() && one.path() == other.path()) {
        match group[0].0.path() {
            Some(path) => lines.extend(paths::say(path, group)),
            None => lines.extend(group.iter().map(|(query, answer)| say_one(query, answer))),
        }
    }
    lines
}

/// Says one answer to one question.
pub fn say_one(query: &Query, answer: &Answer) -> Sentence {
    let (said, told) = (say_query(query), say_answer(query, answer));
    if query.is_live() { said.arrow(&told) } else { said.then(&told) }
}

/// Reads a question.
pub fn read_query(clauses: &[Vec<String>]) -> Result<Query, String> {
    let words = words(&clauses[0]);
    if let Some(query) = software::read_query(&words) {
        return Ok(query);
    }
    Ok(match words.as_slice() {
        ["stat", path] => Query::Stat((*path).into()),
        ["resolve", path] => Query::Resolve((*path).into()),
        ["digest", path] => Query::Digest((*path).into()),
        ["read", path] => Query::Read((*path).into()),
        ["list", path] => Query::List((*path).into()),
        ["writable", path] => Query::Writable((*path).into()),
        ["user", name] => Query::User((*name).into()),
        ["group", name] => Query::Group((*name).into()),
        ["service", name] => Query::Service((*name).into()),
        ["host"] => Query::Host,
        ["restart"] => Query::Restart,
        ["downloads"] => Query::Downloads,
        ["command", ..] => Query::Command(Box::new(commands::read(&skip(clauses))?)),
        ["http", ..] => Query::Http(Box::new(commands::read_request(&skip(clauses))?)),
        ["download", url] => Query::Download((*url).into()),
        ["json", query] => serde_json::from_str(query).map_err(|error| error.to_string())?,
        _ => return Err(format!("`{}` is no thing and no question", words.join(" "))),
    })
}

fn skip(clauses: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut clauses = clauses.to_vec();
    clauses[0].remove(0);
    clauses
}

/// Says a question.
pub fn say_query(query: &Query) -> Sentence {
    match query {
        Query::Stat(path) => Sentence::of(["stat", path.as_str()]),
        Query::Resolve(path) => Sentence::of(["resolve", path.as_str()]),
        Query::Digest(path) => Sentence::of(["digest", path.as_str()]),
        Query::Read(path) => Sentence::of(["read", path.as_str()]),
        Query::List(path) => Sentence::of(["list", path.as_str()]),
        Query::Writable(path) => Sentence::of(["writable", path.as_str()]),
        Query::User(name) => Sentence::of(["user", name]),
        Query::Group(name) => Sentence::of(["group", name]),
        Query::Package { .. }
        | Query::Candidate { .. }
        | Query::Versions { .. }
        | Query::Providers { .. }
        | Query::PackageDatabase { .. } => software::say_query(query),
        Query::Service(name) => Sentence::of(["service", name]),
        Query::Host => Sentence::of(["host"]),
        Query::Restart => Sentence::of(["restart"]),
        Query::Downloads => Sentence::of(["downloads"]),
        Query::Command(command) => commands::say("command", command),
        Query::Download(url) => Sentence::of(["download", url]),
        Query::Http(request) => commands::say_request(request),
        other => Sentence::of(["json", &json(other)]),
    }
}

/// What a thing is said to be that is not there.
const NOT_THERE: &[&str] = &["not", "there"];

/// Reads an answer to a question.
fn read_answer(query: &Query, clauses: &[Vec<String>], block: Option<&str>) -> Result<Answer, String> {
    let words = words(&clauses[0]);
    match words.as_slice() {
        ["unknown", "until", resource] => return Ok(Answer::Unknown((*resource).into())),
        ["present"] => return Ok(Answer::Present(String::new())),
        ["present", "until", resource] => return Ok(Answer::Present((*resource).into())),
        ["failed", message] => return Ok(Answer::Failed(Failure::new(*message))),
        ["json", answer] => return serde_json::from_str(answer).map_err(|error| error.to_string()),
        _ => {}
    }
    let gone = words == NOT_THERE;
    match query {
        Query::Stat(_) | Query::Resolve(_) | Query::Digest(_) | Query::Read(_) | Query::List(_) => {
            paths::read_answer(query, clauses, block)
        }
        Query::User(_) if gone => Ok(Answer::User(None)),
        Query::User(name) => accounts::read_user(name, clauses),
        Query::Group(_) if gone => Ok(Answer::Group(None)),
        Query::Group(_) => accounts::read_group(clauses),
        Query::Package { .. }
        | Query::Candidate { .. }
        | Query::Versions { .. }
        | Query::Providers { .. }
        | Query::PackageDatabase { .. } => software::read(query, clauses),
        Query::Service(_) => services::read(clauses),
        Query::Host => host::read(clauses),
        Query::Restart => match words.as_slice() {
            NOT_THERE => Ok(Answer::Restart(None)),
            ["by", resource] => Ok(Answer::Restart(Some((*resource).into()))),
            _ => Err(unknown(&clauses[0])),
        },
        Query::Command(_) => commands::read_result(clauses),
        Query::Downloads => commands::read_downloads(clauses),
        Query::Download(_) => commands::read_download(clauses, block),
        Query::Http(_) => commands::read_page(clauses),
        _ => Err(unknown(&clauses[0])),
    }
}

/// Says an answer to a question.
fn say_answer(query: &Query, answer: &Answer) -> Sentence {
    match (query, answer) {
        (_, Answer::Unknown(resource)) => Sentence::of(["unknown", "until", resource]),
        (_, Answer::Present(resource)) if resource.is_empty() => Sentence::of(["present"]),
        (_, Answer::Present(resource)) => Sentence::of(["present", "until", resource]),
        (_, Answer::Failed(failure)) if *failure == Failure::new(&failure.message) => {
            Sentence::of(["failed", &failure.message])
        }
        (
            _,
            Answer::Stat(None)
            | Answer::Digest(None)
            | Answer::Read(None)
            | Answer::List(None)
            | Answer::User(None)
            | Answer::Group(None)
            | Answer::Candidate(None)
            | Answer::Restart(None),
        ) => Sentence::of(NOT_THERE),
        (
            _,
            Answer::Stat(Some(_)) | Answer::Digest(Some(_)) | Answer::Read(Some(_)) | Answer::List(Some(_)),
        ) => paths::say_answer(answer),
        (Query::User(name), Answer::User(Some(user))) => accounts::say_user(name, user),
        (_, Answer::Group(Some(group))) => accounts::say_group(group),
        (
            _,
            Answer::Package(_)
            | Answer::Candidate(_)
            | Answer::Versions(_)
            | Answer::Providers(_)
            | Answer::PackageDatabase { .. },
        ) => software::say(answer),
        (_, Answer::Service(state)) => services::say(state),
        (_, Answer::Host(host)) => host::say(host),
        (_, Answer::Restart(Some(resource))) => Sentence::of(["by", resource]),
        (_, Answer::Command(result)) => commands::say_result(result),
        (_, Answer::Download(result)) => commands::say_download(result),
        (_, Answer::Http(page)) => commands::say_page(page),
        (_, other) => Sentence::of(["json", &json(other)]),
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain data")
}

/// What is said of a clause that nobody knows.
fn unknown(clause: &[String]) -> String {
    format!("nobody knows what `{}` means here", clause.join(" "))
}

/// Reads a number.
fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is not the number that is wanted here"))
}
