//! The cookbook `openssl`, with the real program.

use super::boot;
use super::convergence::{chefrs, converge, recipe};

const PREPARED: &str = "apt_update \"lists\"\ninclude_recipe \"openssl\"\n";

const DECLARED: &str = r#"
local openssl = require "@openssl"
openssl.key "/etc/ssl/private/ec key" { type = "ec", group = "adm", mode = "0640" }
openssl.key "/etc/ssl/private/own.key" { type = "ed25519" }
openssl.self_signed_certificate "/etc/ssl/blog.crt" {
  key = "/etc/ssl/private/blog.key", size = "2048",
  names = { "blog.example.org", "*.example.org", "10.0.0.7", "2001:db8::7" },
  organization = "Ex (a) & b", country = "DE",
}
openssl.self_signed_certificate "/etc/ssl/own.crt" {
  key = "/etc/ssl/private/own.key", type = "any", names = { "own" },
}
"#;

#[test]
fn keys_and_certificates_are_as_declared_and_what_differs_is_seen() {
    let Some([host]) = boot() else { return };
    let planned = |text: &str| {
        recipe(&host, text);
        String::from_utf8(chefrs(&host, "plan -r spec").stdout).unwrap()
    };
    converge(&host, PREPARED);
    assert_eq!(converge(&host, DECLARED).len(), 5 + 4, "the settings, and the resources that they belong to");
    host.must("test \"$(stat -c '%a %U %G' '/etc/ssl/private/ec key')\" = '640 root adm'");
    host.must("test \"$(stat -c %a /etc/ssl/private/blog.key)\" = 600");
    host.must("cd /etc/ssl && openssl verify -CAfile blog.crt -verify_hostname www.example.org blog.crt");
    host.must("cd /etc/ssl && openssl verify -CAfile own.crt own.crt");

    let old = host.must("sha256sum /etc/ssl/private/blog.key");
    let said = planned(&DECLARED.replace("\"10.0.0.7\"", "\"10.0.0.8\"").replace("\"DE\"", "\"AT\""));
    for line in ["-subject CN=blog.example.org, O=Ex (a) & b, C=DE", "+names ", "1 would change"] {
        assert!(said.contains(line), "{line}: {said}");
    }
    // Time passes: what is valid for less than is wanted is made anew, with the same key.
    let renewed = converge(&host, &DECLARED.replace("country = \"DE\"", "renew_before = 400, days = 500"));
    assert_eq!(renewed.len(), 2, "{renewed:?}");
    assert_eq!(host.must("sha256sum /etc/ssl/private/blog.key"), old);
    // Another key: the certificate that it is for is made anew with it, and the plan knows.
    assert_eq!(converge(&host, &DECLARED.replace("size = \"2048\"", "type = \"ec\"")).len(), 3);
    converge(&host, DECLARED);
    host.must("openssl genpkey -algorithm ed25519 -out /etc/ssl/private/own.key; chmod 644 '/etc/ssl/private/ec key'");
    let said = planned(DECLARED);
    for line in ["\"ec prime256v1, 0644 root:adm\"", "-key another one", "2 would change"] {
        assert!(said.contains(line), "{line}: {said}");
    }
    converge(&host, DECLARED);
    host.must("echo mine >/etc/ssl/private/blog.key");
    let said = planned(DECLARED);
    assert!(said.contains("is no key that openssl can read"), "{said}");
    host.must("! grep -rl 'PRIVATE KEY' /var/lib/chefrs");
}
