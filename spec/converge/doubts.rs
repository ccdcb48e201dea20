//! What a plan can't know: what pending changes may bring is unknown until them, and nothing else is.

mod commands;
mod packages;
mod paths;

use chefrs::model::collection::Timing;
use serde_json::json;

use super::machine::Machine;
use super::story::Story;

/// Plans and runs on the same kind of machine; what the plan stated for certain has to be what the run told.
fn plan_and_run(story: &Story, machine: impl Fn() -> Machine) -> (Vec<String>, Vec<String>) {
    let (plan, run) = (story.plan(&mut machine()).lines, story.run(&mut machine()).lines);
    for (planned, ran) in plan.iter().zip(&run) {
        assert!(planned.contains("unknown until") || planned == ran, "planned {planned}, ran {ran}");
    }
    (plan, run)
}

#[test]
fn a_failure_that_nothing_pending_may_alter_is_a_failure() {
    let mut story = Story::new();
    story.package("nginx");
    story.row("service", "web", &["restart"], json!({}));
    story.file("/srv/none/a", "x");
    let mut machine = Machine::new();
    machine.service("web", true);
    let plan = story.plan(&mut machine);
    assert_eq!(plan.lines[2], "file[/srv/none/a] create: failed: the directory `/srv/none` is not there");
}

#[test]
fn a_failure_names_the_resource_that_may_alter_it() {
    let mut story = Story::new();
    story.package("nginx");
    story.row("execute", "make", &["run"], json!({ "command": ["make"] }));
    story.file("/srv/other", "x");
    story.file("/srv/none/a", "x");
    let plan = story.plan(&mut Machine::new());
    assert_eq!(plan.lines[3], "file[/srv/none/a] create: unknown until execute[make]");
}

#[test]
fn a_row_that_may_change_something_casts_doubt_on_what_follows() {
    let mut story = Story::new();
    story.package("nginx");
    let may = story.file("/srv/a", "x");
    story.only_if_exists(may, "/etc/nginx");
    let after = story.file("/srv/b", "x");
    story.only_if_exists(after, "/srv/a");
    let (plan, _) = plan_and_run(&story, Machine::new);
    assert_eq!(plan[1], "file[/srv/a] create: unknown until package[nginx]");
    assert_eq!(plan[2], "file[/srv/b] create: unknown until file[/srv/a]");
}

#[test]
fn a_plan_asks_no_more_of_a_row_the_more_rows_there_are() {
    let asked = |files: usize| {
        let mut story = Story::new();
        for index in 0..files {
            story.row("directory", &format!("/srv/d{index}"), &["create"], json!({}));
            story.file(&format!("/srv/d{index}/f"), "x");
        }
        let mut machine = Machine::new();
        assert_eq!(story.plan(&mut machine).counts.updated, files * 2);
        (machine.state.batches, machine.state.asked)
    };
    let (few, many) = (asked(100), asked(400));
    assert_eq!(few.0, many.0, "batches");
    assert!(many.1 <= 4 * few.1, "{many:?} questions against {few:?}");
}

#[test]
fn what_is_unknown_may_bring_what_its_type_brings() {
    let mut story = Story::new();
    story.row("apt_update", "daily", &["periodic"], json!({}));
    // Nothing offers it before the lists are read.
    story.package("no-web");
    story.service("no-web", &["start"]);
    let guarded = story.file("/srv/guarded", "x");
    story.only_if_exists(guarded, "/etc/no-web.conf");
    story.file("/srv/plain", "x");
    let lines = story.plan(&mut Machine::new()).lines;
    assert_eq!(
        lines[1..],
        [
            "package[no-web] install: unknown until apt_update[daily]",
            "service[no-web] start: unknown until package[no-web]",
            "file[/srv/guarded] create: unknown until package[no-web]",
            "file[/srv/plain] create: updated",
        ],
        "{lines:?}"
    );
}

#[test]
fn a_number_that_an_earlier_resource_takes_is_taken() {
    let mut story = Story::new();
    story.row("user", "one", &["create"], json!({ "uid": 1500 }));
    story.row("user", "two", &["create"], json!({ "uid": 1500 }));
    story.row("group", "ops", &["create"], json!({ "gid": 1600 }));
    story.row("group", "dba", &["create"], json!({ "gid": 1600 }));
    let lines = story.keep_going().plan(&mut Machine::new()).lines;
    let another = "another user, which an earlier resource declares";
    assert_eq!(lines[1], format!("user[two] create: failed: the number 1500 will belong to {another}"));
    let another = "another group, which an earlier resource declares";
    assert_eq!(lines[3], format!("group[dba] create: failed: the number 1600 will belong to {another}"));
}

#[test]
fn a_group_is_looked_for_by_its_number_too() {
    let mut story = Story::new();
    story.row("user", "one", &["create"], json!({ "gid": 1600 }));
    story.row("group", "ops", &["create"], json!({ "gid": 1600 }));
    story.row("user", "two", &["create"], json!({ "gid": 1600 }));
    let lines = story.keep_going().plan(&mut Machine::new()).lines;
    assert_eq!(lines[0], "user[one] create: failed: no group has the number 1600");
    assert_eq!(lines[2], "user[two] create: updated");
}

#[test]
fn a_service_that_may_be_started_is_not_known_to_stand_still() {
    let mut story = Story::new();
    story.row("execute", "tool", &["run"], json!({ "command": ["tool"] }));
    let unit = "/etc/systemd/system/app.service";
    let unit = story.file(unit, "[Service]\n");
    let app = story.service("app", &["start"]);
    story.notify(unit, app, "restart", Timing::Immediately);
    let lines = story.plan(&mut Machine::new()).lines;
    assert_eq!(lines.last().map(String::as_str), Some("service[app] start: unknown until service[app]"));
}

#[test]
fn what_may_be_notified_at_two_moments_is_told_for_both() {
    let mut machine = Machine::new();
    machine.service("web", true);
    let mut story = Story::new();
    story.package("tool");
    let web = story.service("web", &["nothing"]);
    for (path, timing) in [("/etc/a", Timing::Immediately), ("/etc/b", Timing::Before)] {
        let row = story.file(path, "x");
        story.notify(row, web, "restart", timing);
    }
    let lines = story.plan(&mut machine).lines;
    for told in [
        "file[/etc/a] -> may service[web] restart immediately",
        "file[/etc/b] -> may service[web] restart before",
    ] {
        assert!(lines.iter().any(|line| line == told), "{lines:#?}");
    }
}

/// What two rows want that can't both be: the run touches nothing, and the plan says what it is.
fn refused(told: impl Fn(&mut Story), failure: &str) {
    let mut story = Story::new();
    story.file("/srv/first", "x");
    told(&mut story);
    let mut machine = Machine::new();
    let run = story.run(&mut machine);
    assert!(machine.state.steps.is_empty(), "{:#?}", run.lines);
    assert_eq!(run.failures, [failure]);
}

#[test]
fn what_is_impossible_only_after_a_change_is_refused_before_it() {
    refused(
        |story| {
            story.file("/srv/a", "x");
            story.row("directory", "/srv/a", &["create"], json!({}));
        },
        "directory[/srv/a]: `/srv/a` is a file, not a directory",
    );
    refused(
        |story| {
            story.row("directory", "/srv/a", &["create"], json!({}));
            story.file("/srv/a", "x");
        },
        "file[/srv/a]: `/srv/a` is a directory, not a file",
    );
    refused(
        |story| {
            story.file("/srv/a", "x");
            story.file("/srv/a/b", "x");
        },
        "file[/srv/a/b]: `/srv/a` is a file, not a directory",
    );
    refused(
        |story| {
            story.file("/srv/a", "x");
            story.row("directory", "/srv/a/b/c", &["create"], json!({ "recursive": true }));
        },
        "directory[/srv/a/b/c]: `/srv/a` is a file, not a directory",
    );
    // Nothing is to be done about the group as the machine is now.
    refused(
        |story| {
            story.row("user", "one", &["create"], json!({}));
            story.row("group", "one", &["remove"], json!({}));
        },
        "group[one]: the group `one` can't be removed: it will be the primary group of a user that an earlier \
         resource declares",
    );
    // It is not planned ahead, because the one before it isn't either.
    refused(
        |story| {
            story.row("package", "web", &["lock"], json!({}));
            story.row("package", "web", &["install"], json!({}));
        },
        "package[web]: the package `web` is held, and is not installed",
    );
    // Neither can be planned before the directory is there.
    refused(
        |story| {
            story.row("directory", "/srv/new", &["create"], json!({}));
            story.file("/srv/new/a", "x");
            story.row("directory", "/srv/new/a", &["create"], json!({}));
        },
        "directory[/srv/new/a]: `/srv/new/a` is a file, not a directory",
    );
    refused(
        |story| {
            story.row("user", "one", &["create"], json!({ "uid": 1500 }));
            story.row("user", "two", &["create"], json!({ "uid": 1500 }));
        },
        "user[two]: the number 1500 will belong to another user, which an earlier resource declares",
    );
    refused(
        |story| {
            story.row("group", "one", &["create"], json!({ "gid": 1500 }));
            story.row("group", "two", &["create"], json!({ "gid": 1500 }));
        },
        "group[two]: the number 1500 will belong to another group, which an earlier resource declares",
    );
}

#[test]
fn rows_that_share_a_directory_are_no_reason_to_plan_before_a_run() {
    let mut story = Story::new();
    story.row("directory", "/srv/a", &["create"], json!({}));
    for name in ["b", "c", "d"] {
        story.file(&format!("/srv/a/{name}"), "x");
    }
    story.row("directory", "/srv/e/f", &["create"], json!({ "recursive": true }));
    story.row("directory", "/srv/e/g", &["create"], json!({ "recursive": true }));
    let mut machine = Machine::new();
    assert!(story.run_without_plan(&mut machine).summary.success);
    assert_eq!(machine.state.looks, 1);
    let mut meeting = Story::new();
    meeting.row("link", "/srv/a", &["create"], json!({ "to": "/etc" }));
    meeting.file("/srv/a/b", "x");
    let mut machine = Machine::new();
    assert!(meeting.run_without_plan(&mut machine).summary.success);
    assert_eq!(machine.state.looks, 2);
}
