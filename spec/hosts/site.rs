//! The shipped cookbooks on a host that is not quite Debian: `base`, `nginx` and a site.

use super::Host;
use super::convergence::{converge, through_a_shell};

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
    host.feed(
        &format!("cat >/root/nginx.sh && sh /root/nginx.sh {layout}"),
        include_bytes!("package_managers/nginx.sh"),
    );
}

/// Converges a site whose service nobody has started yet.
pub fn converge_one(host: &Host) {
    let updated = converge(host, SITE);
    for action in ["service[nginx] enable", "service[nginx] start", "nginx_site[site] create"] {
        assert!(updated.iter().any(|name| name == action), "{action}: {updated:?}");
    }
    look_at_it(host);
}

/// The same with the packages of Debian, which start their services themselves.
pub fn converge_one_of_debian(host: &Host) {
    let updated = converge(host, SITE);
    assert!(updated.iter().any(|name| name == "nginx_site[site] create"), "{updated:?}");
    look_at_it(host);
}

/// Looks at the page as others see it, and has what was changed since put right.
fn look_at_it(host: &Host) {
    for address in ["127.0.0.1", "$(hostname -I | cut -d' ' -f1)"] {
        let page = |name: &str| host.script(&format!("curl -sS -m 20 -H 'Host: {name}' http://{address}/"));
        assert_eq!(String::from_utf8_lossy(&page("site.test").stdout), "a page\n", "{address}");
        // A host that nobody names gets no answer.
        assert_eq!(page("other.test").status.code(), Some(52), "{address}");
    }
    host.must("service nginx stop && rm $(find /etc/nginx -name site.conf)");
    let again = converge(host, SITE);
    assert!(again.iter().any(|name| name == "service[nginx] start"), "{again:?}");
    let said = through_a_shell(host, SITE);
    assert!(said.contains("0 updated"), "{said}");
}
