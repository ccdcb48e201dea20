//! What lies between a site and others: the host of its repository, an authority for certificates, a proxy.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::super::convergence::converge_list;
use super::super::{boot, boot_patiently};
use super::project::Project;
use crate::patience::CallInTime as _;

#[test]
fn a_repository_that_is_down_stops_only_who_wants_something_new() {
    let Some([host]) = boot() else { return };
    let project = Project::stock(&host);
    host.must("apt-get update -qq && apt-get install -y -qq git >/dev/null 2>&1 && git config --system safe.directory '*'");
    let commit = |tag: &str| {
        host.must(&format!(
            "apt-get install -y -qq git >/dev/null 2>&1; cd /root/source && git init -q . && git add . && git -c user.name=a -c user.email=a@b commit -qm x && git tag {tag} && \
             rm -rf /srv/shop.git && git clone -q --bare . /srv/shop.git && apt-get remove -y -qq git >/dev/null 2>&1"
        ));
    };
    commit("v1");
    let set = |revision: &str| {
        let text = format!(
            "[attributes.django_app]\nname = \"shop\"\ndomain = \"shop.example\"\nsource.git = \"/srv/shop.git\"\n{revision}\n\
             wheels = \"/srv/repo/wheels\"\n"
        );
        host.write("/root/chefrs.toml", text.as_bytes());
    };
    // The machine has no git.
    set("source.revision = \"v1\"");
    project.run().with(0, "0 failed");
    let first = project.release("current");
    assert!(first.starts_with("v1-"), "{first}");
    project.add("mysite/urls.py", "# more\n");
    commit("v2");
    set("");
    project.run().with(0, "0 failed");
    let head = host.must("git --git-dir /srv/shop.git rev-parse HEAD");
    assert!(project.release("current").starts_with(&head[..12]), "{head}");

    host.must("mv /srv/shop.git /srv/away.git");
    project.run().with(0, "0 updated");
    project.call(&format!("run -r django_app --set django_app.release={first}")).with(0, "0 failed");
    assert_eq!(project.release("current"), first);
    project.call("run -r django_app --set django_app.release=v7").with(1, "There are: ");
    set("source.revision = \"v3\"");
    project.run().with(1, "can't read the repository");
    assert_eq!(project.release("current"), first);
    assert_eq!(project.status("/admin/login/"), "200");
}

/// An ACME authority on the machine itself.
const AUTHORITY: &str = r#"
set -e
apt-get update -qq
apt-get install -y -qq pebble openssl >/dev/null 2>&1
echo '127.0.0.1 shop.example' >>/etc/hosts
mkdir /root/ca; cd /root/ca; chmod 755 /root /root/ca
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
cat >pebble.json <<P
{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
 "certificate": "/root/ca/cert.pem", "privateKey": "/root/ca/key.pem", "httpPort": 80, "tlsPort": 443}}
P
systemd-run --quiet --unit pebble --setenv PEBBLE_VA_NOSLEEP=1 --setenv PEBBLE_WFE_NONCEREJECT=0 pebble -config /root/ca/pebble.json
"#;

#[test]
fn a_site_has_tls_from_an_authority_or_from_a_proxy() {
    let Some([host]) = boot() else { return };
    let project = Project::stock(&host);
    host.must(AUTHORITY);
    project.add("mysite/settings.py", "SECURE_SSL_REDIRECT = True\n");
    project.set(
        "tls = \"acme\"\nhsts = 3600\n\
         acme = { email = \"ann@shop.example\", directory = \"https://localhost:14000/dir\", ca = \"/root/ca/cert.pem\" }",
    );
    project.run().with(0, "0 failed");
    project.run().with(0, "0 updated");
    let names = host.must("openssl x509 -in /etc/shop/certificate.pem -noout -issuer -ext subjectAltName");
    assert!(names.contains("Pebble") && names.contains("DNS:shop.example"), "{names}");
    let page = "curl -s -i -k --resolve shop.example:443:127.0.0.1 https://shop.example/admin/login/";
    let answer = host.must(page).to_lowercase();
    assert!(answer.starts_with("http/2 200"), "{answer}");
    assert!(
        answer.contains("; secure") && answer.contains("strict-transport-security: max-age=3600"),
        "{answer}"
    );
    let redirect = host.must("curl -s -i -H 'Host: shop.example' http://127.0.0.1/x?y=z");
    assert!(redirect.contains("Location: https://shop.example/x?y=z"), "{redirect}");
    host.must("systemctl is-active certbot.timer");

    // Without TLS of its own, behind a proxy that has it: only what that one says counts.
    project.set("trusted_proxies = \"127.0.0.1\"");
    project.run().with(0, "0 failed");
    let asked = |address: &str| {
        host.must(&format!(
            "curl -s -o /dev/null -w '%{{http_code}}' -H 'X-Forwarded-Proto: https' -H 'Host: shop.example' http://{address}/admin/login/"
        ))
    };
    assert_eq!(asked("127.0.0.1"), "200");
    assert_eq!(asked("$(hostname -I | cut -d' ' -f1)"), "301");

    host.must("mkdir -p /root/secrets && cd /root && chefrs secret keygen >secrets/recipients.txt 2>/dev/null && echo pass-of-this-spec | chefrs secret set door");
    project.set("basic_auth = { user = \"ann\", password = { secret = \"door\" } }");
    let said = project.run().with(0, "0 failed");
    assert!(!said.contains("pass-of-this-spec"), "{said}");
    assert_eq!(project.status("/admin/login/"), "401");
    let ann = "curl -s -o /dev/null -w '%{http_code}' -u ann:pass-of-this-spec -H 'Host: shop.example' http://127.0.0.1/admin/login/";
    assert_eq!(host.must(ann), "200");
    project.run().with(0, "0 updated");
    host.must("shop-maintenance on");
    assert_eq!(host.must(ann), "503");
    host.must("shop-maintenance off");
    assert_eq!(host.must(ann), "200");
}

/// Waits until the log has so many requests.
const LOGGED: &str = "for try in $(seq 100); do [ $(grep -c 'GET /' /var/log/guestbook/web.log) -lt \"$1\" ] || exit 0; \
                      sleep 0.1; done; cat /var/log/guestbook/web.log; exit 1";

#[test]
fn a_firewall_lets_in_ssh_and_the_site_alone_and_log_files_are_rotated() {
    let Some([one, other]) = boot_patiently() else { return };
    for (host, firewall) in [(&one, "ufw"), (&other, "nftables")] {
        let words = format!("--set django_app.firewall={firewall} --set django_app.log_dir=/var/log");
        converge_list(host, &format!("-r django_app --set django_app.wheels=/srv/repo/wheels {words}"));
        let page = || host.fetch("/").unwrap_or_else(|why| panic!("{firewall}: {why}"));
        assert!(page().contains("Guest book"), "{firewall}");
        assert!(host.ssh(&["true"]).output_in_time().unwrap().status.success(), "{firewall}");
        host.must("systemd-run --quiet python3 -m http.server 8000");
        host.must(
            "curl -s -o /dev/null --retry 50 --retry-connrefused --retry-delay 1 http://127.0.0.1:8000/",
        );
        let closed = SocketAddr::new(host.address(), 8000);
        assert!(TcpStream::connect_timeout(&closed, Duration::from_secs(3)).is_err(), "{firewall}");

        let logged = |count: usize| host.must(&format!("set -- {count}; {LOGGED}"));
        logged(1);
        host.must("logrotate -f /etc/logrotate.d/django-guestbook && test -s /var/log/guestbook/web.log.1");
        page();
        logged(1);
        assert!(host.must("guestbook-logs").contains("GET /"), "{firewall}");
    }
}
