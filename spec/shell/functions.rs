//! What a shell is taught for one kind of step stays in it: nothing that it knew before may be lost by that.

use std::collections::BTreeMap;

use chefrs::model::query::{Answer, Query};
use chefrs::model::step::{Attributes, Fetch, Step};
use chefrs::target::Target as _;

use super::{Session, root, shells};

#[test]
fn no_two_functions_have_one_name() {
    let directory = crate::goldens::spec("../src/target/shell");
    let mut homes = BTreeMap::<String, Vec<String>>::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "sh") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let names = text.lines().filter_map(|line| line.split_once("() ")).map(|(name, _)| name);
        for name in names.filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
        {
            homes.entry(name.to_owned()).or_default().push(path.display().to_string());
        }
    }
    assert!(homes.len() > 50, "{homes:?}");
    homes.retain(|_, files| files.len() > 1);
    assert_eq!(homes, BTreeMap::new());
}

#[test]
fn links_are_followed_after_a_download_as_before() {
    let directory = tempfile::tempdir().unwrap();
    let root = root(&directory);
    std::fs::create_dir(root.join("d")).unwrap();
    std::fs::write(root.join("d/file"), "x").unwrap();
    std::os::unix::fs::symlink("d", root.join("link")).unwrap();
    let query = Query::Read(root.join("link/file"));
    let fetch = Step::Fetch(Fetch {
        urls: vec![format!("file://{root}/none")],
        path: root.join("new"),
        checksum: None,
        headers: BTreeMap::new(),
        attributes: Attributes::default(),
        backup: 0,
        timeout: 300,
        size_limit: 0,
        ..Fetch::default()
    });
    for argv in shells() {
        let mut session = Session::with(&argv);
        let shell = session.shell();
        let before = shell.ask(std::slice::from_ref(&query)).unwrap();
        assert!(matches!(before.as_slice(), [Answer::Read(Some(_))]), "{argv:?}: {before:?}");
        assert!(shell.apply(&fetch, &mut |_| {}).is_err());
        assert_eq!(shell.ask(std::slice::from_ref(&query)).unwrap(), before, "{argv:?}");
    }
}
