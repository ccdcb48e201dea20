//! Zip archives, by `unzip` or by what stands in for it.

use camino::Utf8Path;
use chefrs::model::step::Unpack;
use chefrs::target::local::Local;

use super::{unpack, zip};
use crate::shell::{Session, brings_its_own, shells, with_busybox, without, words};
use crate::skipped::skip;

/// A shell that has Python in place of unzip; nothing without root or Python.
fn without_unzip() -> Option<Vec<String>> {
    if !rustix::process::geteuid().is_root() || !Utf8Path::new("/usr/bin/python3").exists() {
        skip("hiding a program needs root, and standing in for it needs python3");
        return None;
    }
    Some(without(&["unzip"], &["/bin/sh"]))
}

#[test]
fn python_stands_in_for_unzip() {
    let mut cut = zip();
    cut.truncate(100);
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    bomb.start_file("zeros", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 300 << 20), &mut bomb).unwrap();
    let bomb = bomb.finish().unwrap().into_inner();
    for strip in 0..2 {
        let change = |step: &mut Unpack| step.strip_components = strip;
        let wanted = unpack(&mut Local::new(), &zip(), &|_| {}, &change);
        assert_eq!(wanted.0, Ok(()));
        if let Some(argv) = without_unzip() {
            let found = unpack(Session::with(&words(&argv)).shell(), &zip(), &|_| {}, &change);
            assert_eq!(found, wanted, "strip {strip}");
        }
    }
    for (archive, words_of_it) in
        [(cut, "is damaged, or no archive of a known form"), (bomb, "200 times its size")]
    {
        if let Some(argv) = without_unzip() {
            let (found, tree) = unpack(Session::with(&words(&argv)).shell(), &archive, &|_| {}, &|_| {});
            let message = found.expect_err("refused");
            assert!(message.contains(words_of_it) && tree.len() == 1, "{message}: {tree:?}");
        }
    }
}

#[test]
fn zips_are_held_to_the_same_rules() {
    let zip = |entries: &[(&str, &str)]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (name, target) in entries {
            match *target {
                "" if name.ends_with('/') => zip.add_directory(*name, options).unwrap(),
                "" => zip.start_file(*name, options).unwrap(),
                target => zip.add_symlink(*name, target, options).unwrap(),
            }
        }
        zip.finish().unwrap().into_inner()
    };
    for entries in [
        vec![("a", "b"), ("a/x", "")],
        vec![("b/", ""), ("a b", "b"), ("a b/x", "")],
        vec![("a", ""), ("a/x", "")],
        vec![("a", "b"), ("a/", "")],
        vec![("a/x", ""), ("a", "")],
        vec![("../x", "")],
        vec![("/x", "")],
    ] {
        let archive = zip(&entries);
        let wanted = unpack(&mut Local::new(), &archive, &|_| {}, &|_| {});
        assert!(wanted.0.is_err(), "{entries:?}");
        for argv in shells() {
            let found = unpack(Session::with(&argv).shell(), &archive, &|_| {}, &|_| {});
            if brings_its_own(&argv) {
                assert!(found.0.is_err() && found.1 == wanted.1, "{argv:?}: {entries:?}: {found:?}");
            } else {
                assert_eq!(found, wanted, "{argv:?}: {entries:?}");
            }
        }
        if let Some(argv) = without_unzip() {
            let found = unpack(Session::with(&words(&argv)).shell(), &archive, &|_| {}, &|_| {});
            assert_eq!(found, wanted, "{argv:?}: {entries:?}");
        }
        if let Some(argv) = &with_busybox(&["unzip", "awk"]) {
            let (found, tree) = unpack(Session::with(&words(argv)).shell(), &archive, &|_| {}, &|_| {});
            assert!(found.is_err() && tree == wanted.1, "{argv:?}: {entries:?}: {found:?} {tree:?}");
        }
    }
}
