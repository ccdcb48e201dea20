//! What rpm, dnf and zypper print.

use std::cmp::Ordering;

use chefrs::model::package_manager::{InstalledPackages, PackageManager, named};

fn dnf() -> &'static PackageManager {
    named("dnf").unwrap()
}

fn zypper() -> &'static PackageManager {
    named("zypper").unwrap()
}

fn installed(packages: &str, held: &str) -> InstalledPackages {
    (dnf().installed.parse)(&[packages.to_owned(), held.to_owned()])
}

#[test]
fn installed_packages() {
    let text = "glibc x86_64 0:2.34-100.el9\nglibc i686 0:2.34-99.el9\nnginx x86_64 1:1.20.1-14.el9\n\
                kernel x86_64 0:5.14.0-70.el9\nkernel x86_64 0:5.14.0-162.el9\ntzdata noarch 0:2024a-1.el9\n\
                warning: something else\n";
    let packages = installed(text, "");
    let version = |name: &str| packages.state(name).version;
    assert_eq!(version("nginx").as_deref(), Some("1:1.20.1-14.el9"));
    assert_eq!(version("glibc.i686").as_deref(), Some("2.34-99.el9"));
    assert_eq!(version("glibc.x86_64").as_deref(), Some("2.34-100.el9"));
    assert_eq!(version("kernel").as_deref(), Some("5.14.0-162.el9"), "the newest counts");
    assert_eq!(version("tzdata.x86_64").as_deref(), Some("2024a-1.el9"), "it fits every architecture");
    assert_eq!(version("git"), None);
}

#[test]
fn held_packages() {
    let held =
        "\n# Added lock on Sun Nov 29 06:43:07 2026\npython3-dnf-0:4.14.0-8.*\n!nginx-1:1.20.1-14.el9.*\n";
    let packages = installed("python3-dnf noarch 0:4.14.0-8\nnginx x86_64 1:1.20.1-14.el9\n", held);
    assert!(packages.state("python3-dnf").held);
    assert!(!packages.state("nginx").held, "a version that is kept out holds nothing");
    let packages = installed("", held);
    assert!(packages.state("python3-dnf").held, "one that is not installed can be held, too");
    assert!(!packages.state("nginx").held);
}

#[test]
fn what_is_on_offer() {
    let text = "@nginx x86_64 1:1.20.1-14.el9\n@nginx x86_64 1:1.22.1-1.el9\n@nginx x86_64 1:1.20.1-14.el9\n\n\
                @glibc i686 0:2.34-1.el9\nLast metadata expiration check: a while ago\n";
    let found = (dnf().offered.versions.parse)(text);
    assert_eq!(found["nginx"].candidate.as_deref(), Some("1:1.22.1-1.el9"));
    assert_eq!(found["nginx"].versions, ["1:1.22.1-1.el9", "1:1.20.1-14.el9"]);
    assert_eq!(found["glibc.i686"].versions, ["2.34-1.el9"]);
}

#[test]
fn providers() {
    let text = "@mta-a noarch 1.0-1\nmta = 2\nmta-a = 1.0-1\n@postfix x86_64 2:3.5.9-24.el9\n/usr/sbin/sendmail\nmta\n\
                postfix(x86-64) = 2:3.5.9-24.el9\n";
    let found = (dnf().offered.providers.parse)(text);
    let named: Vec<String> = found["mta"].iter().map(|one| format!("{} {}", one.name, one.version)).collect();
    assert_eq!(named, ["mta-a 1.0-1", "postfix 2:3.5.9-24.el9"]);
    assert!(!found.contains_key("mta-a"), "a package is no provider of itself");
    let asked = (dnf().offered.providers.names)(&["mta", "httpd"]);
    assert_eq!(asked, ["mta,httpd"]);
    let question = dnf().installed.providers.as_ref().unwrap();
    let there = (question.parse)("postfix mta postfix smtpd\nno package provides httpd\n");
    assert_eq!(there["mta"], ["postfix"]);
    assert!(!there.contains_key("httpd") && (question.accepts)(1));
}

#[test]
fn the_order_of_versions() {
    // Each is newer than the one before it.
    let ordered = [
        "1.0~rc1-1",
        "1.0-1",
        "1.0-2",
        "1.0^20240101-1",
        "1.0.a-1",
        "1.0.1-1",
        "1.0.9-1",
        "1.0.10-1",
        "2.0-1",
        "10.0-1",
        "1:0.1-1",
    ];
    for pair in ordered.windows(2) {
        assert_eq!((dnf().versions.compare)(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        assert_eq!((dnf().versions.compare)(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
    }
    for (one, other) in [("1.0-1", "1.0-1"), ("1.01-1", "1.1-1"), ("1_0-1", "1.0-1"), ("1.0", "1.0-7")] {
        assert_eq!((dnf().versions.compare)(one, other), Ordering::Equal, "{one} {other}");
    }
}

#[test]
fn declared_versions() {
    let fits = |declared: &str| (dnf().versions.fits)(declared, "1:1.20.1-14.el9");
    for declared in ["1:1.20.1-14.el9", "1.20.1-14.el9", "1.20.1", "1:1.20.1", "1.20.*", "*.el9"] {
        assert!(fits(declared), "{declared}");
    }
    for declared in ["1.20", "2:1.20.1", "1.20.1-1", "1.2?"] {
        assert!(!fits(declared), "{declared}");
    }
    assert_eq!((dnf().versions.pin)("nginx", "1:1.20.1-14.el9"), "nginx-1:1.20.1-14.el9");
    assert_eq!((zypper().versions.pin)("glibc.i686", "2.34-1"), "glibc.i686=2.34-1");
    assert_eq!((dnf().versions.pin)("glibc.i686", "2.34-1.el9"), "glibc-2.34-1.el9.i686");
}

#[test]
fn held_packages_of_zypper() {
    let locks = "\ntype: package\nmatch_type: glob\ncase_sensitive: on\nsolvable_name: nginx\n\n\n\
                 type: package\nversion: > 2.0\nmatch_type: glob\nsolvable_name: git\n\n\
                 type: package\nversion: == 5.2.15-150600.1\nmatch_type: glob\nsolvable_name: bash\n\n\
                 type: package\nmatch_type: glob\nsolvable_name: kernel-*\n\n\
                 repo: oss\ntype: package\nsolvable_name: vim\n\ntype: patch\nsolvable_name: curl\n\n\
                 type: package\nmatch_type: glob\nsolvable_name: apache2\n\n";
    let installed = "nginx x86_64 0:1.21.5-1\ngit x86_64 0:1.9-1\nbash x86_64 0:5.2.15-150600.1\nvim x86_64 0:9.0-1\n\
                     curl x86_64 0:8.0-1\nkernel-default x86_64 0:6.4-1\n";
    let packages = (zypper().installed.parse)(&[installed.to_owned(), locks.to_owned()]);
    for name in ["nginx", "bash", "kernel-default", "kernel-devel", "apache2"] {
        assert!(packages.state(name).held, "{name}");
    }
    for name in ["git", "vim", "curl", "other"] {
        assert!(!packages.state(name).held, "{name}");
    }
    assert_eq!(packages.state("apache2").version, None);
}

#[test]
fn what_zypper_offers() {
    let table = "\nS  | Name | Type    | Version | Arch   | Repository\n---+------+---------+---------+--------+-----------\n\
                 v  | demo | package | 1.1-1   | noarch | best\nv  | demo | package | 2.0-1   | noarch | demo\n\
                 i+ | demo | package | 1.1-1   | noarch | demo\ni  | old  | package | 1.0-1   | x86_64 | (System Packages)\n\
                 v  | demo | srcpackage | 3.0-1 | noarch | demo\n";
    for table in [table.to_owned(), table.replace('|', "│").replace('-', "─").replace("─1", "-1")] {
        let found = (zypper().offered.versions.parse)(&table);
        assert_eq!(found["demo"].candidate.as_deref(), Some("1.1-1"), "that of the best source");
        assert_eq!(found["demo"].versions, ["1.1-1", "2.0-1"]);
        assert_eq!(found["demo.noarch"], found["demo"]);
        assert!(!found.contains_key("old"), "one that is only installed is not on offer");
    }
    let question = &zypper().offered.versions;
    assert!((question.accepts)(0) && (question.accepts)(104) && !(question.accepts)(7));
}

#[test]
fn providers_of_zypper() {
    let text = "Loading repository data...\nReading installed packages...\n\n\
                S | Name  | Type    | Version | Arch   | Repository\n--+-------+---------+---------+--------+-----------\n  \
                | mta-a | package | 1.0-1   | noarch | demo\n    provides: mta = 2\n  \
                | web-a | package | 1.0-1   | noarch | demo\n    provides: httpd\n    provides: web-a\n  \
                | web-b | package | 2.0-1   | noarch | demo\n    provides: httpd\n";
    let found = (zypper().offered.providers.parse)(text);
    let named = |name: &str| -> Vec<String> {
        found[name].iter().map(|one| format!("{} {}", one.name, one.version)).collect()
    };
    assert_eq!(named("httpd"), ["web-a 1.0-1", "web-b 2.0-1"]);
    assert_eq!(named("mta"), ["mta-a 1.0-1"]);
    assert!(!found.contains_key("web-a"), "a package is no provider of itself");
}
