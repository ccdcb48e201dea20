//! What is at paths: `file /srv/a 0640 deploy:www, 3 bytes, text "hi\n"`.
//!
//! Left out is the mode where it is 0644 of a file, 0755 of a directory, 0777 of a link; owner and group where they are
//! root; the size where it follows from the text, or is 3 bytes (0 where the thing is `new`).

use camino::Utf8Path;
use chefrs::model::query::{AccessList, Answer, FileKind, FileText, Query, Stat};

use super::super::grammar::{Line, Sentence, words};
use super::content::{self, Content};
use super::{Facts, number, unknown};

/// Device and inode of what is there before, and of what a plan makes.
const INODE: (u64, u64) = (1, 2);
const NEW_INODE: (u64, u64) = (0, 0);

const KINDS: [(&str, FileKind, u32); 4] = [
    ("file", FileKind::File, 0o644),
    ("directory", FileKind::Directory, 0o755),
    ("link", FileKind::Link, 0o777),
    ("other", FileKind::Other, 0o644),
];

/// Reads a line that names a thing at a path; nothing where it does not.
pub fn read(line: &Line) -> Result<Option<Facts>, String> {
    let first = words(&line.clauses[0]);
    let [kind, path, attributes @ ..] = first.as_slice() else { return Ok(None) };
    let path = Utf8Path::new(path);
    let clauses = &line.clauses[1..];
    if let Some((_, kind, _)) = KINDS.iter().find(|(word, ..)| word == kind) {
        return read_thing(*kind, path, attributes, line).map(Some);
    }
    let facts = match (*kind, attributes) {
        ("content", []) => {
            let mut clauses = clauses.to_vec();
            let content = content::take(&mut clauses, line.block.as_deref())?;
            match clauses.first() {
                Some(clause) => return Err(unknown(clause)),
                None => content.facts(path),
            }
        }
        ("nothing", []) => read_nothing(path, clauses)?,
        ("path", []) => match clauses {
            [clause] if clause.len() == 3 && clause[..2] == ["unknown", "until"] => {
                let about = Query::about(path).into_iter().take(5);
                about.map(|query| (query, Answer::Unknown(clause[2].clone()))).collect()
            }
            _ => return Err("a path is unknown until something".to_owned()),
        },
        _ => return Ok(None),
    };
    Ok(Some(facts))
}

fn read_thing(kind: FileKind, path: &Utf8Path, attributes: &[&str], line: &Line) -> Result<Facts, String> {
    let mut clauses = line.clauses[1..].to_vec();
    if kind == FileKind::Link {
        let answer = line.answer.as_ref().ok_or("a link has an arrow")?;
        let [target] = answer[0].as_slice() else { return Err("a link leads to one path".to_owned()) };
        clauses.extend(answer[1..].iter().cloned());
        clauses.push(vec!["to".to_owned(), target.clone()]);
    }
    let content = content::take(&mut clauses, line.block.as_deref())?;
    let names = content::take_names(&mut clauses);
    let stat = Some(read_stat(kind, attributes, &clauses, content.text())?);
    let mut facts = vec![(Query::Stat(path.to_owned()), Answer::Stat(stat.clone()))];
    if kind != FileKind::Link {
        facts.push((Query::Resolve(path.to_owned()), Answer::Stat(stat)));
    }
    facts.extend(content.facts(path));
    facts.extend(names.map(|names| (Query::List(path.to_owned()), Answer::List(Some(names)))));
    Ok(facts)
}

fn read_nothing(path: &Utf8Path, clauses: &[Vec<String>]) -> Result<Facts, String> {
    let [stat, resolve, digest, read, list, _] = Query::about(path);
    let mut facts = vec![(stat, Answer::Stat(None)), (resolve, Answer::Stat(None))];
    for clause in clauses {
        match words(clause).as_slice() {
            ["no", "content"] => {
                facts.push((digest.clone(), Answer::Digest(None)));
                facts.push((read.clone(), Answer::Read(None)));
            }
            ["no", "names"] => facts.push((list.clone(), Answer::List(None))),
            _ => return Err(unknown(clause)),
        }
    }
    Ok(facts)
}

/// Says the answers about one path: in one line those that tell of one thing, the others as they were asked.
pub fn say(path: &Utf8Path, facts: &[(Query, Answer)]) -> Vec<Sentence> {
    let about: Vec<Query> = Query::about(path).into_iter().take(5).collect();
    let told = about.iter().map(|query| {
        let mut found = facts.iter().filter(|(asked, _)| asked == query);
        found.next().map(|(_, answer)| answer).filter(|_| found.next().is_none())
    });
    let told: Vec<Option<&Answer>> = told.collect();
    let [stat, resolve, digest, read, list] = told[..] else { return Vec::new() };
    let content = Content::of(digest, read);
    let mut lines = Vec::new();
    // Whether the lines tell of the thing itself, of what is behind it, of its bytes, of its names.
    let (mut at, mut behind, mut bytes, mut names) = (false, false, false, false);
    match (stat, resolve) {
        (Some(Answer::Unknown(until)), _) if told.iter().all(|answer| *answer == stat) => {
            (at, behind, bytes, names) = (true, true, true, true);
            lines.push(Sentence::of(["path", path.as_str()]).clause(["unknown", "until", until]));
        }
        (Some(Answer::Stat(None)), Some(Answer::Stat(None))) => {
            (at, behind) = (true, true);
            bytes = (digest, read) == (Some(&Answer::Digest(None)), Some(&Answer::Read(None)));
            names = list == Some(&Answer::List(None));
            let line = Sentence::of(["nothing", path.as_str()]).clause_if(bytes, ["no", "content"]);
            lines.push(line.clause_if(names, ["no", "names"]));
        }
        (Some(Answer::Stat(Some(thing))), _) if target(thing).is_some() => {
            at = true;
            let line = Sentence::of(["link", path.as_str()]).arrow(&Sentence::of(target(thing)));
            lines.push(line.then(&Sentence::of(attributes(thing))).then(&say_clauses(thing, None)));
        }
        (Some(Answer::Stat(Some(thing))), _) if stat == resolve => {
            (at, behind, bytes) = (true, true, content.is_some());
            let line = Sentence::of([kind_of(thing).0, path.as_str()]).words(attributes(thing));
            let mut line = line.then(&say_clauses(thing, content.text()));
            if let Some(Answer::List(Some(all))) = list {
                names = true;
                line = line.then(&content::say_names(all));
            }
            lines.push(content.say(line));
        }
        _ => {}
    }
    if !bytes && content.text().is_some() {
        bytes = true;
        lines.push(content.say(Sentence::of(["content", path.as_str()])));
    }
    let said = [at, behind, bytes, bytes, names];
    let rest = facts.iter().filter(|(query, _)| {
        let place = about.iter().position(|about| about == query);
        !place.is_some_and(|place| said[place] && told[place].is_some())
    });
    lines.extend(rest.map(|(query, answer)| super::say_one(query, answer)));
    lines
}

/// Reads an answer to one question.
pub fn read_answer(query: &Query, clauses: &[Vec<String>], block: Option<&str>) -> Result<Answer, String> {
    let gone = clauses[0] == super::NOT_THERE;
    let mut clauses = clauses.to_vec();
    match query {
        Query::Stat(_) | Query::Resolve(_) if gone => return Ok(Answer::Stat(None)),
        Query::Digest(_) if gone => return Ok(Answer::Digest(None)),
        Query::Read(_) if gone => return Ok(Answer::Read(None)),
        Query::List(_) if gone => return Ok(Answer::List(None)),
        Query::Digest(_) | Query::Read(_) => {
            let content = content::take(&mut clauses, block)?;
            let of = content.facts(query.path().ok_or("it is about a path")?);
            let answer = of.into_iter().find(|(other, _)| other == query);
            return answer.map(|(_, answer)| answer).ok_or_else(|| "it does not answer this".to_owned());
        }
        Query::List(_) => {
            let names = content::take_names(&mut clauses).ok_or_else(|| unknown(&clauses[0]))?;
            return Ok(Answer::List(Some(names)));
        }
        _ => {}
    }
    let words = words(&clauses[0]);
    let kind = KINDS.iter().find(|(word, ..)| words.first() == Some(word));
    let (_, kind, _) = kind.ok_or_else(|| unknown(&clauses[0]))?;
    Ok(Answer::Stat(Some(read_stat(*kind, &words[1..], &clauses[1..], None)?)))
}

/// Says an answer to one question.
pub fn say_answer(answer: &Answer) -> Sentence {
    match answer {
        Answer::Stat(Some(stat)) => {
            Sentence::of([kind_of(stat).0]).words(attributes(stat)).then(&say_clauses(stat, None))
        }
        Answer::Digest(Some(digest)) => Content::Digest(digest.clone()).say(Sentence::default()),
        Answer::Read(Some(FileText::Text(text))) => Content::Text(text.clone()).say(Sentence::default()),
        Answer::Read(Some(FileText::Binary)) => Sentence::of(["binary"]),
        Answer::List(Some(names)) => content::say_names(names),
        other => Sentence::of([format!("{other:?}")]),
    }
}

fn kind_of(stat: &Stat) -> (&'static str, FileKind, u32) {
    KINDS.into_iter().find(|(_, kind, _)| *kind == stat.kind).expect("every kind has its word")
}

/// Where a link leads.
fn target(stat: &Stat) -> Option<&str> {
    stat.target.as_deref().filter(|_| stat.kind == FileKind::Link)
}

/// The mode and the owners, where they are not those that most have.
fn attributes(stat: &Stat) -> Vec<String> {
    let mut words = Vec::new();
    if stat.mode != kind_of(stat).2 {
        words.push(format!("{:04o}", stat.mode));
    }
    let one = |name: &str, number: u32| {
        if number == 0 { name.to_owned() } else { format!("{name}({number})") }
    };
    let owners = format!("{}:{}", one(&stat.owner, stat.uid), one(&stat.group, stat.gid));
    if owners != "root:root" {
        words.push(owners);
    }
    words
}

fn usual_size(text: Option<&str>, inode: (u64, u64)) -> u64 {
    match text {
        Some(text) => text.len() as u64,
        None if inode == NEW_INODE => 0,
        None => 3,
    }
}

fn say_clauses(stat: &Stat, text: Option<&str>) -> Sentence {
    let number = |number: u64| number.to_string();
    let (device, inode) = stat.inode;
    let mut said = Sentence::default()
        .clause_if(stat.inode == NEW_INODE, ["new"])
        .clause_if(stat.inode != NEW_INODE && stat.inode != INODE, ["inode", &number(device), &number(inode)])
        .clause_if(stat.size != usual_size(text, stat.inode), [&number(stat.size), "bytes"])
        .clause_if(stat.modified != 0, ["modified", &stat.modified.to_string()]);
    if let Some(target) = stat.target.as_deref().filter(|_| stat.kind != FileKind::Link) {
        said = said.clause(["to", target]);
    }
    match &stat.access {
        Some(list) => said.clause(["access", &format!("{:04o}", list.mode)]).words(&list.grants),
        None => said,
    }
}

fn read_stat(
    kind: FileKind,
    attributes: &[&str],
    clauses: &[Vec<String>],
    text: Option<&str>,
) -> Result<Stat, String> {
    let root = || "root".to_owned();
    let usual = KINDS.iter().find(|(_, other, _)| *other == kind).map_or(0, |(.., mode)| *mode);
    let (mut stat, mut size) = (
        Stat {
            kind,
            mode: usual,
            owner: root(),
            group: root(),
            uid: 0,
            gid: 0,
            size: 0,
            modified: 0,
            inode: INODE,
            target: None,
            access: None,
        },
        None,
    );
    let mut all = clauses.to_vec();
    all.insert(0, attributes.iter().map(|word| (*word).to_owned()).collect());
    for clause in &all {
        match words(clause).as_slice() {
            ["new"] => stat.inode = NEW_INODE,
            ["inode", device, inode] => stat.inode = (number(device)?, number(inode)?),
            [bytes, "bytes"] => size = Some(number(bytes)?),
            ["modified", seconds] => stat.modified = number(seconds)?,
            ["to", target] => stat.target = Some((*target).to_owned()),
            ["access", mode, grants @ ..] => {
                let grants = grants.iter().map(|grant| (*grant).to_owned()).collect();
                stat.access = Some(Box::new(AccessList { grants, mode: octal(mode)? }));
            }
            words => {
                for word in words {
                    match word.split_once(':') {
                        Some((owner, group)) => {
                            (stat.owner, stat.uid) = owner_of(owner)?;
                            (stat.group, stat.gid) = owner_of(group)?;
                        }
                        None => stat.mode = octal(word).map_err(|_| unknown(clause))?,
                    }
                }
            }
        }
    }
    stat.size = size.unwrap_or_else(|| usual_size(text, stat.inode));
    Ok(stat)
}

fn owner_of(word: &str) -> Result<(String, u32), String> {
    match word.strip_suffix(')').and_then(|word| word.split_once('(')) {
        Some((name, id)) => Ok((name.to_owned(), number(id)?)),
        None => Ok((word.to_owned(), 0)),
    }
}

fn octal(text: &str) -> Result<u32, String> {
    u32::from_str_radix(text, 8).map_err(|_| format!("`{text}` is no mode"))
}

/// A directory as most are.
pub fn usual_directory() -> Stat {
    read_stat(FileKind::Directory, &[], &[], None).expect("nothing is said of it")
}
