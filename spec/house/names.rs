//! Each type of the library has a name of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::code::LIBRARY;

/// Names that more than one type still has.
const SHARED: &[&str] = &["Wire", "Work"];

#[test]
fn no_type_name_is_there_twice() {
    let mut homes = BTreeMap::<&str, Vec<&str>>::new();
    for file in LIBRARY.values() {
        for (name, _) in &file.types {
            homes.entry(name).or_default().push(&file.source.path);
        }
    }
    homes.retain(|_, files| files.len() > 1);
    let shared: BTreeSet<&str> = SHARED.iter().copied().filter(|name| homes.remove(name).is_some()).collect();
    assert_eq!(homes, BTreeMap::new());
    assert_eq!(shared, SHARED.iter().copied().collect(), "a name that one type alone has leaves the list");
}
