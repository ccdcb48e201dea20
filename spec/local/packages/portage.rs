//! What Portage keeps and prints, and the masks that hold packages.

use std::cmp::Ordering;

use chefrs::model::package_manager::{HeldPackage, Hold, PackageManager, named};

fn portage() -> &'static PackageManager {
    named("portage").unwrap()
}

#[test]
fn installed_packages() {
    let names = "app-misc/screen-4.9.1-r1\nsys-devel/gcc-12.3.1_p20230526\nsys-devel/gcc-9.5.0\napp-misc/-MERGING-demo-1.0\n\
                 virtual/libc-1-r1\nx11-libs/gtk+-3.24.41\napp-misc/.keep\n";
    let masks =
        "# Packages that chefrs holds at their version.\n>app-misc/screen-4.9.1-r1\n>other/gone-1.0\n";
    let packages = (portage().installed.parse)(&[names.to_owned(), masks.to_owned()]);
    let version = |name: &str| packages.state(name).version;
    assert_eq!(version("app-misc/screen").as_deref(), Some("4.9.1-r1"));
    assert_eq!(version("screen").as_deref(), Some("4.9.1-r1"), "the category need not be said");
    assert_eq!(version("sys-devel/gcc").as_deref(), Some("12.3.1_p20230526"), "the newest counts");
    assert_eq!(version("virtual/libc").as_deref(), Some("1-r1"));
    assert_eq!(version("x11-libs/gtk+").as_deref(), Some("3.24.41"));
    assert_eq!(version("app-misc/demo"), None, "it is still being installed");
    assert!(packages.state("app-misc/screen").held && !packages.state("sys-devel/gcc").held);
}

#[test]
fn what_is_on_offer() {
    let text = "app-misc/demo-1.0\napp-misc/demo-1.10\napp-misc/demo-1.9-r2\ndev-db/mysql-8.0\nvirtual/mysql-5\nERROR: noise\n";
    let found = (portage().offered.versions.parse)(text);
    assert_eq!(found["app-misc/demo"].candidate.as_deref(), Some("1.10"));
    assert_eq!(found["app-misc/demo"].versions, ["1.10", "1.9-r2", "1.0"]);
    assert_eq!(found["demo"], found["app-misc/demo"]);
    assert_eq!(found["dev-db/mysql"].versions, ["8.0"]);
    assert!(!found.contains_key("mysql"), "it may be one or the other");
}

#[test]
fn the_order_of_versions() {
    // Each is newer than the one before it.
    let ordered = [
        "1.0_alpha1",
        "1.0_alpha2",
        "1.0_beta",
        "1.0_pre3",
        "1.0_rc1",
        "1.0_rc1_p1",
        "1.0_rc2",
        "1.0",
        "1.0-r1",
        "1.0-r10",
        "1.0_p0",
        "1.0_p1",
        "1.0a",
        "1.0b",
        "1.0.0",
        "1.01",
        "1.1",
        "1.9",
        "1.10",
        "2",
        "10",
    ];
    for manager in ["portage", "apk"] {
        let compare = named(manager).unwrap().versions.compare;
        for pair in ordered.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        for (one, other) in [("1.0", "1.0-r0"), ("1.010", "1.01"), ("01", "1"), ("1_p", "1_p0")] {
            assert_eq!(compare(one, other), Ordering::Equal, "{one} {other}");
        }
    }
    let fits = portage().versions.fits;
    assert!(
        fits("4.9.1", "4.9.1-r1")
            && fits("4.9.1-r1", "4.9.1-r1")
            && fits("4.*", "4.9.1-r1")
            && !fits("4.9", "4.9.1")
    );
    assert_eq!((portage().versions.pin)("app-misc/screen", "4.9.1-r1"), "=app-misc/screen-4.9.1-r1");
    assert!(portage().is_argument("=app-misc/screen-4.9.1-r1") && !portage().is_argument("-screen"));
}

#[test]
fn holds_are_masks_of_newer_versions() {
    let Hold::File { path: "/etc/portage/package.mask/chefrs", ours: true, edit } = portage().commands.hold
    else {
        panic!("no file")
    };
    let one = |name| [HeldPackage { name, version: Some("1.0-r1") }];
    let first = edit("", &one("app-misc/a"), true).unwrap();
    assert_eq!(first, "# Packages that chefrs holds at their version.\n>app-misc/a-1.0-r1\n");
    let both = edit(&first, &one("app-misc/a-b"), true).unwrap();
    assert_eq!(both, format!("{first}>app-misc/a-b-1.0-r1\n"));
    assert_eq!(edit(&both, &one("app-misc/a-b"), false).unwrap(), first);
    assert_eq!(edit("a", &one("a"), true).unwrap_err().message, "`a` can't be held without its category");
}
