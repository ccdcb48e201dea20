//! Each type of the library has a unique name.

use std::collections::BTreeMap;

use super::code::LIBRARY;

#[test]
fn no_type_name_is_there_twice() {
    let mut homes = BTreeMap::<&str, Vec<&str>>::new();
    for file in LIBRARY.values() {
        for (name, _) in &file.types {
            homes.entry(name).or_default().push(&file.source.path);
        }
    }
    homes.retain(|_, files| files.len() > 1);
    assert_eq!(homes, BTreeMap::new());
}
