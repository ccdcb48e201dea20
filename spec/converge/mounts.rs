//! Where something is mounted, nothing is replaced or removed: the plan says so, and a run is refused before it begins.

use chefrs::model::query::End;
use serde_json::json;

use super::machine::Machine;
use super::story::Story;

fn machine() -> Machine {
    let mut machine = Machine::new();
    machine.directory("/srv/data");
    machine.file("/etc/hosts", "127.0.0.1 localhost\n");
    machine.mounted = vec!["/srv/data", "/etc/hosts", "/srv/with\\040space/deep"];
    machine
}

#[test]
fn what_is_mounted_stays_and_the_run_is_refused_before_it_begins() {
    let stays = |path: &str| format!("something is mounted at `{path}`: it is neither replaced nor removed");
    let (data, hosts) = (stays("/srv/data"), stays("/etc/hosts"));
    let removed = json!({ "recursive": true });
    for (name, r#type, action, properties, message) in [
        ("/srv/data", "directory", "delete", removed, data),
        ("/etc/hosts", "file", "create", json!({ "content": "x" }), hosts.clone()),
        ("/etc/hosts", "file", "delete", json!({}), hosts.clone()),
        ("/etc/hosts", "link", "create", json!({ "to": "/run/hosts", "force_unlink": true }), hosts.clone()),
    ] {
        let mut story = Story::new();
        story.file("/srv/first", "x");
        story.row(r#type, name, &[action], properties);
        let mut machine = machine();
        let plan = story.plan(&mut machine).lines;
        assert_eq!(plan[1], format!("{type}[{name}] {action}: failed: {message}"));
        let told = story.run(&mut machine);
        assert_eq!(told.failures, [format!("{type}[{name}]: {message}")]);
        assert!(machine.state.steps.is_empty(), "{:?}", machine.state.steps);
    }
}

#[test]
fn a_directory_goes_with_nothing_that_is_mounted_in_it() {
    let mut story = Story::new();
    story.row("directory", "/srv/with space", &["delete"], json!({ "recursive": true }));
    let mut machine = machine();
    machine.directory("/srv/with space");
    machine.directory("/srv/with space/deep");
    assert_eq!(
        story.plan(&mut machine).lines,
        ["directory[/srv/with space] delete: failed: something is mounted at `/srv/with space/deep`: \
          `/srv/with space` is not removed"]
    );
}

#[test]
fn through_a_link_it_is_seen_too() {
    let mut story = Story::new();
    story.row("directory", "/srv/link/data", &["delete"], json!({ "recursive": true }));
    let mut machine = machine();
    machine.link("/srv/link", "/srv");
    assert!(story.plan(&mut machine).lines[0].contains("failed: something is mounted at `/srv/data`"));
}

#[test]
fn what_may_be_unmounted_before_it_may_go() {
    let mut story = Story::new();
    story.row("execute", "umount", &["run"], json!({ "command": ["umount", "/srv/data"] }));
    story.row("directory", "/srv/data", &["delete"], json!({ "recursive": true }));
    let mut machine = machine();
    machine.guard("umount", End::Exit(0));
    let plan = story.plan(&mut machine).lines;
    assert!(
        plan[1].starts_with("directory[/srv/data] delete: unknown until execute[umount], would fail: "),
        "{plan:?}"
    );
    assert!(story.run(&mut machine).summary.success);
    let mut by_unit = Story::new();
    by_unit.row("systemd_unit", "srv-data.mount", &["stop"], json!({}));
    by_unit.row("directory", "/srv/data", &["delete"], json!({ "recursive": true }));
    let mut machine = self::machine();
    machine.service("srv-data.mount", true);
    assert_eq!(
        by_unit.plan(&mut machine).lines[1],
        "directory[/srv/data] delete: unknown until systemd_unit[srv-data.mount]"
    );
    assert!(by_unit.run(&mut machine).summary.success);
}

#[test]
fn beside_a_mount_and_upon_it_all_is_as_ever() {
    let mut story = Story::new();
    story.file("/srv/data/new", "x");
    story.row("directory", "/srv/data", &["create"], json!({ "mode": "0700" }));
    story.row("directory", "/srv/dat", &["delete"], json!({ "recursive": true }));
    let mut machine = machine();
    machine.directory("/srv/dat");
    let told = story.run(&mut machine);
    assert!(told.summary.success, "{:?}", told.failures);
}

#[test]
fn what_the_second_action_of_a_row_can_not_do_is_refused_before_the_first() {
    let mut machine = machine();
    machine.file("/srv/in the way", "x");
    let mut story = Story::new();
    story.file("/srv/first", "x");
    let properties = json!({ "device": "tmpfs", "fstype": "tmpfs" });
    story.row("mount", "/srv/in the way", &["enable", "mount"], properties);
    let told = story.run(&mut machine);
    assert!(machine.state.steps.is_empty(), "{:?}", machine.state.steps);
    assert!(told.failures[0].contains("`/srv/in the way` is a file, not a directory"), "{:?}", told.failures);
    assert!(told.lines[0].starts_with("mount[/srv/in the way] mount: failed"), "{:#?}", told.lines);
}

#[test]
fn what_an_earlier_row_puts_where_another_wants_nothing_is_seen_before_the_first_change() {
    let mut story = Story::new();
    story.file("/srv/c", "x");
    story.row("link", "/srv/c", &["delete"], json!({}));
    let mut machine = machine();
    let told = story.run(&mut machine);
    assert!(machine.state.steps.is_empty(), "{:?}", machine.state.steps);
    assert_eq!(told.lines, ["link[/srv/c] delete: failed: `/srv/c` is a file, not a link"]);
}
