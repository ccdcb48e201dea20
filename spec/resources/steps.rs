//! Steps in words, each in a line that begins with the model's word for it.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::content::Content;
use chefrs::model::step::{Attributes, Command, Fetch, Restart, Step, Unpack, WriteFile};

use super::facts::commands;
use super::facts::content::short;
use super::grammar::Sentence;

/// Texts that a change shows already, by the path that they are for.
pub type Shown = BTreeMap<Utf8PathBuf, String>;

/// A step, and below it what belongs to it.
pub fn say(step: &Step, shown: &Shown) -> Vec<String> {
    match step {
        Step::WriteFile(file) => write_file(file, shown),
        Step::SetAttributes { path, attributes } => {
            vec![at("set_attributes", path).words(say_attributes(attributes)).say()]
        }
        Step::MakeDirectory { path, attributes, parents } => {
            let line = at("make_directory", path).words(say_attributes(attributes));
            vec![line.clause_if(*parents, ["parents"]).say()]
        }
        Step::Symlink { path, to, attributes } => {
            vec![at("symlink", path).words(say_attributes(attributes)).arrow(&Sentence::of([to])).say()]
        }
        Step::Hardlink { path, to } => {
            vec![at("hardlink", path).arrow(&Sentence::of([to.as_str()])).say()]
        }
        Step::Remove { path, recursive, backup } => {
            let line = at("remove", path).clause_if(*recursive, ["recursive"]);
            vec![line.clause_if(*backup != 0, ["backup", &backup.to_string()]).say()]
        }
        Step::Touch { path } => vec![at("touch", path).say()],
        Step::Run(command) => vec![commands::say("run", command).say()],
        Step::Packages { manager, command, packages } => {
            let line = Sentence::of(["packages"]).words(packages);
            let line = line.clause_if(manager != "apt", ["manager", manager]);
            vec![line.say(), below(commands::say("by", command).say())]
        }
        Step::Fetch(fetch) => say_fetch(fetch),
        Step::Unpack(unpack) => say_unpack(unpack, shown),
        Step::Restart(None) => vec!["restart not wanted".to_owned()],
        Step::Restart(Some(restart)) => say_restart(restart),
        // No provider wants one of these.
        Step::Lock(_) | Step::Record(_) => vec![format!("{step:?}")],
    }
}

fn at(verb: &str, path: &Utf8Path) -> Sentence {
    Sentence::of([verb, path.as_str()])
}

fn below(line: String) -> String {
    format!("  {}", line.replace('\n', "\n  "))
}

/// Mode and owners, as far as they are set.
fn say_attributes(attributes: &Attributes) -> Vec<String> {
    let mut words: Vec<String> = attributes.mode.iter().map(|mode| format!("{mode:04o}")).collect();
    if attributes.owner.is_some() || attributes.group.is_some() {
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        words.push(format!("{}:{}", name(&attributes.owner), name(&attributes.group)));
    }
    words
}

fn write_file(file: &WriteFile, shown: &Shown) -> Vec<String> {
    let line = at("write_file", &file.path)
        .words(say_attributes(&file.attributes))
        .clause_if(file.backup != 0, ["backup", &file.backup.to_string()])
        .clause_if(file.unlink, ["unlink"]);
    let line = match &file.content {
        Content::Text(text) if shown.get(&file.path) == Some(text) => line.clause(["as", "shown"]),
        Content::Text(text) => line.text(text),
        Content::Blob(blob) => {
            line.clause(["sha256", &short(&blob.sha256)]).clause([&blob.size.to_string(), "bytes"])
        }
        Content::Unknown(until) => line.clause(["unknown", "until", until]),
    };
    [line.say()].into_iter().chain(say_verify(&file.verify)).collect()
}

fn say_fetch(fetch: &Fetch) -> Vec<String> {
    let mut line = Sentence::of(["fetch"]).words(&fetch.urls);
    line = line.arrow(&Sentence::of([fetch.path.as_str()]).words(say_attributes(&fetch.attributes)));
    if let Some(checksum) = &fetch.checksum {
        line = line.clause(["sha256", &short(checksum)]);
    }
    if let Some(published) = &fetch.published {
        line = line.clause(["listed", "in", &published.url, "as", &published.name]);
    }
    for (name, value) in &fetch.headers {
        line = line.clause(["header", name, value]);
    }
    let line = line
        .clause_if(fetch.backup != 0, ["backup", &fetch.backup.to_string()])
        .clause_if(fetch.unlink, ["unlink"])
        .clause(["timeout", &fetch.timeout.to_string()])
        .clause(["at", "most", &fetch.size_limit.to_string(), "bytes"])
        .clause_if(fetch.remember, ["remember"])
        .clause_if(fetch.secret, ["secret"]);
    [line.say()].into_iter().chain(say_verify(&fetch.verify)).collect()
}

fn say_verify(checks: &[Command]) -> impl Iterator<Item = String> {
    checks.iter().map(|command| below(commands::say("verify", command).say()))
}

fn say_unpack(unpack: &Unpack, shown: &Shown) -> Vec<String> {
    let destination = Sentence::of([unpack.destination.as_str()]).words(say_attributes(&unpack.attributes));
    let mut line = Sentence::of(["unpack", unpack.archive.as_str()]).arrow(&destination);
    if let Some(checksum) = &unpack.checksum {
        line = line.clause(["sha256", &short(checksum)]);
    }
    let line = line
        .clause_if(unpack.strip_components != 0, ["strip", &unpack.strip_components.to_string()])
        .clause_if(unpack.replace, ["replace"])
        .clause(["at", "most", &unpack.size_limit.to_string(), "bytes"]);
    let mark =
        unpack.mark.iter().flat_map(|mark| write_file(mark, shown)).map(|line| below(format!("mark {line}")));
    [line.say()].into_iter().chain(mark).collect()
}

fn say_restart(restart: &Restart) -> Vec<String> {
    let line = Sentence::of(["restart", &restart.reason])
        .clause_if(!restart.by.is_empty(), ["by", &restart.by])
        .clause_if(!restart.action.is_empty(), ["action", &restart.action])
        .clause_if(restart.now, ["now"])
        .clause_if(restart.delay != 0, ["delay", &restart.delay.to_string()]);
    vec![line.say(), below(commands::say("by", &restart.command).say())]
}
