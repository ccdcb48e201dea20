//! dpkg cut off in the middle by a power failure: repaired first, as a change of its own, then the package comes.

use super::{Control, boot, says, until};

use crate::patience::EndInTime as _;

/// A repository on the host with `slow`, which takes its time to be configured, once.
const REPOSITORY: &str = r"set -e
mkdir -p /root/repository/slow/DEBIAN; cd /root/repository
printf 'Package: slow\nVersion: 1.0\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: slow\n' > slow/DEBIAN/control
printf '#!/bin/sh\ntest -e /srv/begun && exit 0\ntouch /srv/begun; sync; sleep 600\n' > slow/DEBIAN/postinst
chmod 755 slow/DEBIAN/postinst
dpkg-deb --root-owner-group -b slow slow.deb > /dev/null
(cat slow/DEBIAN/control
 printf 'Filename: ./slow.deb\nSize: %s\nSHA256: %s\n\n' $(stat -c %s slow.deb) $(sha256sum slow.deb | cut -d' ' -f1)
) > Packages
echo 'deb [trusted=yes] file:/root/repository ./' > /etc/apt/sources.list.d/slow.list
apt-get -qq update
";

const RECIPE: &str = r#"
file "/srv/first" { content = "x", notifies = { "run", "execute[paid]" } }
package "slow"
execute "paid" { action = "nothing", command = "echo paid >> /srv/log" }
"#;

#[test]
fn a_package_database_that_was_cut_off_is_repaired_first() {
    let Some([host]) = boot() else { return };
    host.must(REPOSITORY);
    let control = Control::new(&host, RECIPE);
    let mut run = control.start("run", &[]);
    until(&host, "test -e /srv/begun");
    host.kill();
    run.kill().unwrap();
    run.wait_in_time().unwrap();
    host.start();
    host.must("dpkg-query -W -f '${db:Status-Status}' slow | grep -q half-configured");

    let told = control.call("plan", &[]).with(2);
    says(&told, &["package[slow] install: ", "notified by file[/srv/first]\n"]);
    let told = control.run();
    says(&told, &["package[slow] install: ", "execute[paid] run: "]);
    host.must(
        "dpkg-query -W -f '${db:Status-Status}' slow | grep -qx installed && test -z \"$(dpkg --audit)\"",
    );
    assert_eq!(host.must("cat /srv/log; cat /var/lib/chefrs/journal"), "paid\n");
    control.call("plan", &[]).with(0);
}
