//! Several servers behind a site of the cookbook `nginx`.

use super::boot;
use super::convergence::{converge, fail};

const DECLARED: &str = r#"
apt_update "lists"
package { "curl", "python3" }
include_recipe "nginx"
local nginx = require "@nginx"
nginx.site "shop" {
  domains = "shop.example", upstream = { "127.0.0.1:8001 weight=2", "127.0.0.1:8002" }, max_fails = 1, fail_timeout = "60s",
  keepalive = 4, balance = "round_robin",
}
"#;

const SERVER: &str = r#"
cat >/srv/serve.py <<'P'
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write((sys.argv[1] + "\n").encode())
HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
P
for port in 8001 8002; do
    systemd-run --quiet --unit server-$port python3 /srv/serve.py $port
    for try in $(seq 100); do curl -sf http://127.0.0.1:$port/ >/dev/null && continue 2; sleep 0.1; done
    echo "nothing on port $port after 10 s" >&2; exit 1
done
"#;

#[test]
fn several_servers_share_requests_and_stand_in_for_each_other() {
    let Some([host]) = boot() else { return };
    converge(&host, DECLARED);
    host.must(SERVER);
    let answers = || {
        host.must("for n in 1 2 3 4 5 6 7 8 9; do curl -sf -H 'Host: shop.example' http://127.0.0.1/; done")
    };
    let all = answers();
    assert!(all.matches("8001").count() > all.matches("8002").count() && all.contains("8002"), "{all}");
    host.must("systemctl stop server-8001");
    assert_eq!(answers(), "8002\n".repeat(9));
    let said = fail(&host, &DECLARED.replace("weight=2", "wieght=2"));
    assert!(said.contains("invalid parameter \"wieght=2\""), "{said}");
    converge(&host, &DECLARED.replace("round_robin", "ip_hash"));
    assert_eq!(answers(), "8002\n".repeat(9));
}
