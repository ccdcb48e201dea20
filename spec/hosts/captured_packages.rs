//! `chefrs capture` where packages are those of dnf, zypper and Portage: the real programs and their real databases, on a
//! Debian whose distribution is renamed.

use super::{Host, boot, boot_patiently, site};
use crate::goldens;

/// What is no package's here is Debian's. The rules leave that out.
const RULES: &str = "/*\n!/etc/nginx\n!/etc/yum.repos.d\n!/etc/zypp/repos.d\n!/etc/portage/package.use\n!/opt\n!/etc/copied\n";
/// Directories that people have changed in each of them.
const BY_HAND: &str = r"set -e
mkdir -p /etc/nginx/conf.d
printf 'server {\n    listen 8080;\n    root /srv/site;\n}\n' >/etc/nginx/conf.d/site.conf
sed -i 's/worker_connections 1024/worker_connections 2048/' /etc/nginx/nginx.conf
cp /opt/demo/version /etc/copied
echo 3.0 >/opt/demoapp/version
systemctl daemon-reload
systemctl enable -q --now nginx";
/// What must be as before: all but the times, as SQLite notes who reads.
const STATE: &str = "{ find /etc /usr /var/db /var/lib -xdev -printf '%p %m %u %g %y %s %l\\n'; \
                     find /etc /var/db /var/lib -xdev -type f ! -name '*-shm' -exec sha256sum {} +; } | sort";
const PATHS: [&str; 6] = [
    "/etc/nginx/nginx.conf",
    "/etc/nginx/mime.types",
    "/etc/copied",
    "/opt/demo/version",
    "/opt/demoapp/version",
    "/etc/hosts",
];

#[test]
fn a_machine_with_dnf_is_captured() {
    let Some([host]) = boot() else { return };
    site::lay_out(&host, "rhel");
    host.feed("cat >/root/rpm.sh && sh /root/rpm.sh dnf", include_bytes!("package_managers/rpm.sh"));
    // libdemo comes along. demo was installed by the rpm program alone, and dnf does not say who wanted it.
    host.must("dnf -q -y install demoapp demo nginx");
    host.must(BY_HAND);
    // The content is the package's, and the rest is not: rpm knows both.
    host.must("chmod 600 /etc/nginx/mime.types && chgrp deploy /etc/nginx/mime.types");
    is_captured(&host, "dnf");
}

#[test]
fn a_machine_with_zypper_is_captured() {
    let Some([host]) = boot() else { return };
    site::lay_out(&host, "suse");
    host.feed("cat >/root/rpm.sh && sh /root/rpm.sh zypper", include_bytes!("package_managers/rpm.sh"));
    host.must("zypper -n -q install demoapp demo nginx && rm /etc/nginx/mime.types");
    host.must(&format!("sed -i '/mime.types/d' /etc/nginx/nginx.conf\n{BY_HAND}"));
    is_captured(&host, "zypper");
    // Where nobody says what was asked for, those are taken that nothing needs.
    host.must("rm /var/lib/zypp/AutoInstalled");
    let said = host.must("cd /root && chefrs capture --rules rules -o other");
    let told =
        "zypper does not tell which packages were asked for; those are taken that no other package needs";
    assert!(said.contains(told), "{said}");
    let packages = host.must("cat /root/other/recipes/packages.lua");
    assert!(packages.contains("package \"demo\"") && !packages.contains("libdemo"), "{packages}");
}

#[test]
fn a_machine_with_portage_is_captured() {
    let Some([host]) = boot_patiently() else { return };
    site::lay_out(&host, "gentoo");
    host.feed("cat >/root/emerge.sh && sh /root/emerge.sh", include_bytes!("package_managers/emerge.sh"));
    host.must("echo 'app-misc/demo color' >/etc/portage/package.use/demo");
    host.must("emerge --quiet app-misc/demoapp app-misc/demo www-servers/nginx >/root/emerge.log 2>&1 || { cat /root/emerge.log; exit 1; }");
    host.must(&format!("{BY_HAND}\nrm /etc/nginx/mime.types; echo @own >/var/lib/portage/world_sets"));
    is_captured(&host, "portage");
}

/// Captures what is not Debian's. Nothing is changed, and a plan has nothing to do.
fn is_captured(host: &Host, manager: &str) {
    host.feed("cat >/root/rules", RULES.as_bytes());
    let before = host.must(STATE);
    let said = host.must("mkdir -p /root/p && cd /root/p && chefrs capture --rules ../rules --without users,groups,keys -o cookbooks/web");
    assert_eq!(host.must(STATE), before, "a capture changes nothing");
    let recipes = "cd /root/p/cookbooks/web && for name in recipes/*; do echo \"=== $name\"; cat $name; done";
    let explained =
        PATHS.map(|path| host.must(&format!("cd /root && chefrs capture --rules rules --explain {path}")));
    // How much the machine has besides depends on its image.
    let said: String = said.split_inclusive('\n').filter(|line| !line.contains("for its size")).collect();
    let text = [said, host.must(recipes), explained.concat()].concat();
    let wrong = goldens::compare(&goldens::spec(&format!("hosts/capture/{manager}")), &text);
    goldens::none(&wrong.into_iter().collect::<Vec<_>>());
    let planned = host.must("cd /root/p && chefrs plan -r web");
    assert!(planned.contains("0 would change"), "{planned}");
}
