//! The cookbook `certificates`, with the real openssl, certbot, nginx, and an ACME authority.

use super::Host;
use super::boot;
use super::convergence::{chefrs, converge, fail, planned};

const GIVEN: &str = r#"
apt_update "lists"
include_recipe "certificates"
local certificates = require "@certificates"
certificates.files "given" { certificate = contents "/root/given.pem", key = secret "key", group = "www-data" }
certificates.self_signed "own" { names = { "own.example", "10.0.0.7" } }
"#;

/// An authority on the machine itself, which asks the web server of the machine.
const AUTHORITY: &str = r#"
set -e
apt-get install -y -qq pebble >/dev/null 2>&1
echo '127.0.0.1 blog.example www.blog.example' >>/etc/hosts
mkdir /root/ca; cd /root/ca; chmod 755 /root /root/ca
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
cat >pebble.json <<P
{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
 "certificate": "/root/ca/cert.pem", "privateKey": "/root/ca/key.pem", "httpPort": 80, "tlsPort": 443}}
P
systemd-run --quiet --unit pebble --setenv PEBBLE_VA_NOSLEEP=1 --setenv PEBBLE_WFE_NONCEREJECT=0 pebble -config /root/ca/pebble.json
for try in $(seq 100); do curl -sk https://localhost:14000/dir >/dev/null && exit; sleep 0.1; done; echo 'no authority after 10 s' >&2; exit 1
"#;

const SIGNED: &str = r#"
include_recipe "certificates::acme"
include_recipe "nginx"
local certificates, nginx = require "@certificates", require "@nginx"
local domains = { "blog.example", "www.blog.example" }
certificates.acme("blog", { domains = domains, action = "prepare" })
nginx.site "blog" {
  domains = domains, root = "/srv",
  certificate = "/etc/certificates/blog/fullchain.pem", certificate_key = "/etc/certificates/blog/privkey.pem",
  challenges = node.certificates.acme.challenges, reload = "immediately",
}
certificates.acme("blog", { domains = domains, notifies = { "reload", "service[nginx]" } })
"#;

fn pair(host: &Host, name: &str) {
    let script = format!(
        "cd /root && openssl req -x509 -newkey rsa:2048 -nodes -keyout {name}.secret -out {name}.pem -days 30 -subj /CN={name} 2>/dev/null"
    );
    host.must(&script);
}

/// What identifies the certificate that the web server shows.
fn served(host: &Host) -> String {
    host.must("openssl s_client -connect 127.0.0.1:443 -servername blog.example </dev/null 2>/dev/null | openssl x509 -noout -issuer -serial")
}

#[test]
fn given_certificates_are_verified_with_their_keys_and_what_expires_is_told() {
    let Some([host]) = boot() else { return };
    host.write("/root/chefrs.toml", b"[secrets]\nprogram = [\"cat\", \"/root/{name}.secret\"]\n");
    pair(&host, "given");
    host.must("ln -s given.secret /root/key.secret");
    converge(&host, GIVEN);
    host.must("cd /etc/certificates/given && test \"$(stat -c '%a %G' privkey.pem combined.pem | sort -u)\" = '640 www-data'");
    host.must("cd /etc/certificates && openssl verify -CAfile own/fullchain.pem -verify_hostname own.example own/fullchain.pem");
    host.must("cd /etc/certificates/given && test \"$(openssl pkey -in privkey.pem -pubout)\" = \"$(openssl x509 -in fullchain.pem -noout -pubkey)\"");
    host.must("! grep -rl 'PRIVATE KEY' /var/lib/chefrs");

    // Neither is replaced by what does not belong to the other.
    let old = host.must("sha256sum /etc/certificates/given/*");
    pair(&host, "other");
    host.must("ln -sf other.secret /root/key.secret");
    let said = fail(&host, GIVEN);
    assert!(said.contains("file[/etc/certificates/given/combined.pem]"), "{said}");
    assert_eq!(host.must("sha256sum /etc/certificates/given/*"), old);
    host.must("cp /root/other.pem /root/given.pem");
    converge(&host, GIVEN);

    host.must("systemctl start certificates-check && systemctl list-timers | grep -q certificates-check");
    host.write("/root/chefrs.toml", b"[secrets]\nprogram = [\"cat\", \"/root/{name}.secret\"]\n[attributes.certificates]\ncheck.days = 60\n");
    converge(&host, GIVEN);
    host.must("! systemctl start certificates-check");
    let said = host.must("journalctl -u certificates-check --no-pager");
    assert!(
        said.contains("/etc/certificates/given/fullchain.pem: valid until") && !said.contains("own/"),
        "{said}"
    );
}

#[test]
fn an_authority_signs_and_renews_and_the_web_server_shows_it() {
    let Some([host]) = boot() else { return };
    converge(&host, "apt_update \"lists\"\npackage { \"curl\", \"openssl\" }\n");
    host.must(AUTHORITY);
    host.write(
        "/root/chefrs.toml",
        b"[attributes.certificates.acme]\nemail = \"ann@blog.example\"\ndirectory = \"https://localhost:14000/dir\"\nca = \"/root/ca/cert.pem\"\n",
    );
    converge(&host, SIGNED);
    let first = served(&host);
    assert!(first.contains("Pebble"), "{first}");
    host.must("systemctl is-active certbot.timer");

    // As the timer does it, but before it is due.
    host.must(
        "REQUESTS_CA_BUNDLE=/root/ca/cert.pem certbot renew -q --force-renewal --no-random-sleep-on-renew",
    );
    host.must("for try in $(seq 50); do systemctl show -p ReloadResult nginx | grep -q success && break; sleep 0.1; done; sleep 1");
    let renewed = served(&host);
    assert!(renewed.contains("Pebble") && renewed != first, "{renewed}");
    let output = chefrs(&host, "plan -r spec");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    host.must("systemctl start certbot.service");

    let fewer = SIGNED.replace("\"blog.example\", \"www", "\"www");
    let said = planned(&host, &fewer);
    let line = "would set to \"https://localhost:14000/dir for www.blog.example\", was \"https://localhost:14000/dir for blog";
    assert!(said.contains(line), "{said}");
    converge(&host, &fewer);
    let names = host.must("openssl x509 -in /etc/certificates/blog/fullchain.pem -noout -ext subjectAltName");
    assert!(!names.contains("DNS:blog.example"), "{names}");

    const REMOVED: &str = r#"
include_recipe "nginx"
local certificates, nginx = require "@certificates", require "@nginx"
nginx.site "blog" { domains = "blog.example", action = "delete" }
certificates.acme("blog", { action = "delete" })
"#;
    converge(&host, REMOVED);
    host.must("! ls /etc/certificates/blog /etc/letsencrypt/live/blog /etc/letsencrypt/renewal-hooks/deploy/blog 2>/dev/null | grep .");
}
