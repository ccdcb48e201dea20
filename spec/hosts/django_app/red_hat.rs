//! `django_app` on a machine of Red Hat's family, as far as its packages can be had here.
//!
//! Real: dnf and rpm with their database, systemd, nginx, PostgreSQL, Redis, firewalld, and what the cookbook makes of them; the layout
//! of RHEL 9, with `conf.d` and the example server in `nginx.conf`, the user `nginx`, `postgresql-setup --initdb`, the
//! directories of `/var/lib/pgsql`, and the names and the split of packages.
//!
//! Wrapped: the machine is a Debian that calls itself Rocky Linux 9. The programs in the RPMs are Debian's, `python3.12` is its
//! Python 3.11 under that name, `postgresql-setup` is a script that calls initdb as the real one does, and the RPMs `python3`
//! and `openssl` are empty, because both programs are there from the beginning. See `package_managers/rhel.sh`.
//!
//! Not here: SELinux, which this kernel does not enforce, and EPEL.

use std::net::TcpStream;

use super::super::convergence::{converge_list, fail_list};
use super::super::{Host, boot_patiently, site};
use super::project::Project;

const SET: &str = "database = \"postgres\"\nbroker = \"redis\"\nfirewall = \"firewalld\"";

fn red_hat() -> Option<Host> {
    let [host] = boot_patiently()?;
    site::lay_out(&host, "rhel");
    host.feed("cat >/root/rpm.sh && sh /root/rpm.sh dnf", include_bytes!("../package_managers/rpm.sh"));
    host.feed("cat >/root/rhel.sh && sh /root/rhel.sh", include_bytes!("../package_managers/rhel.sh"));
    Some(host)
}

#[test]
fn a_site_comes_from_rpms_is_renewed_and_goes() {
    let Some(host) = red_hat() else { return };
    let project = Project::stock(&host);
    project.set(&format!("{SET}\ntls = \"acme\"\nacme.email = \"ann@shop.example\""));
    let said = fail_list(&host, "-r django_app");
    assert!(
        said.contains("no package source has certbot. It is in EPEL: `dnf install epel-release`"),
        "{said}"
    );
    assert!(said.contains("0 updated"), "{said}");

    project.set(SET);
    let updated = converge_list(&host, "-r django_app");
    for action in ["package[python3.12, python3.12-pip] install", "execute[first cluster of PostgreSQL] run"]
    {
        assert!(updated.iter().any(|name| name == action), "{action}: {updated:?}");
    }
    host.must("rpm -q nginx postgresql postgresql-server redis python3.12 python3.12-pip");
    host.must("! dpkg -s nginx 2>/dev/null && ! dpkg -s postgresql-15 2>/dev/null && ! dpkg -s python3-venv 2>/dev/null");
    host.must("systemctl is-active nginx postgresql redis shop-web.service shop-web.socket");
    assert_eq!(host.must("stat -c '%U %G %a' /run/shop-web.sock"), "shop nginx 660\n");
    assert_eq!(host.must("readlink -f /srv/shop/current/venv/bin/python"), "/usr/bin/python3.12\n");
    assert_eq!(host.must("redis-cli ping"), "PONG\n");
    let tables =
        host.must("cd / && runuser -u postgres -- psql -At shop -c 'SELECT count(*) FROM django_migrations'");
    assert!(tables.trim().parse::<u32>().unwrap() > 10, "{tables}");
    assert_eq!(project.status("/admin/login/"), "200");
    assert_eq!(project.status("/static/admin/css/base.css"), "200");
    // The example server of nginx.conf does not answer for a host that nobody names.
    let asked = host.script("curl -sS -m 20 -H 'Host: other.example' http://127.0.0.1/");
    assert_eq!(asked.status.code(), Some(52), "{asked:?}");
    let rules = host.must("systemctl is-active firewalld && firewall-cmd --list-rich-rules");
    assert!(rules.contains("port=\"22\"") && rules.contains("port=\"80\""), "{rules}");
    TcpStream::connect((host.address(), 80)).unwrap();

    let first = project.release("current");
    project.add("mysite/urls.py", "from django.http import HttpResponse\nurlpatterns += [path('new/', lambda _: HttpResponse('new'))]\n");
    assert_eq!(project.status("/new/"), "404");
    project.run().with(0, "0 failed");
    assert_eq!(project.status("/new/"), "200");
    assert_eq!(project.release("previous"), first);
    project.run().with(0, "0 updated");
    let backup = host.must("shop-backup").trim().to_owned();
    host.must(&format!("test -s /srv/shop/shared/backups/{backup}/database.dump"));
    host.reboot();
    assert_eq!(project.status("/new/"), "200");

    // The example server takes no port that the sites have left.
    project.set(&format!("{SET}\n[attributes.nginx]\nport = 8080"));
    let updated = converge_list(&host, "-r django_app");
    let moved = "line[the example server of nginx.conf at [::]:8080] set";
    assert!(updated.iter().any(|name| name == moved), "{updated:?}");
    assert_eq!(host.must("ss -Hltn 'sport = :80'"), "");
    host.must("curl -fsS -H 'Host: shop.example' http://127.0.0.1:8080/new/");

    converge_list(&host, "-r django_app::uninstall");
    host.must("! systemctl is-active shop-web.service shop-web.socket && test ! -e /etc/nginx/conf.d/shop.conf && nginx -t");
    host.must("cd / && runuser -u postgres -- psql -At shop -c 'SELECT 1 FROM django_migrations'");
}
