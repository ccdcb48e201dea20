//! Whatever the model can ask or do, a shell can: every question and every step has its twin, and no field of a step is
//! passed over. What a shell can't do without a program that is not there, its plan or its step says.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use camino::Utf8Path;
use chefrs::model::content::Content;
use chefrs::model::journal::Record;
use chefrs::model::query::{Answer, HttpRequest, Query};
use chefrs::model::step::{Attributes, Command, Fetch, Step, Unpack, WriteFile};
use chefrs::target::Target;
use chefrs::target::local::Local;

use super::runs::holder;
use super::{Session, root, shells};

fn queries(here: &Utf8Path) -> Vec<Query> {
    let (manager, name) = ("apt".to_owned(), "dpkg".to_owned());
    let request = HttpRequest {
        url: "http://127.0.0.1:1/".into(),
        headers: Vec::new(),
        timeout: 5,
        attempts: 1,
        interval: 0,
        ..HttpRequest::default()
    };
    vec![
        Query::Stat(here.join("file")),
        Query::Resolve(here.join("file")),
        Query::Digest(here.join("file")),
        Query::Read(here.join("file")),
        Query::List(here.to_owned()),
        Query::Writable(here.join("new")),
        Query::User("root".into()),
        Query::Group("root".into()),
        Query::Package { manager: manager.clone(), name: name.clone() },
        Query::Candidate { manager: manager.clone(), name: name.clone() },
        Query::Versions { manager: manager.clone(), name: name.clone() },
        Query::Providers { manager: manager.clone(), name },
        Query::InstalledPackages { manager: manager.clone() },
        Query::PackageDatabase { manager },
        Query::Service("cron".into()),
        Query::Host,
        Query::Interfaces,
        Query::Command(Box::new(Command::new(["true"]))),
        Query::Http(Box::new(request)),
        Query::Download("https://127.0.0.1:1/".into()),
        Query::Downloads,
        Query::Restart,
        Query::Journal,
        Query::Lock,
        Query::History,
    ]
}

fn steps(here: &Utf8Path) -> Vec<Step> {
    let at = |name: &str| here.join(name);
    let attributes = Attributes::default;
    let manager = "of nobody".to_owned();
    let write = |name: &str| WriteFile {
        path: at(name),
        content: Content::Text("text".into()),
        attributes: attributes(),
        verify: vec![Command::new(["test", "-s", "{path}"])],
        backup: 1,
        unlink: false,
    };
    let fetch = Fetch {
        urls: vec![format!("file://{}", at("file"))],
        path: at("fetched"),
        checksum: None,
        headers: BTreeMap::new(),
        attributes: attributes(),
        backup: 0,
        timeout: 60,
        size_limit: 100,
        ..Fetch::default()
    };
    let unpack = Unpack {
        archive: at("archive"),
        checksum: None,
        destination: at("unpacked"),
        strip_components: 0,
        attributes: attributes(),
        replace: false,
        size_limit: 100,
        mark: Some(Box::new(write("marked"))),
    };
    vec![
        Step::WriteFile(write("written")),
        Step::SetAttributes {
            path: at("file"),
            attributes: Attributes { mode: Some(0o600), ..attributes() },
        },
        Step::MakeDirectory { path: at("made/below"), attributes: attributes(), parents: true },
        Step::Symlink { path: at("link"), to: "file".into(), attributes: attributes() },
        Step::Hardlink { path: at("hard"), to: at("file") },
        Step::Remove { path: at("made"), recursive: true, backup: 0 },
        Step::Touch { path: at("touched") },
        Step::Run(Command::new(["true"])),
        Step::Packages { manager, command: Command::new(["true"]), packages: vec!["x".into()] },
        Step::Fetch(fetch),
        Step::Unpack(unpack),
        Step::Lock(holder("twin")),
        Step::Restart(None),
        Step::Record(Record::Owed(Vec::new())),
    ]
}

/// The names of an enum's variants, or of a struct's fields, in a file of the model.
fn named(file: &str, item: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(format!("{}/src/model/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let names = syn::parse_file(&text).unwrap().items.into_iter().find_map(|found| match found {
        syn::Item::Enum(found) if found.ident == item => {
            Some(found.variants.iter().map(|variant| variant.ident.to_string()).collect())
        }
        syn::Item::Struct(found) if found.ident == item => {
            Some(found.fields.iter().filter_map(|field| Some(field.ident.as_ref()?.to_string())).collect())
        }
        _ => None,
    });
    names.unwrap_or_else(|| panic!("{file} has no `{item}`"))
}

fn kinds<T: std::fmt::Debug>(all: &[T]) -> BTreeSet<String> {
    let word = |value: &T| format!("{value:?}").split([' ', '(', '{']).next().unwrap_or_default().to_owned();
    all.iter().map(word).collect()
}

fn ground(here: &Utf8Path) {
    std::fs::write(here.join("file"), "text").unwrap();
    let mut archive = tar::Builder::new(std::fs::File::create(here.join("archive")).unwrap());
    let mut header = tar::Header::new_gnu();
    header.set_size(1);
    header.set_mode(0o644);
    archive.append_data(&mut header, "inside", &b"x"[..]).unwrap();
    archive.finish().unwrap();
}

type Told = (Vec<std::mem::Discriminant<Answer>>, Vec<Result<(), String>>);

/// What kind of answer each question has, and what becomes of each step.
fn tell(target: &mut dyn Target, here: &Utf8Path) -> Told {
    ground(here);
    let answers = target.ask(&queries(here)).unwrap();
    let kinds = answers.iter().map(discriminant).collect();
    let told = |step: &Step| {
        let done = target.apply(step, &mut |_| {});
        done.map_err(|failure| failure.message.replace(here.as_str(), "ROOT"))
    };
    (kinds, steps(here).iter().map(told).collect())
}

#[test]
fn every_question_and_every_step_has_its_twin() {
    let directory = tempfile::tempdir().unwrap();
    let here = root(&directory);
    assert_eq!(kinds(&queries(&here)), named("query.rs", "Query"));
    assert_eq!(kinds(&steps(&here)), named("step.rs", "Step"));
    let state = tempfile::tempdir().unwrap();
    let mut local = Local::new();
    local.keep_state_in(root(&state).join("state"));
    let wanted = tell(&mut local, &here);
    drop(local);
    for argv in shells() {
        let directory = tempfile::tempdir().unwrap();
        let state = tempfile::tempdir().unwrap();
        let mut session = Session::with(&argv);
        session.shell().keep_state_in(&root(&state).join("state")).unwrap();
        let found = tell(session.shell(), &root(&directory));
        for (index, query) in queries(&here).iter().enumerate() {
            assert_eq!(found.0[index], wanted.0[index], "{argv:?}: {query:?}");
        }
        for (index, step) in steps(&here).iter().enumerate() {
            assert_eq!(found.1[index], wanted.1[index], "{argv:?}: {step:?}");
        }
    }
}

/// What a plan alone reads of a command: it does not change how the command runs.
const READ_BY_PLANS: [&str; 3] = ["reads_anything", "tells_of_file", "waits"];

#[test]
fn no_field_of_a_step_is_passed_over() {
    let sources = format!("{}/src/target/shell", env!("CARGO_MANIFEST_DIR"));
    let mut words = BTreeSet::new();
    for entry in Utf8Path::new(&sources).read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        if path.extension() == Some("rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            words.extend(text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned));
        }
    }
    for (file, item) in [
        ("step.rs", "WriteFile"),
        ("step.rs", "Fetch"),
        ("step.rs", "Unpack"),
        ("step.rs", "Attributes"),
        ("step/command.rs", "Command"),
        ("query/outcome.rs", "HttpRequest"),
    ] {
        let read = |field: &String| words.contains(field) || READ_BY_PLANS.contains(&field.as_str());
        let passed_over: Vec<String> = named(file, item).into_iter().filter(|field| !read(field)).collect();
        assert!(passed_over.is_empty(), "a shell knows nothing of {passed_over:?} of a `{item}`");
    }
}
