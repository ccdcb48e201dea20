//! What names something: addresses, paths, modes, and the order of names.

use std::cmp::Ordering;

use chefrs::cookbook::inventory::Inventory;
use chefrs::model::address::Address;
use chefrs::model::content::{AbsolutePath, FileMode};
use chefrs::model::english::{nearest, one_line, printable, quoted_line, shorten};
use chefrs::model::natural;

use super::text::{is_on_its_lines, is_plain};

/// Each line is a name.
pub fn names(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let names: Vec<&str> = text.lines().take(12).collect();
    for name in &names {
        address(name);
        paths(name);
        shown(name, &names);
    }
    orders(&names);
    if let Err(mistakes) = Inventory::default().select(&names) {
        mistakes.0.iter().for_each(is_on_its_lines);
    }
}

/// What was read is written as what is read as the same, and is no option of any program.
fn address(name: &str) {
    match Address::parse(name) {
        Ok(address) => {
            let written = address.to_string();
            assert_eq!(Address::parse(&written).as_ref(), Ok(&address), "{written:?}");
            is_plain(&one_line(&written));
            match &address {
                Address::Local => {}
                Address::Ssh { user, host, .. } => {
                    let is_option = |word: &str| word.is_empty() || word.starts_with('-');
                    assert!(!is_option(host) && !user.as_deref().is_some_and(is_option), "{address:?}");
                }
                Address::Container { name } => assert!(!name.starts_with('-'), "{name:?}"),
                Address::Chroot { path } => {
                    assert!(path.is_absolute() && path != "/" && !path.as_str().contains("/../"), "{path}");
                }
            }
        }
        Err(mistake) => is_on_its_lines(&mistake),
    }
}

fn paths(name: &str) {
    if let Ok(path) = AbsolutePath::parse(name) {
        let parts: Vec<&str> = path.as_str().split('/').skip(1).collect();
        let is_root = path.as_str() == "/";
        assert!(is_root || parts.iter().all(|part| !matches!(*part, "" | "." | "..")), "{path:?}");
        assert_eq!(AbsolutePath::parse(path.as_str()).as_deref(), Ok(&*path));
    }
    if let Ok(mode) = FileMode::parse(name) {
        assert!(name.trim_start_matches("0o").bytes().all(|byte| matches!(byte, b'0'..=b'7')), "{name:?}");
        assert_eq!(FileMode::parse(&mode.to_string()), Ok(mode));
    }
}

fn shown(name: &str, names: &[&str]) {
    is_plain(&printable(name));
    for line in [one_line(name), quoted_line(name)] {
        is_plain(&line);
        assert!(!line.contains('\n'));
    }
    assert!(shorten(name, 8).chars().count() <= 9);
    if let Some(near) = nearest(name, names.iter().copied()) {
        assert!(names.contains(&near));
    }
}

/// A total order in which different names are never equal.
fn orders(names: &[&str]) {
    for (i, a) in names.iter().enumerate() {
        for b in &names[i..] {
            let order = natural::compare(a, b);
            assert_eq!(natural::compare(b, a), order.reverse(), "{a:?} {b:?}");
            assert_eq!(order == Ordering::Equal, a == b, "{a:?} {b:?}");
            for c in names {
                if order.is_le() && natural::compare(b, c).is_le() {
                    assert!(natural::compare(a, c).is_le(), "{a:?} {b:?} {c:?}");
                }
            }
        }
    }
}
