//! Resource types on this machine: what a plan says is what a run does, and a second run has nothing left to do.

use std::sync::atomic::{AtomicUsize, Ordering};

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::converge::{Options, converge};
use chefrs::model::collection::{Collection, SCHEMA};
use chefrs::model::event::{Event, Mode, Outcome};
use chefrs::target::local::Local;
use serde_json::{Value, json};

use crate::patience::CallInTime as _;
use crate::skipped::skip_anywhere;

/// Rows as compile makes them: type, name, action, properties; the name stands for the name property.
fn collection(rows: &[(&str, &str, &str, Value)]) -> Collection {
    let rows: Vec<Value> = rows
        .iter()
        .map(|(r#type, name, action, properties)| {
            let mut properties = properties.clone();
            let entry = chefrs::resources::find(r#type).expect("the type is on the roster");
            let named = entry.name_property.expect("these types have one");
            let properties_map = properties.as_object_mut().expect("properties are an object");
            properties_map.entry(named).or_insert(json!(name));
            json!({
                "type": r#type, "name": name, "actions": [action], "properties": properties,
                "recipe": "spec::types", "location": { "file": "spec", "line": 1 },
            })
        })
        .collect();
    serde_json::from_value(json!({ "schema": SCHEMA, "run_list": [], "rows": rows }))
        .expect("it is a collection")
}

/// What became of each row, in order.
fn outcomes(mode: Mode, collection: &Collection, state: &Utf8Path) -> Vec<(String, Outcome)> {
    let mut machine = Local::new();
    machine.keep_state_in(state.to_owned());
    let mut ends = Vec::new();
    converge(collection, &mut machine, &Options::new(mode), &mut |event| {
        if let Event::ActionFinished { resource, outcome, .. } = event {
            ends.push((resource.id, outcome));
        }
    })
    .expect("this machine is not lost");
    ends
}

/// Plans, runs, and runs again; the files stay for a look.
fn holds(ground: &Ground, rows: &[(&str, &str, &str, Value)]) {
    let collection = collection(rows);
    let planned = outcomes(Mode::Plan, &collection, &ground.state());
    let first = outcomes(Mode::Run, &collection, &ground.state());
    assert!(first.iter().all(|(_, outcome)| *outcome == Outcome::Updated), "{first:#?}");
    assert_eq!(planned, first, "the plan told something else");
    let second = outcomes(Mode::Run, &collection, &ground.state());
    assert!(second.iter().all(|(_, outcome)| *outcome == Outcome::UpToDate), "{second:#?}");
}

struct Ground(tempfile::TempDir);

impl Ground {
    fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let prefix = format!("types{}-", NUMBER.fetch_add(1, Ordering::Relaxed));
        Self(tempfile::Builder::new().prefix(&prefix).tempdir().unwrap())
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        // The directory may lie behind a link of the machine's own.
        Utf8PathBuf::from_path_buf(self.0.path().canonicalize().unwrap()).unwrap().join(name)
    }

    fn state(&self) -> Utf8PathBuf {
        self.path("state")
    }
}

#[test]
fn directories_files_links_and_commands_hold() {
    let ground = Ground::new();
    let path = |name: &str| ground.path(name).into_string();
    let [deep, page, copy, link, twin, made] =
        ["site/a/b", "site/a/page", "site/a/copy", "site/current", "site/a/twin", "site/a/b/made"].map(path);
    let source = json!({ "name": "page.hbs", "text": "hello {{name}}\n" });
    holds(
        &ground,
        &[
            ("directory", &deep, "create", json!({ "recursive": true, "mode": "0750" })),
            (
                "template",
                &page,
                "create",
                json!({ "source": source, "variables": { "name": "ada" }, "mode": "0600" }),
            ),
            (
                "cookbook_file",
                &copy,
                "create",
                json!({ "source": { "name": "copy", "content": { "text": "copy\n" } } }),
            ),
            ("link", &link, "create", json!({ "to": "a/page" })),
            ("link", &twin, "create", json!({ "to": copy, "link_type": "hard" })),
            (
                "execute",
                "make",
                "run",
                json!({ "command": "umask > made", "cwd": deep, "umask": "0027", "creates": made }),
            ),
        ],
    );
    assert_eq!(std::fs::read_to_string(&link).unwrap(), "hello ada\n");
    assert_eq!(std::fs::read_to_string(&twin).unwrap(), "copy\n");
    assert_eq!(std::fs::read_to_string(&made).unwrap(), "0027\n");
}

#[test]
fn what_is_deleted_stays_away() {
    let ground = Ground::new();
    let path = |name: &str| ground.path(name).into_string();
    let [tree, file, link] = ["tree", "file", "link"].map(path);
    std::fs::create_dir_all(ground.path("tree/a/b")).unwrap();
    std::fs::write(ground.path("tree/a/b/c"), "c").unwrap();
    std::fs::write(&file, "kept elsewhere").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    holds(
        &ground,
        &[
            ("link", &link, "delete", json!({})),
            ("cookbook_file", &file, "delete", json!({})),
            ("directory", &tree, "delete", json!({ "recursive": true })),
        ],
    );
    assert!(!ground.path("tree").exists());
}

#[test]
fn a_file_gives_way_to_a_link_only_where_that_is_said() {
    let ground = Ground::new();
    let link = ground.path("link").into_string();
    std::fs::write(&link, "precious").unwrap();
    let refused = outcomes(
        Mode::Run,
        &collection(&[("link", &link, "create", json!({ "to": "elsewhere" }))]),
        &ground.state(),
    );
    assert!(matches!(refused[0].1, Outcome::Failed { .. }), "{refused:#?}");
    assert_eq!(std::fs::read_to_string(&link).unwrap(), "precious");
    holds(&ground, &[("link", &link, "create", json!({ "to": "elsewhere", "force_unlink": true }))]);
    assert_eq!(std::fs::read_link(&link).unwrap().to_str(), Some("elsewhere"));
}

#[test]
fn a_command_that_does_not_make_what_it_creates_has_failed() {
    let ground = Ground::new();
    let row = json!({ "command": "true", "creates": ground.path("never") });
    let ends = outcomes(Mode::Run, &collection(&[("execute", "lie", "run", row)]), &ground.state());
    let Outcome::Failed { failure, .. } = &ends[0].1 else { panic!("{ends:#?}") };
    assert!(failure.message.contains("did not hold"), "{failure}");
}

/// Marks a copy of `/etc`, so that no account of the machine itself is ever touched.
const COPY: &str = "/etc/chefrs-spec-copy";

/// Runs itself again where a copy of `/etc` lies over the real one.
#[test]
fn accounts_and_jobs_hold() {
    if Utf8Path::new(COPY).exists() {
        return accounts_and_jobs();
    }
    let script = r#"cp -a /etc/. "$1" && touch "$1/chefrs-spec-copy" && mount --bind "$1" /etc || exit 77
        exec "$2" --exact types::accounts_and_jobs_hold --nocapture"#;
    let copy = Ground::new();
    let program = std::env::current_exe().unwrap();
    let run = std::process::Command::new("unshare")
        .args(["--mount", "--propagation", "private", "sh", "-c", script, "sh", copy.path("").as_str()])
        .arg(program)
        .output_in_time();
    match run {
        Ok(output) if output.status.success() => {}
        Ok(output) if output.status.code() == Some(101) => {
            panic!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        }
        other => skip_anywhere(&format!("it needs root and a mount namespace of its own: {other:?}")),
    }
}

fn accounts_and_jobs() {
    let ground = Ground::new();
    let hash = "$6$saltsalt$aaaaaaaaaaaaaaaaaaaa";
    let home = ground.path("home").into_string();
    std::fs::create_dir_all("/etc/cron.d").unwrap();
    holds(
        &ground,
        &[
            ("group", "t1grp", "create", json!({ "system": true })),
            (
                "user",
                "t1ada",
                "create",
                json!({ "gid": "t1grp", "home": home, "shell": "/bin/bash", "comment": "-D", "password": hash, "manage_home": true, "expire_date": "2027-12-31", "inactive": 30 }),
            ),
            ("user", "t1bob", "create", json!({ "system": true })),
            ("group", "t1both", "create", json!({ "members": ["t1ada", "t1bob"], "gid": 12345 })),
            ("directory", &home, "create", json!({ "owner": "t1ada", "group": "t1grp", "mode": "0750" })),
            (
                "cron",
                "t1.job",
                "create",
                json!({ "minute": "*/5", "command": "date +%F", "user": "t1bob", "mailto": "" }),
            ),
            ("user", "t1ada", "lock", json!({})),
        ],
    );
    holds(
        &ground,
        &[
            ("group", "t1both", "modify", json!({ "members": [], "gid": 12346 })),
            (
                "user",
                "t1ada",
                "create",
                json!({ "uid": 23456, "gid": "t1both", "home": format!("{home}2"), "manage_home": true, "shell": "/bin/sh", "comment": "x", "password": "$6$saltsalt$bbbbbbbbbbbbbbbbbbbb", "expire_date": "never", "inactive": -1 }),
            ),
            ("user", "t1ada", "unlock", json!({})),
            ("cron", "t1.job", "delete", json!({})),
        ],
    );
    holds(
        &ground,
        &[
            ("user", "t1ada", "remove", json!({ "manage_home": true })),
            ("user", "t1bob", "remove", json!({})),
            ("group", "t1grp", "remove", json!({})),
            ("group", "t1both", "remove", json!({})),
        ],
    );
}
