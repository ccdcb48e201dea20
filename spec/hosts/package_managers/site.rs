//! The shipped cookbooks on a host of another distribution: `base`, `nginx` and a site.

use super::super::Host;
use super::super::convergence::{converge, through_a_shell};

const SITE: &str = r#"
local nginx = require "@nginx"
include_recipe "base"
include_recipe "nginx"
directory "/srv/site" { mode = "0755" }
file "/srv/site/index.html" { content = "a page\n", mode = "0644" }
nginx.site "site" { domains = { "site.test" }, root = "/srv/site" }
"#;

/// Puts Debian's nginx into `/srv/nginx` as the package of a distribution lays it out.
pub fn lay_out(host: &Host, layout: &str) {
    host.feed(&format!("cat >/root/nginx.sh && sh /root/nginx.sh {layout}"), include_bytes!("nginx.sh"));
}

/// Converges a site, looks at its page as others see it, and takes notice of what was changed since.
pub fn converge_one(host: &Host) {
    let updated = converge(host, SITE);
    for action in ["service[nginx] enable", "service[nginx] start", "nginx_site[site] create"] {
        assert!(updated.iter().any(|name| name == action), "{action}: {updated:?}");
    }
    for address in ["127.0.0.1", "$(hostname -I | cut -d' ' -f1)"] {
        let page = |name: &str| host.script(&format!("curl -sS -m 20 -H 'Host: {name}' http://{address}/"));
        assert_eq!(String::from_utf8_lossy(&page("site.test").stdout), "a page\n", "{address}");
        // A host that nobody names gets no answer.
        assert_eq!(page("other.test").status.code(), Some(52), "{address}");
    }
    host.must("systemctl stop nginx && rm $(find /etc/nginx -name site.conf)");
    let again = converge(host, SITE);
    assert!(again.iter().any(|name| name == "service[nginx] start"), "{again:?}");
    let said = through_a_shell(host, SITE);
    assert!(said.contains("0 updated"), "{said}");
}
