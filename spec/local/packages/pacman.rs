//! What pacman prints, and the lines of its configuration that hold packages.

use std::cmp::Ordering;

use chefrs::model::package_manager::{HeldPackage, Hold, PackageManager, named};

fn pacman() -> &'static PackageManager {
    named("pacman").unwrap()
}

#[test]
fn installed_packages() {
    let names = "ALPM_DB_VERSION\nbash-5.2.026-2\ngtk-update-icon-cache-1:4.12.5-1\nlinux-6.7.arch3-1\n";
    let configuration =
        "[options]\nIgnorePkg   = linux nvidia-*\n#IgnorePkg = bash\n[core]\nIgnorePkg = bash\n";
    let packages = (pacman().installed.parse)(&[names.to_owned(), configuration.to_owned()]);
    let version = |name: &str| packages.state(name).version;
    assert_eq!(version("bash").as_deref(), Some("5.2.026-2"));
    assert_eq!(version("gtk-update-icon-cache").as_deref(), Some("1:4.12.5-1"));
    assert_eq!(version("gtk"), None);
    assert!(packages.state("linux").held && !packages.state("bash").held);
    let text = "Name            : exim\nProvides        : mta  smtp-server=4\nName            : bash\nProvides        : None\n";
    let provided = (pacman().installed.providers.as_ref().unwrap().parse)(text);
    assert_eq!(provided["mta"], ["exim"]);
    assert_eq!(provided["smtp-server"], ["exim"]);
    assert!(!provided.contains_key("None"));
}

const OFFERED: &str = "Repository      : core\nName            : exim\nVersion         : 4.97-1\nDescription     : mail: a server\n\
                       Provides        : mta  exim=5\nDepends On      : None\n\nRepository      : testing\nName            : exim\n\
                       Version         : 4.98-1\nProvides        : mta\n\nRepository      : core\nName            : postfix\n\
                       Version         : 3.8-1\nProvides        : mta=1\nerror: package 'nosuch' was not found\n";

#[test]
fn what_is_on_offer() {
    let found = (pacman().offered.versions.parse)(OFFERED);
    assert_eq!(found["exim"].candidate.as_deref(), Some("4.97-1"), "that of the first source");
    assert_eq!(found["exim"].versions, ["4.97-1", "4.98-1"]);
    assert!((pacman().offered.versions.accepts)(1));
    let found = (pacman().offered.providers.parse)(OFFERED);
    let named: Vec<String> = found["mta"].iter().map(|one| format!("{} {}", one.name, one.version)).collect();
    assert_eq!(named, ["exim 4.97-1", "exim 4.98-1", "postfix 3.8-1"]);
    assert!(!found.contains_key("exim"), "a package is no provider of itself");
    assert_eq!((pacman().offered.providers.names)(&["mta", "libstdc++.so"]), [r"^(mta|libstdc\+\+\.so)$"]);
}

#[test]
fn the_order_of_versions() {
    // Each is newer than the one before it, as in the manual of vercmp.
    let ordered = [
        "1.0a-1",
        "1.0alpha-1",
        "1.0b-1",
        "1.0beta-1",
        "1.0rc-1",
        "1.0-1",
        "1.0-2",
        "1.0.a-1",
        "1.0.1-1",
        "1.0.9-1",
        "1.0.10-1",
        "2.0-1",
        "10.0-1",
        "1:0.1-1",
    ];
    for pair in ordered.windows(2) {
        assert_eq!((pacman().versions.compare)(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        assert_eq!((pacman().versions.compare)(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
    }
    for (one, other) in
        [("1.0-1", "1.0-1"), ("1.01-1", "1.1-1"), ("2_0-1", "2.0-1"), ("1.0", "1.0-7"), ("0:1.0-1", "1.0-1")]
    {
        assert_eq!((pacman().versions.compare)(one, other), Ordering::Equal, "{one} {other}");
    }
    assert_eq!((pacman().versions.compare)("2.0a", "2.0.a"), Ordering::Less);
    assert_eq!((pacman().versions.compare)("2___a", "2_a"), Ordering::Greater, "what separates them counts");
}

fn edit(text: &str, names: &[&str], hold: bool) -> String {
    let Hold::File { path: "/etc/pacman.conf", ours: false, edit } = pacman().commands.hold else {
        panic!("no file")
    };
    let packages: Vec<HeldPackage<'_>> =
        names.iter().map(|name| HeldPackage { name, version: None }).collect();
    edit(text, &packages, hold).unwrap()
}

#[test]
fn holds_stand_in_the_configuration_and_all_else_stays() {
    let shipped = "# ours\n[options]\nHoldPkg = pacman\n#IgnorePkg   =\n\t# end\n[core]\nServer = x\n";
    let held =
        "# ours\n[options]\nHoldPkg = pacman\n#IgnorePkg   =\nIgnorePkg = a b\n\t# end\n[core]\nServer = x\n";
    assert_eq!(edit(shipped, &["a", "b"], true), held);
    assert_eq!(edit(held, &["a", "b"], false), shipped);
    let theirs = "[options]\nIgnorePkg=x\tlinux  y \r\n IgnorePkg = a\n[core]\nIgnorePkg = a";
    let more = "[options]\nIgnorePkg=x\tlinux  y \r\n IgnorePkg = a c\n[core]\nIgnorePkg = a";
    assert_eq!(edit(theirs, &["c"], true), more);
    assert_eq!(edit(more, &["c"], false), theirs);
    assert_eq!(edit(theirs, &["linux"], false), theirs.replace("\tlinux", ""));
    assert_eq!(edit(theirs, &["a"], false), theirs.replace(" IgnorePkg = a\n", ""));
    assert_eq!(edit("[options]", &["a"], true), "[options]\nIgnorePkg = a\n");
    assert_eq!(edit("[core]\nServer = x", &["a"], true), "[core]\nServer = x\n[options]\nIgnorePkg = a\n");
    let pattern = "[options]\nIgnorePkg = linux*\n";
    assert_eq!(edit(pattern, &["linux"], false), pattern, "it is somebody else's pattern");
}
