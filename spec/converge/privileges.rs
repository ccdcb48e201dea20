//! An ordinary user's run that would need the superuser changes nothing, and says which resource is why.

use super::machine::Machine;
use super::story::Story;

#[test]
fn nothing_is_changed_when_a_later_resource_needs_root() {
    let mut story = Story::new();
    story.file("/tmp/a", "a");
    story.file("/etc/b", "b");
    story.package("git");
    let mut machine = Machine::new();
    machine.root = false;
    story.untold("a plan does not look yet whether its run would be refused for want of root");
    let told = story.run(&mut machine);
    assert!(machine.state.steps.is_empty());
    assert_eq!(
        told.failures,
        [
            "file[/etc/b]: it needs root to write `/etc/b`, and this run is by `ada`",
            "package[git]: it needs root, and this run is by `ada`",
        ]
    );
}

#[test]
fn what_holds_already_needs_nobody() {
    let mut story = Story::new();
    story.file("/tmp/a", "a");
    story.package("git");
    let mut machine = Machine::new();
    machine.root = false;
    machine.state.packages.insert("git".into());
    assert!(story.run(&mut machine).summary.success);
}
