//! Public items are needed outside of their module, and are documented.

use std::collections::BTreeSet;

use super::code::{File, LIBRARY, OUTSIDE};
use super::reader::Parts;
use super::source::sources;

#[test]
fn what_is_public_is_needed_outside_of_its_room() {
    let needed = needed();
    let mut wrong = Vec::new();
    for (own, file) in LIBRARY.iter() {
        // An item that occurs in another public signature can be used without naming it.
        let promised = |item: &String| LIBRARY.values().any(|other| other.promised.contains(item));
        for item in file.public.iter().filter(|item| !promised(item)) {
            let whole = [&["crate".to_owned()], own.as_slice(), std::slice::from_ref(item)].concat();
            if !needed.contains(&whole) {
                wrong
                    .push(format!("{}: `{item}` is named by no other room and by no spec", file.source.path));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn what_is_public_is_documented() {
    // Fields and variants need no doc comment if their name says enough.
    let of_file = |file: &'static File| {
        file.undocumented.iter().map(|item| format!("{}: `{item}` has no doc comment", file.source.path))
    };
    assert_eq!(LIBRARY.values().flat_map(of_file).collect::<Vec<_>>(), Vec::<String>::new());
}

/// Items that another module, the program or a spec names, by the path of their definition.
fn needed() -> BTreeSet<Parts> {
    let mut needed = BTreeSet::new();
    let program = sources("src").into_iter().find(|source| source.inner() == "main").map(File::read).unwrap();
    for file in LIBRARY.values().chain(OUTSIDE.iter()).chain([&program]) {
        for parts in &file.named {
            let mut parts = parts.clone();
            if parts[0] == "chefrs" {
                parts[0] = "crate".into();
            } else if parts[0] != "crate" || parts.get(1) == Some(&file.source.room) {
                continue;
            }
            needed.extend(defined(parts));
        }
    }
    needed
}

/// Resolves a path to the definition of the item.
fn defined(mut parts: Parts) -> Option<Parts> {
    for _ in 0..9 {
        let inner = &parts[1..];
        let end = (1..inner.len()).rev().find(|end| LIBRARY.contains_key(&inner[..*end]))?;
        let (file, name) = (&LIBRARY[&inner[..end]], &inner[end]);
        match file.shown.get(name) {
            Some(other) => parts = other.clone(),
            None => return Some(parts[..end + 2].to_vec()),
        }
    }
    None
}
