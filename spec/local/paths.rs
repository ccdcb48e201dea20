//! The safe walk: a link is followed only where nobody could have laid it as a trap.

use std::os::unix::fs::{chown, lchown, symlink};

use camino::Utf8Path;
use chefrs::model::query::{Answer, FileText, Query};
use chefrs::model::step::{Attributes, Step};
use chefrs::target::Target as _;

use super::{Ground, file};

use crate::skipped::is_root;

const NOBODY: u32 = 65534;
const OTHER: u32 = 65533;

fn give(path: &Utf8Path, uid: u32) {
    lchown(path, Some(uid), None).unwrap();
}

#[test]
fn our_own_links_are_followed() {
    let mut ground = Ground::new();
    std::fs::create_dir(ground.path("real")).unwrap();
    symlink("real", ground.path("relative")).unwrap();
    symlink(ground.path("relative"), ground.path("absolute")).unwrap();
    ground.apply(&Step::WriteFile(file(&ground.path("absolute/a"), "x"))).unwrap();
    assert_eq!(ground.text("real/a"), "x");
}

#[test]
fn a_circle_of_links_ends() {
    let mut ground = Ground::new();
    symlink("b", ground.path("a")).unwrap();
    symlink("a", ground.path("b")).unwrap();
    let failure = ground.apply(&Step::WriteFile(file(&ground.path("a/x"), ""))).unwrap_err();
    assert!(failure.message.ends_with("form a loop"), "{failure}");
}

#[test]
fn a_users_link_into_somebody_elses_directory_is_refused() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    for name in ["home", "system", "neighbour"] {
        std::fs::create_dir(ground.path(name)).unwrap();
    }
    give(&ground.path("home"), NOBODY);
    give(&ground.path("neighbour"), OTHER);
    for name in ["system", "neighbour"] {
        let link = ground.path("home").join(name);
        symlink(ground.path(name), &link).unwrap();
        give(&link, NOBODY);
        let target = link.join("a");
        let steps = [
            Step::WriteFile(file(&target, "x")),
            Step::Touch { path: target.clone() },
            Step::Remove { path: target.clone(), recursive: true, backup: 0 },
            Step::Symlink { path: target.clone(), to: "x".into(), attributes: Attributes::default() },
            Step::MakeDirectory { path: target.clone(), attributes: Attributes::default(), parents: true },
        ];
        std::fs::write(ground.path(name).join("a"), "safe").unwrap();
        for step in steps {
            let failure = ground.apply(&step).unwrap_err();
            assert!(failure.message.starts_with(&format!("the link `{link}` belongs to")), "{failure}");
            assert!(failure.message.ends_with("it is not followed"), "{failure}");
        }
        // Nothing is told of what lies there either, as if it could be changed.
        let queries = [
            Query::Stat(target.clone()),
            Query::Resolve(target.clone()),
            Query::Digest(target.clone()),
            Query::Read(target.clone()),
            Query::List(target.clone()),
        ];
        for answer in ground.machine.ask(&queries).unwrap() {
            let Answer::Failed(failure) = answer else { panic!("{answer:?}") };
            assert!(failure.message.starts_with(&format!("the link `{link}` belongs to")), "{failure}");
            assert!(failure.message.ends_with("it is not followed"), "{failure}");
        }
        assert_eq!(ground.names(name), ["a"]);
        assert_eq!(ground.text(&format!("{name}/a")), "safe");
    }
}

#[test]
fn a_users_link_within_the_users_own_directories_is_followed() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    std::fs::create_dir_all(ground.path("home/real")).unwrap();
    symlink("real", ground.path("home/link")).unwrap();
    for name in ["home", "home/real", "home/link"] {
        give(&ground.path(name), NOBODY);
    }
    ground.apply(&Step::WriteFile(file(&ground.path("home/link/a"), "x"))).unwrap();
    assert_eq!(ground.text("home/real/a"), "x");
    let there = ground.machine.ask(&[Query::Read(ground.path("home/link/a"))]).unwrap();
    assert_eq!(there, [Answer::Read(Some(FileText::Text("x".into())))]);
    // What is only missing behind it is told as missing.
    let gone = ground.machine.ask(&[Query::Stat(ground.path("home/link/b/c"))]).unwrap();
    assert_eq!(gone, [Answer::Stat(None)]);
}

#[test]
fn roots_link_in_a_users_directory_is_refused_because_the_user_could_have_moved_it() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    std::fs::create_dir_all(ground.path("home")).unwrap();
    std::fs::create_dir_all(ground.path("system")).unwrap();
    symlink(ground.path("system"), ground.path("home/link")).unwrap();
    give(&ground.path("home"), NOBODY);
    let failure = ground.apply(&Step::WriteFile(file(&ground.path("home/link/a"), "x"))).unwrap_err();
    assert!(failure.message.contains("it is not followed"), "{failure}");
    assert!(ground.names("system").is_empty());
}

#[test]
fn the_last_component_is_never_followed() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    let victim = ground.put("victim", "safe");
    std::fs::create_dir(ground.path("home")).unwrap();
    give(&ground.path("home"), NOBODY);
    let link = ground.path("home/a");
    symlink(&victim, &link).unwrap();
    give(&link, NOBODY);
    let attributes = Attributes { owner: Some(OTHER.to_string()), ..Attributes::default() };
    ground.apply(&Step::SetAttributes { path: link.clone(), attributes }).unwrap();
    use std::os::unix::fs::MetadataExt as _;
    assert_eq!(std::fs::metadata(&victim).unwrap().uid(), 0);
    assert_eq!(std::fs::symlink_metadata(&link).unwrap().uid(), OTHER);
}

#[test]
fn a_second_name_of_somebody_elses_file_is_not_given_away() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    let victim = ground.put("victim", "safe");
    std::fs::create_dir(ground.path("home")).unwrap();
    chown(ground.path("home"), Some(NOBODY), None).unwrap();
    std::fs::hard_link(&victim, ground.path("home/a")).unwrap();
    let attributes = Attributes { owner: Some(NOBODY.to_string()), ..Attributes::default() };
    let failure = ground.apply(&Step::SetAttributes { path: ground.path("home/a"), attributes }).unwrap_err();
    assert!(failure.message.contains("hard links"), "{failure}");
}

#[test]
fn a_path_must_be_absolute_and_name_something() {
    let mut ground = Ground::new();
    let failure = ground.apply(&Step::WriteFile(file(Utf8Path::new("a"), ""))).unwrap_err();
    assert_eq!(failure.message, "`a` is not an absolute path");
    let failure = ground.apply(&Step::WriteFile(file(Utf8Path::new("/"), ""))).unwrap_err();
    assert_eq!(failure.message, "`/` does not name a thing inside a directory");
    let root = Step::Remove { path: "/".into(), recursive: true, backup: 0 };
    assert_eq!(ground.apply(&root).unwrap_err().message, "`/` is not removed");
}
