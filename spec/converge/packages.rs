//! Rules 12 and 13: package transactions.

use chefrs::model::collection::{Guard, Timing};
use serde_json::json;

use super::machine::Machine;
use super::story::Story;

#[test]
fn adjacent_packages_are_one_transaction() {
    let mut story = Story::new();
    for name in ["git", "curl", "nginx"] {
        story.package(name);
    }
    story.file("/etc/a", "a");
    story.package("tar");
    let mut machine = Machine::new();
    machine.state.packages.insert("curl".into());
    let told = story.run(&mut machine);
    assert_eq!(machine.state.ran, ["apt-get git nginx", "apt-get tar"]);
    assert_eq!(
        told.lines,
        [
            "package[git] install: updated",
            "package[curl] install: up to date",
            "package[nginx] install: updated",
            "file[/etc/a] create: updated",
            "package[tar] install: updated",
        ]
    );
}

#[test]
fn guards_actions_options_and_immediate_notifications_keep_packages_apart() {
    let mut story = Story::new();
    let git = story.package("git");
    story.package("curl");
    story.row("package", "vim", &["install"], json!({ "options": ["--no-install-recommends"] }));
    let tar = story.package("tar");
    story.not_if(tar, Guard::Is(false));
    let web = story.service("web", &["nothing"]);
    story.notify(git, web, "restart", Timing::Immediately);
    let mut machine = Machine::new();
    machine.service("web", true);
    story.run(&mut machine);
    assert_eq!(
        machine.state.ran,
        ["apt-get git", "systemctl restart -- web", "apt-get curl", "apt-get vim", "apt-get tar"]
    );
}

#[test]
fn a_package_that_is_declared_twice_is_up_to_date_the_second_time() {
    let mut story = Story::new();
    story.package("git");
    story.package("curl");
    story.package("git");
    let several = |story: &mut Story, names: &[&str]| {
        story.row("package", &names.join(", "), &["install"], json!({ "package_name": names }));
    };
    several(&mut story, &["vim", "tar"]);
    several(&mut story, &["tar", "bzip2"]);
    let mut machine = Machine::new();
    let told = story.run(&mut machine);
    assert_eq!(machine.state.ran, ["apt-get git curl", "apt-get vim tar", "apt-get bzip2"]);
    assert_eq!(told.lines[2], "package[git] install: up to date");
    assert_eq!(told.lines[4], "package[tar, bzip2] install: updated");
}

#[test]
fn a_package_whose_failure_is_ignored_fails_alone() {
    let mut story = Story::new();
    story.package("git");
    let curl = story.package("curl");
    story.at(curl).ignore_failure = true;
    story.package("vim");
    story.package("tar");
    let mut machine = Machine::new();
    machine.on("apt-get curl", |_| 100);
    story.untold("what the package manager comes to is not foreseen");
    let told = story.run(&mut machine);
    assert_eq!(machine.state.ran, ["apt-get git", "apt-get curl", "apt-get vim tar"]);
    assert_eq!(told.lines[1], "package[curl] install: failed, ignored: `apt-get curl` failed");
    assert!(told.summary.success);
}

#[test]
fn a_package_that_no_source_offers_fails_alone() {
    let mut story = Story::new();
    story.package("git");
    story.package("curl");
    story.package("no-such");
    let mut machine = Machine::new();
    let told = story.run(&mut machine);
    assert_eq!(machine.state.ran, ["apt-get git curl"]);
    assert_eq!(told.failures, ["package[no-such]: no package source offers `no-such`"]);
}

#[test]
fn a_transaction_that_fails_is_blamed_once() {
    let mut story = Story::new();
    story.package("git");
    story.package("curl");
    story.file("/etc/a", "a");
    let mut machine = Machine::new();
    machine.on("apt-get git curl", |state| {
        state.packages.insert("git".into());
        100
    });
    story.untold("only trying can tell that apt-get fails");
    let told = story.run(&mut machine);
    assert_eq!(
        told.lines,
        ["package[git] install: updated", "package[curl] install: failed: `apt-get git curl` failed"]
    );
    assert_eq!(told.counts.not_run, 1);
}
