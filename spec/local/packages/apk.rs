//! What apk keeps and prints.

use chefrs::model::package_manager::{PackageManager, named};

fn apk() -> &'static PackageManager {
    named("apk").unwrap()
}

#[test]
fn installed_packages() {
    let database = "C:Q1abc=\nP:busybox\nV:1.36.1-r15\nA:x86_64\nS:1\nT:Size: 1\np:/bin/sh cmd:sh=1.36.1-r15\nF:bin\nR:busybox\n\n\
                    C:Q1def=\nP:nginx\nV:1.24.0-r7\nA:x86_64\n\nP:tzdata\nV:2024a-r0\nA:noarch\n\nP:git\nV:2.43.0-r0\nA:x86_64\n";
    let world = "alpine-base\nnginx=1.24.0-r7\ngit~2.43\ntzdata@edge\nbusybox>1.30\n!vim\n";
    let packages = (apk().installed.parse)(&[database.to_owned(), world.to_owned()]);
    assert_eq!(packages.state("nginx").version.as_deref(), Some("1.24.0-r7"));
    assert_eq!(packages.state("cmd:sh").version, None);
    assert_eq!(packages.state("/bin/sh").provided_by, ["busybox"]);
    let held = |name: &str| packages.state(name).held;
    assert!(held("nginx") && held("git"));
    assert!(!held("tzdata") && !held("busybox") && !held("vim"));
}

#[test]
fn what_is_on_offer() {
    let text = "nginx policy:\n  1.24.0-r7:\n    lib/apk/db/installed\n    http://dl.example.org/v3.19/main\n  1.26.1-r0:\n    \
                http://dl.example.org/v3.20/main\n  1.27.0-r0:\n    @edge http://dl.example.org/edge/main\nlocal policy:\n  \
                1.0-r0:\n    lib/apk/db/installed\n";
    let found = (apk().offered.versions.parse)(text);
    assert_eq!(found["nginx"].candidate.as_deref(), Some("1.26.1-r0"));
    assert_eq!(
        found["nginx"].versions,
        ["1.26.1-r0", "1.24.0-r7"],
        "a source with a tag counts only when asked for"
    );
    assert!(found["local"].versions.is_empty(), "one that is only installed is not on offer");
}

#[test]
fn providers() {
    let text = "<mta> postfix-3.8.6-r0 x86_64 {postfix} (IPL-1.0)\n<mta> postfix-3.9.0-r1 x86_64 {postfix} (IPL-1.0)\n\
                <mta> ssmtp-2.64-r21 x86_64 {ssmtp} (GPL-2.0) [installed]\n<ssmtp> ssmtp-2.64-r21 x86_64 {ssmtp} (GPL-2.0)\n";
    let found = (apk().offered.providers.parse)(text);
    let named: Vec<String> = found["mta"].iter().map(|one| format!("{} {}", one.name, one.version)).collect();
    assert_eq!(named, ["postfix 3.9.0-r1", "ssmtp 2.64-r21"]);
    assert!(!found.contains_key("ssmtp"), "a package is no provider of itself");
}
