//! What commands may do, and what settings read, as far as their words tell it.

use chefrs::model::collection::Guard;
use chefrs::model::query::{End, FileKind};
use chefrs::model::step::Command;
use serde_json::json;

use super::super::machine::{Machine, State};
use super::super::story::Story;
use super::plan_and_run;

#[test]
fn what_a_command_may_have_made_is_in_doubt_and_what_it_promises_is_not() {
    let mut story = Story::new();
    let made =
        story.row("execute", "touch /srv/made", &["run"], json!({ "command": ["touch", "/srv/made"] }));
    story.not_if(made, Guard::Command(Command::new(["/bin/sh", "-c", "test -e /srv/made"])));
    let guarded = story.file("/srv/d2", "x");
    story.only_if_exists(guarded, "/srv/made");
    story.file("/srv/made", "");
    let promise = json!({ "command": ["touch", "/srv/other"], "creates": "/srv/other" });
    story.row("execute", "touch /srv/other", &["run"], promise);
    let guarded = story.file("/srv/d3", "x");
    story.only_if_exists(guarded, "/srv/other");
    let machine = || {
        let mut machine = Machine::new();
        machine.guard("test -e /srv/made", End::Exit(1));
        machine.touches("touch /srv/made", "/srv/made");
        machine.touches("touch /srv/other", "/srv/other");
        machine
    };
    let (plan, run) = plan_and_run(&story, machine);
    let made = "unknown until execute[touch /srv/made]";
    assert_eq!(
        plan,
        [
            "execute[touch /srv/made] run: updated".to_owned(),
            format!("file[/srv/d2] create: {made}"),
            format!("file[/srv/made] create: {made}"),
            "execute[touch /srv/other] run: updated".to_owned(),
            "file[/srv/d3] create: updated".to_owned(),
        ]
    );
    assert_eq!(
        (run[1].as_str(), run[2].as_str()),
        ("file[/srv/d2] create: updated", "file[/srv/made] create: up to date")
    );
}

#[test]
fn a_command_behind_a_guard_that_is_open_may_do_what_it_says_and_nothing_else() {
    let mut story = Story::new();
    story.package("nginx");
    let may = story.row("execute", "touch /srv/made", &["run"], json!({ "command": ["touch", "/srv/made"] }));
    story.only_if_exists(may, "/etc/nginx");
    story.row("link", "/srv/w", &["create"], json!({ "to": "/srv/d" }));
    story.file("/srv/w", "x");
    let plan = story.plan(&mut Machine::new()).lines;
    assert_eq!(
        plan[1..],
        [
            "execute[touch /srv/made] run: unknown until package[nginx]",
            "link[/srv/w] create: updated",
            "file[/srv/w] create: failed: `/srv/w` is a link to `/srv/d`, not a file",
        ]
    );
}

#[test]
fn a_command_whose_words_do_not_tell_what_it_writes_may_bring_anything() {
    let mut story = Story::new();
    story.row("execute", "make", &["run"], json!({ "command": ["make"] }));
    story.file("/srv/a", "x");
    let promise = json!({ "command": ["build"], "creates": "/srv/out" });
    story.row("execute", "build", &["run"], promise);
    let guarded = story.file("/etc/there", "x");
    story.only_if_exists(guarded, "/srv/out");
    let mut machine = Machine::new();
    machine.file("/etc/there", "old");
    assert_eq!(
        story.plan(&mut machine).lines,
        [
            "execute[make] run: updated",
            "file[/srv/a] create: unknown until execute[make]",
            "execute[build] run: unknown until execute[make]",
            "file[/etc/there] create: updated",
        ]
    );
}

#[test]
fn what_a_setting_reads_is_in_doubt_behind_what_may_change_it() {
    let setting = |story: &mut Story, value: &str| {
        let properties = json!({ "get": ["show", "/srv/value"], "value": value, "set": ["set", value] });
        story.row("setting", value, &["set"], properties)
    };
    let machine = || {
        let mut machine = Machine::new();
        machine.file("/srv/value", "old");
        for value in ["new", "other"] {
            let set = move |state: &mut State| {
                state.files.insert("/srv/value".into(), (FileKind::File, value.into(), 0o644));
                0
            };
            machine.on(&format!("set {value}"), set);
            machine.on("restore", set);
        }
        machine
    };
    // A command may set it.
    let mut story = Story::new();
    story.row("execute", "restore", &["run"], json!({ "command": ["restore"] }));
    setting(&mut story, "other");
    let (plan, run) = plan_and_run(&story, machine);
    assert_eq!(plan[1], "setting[other] set: unknown until execute[restore]");
    assert_eq!(run[1], "setting[other] set: up to date");
    // So may one that says what it writes.
    let mut story = Story::new();
    let writes = ["/bin/sh", "-c", "echo other >/srv/value"];
    story.row("execute", "other", &["run"], json!({ "command": writes }));
    setting(&mut story, "other");
    let (plan, _) = plan_and_run(&story, machine);
    assert_eq!(plan[1], "setting[other] set: unknown until execute[other]");
    // So may a file that is read.
    let mut story = Story::new();
    story.file("/srv/value", "new");
    setting(&mut story, "new");
    let (plan, run) = plan_and_run(&story, machine);
    assert_eq!(plan[1], "setting[new] set: unknown until file[/srv/value]");
    assert_eq!(run[1], "setting[new] set: up to date");
    // What another setting sets is told, and one changes nothing of a third.
    let mut story = Story::new();
    setting(&mut story, "new");
    setting(&mut story, "other");
    let (plan, _) = plan_and_run(&story, machine);
    assert_eq!(plan, ["setting[new] set: updated", "setting[other] set: updated"]);
}

#[test]
fn what_a_command_makes_has_no_mode_yet() {
    let mut story = Story::new();
    let key = json!({ "command": ["keygen"], "creates": "/srv/key", "umask": "0077" });
    story.row("execute", "keygen", &["run"], key);
    story.row("file", "/srv/key", &["create"], json!({ "mode": "0600" }));
    story.row("file", "/srv/key", &["delete"], json!({}));
    assert_eq!(
        story.plan(&mut Machine::new()).lines,
        [
            "execute[keygen] run: updated",
            "file[/srv/key] create: unknown until execute[keygen]",
            "file[/srv/key] delete: unknown until file[/srv/key]",
        ]
    );
}
