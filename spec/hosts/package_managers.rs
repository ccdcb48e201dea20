//! `package` with package managers other than apt: the real programs, on a Debian whose distribution is renamed.

use chefrs::model::package_manager::named;

use super::convergence::{chefrs, converge, fail, recipe, through_a_shell};
use super::{Host, boot, boot_patiently, site};

#[test]
fn packages_of_dnf_come_move_are_held_and_go() {
    let Some([host]) = boot() else { return };
    site::lay_out(&host, "rhel");
    rpm(&host, "dnf", "dnf -q -y upgrade");
    // What is held before it is installed comes in that version alone.
    host.must("dnf -q -y versionlock add demo-1.0");
    let said = fail(&host, "package \"demo\"\n");
    assert!(said.contains("the package `demo` is not installed, and held at a version"), "{said}");
    converge(
        &host,
        "package \"demo\" { version = \"1.0\", options = { \"--setopt=install_weak_deps=False\" } }\n",
    );
    assert_eq!(converge(&host, "package \"demo\" { action = \"unlock\" }\n").len(), 1);
    assert_eq!(converge(&host, "package \"web-a\" { action = \"lock\" }\n").len(), 1);
    // A group is installed once dnf counts it as such.
    let group = "package { \"web-b\", \"@demo-tools\" }\n";
    assert_eq!(converge(&host, group), ["package[web-b, @demo-tools] install"]);
    host.must("rpm -q libdemo mta-a");
    let said = through_a_shell(&host, group);
    assert!(said.contains("0 updated, 1 up to date"), "{said}");
    assert_eq!(converge(&host, "package \"@demo-tools\" { action = \"remove\" }\n").len(), 1);
    host.must("rpm -q libdemo && ! rpm -q mta-a");
    let said = fail(&host, "package \"@demo\"\n");
    assert!(said.contains("no package source has the group `@demo`"), "{said}");
    site::converge_one(&host);
}

#[test]
fn packages_of_zypper_come_move_are_held_and_go() {
    let Some([host]) = boot() else { return };
    site::lay_out(&host, "suse");
    rpm(&host, "zypper", "zypper -n -q update");
    // One whose scriptlet fails is there, and told.
    let said = fail(&host, "package \"fussy\"\n");
    assert!(said.contains("exit status 107"), "{said}");
    // What is held stays away, too.
    assert_eq!(converge(&host, "package \"web-a\" { action = \"lock\" }\n"), ["package[web-a] lock"]);
    let said = fail(&host, "package \"web-a\"\n");
    assert!(said.contains("the package `web-a` is held, and is not installed"), "{said}");
    host.must("zypper -n addlock 'web-b*'");
    let said = fail(&host, "package \"web-b\"\n");
    assert!(said.contains("the package `web-b` is held, and is not installed"), "{said}");
    site::converge_one(&host);
}

/// Packages of a manager that works on the rpm database. `upgrade` is a command of it that upgrades all packages.
fn rpm(host: &Host, manager: &str, upgrade: &str) {
    host.feed(
        &format!("cat >/root/rpm.sh && sh /root/rpm.sh {manager}"),
        include_bytes!("package_managers/rpm.sh"),
    );
    let facts = String::from_utf8(chefrs(host, "facts").stdout).unwrap();
    assert!(facts.contains(&format!("\"package_manager\": \"{manager}\"")), "{facts}");
    let lists = "package_lists \"daily\"\n";
    assert_eq!(converge(host, lists), ["package_lists[daily] periodic"]);
    let unsigned = if manager == "zypper" { ", options = { \"--allow-unsigned-rpm\" }" } else { "" };
    let installed = || host.must("rpm -qa | sort | tr '\\n' ' '");
    let old = "package \"demo\" { version = \"1.0\", action = { \"install\", \"lock\" } }\n";
    assert_eq!(converge(host, old), ["package[demo] install", "package[demo] lock"]);
    host.must(upgrade);
    assert_eq!(installed(), "demo-1.0-1.noarch ");
    let said = fail(host, "package \"demo\" { action = \"upgrade\" }\n");
    assert!(said.contains("the package `demo` is held at its version"), "{said}");
    // Two resources are one transaction: what comes with a dependency, and what moves.
    let newest = "package \"demo\" { action = \"unlock\" }\npackage { \"demoapp\", \"mta-demo\" }\n\
                  package \"demo\" { action = \"upgrade\" }\n";
    assert_eq!(converge(host, newest).len(), 3);
    assert_eq!(
        installed(),
        "demo-2.0-1.noarch demoapp-1.0-1.noarch libdemo-1.0-1.noarch mta-a-1.0-1.noarch "
    );
    let older = "package \"demo\" { version = \"1.1*\" }\n";
    let said = fail(host, older);
    assert!(said.contains("would move from 2.0-1 to the older version 1.1-1"), "{said}");
    let older = older.replace(" }", ", allow_downgrade = true }");
    assert_eq!(converge(host, &older), ["package[demo] install"]);
    let said = fail(host, "package \"httpd-demo\"\n");
    assert!(said.contains("they are web-a 1.0-1 and web-b 1.0-1"), "{said}");
    let said = fail(host, "package \"demo\" { version = \"3.*\" }\n");
    assert!(said.contains("on offer: `2.0-1`, `1.1-1`, and `1.0-1`"), "{said}");
    // A file is a source of its own.
    let file = format!(
        "package \"demo\" {{ source = \"/srv/rpm/noarch/demo-{}-1.noarch.rpm\"{} }}\n",
        "VERSION", unsigned
    );
    assert_eq!(converge(host, &file.replace("VERSION", "2.0")), ["package[demo] install"]);
    let older = file.replace("VERSION", "1.1").replace(" }\n", ", allow_downgrade = true }\n");
    assert_eq!(converge(host, &older), ["package[demo] install"]);
    let said = fail(host, &file.replace("demo-VERSION", "web-a-1.0"));
    assert!(said.contains("holds the package `web-a`, not `demo`"), "{said}");
    let said = through_a_shell(host, &(file.replace("VERSION", "1.1") + "package \"mta-demo\"\n"));
    assert!(said.contains("0 updated, 2 up to date"), "{said}");
    // A shell reads the same description.
    let said = through_a_shell(host, "package \"demo\" { action = \"upgrade\" }\npackage \"mta-demo\"\n");
    assert!(
        said.contains("upgrade demo 2.0-1 (was 1.1-1)") && said.contains("1 updated, 1 up to date"),
        "{said}"
    );
    let gone = "package { \"demoapp\", \"mta-a\" } { action = \"purge\" }\npackage \"demo\" { action = \"remove\" }\n";
    assert_eq!(converge(host, gone).len(), 2);
    assert_eq!(installed(), "libdemo-1.0-1.noarch ", "what came along stays");
}

#[test]
fn packages_of_pacman_come_move_are_held_and_go() {
    let Some([host]) = boot_patiently() else { return };
    site::lay_out(&host, "arch");
    host.feed("cat >/root/pacman.sh && sh /root/pacman.sh", include_bytes!("package_managers/pacman.sh"));
    let facts = String::from_utf8(chefrs(&host, "facts").stdout).unwrap();
    assert!(facts.contains("\"package_manager\": \"pacman\""), "{facts}");
    let installed = || host.must("pacman -Q | tr '\\n' ' '");
    host.must("pacman -U --noconfirm /srv/pac/demo-1.0-1-any.pkg.tar.zst");
    let shipped = host.must("cat /etc/pacman.conf");
    assert_eq!(converge(&host, "package \"demo\" { action = \"lock\" }\n"), ["package[demo] lock"]);
    assert_eq!(host.must("pacman-conf IgnorePkg"), "demo\n");
    host.must("pacman -Su --noconfirm");
    assert_eq!(installed(), "demo 1.0-1 ");
    let said = fail(&host, "package \"demo\" { action = \"upgrade\" }\n");
    assert!(said.contains("the package `demo` is held at its version"), "{said}");
    let newest = "package \"demo\" { action = \"unlock\" }\npackage { \"demoapp\", \"mta-demo\" }\n\
                  package \"demo\" { action = \"upgrade\" }\n";
    assert_eq!(converge(&host, newest).len(), 3);
    assert_eq!(installed(), "demo 2.0-1 demoapp 1.0-1 libdemo 1.0-1 mta-a 1.0-1 ");
    assert_eq!(host.must("cat /etc/pacman.conf"), shipped, "every byte is as it was");
    let said = fail(&host, "package \"httpd-demo\"\n");
    assert!(said.contains("they are web-a 1.0-1 and web-b 1.0-1"), "{said}");
    assert_eq!(converge(&host, "package \"web-b\" { options = \"--asdeps\" }\n").len(), 1);
    host.must("pacman -Qd web-b && pacman -R --noconfirm web-b");
    let said = fail(&host, "package \"demo\" { version = \"1.*\" }\n");
    assert!(said.contains("on offer: `2.0-1`") && said.contains("installed from a file"), "{said}");
    let said = fail(&host, "package \"libdemo\" { action = \"remove\" }\n");
    assert!(said.contains("required by demoapp"), "{said}");
    // A file has a version that the lists do not have any more.
    let file = "package \"demo\" { source = \"/srv/pac/demo-1.1-1-any.pkg.tar.zst\" }\n";
    assert!(fail(&host, file).contains("`/srv/pac` belongs to `builder`"));
    host.must("cp /srv/pac/demo-1.1-1-any.pkg.tar.zst /root");
    let file = &file.replace("/srv/pac", "/root");
    assert!(fail(&host, file).contains("would move from 2.0-1 to the older version 1.1-1"));
    let older = file.replace(" }", ", allow_downgrade = true }");
    assert_eq!(converge(&host, &older), ["package[demo] install"]);
    assert_eq!(converge(&host, "package \"demo\" { version = \"2.0\" }\n"), ["package[demo] install"]);
    // A pacman that was killed leaves its lock.
    host.must("touch /var/lib/pacman/db.lck && pacman -U --noconfirm /srv/pac/demo-1.1-1-any.pkg.tar.zst && exit 1 || :");
    assert_eq!(converge(&host, "package \"web-a\" { version = \"1.0\" }\n"), ["package[web-a] install"]);
    // A shell reads the same description, and a lock that is in use is waited for.
    host.must("pacman -U --noconfirm /srv/pac/demo-1.1-1-any.pkg.tar.zst");
    let waiting = "(exec 5>/var/lib/pacman/db.lck; rm -f /run/held; touch /run/held; sleep 8; rm /var/lib/pacman/db.lck) \
                   >/dev/null 2>&1 & while ! [ -e /run/held ]; do sleep 0.1; done";
    host.must(waiting);
    let said = through_a_shell(&host, "package \"demo\" { action = \"upgrade\" }\npackage \"mta-demo\"\n");
    assert!(
        said.contains("upgrade demo 2.0-1 (was 1.1-1)") && said.contains("1 updated, 1 up to date"),
        "{said}"
    );
    assert!(said.contains("waiting for the package lock, held by"), "{said}");
    let held = "package \"demo\" { action = \"lock\" }\npackage \"libdemo\" { action = \"lock\" }\n";
    through_a_shell(&host, held);
    assert_eq!(host.must("pacman-conf IgnorePkg"), "demo\nlibdemo\n");
    assert_eq!(converge(&host, &held.replace("lock", "unlock")).len(), 2);
    let gone = "package { \"demoapp\", \"mta-a\" } { action = \"purge\" }\npackage \"demo\" { action = \"remove\" }\n";
    assert_eq!(converge(&host, gone).len(), 2);
    assert_eq!(installed(), "libdemo 1.0-1 web-a 1.0-1 ", "what came along stays");
    // A group is installed once all its packages are.
    let group = "package \"@demo-tools\"\n";
    assert_eq!(converge(&host, group), ["package[@demo-tools] install"]);
    host.must("pacman -R --noconfirm mta-a");
    through_a_shell(&host, group);
    assert_eq!(installed(), "libdemo 1.0-1 mta-a 1.0-1 web-a 1.0-1 web-b 1.0-1 ");
    assert_eq!(converge(&host, "package \"@demo-tools\" { action = \"remove\" }\n").len(), 1);
    assert_eq!(installed(), "libdemo 1.0-1 web-a 1.0-1 ");
    // The order of versions is that of the real program.
    let versions =
        ["1.0", "1.0a", "1.0.a", "1.0rc1", "1.0-2", "1:0.9", "2_0", "2.0", "2__0", "1.01", "10", "1.0."];
    let pairs: Vec<(&str, &str)> =
        versions.iter().flat_map(|a| versions.iter().map(move |b| (*a, *b))).collect();
    let script: Vec<String> = pairs.iter().map(|(a, b)| format!("vercmp {a} {b}")).collect();
    let compare = named("pacman").unwrap().versions.compare;
    for ((a, b), told) in pairs.iter().zip(host.must(&script.join("\n")).lines()) {
        assert_eq!(compare(a, b) as i32, told.parse::<i32>().unwrap(), "{a} {b}");
    }
    site::converge_one(&host);
}

#[test]
fn packages_of_portage_come_move_are_held_and_go() {
    let Some([host]) = boot_patiently() else { return };
    site::lay_out(&host, "gentoo");
    host.feed("cat >/root/emerge.sh && sh /root/emerge.sh", include_bytes!("package_managers/emerge.sh"));
    let facts = String::from_utf8(chefrs(&host, "facts").stdout).unwrap();
    assert!(facts.contains("\"package_manager\": \"portage\""), "{facts}");
    let installed = || host.must("cd /var/db/pkg/app-misc && echo *");
    // USE flags are a file of their own.
    let old = "file \"/etc/portage/package.use/demo\" { content = \"app-misc/demo color\\n\" }\n\
               package \"app-misc/demo\" { version = \"1.0\", action = { \"install\", \"lock\" } }\n";
    assert_eq!(converge(&host, old).last().unwrap(), "package[app-misc/demo] lock");
    assert!(host.must("cat /opt/demo/version").contains("1.0 color"));
    host.must("emerge --quiet --update app-misc/demo");
    assert_eq!(installed(), "base-1.0 demo-1.0\n");
    // Its mask takes newer versions off what is on offer.
    recipe(&host, "package \"app-misc/demo\" { action = \"upgrade\" }\n");
    let said = String::from_utf8(chefrs(&host, "run -r spec").stdout).unwrap();
    assert!(said.contains("0 updated, 1 up to date"), "{said}");
    let newest = "package \"app-misc/demo\" { action = \"unlock\" }\npackage \"demoapp\"\n\
                  package \"app-misc/demo\" { action = \"upgrade\" }\n";
    assert_eq!(converge(&host, newest).len(), 3);
    assert_eq!(installed(), "base-1.0 demo-2.0 demoapp-1.0 libdemo-1.0\n");
    let said = fail(&host, "package \"app-misc/demo\" { version = \"3.*\" }\n");
    assert!(said.contains("on offer: `2.0`, `1.1`, and `1.0`") && said.contains("keywords"), "{said}");
    let said = fail(&host, "package \"app-misc/libdemo\" { action = \"remove\" }\n");
    assert!(said.contains("app-misc/demoapp-1.0 requires app-misc/libdemo"), "{said}");
    // A shell reads the same description, and keywords are a file of their own, too.
    let unstable = "file \"/etc/portage/package.accept_keywords/demo\" { content = \"app-misc/demo ~amd64\\n\" }\n\
                    package \"app-misc/demo\" { version = \"3.0\" }\npackage \"app-misc/demoapp\"\n";
    let said = through_a_shell(&host, unstable);
    assert!(
        said.contains("upgrade app-misc/demo 3.0 (was 2.0)") && said.contains("2 updated, 1 up to date"),
        "{said}"
    );
    let gone = "package { \"app-misc/demoapp\", \"app-misc/demo\" } { action = \"remove\" }\n";
    assert_eq!(converge(&host, gone), ["package[app-misc/demoapp, app-misc/demo] remove"]);
    assert_eq!(installed(), "base-1.0 libdemo-1.0\n", "what came along stays");
    // The order of versions is that of the real program.
    let versions = [
        "1.0",
        "1.0a",
        "1.0_rc1",
        "1.0_p1",
        "1.0-r1",
        "1.01",
        "1.010",
        "1.1",
        "1.10",
        "2",
        "1.0.0",
        "1.0_alpha",
    ];
    let script = "import sys\nfrom portage.versions import vercmp\nfor a in sys.argv[1:]:\n  for b in sys.argv[1:]: print(vercmp(a, b))";
    let told = host.must(&format!("python3 -c '{script}' {}", versions.join(" ")));
    let mut told = told.lines();
    let compare = named("portage").unwrap().versions.compare;
    for a in versions {
        for b in versions {
            let wanted: f64 = told.next().unwrap().parse().unwrap();
            assert_eq!(compare(a, b), wanted.total_cmp(&0.0), "{a} {b}");
        }
    }
    site::converge_one(&host);
}
