//! Files are replaced whole or not at all.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use chefrs::model::blob::{BlobRef, BlobSource};
use chefrs::model::content::{Content, sha256};
use chefrs::model::query::{Answer, FileKind, FileText, Query};
use chefrs::model::step::{Attributes, Command, Step, WriteFile};

use super::{Ground, file};

use crate::skipped::is_root;

fn mode(path: &camino::Utf8Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_new_file_has_the_content_and_mode_and_leaves_nothing_else() {
    let mut ground = Ground::new();
    let path = ground.path("d/a.conf");
    ground.put("d/other", "");
    ground.apply(&Step::WriteFile(file(&path, "one\n"))).unwrap();
    assert_eq!(ground.text("d/a.conf"), "one\n");
    assert_eq!(mode(&path), 0o644);
    assert_eq!(ground.names("d"), ["a.conf", "other"]);
}

#[test]
fn a_replaced_file_keeps_its_mode_unless_one_is_said() {
    let mut ground = Ground::new();
    let path = ground.put("a", "old");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o4751)).unwrap();
    ground.apply(&Step::WriteFile(file(&path, "new"))).unwrap();
    assert_eq!((ground.text("a").as_str(), mode(&path)), ("new", 0o4751));
    let attributes = Attributes { mode: Some(0o600), ..Attributes::default() };
    ground.apply(&Step::WriteFile(WriteFile { attributes, ..file(&path, "newer") })).unwrap();
    assert_eq!((ground.text("a").as_str(), mode(&path)), ("newer", 0o600));
}

#[test]
fn a_replaced_file_keeps_its_owner_and_attributes() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    let path = ground.put("a", "old");
    std::os::unix::fs::chown(&path, Some(65534), Some(65533)).unwrap();
    let labelled =
        rustix::fs::setxattr(path.as_std_path(), "user.note", b"kept", rustix::fs::XattrFlags::empty());
    ground.apply(&Step::WriteFile(file(&path, "new"))).unwrap();
    let found = std::fs::metadata(&path).unwrap();
    assert_eq!((found.uid(), found.gid()), (65534, 65533));
    if labelled.is_ok() {
        let mut value = [0; 8];
        let length = rustix::fs::getxattr(path.as_std_path(), "user.note", &mut value[..]).unwrap();
        assert_eq!(&value[..length], b"kept");
    }
}

#[test]
fn setuid_survives_a_change_of_owner() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    let path = ground.put("a", "");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o4755)).unwrap();
    let attributes = Attributes { owner: Some("65534".into()), ..Attributes::default() };
    ground.apply(&Step::SetAttributes { path: path.clone(), attributes }).unwrap();
    assert_eq!(mode(&path), 0o4755);
    assert_eq!(std::fs::metadata(&path).unwrap().uid(), 65534);
}

#[test]
fn an_unknown_owner_is_told_before_anything_is_written() {
    let mut ground = Ground::new();
    let path = ground.put("d/a", "old");
    let attributes = Attributes { owner: Some("no-such-user".into()), ..Attributes::default() };
    let failure = ground.apply(&Step::WriteFile(WriteFile { attributes, ..file(&path, "new") })).unwrap_err();
    assert_eq!(failure.message, "there is no user `no-such-user`");
    let attributes = Attributes { group: Some("no-such-group".into()), ..Attributes::default() };
    let failure = ground.apply(&Step::WriteFile(WriteFile { attributes, ..file(&path, "new") })).unwrap_err();
    assert_eq!(failure.message, "there is no group `no-such-group`");
    assert_eq!((ground.text("d/a").as_str(), ground.names("d")), ("old", vec!["a".to_owned()]));
}

#[test]
fn a_check_sees_the_new_content_and_its_failure_leaves_the_old() {
    let mut ground = Ground::new();
    let path = ground.put("d/a", "old");
    let check = Command::new([
        "/bin/sh",
        "-c",
        "grep -q good \"$1\" || { echo it is bad >&2; exit 3; }",
        "sh",
        "{path}",
    ]);
    let step = |text: &str| Step::WriteFile(WriteFile { verify: vec![check.clone()], ..file(&path, text) });
    let failure = ground.apply(&step("bad")).unwrap_err();
    assert!(failure.message.starts_with(&format!("the new content of `{path}` was refused by its check")));
    assert_eq!(failure.command.as_ref().unwrap().status.as_deref(), Some("exit status 3"));
    assert_eq!(failure.command.as_ref().unwrap().output, ["it is bad"]);
    assert_eq!((ground.text("d/a").as_str(), ground.names("d")), ("old", vec!["a".to_owned()]));
    ground.apply(&step("good")).unwrap();
    assert_eq!(ground.text("d/a"), "good");
}

#[test]
fn the_newest_backups_are_kept_and_nobody_else_reads_them() {
    let mut ground = Ground::new();
    let path = ground.put("a", "0");
    for text in ["1", "2", "3", "4"] {
        ground.apply(&Step::WriteFile(WriteFile { backup: 2, ..file(&path, text) })).unwrap();
    }
    ground.apply(&Step::Remove { path: path.clone(), recursive: false, backup: 2 }).unwrap();
    assert!(!path.exists());
    let kept = format!("state/backup{}", path.parent().unwrap());
    assert_eq!(ground.names(&kept), ["a.~4~", "a.~5~"]);
    assert_eq!(ground.text(&format!("{kept}/a.~4~")), "3");
    assert_eq!(ground.text(&format!("{kept}/a.~5~")), "4");
    assert_eq!(mode(&ground.path(&format!("{kept}/a.~5~"))), 0o600);
}

#[test]
fn what_is_no_regular_file_is_replaced_only_when_that_is_said() {
    let mut ground = Ground::new();
    let elsewhere = ground.put("elsewhere", "safe");
    let path = ground.path("link");
    symlink(&elsewhere, &path).unwrap();
    let failure = ground.apply(&Step::WriteFile(file(&path, "new"))).unwrap_err();
    assert_eq!(failure.message, format!("`{path}` is a link, not a regular file"));
    ground.apply(&Step::WriteFile(WriteFile { unlink: true, ..file(&path, "new") })).unwrap();
    assert_eq!((ground.text("link").as_str(), ground.text("elsewhere").as_str()), ("new", "safe"));
    assert!(std::fs::symlink_metadata(&path).unwrap().is_file());

    std::fs::create_dir(ground.path("dir")).unwrap();
    for unlink in [false, true] {
        let step = WriteFile { unlink, ..file(&ground.path("dir"), "new") };
        let failure = ground.apply(&Step::WriteFile(step)).unwrap_err();
        assert_eq!(failure.message, format!("`{}` is a directory, not a regular file", ground.path("dir")));
    }
    assert_eq!(ground.names(""), ["dir", "elsewhere", "link"]);
}

#[test]
fn a_blob_is_copied_and_must_be_the_bytes_that_were_compiled() {
    let mut ground = Ground::new();
    let source = ground.put("source", "blob");
    let path = ground.path("a");
    let blob = BlobRef { sha256: sha256(b"blob"), size: 4 };
    let step = Step::WriteFile(WriteFile { content: Content::Blob(blob.clone()), ..file(&path, "") });
    let failure = ground.apply(&step).unwrap_err();
    assert!(failure.message.contains("did not come with the collection"));
    chefrs::target::RunTarget::provide(&mut ground.machine, [(blob.sha256, BlobSource::Path(source))].into());
    ground.apply(&step).unwrap();
    assert_eq!(ground.text("a"), "blob");
    ground.put("source", "other");
    let failure = ground.apply(&step).unwrap_err();
    assert!(failure.message.contains("has changed since the collection was compiled"), "{failure}");
    assert_eq!(
        (ground.text("a").as_str(), ground.names("")),
        ("blob", vec!["a".to_owned(), "source".into()])
    );
}

#[test]
fn directories_links_and_removal() {
    let mut ground = Ground::new();
    let path = ground.path("d/e");
    let attributes = Attributes { mode: Some(0o700), ..Attributes::default() };
    let make = |parents| Step::MakeDirectory { path: path.clone(), attributes: attributes.clone(), parents };
    let failure = ground.apply(&make(false)).unwrap_err();
    assert_eq!(failure.message, format!("there is no directory `{}`", ground.path("d")));
    ground.apply(&make(true)).unwrap();
    assert_eq!((mode(&path), mode(&ground.path("d"))), (0o700, 0o755));

    let link = ground.path("d/link");
    for to in ["e", "other"] {
        let step = Step::Symlink { path: link.clone(), to: to.into(), attributes: Attributes::default() };
        ground.apply(&step).unwrap();
        assert_eq!(std::fs::read_link(&link).unwrap().to_str(), Some(to));
    }
    let step = Step::Symlink { path: path.clone(), to: "x".into(), attributes: Attributes::default() };
    assert!(ground.apply(&step).unwrap_err().message.contains("is a directory"));

    let one = ground.put("d/e/one", "1");
    let two = ground.path("d/e/two");
    ground.apply(&Step::Hardlink { path: two.clone(), to: one.clone() }).unwrap();
    ground.apply(&Step::Hardlink { path: two.clone(), to: one.clone() }).unwrap();
    assert_eq!(std::fs::metadata(&one).unwrap().ino(), std::fs::metadata(&two).unwrap().ino());
    assert_eq!(ground.names("d/e"), ["one", "two"]);

    let remove = |recursive| Step::Remove { path: ground.path("d"), recursive, backup: 0 };
    let (plain, whole) = (remove(false), remove(true));
    assert!(ground.apply(&plain).unwrap_err().message.contains("is not empty"));
    ground.put("kept", "");
    symlink(ground.path("kept"), ground.path("d/e/out")).unwrap();
    ground.apply(&whole).unwrap();
    ground.apply(&whole).unwrap();
    assert_eq!(ground.names(""), ["kept"]);
}

#[test]
fn questions_about_files() {
    let mut ground = Ground::new();
    let path = ground.put("d/a", "text");
    std::fs::write(ground.path("d/b"), [0xff, 0xfe]).unwrap();
    let link = ground.path("d/link");
    symlink("a", &link).unwrap();
    symlink("gone", ground.path("d/dangling")).unwrap();
    let Answer::Stat(Some(stat)) = ground.ask(Query::Stat(link.clone())) else { panic!("no stat") };
    assert_eq!((stat.kind, stat.target.as_deref()), (FileKind::Link, Some("a")));
    let Answer::Stat(Some(stat)) = ground.ask(Query::Resolve(link)) else { panic!("no stat") };
    assert_eq!((stat.kind, stat.size), (FileKind::File, 4));
    assert_eq!(ground.ask(Query::Resolve(ground.path("d/dangling"))), Answer::Stat(None));
    assert_eq!(ground.ask(Query::Stat(ground.path("d/a/below"))), Answer::Stat(None));
    assert_eq!(ground.ask(Query::Digest(path.clone())), Answer::Digest(Some(sha256(b"text"))));
    assert_eq!(ground.ask(Query::Digest(ground.path("d"))), Answer::Digest(None));
    assert_eq!(ground.ask(Query::Read(path)), Answer::Read(Some(FileText::Text("text".into()))));
    assert_eq!(ground.ask(Query::Read(ground.path("d/b"))), Answer::Read(Some(FileText::Binary)));
    assert_eq!(ground.ask(Query::Read(ground.path("gone"))), Answer::Read(None));
    let names = ["a", "b", "dangling", "link"].map(str::to_owned).to_vec();
    assert_eq!(ground.ask(Query::List(ground.path("d"))), Answer::List(Some(names)));
    assert_eq!(ground.ask(Query::List(ground.path("d/a"))), Answer::List(None));
    assert_eq!(ground.ask(Query::Writable(ground.path("d/x/y/z"))), Answer::Writable(true));
}

#[test]
fn a_large_batch_keeps_its_order() {
    let mut ground = Ground::new();
    let mut queries = Vec::new();
    let mut wanted = Vec::new();
    for n in 0..300 {
        let text = n.to_string();
        let path = ground.put(&format!("d/{n}"), &text);
        queries.push(Query::Digest(path));
        wanted.push(Answer::Digest(Some(sha256(text.as_bytes()))));
        queries.push(Query::User("no-such-user".into()));
        wanted.push(Answer::User(None));
    }
    assert_eq!(chefrs::target::Target::ask(&mut ground.machine, &queries).unwrap(), wanted);
}
