//! The file that the history is kept in.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use chefrs::history::{History, NAME};
use chefrs::model::exit::Exit;

use super::{begin, look, path, place, run};

#[test]
fn the_files_are_their_owners_alone() {
    let place = place();
    begin(&place, "run", &["web1"]).end(Exit::Success, "later").unwrap();
    let mut names = Vec::new();
    for entry in fs::read_dir(path(&place)).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
        names.push(entry.file_name());
    }
    assert!(names.len() >= 2, "{names:?}");
}

#[test]
fn a_link_in_its_place_is_not_followed() {
    let place = place();
    let elsewhere = path(&place).join("elsewhere");
    fs::write(&elsewhere, "").unwrap();
    symlink(&elsewhere, path(&place).join(NAME)).unwrap();
    let words = History::open(path(&place)).unwrap_err().to_string();
    assert!(words.contains("history.sqlite"), "{words}");
    assert_eq!(fs::read(elsewhere).unwrap(), b"");
}

#[test]
fn a_damaged_file_is_refused_with_a_way_out() {
    let place = place();
    let file = path(&place).join(NAME);
    fs::write(&file, "no history at all, and long enough to be looked at. ".repeat(100)).unwrap();
    let failure = History::open(path(&place)).unwrap_err();
    assert_eq!(failure.message, format!("can't open `{file}`: the file is damaged"));
    assert!(failure.hints[0].contains(&format!("mv {file} {file}.broken")), "{failure:?}");
}

#[test]
fn the_form_of_a_later_version_is_left_alone() {
    let place = place();
    begin(&place, "run", &["web1"]).end(Exit::Success, "later").unwrap();
    let file = path(&place).join(NAME);
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.pragma_update(None, "user_version", 7).unwrap();
    drop(connection);
    let failure = History::open(path(&place)).unwrap_err();
    assert_eq!(failure.message, format!("`{file}` has version 7, but this chefrs knows version 4"));
}

#[test]
fn a_file_of_the_first_form_is_taken_over() {
    let place = place();
    begin(&place, "20261123T125501Z-3fa9c2d1", &["web1"]).end(Exit::Failed, "later").unwrap();
    let connection = rusqlite::Connection::open(path(&place).join(NAME)).unwrap();
    connection.execute_batch("ALTER TABLE target DROP COLUMN is_node; ALTER TABLE target DROP COLUMN outcome; ALTER TABLE run DROP COLUMN lock; PRAGMA user_version = 1").unwrap();
    drop(connection);
    let old = run(&look(&place), "last");
    assert_eq!(old.lock, None);
    assert_eq!((old.targets[0].target.as_str(), old.targets[0].is_node), ("web1", true));
    assert_eq!(old.targets[0].outcome, None);
    begin(&place, "20261123T125502Z-3fa9c2d1", &["web2"]).end(Exit::Failed, "later").unwrap();
    assert_eq!(run(&look(&place), "last").targets[0].target, "web2");
}

#[test]
fn a_file_of_the_third_form_is_taken_over() {
    let place = place();
    begin(&place, "20261123T125501Z-3fa9c2d1", &["web1"]).end(Exit::Success, "later").unwrap();
    let connection = rusqlite::Connection::open(path(&place).join(NAME)).unwrap();
    connection.execute_batch("ALTER TABLE run DROP COLUMN lock; PRAGMA user_version = 3").unwrap();
    drop(connection);
    assert_eq!(run(&look(&place), "last").lock, None);
    let connection = rusqlite::Connection::open(path(&place).join(NAME)).unwrap();
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 4);
}

#[test]
fn nothing_is_made_by_looking() {
    let place = place();
    assert!(History::look(&path(&place).join("state")).unwrap().is_none());
    assert!(!path(&place).join("state").exists());
}
