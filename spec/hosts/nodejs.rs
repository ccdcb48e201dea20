//! The cookbook `nodejs`: the distribution's Node.js, one of an archive, and programs of a registry.

use super::boot;
use super::convergence::{converge, fail};

const DECLARED: &str = "apt_update \"lists\"\ninclude_recipe \"nodejs\"\n";

/// A registry with two versions of one program, on the machine itself.
const REGISTRY: &str = r#"
set -e
mkdir -p /srv/npm/greet && cd /srv/npm
for version in 1.0.0 2.0.0; do
    printf '{"name":"greet","version":"%s","bin":{"greet":"greet.js"}}' $version >greet/package.json
    printf '#!/usr/bin/env node\nconsole.log("hello from %s, node " + process.version)\n' $version >greet/greet.js
    (cd greet && npm pack --silent --pack-destination .. >/dev/null)
done
cat >serve.js <<'JS'
const fs = require("fs"), base = "http://127.0.0.1:4873";
const of = version => ({ name: "greet", version, bin: { greet: "greet.js" }, dist: { tarball: `${base}/greet-${version}.tgz` } });
require("http").createServer((ask, answer) => {
  if (ask.url === "/greet") answer.end(JSON.stringify({
    name: "greet", "dist-tags": { latest: "2.0.0" }, versions: { "1.0.0": of("1.0.0"), "2.0.0": of("2.0.0") } }));
  else if (fs.existsSync("/srv/npm" + ask.url)) answer.end(fs.readFileSync("/srv/npm" + ask.url));
  else { answer.statusCode = 404; answer.end("{}"); }
}).listen(4873, "127.0.0.1");
JS
systemd-run --quiet --unit registry /usr/bin/node /srv/npm/serve.js
for try in $(seq 100); do curl -sf http://127.0.0.1:4873/greet >/dev/null && exit; sleep 0.1; done; echo 'no registry after 10 s' >&2; exit 1
"#;

/// An archive as those of nodejs.org, with what the distribution has.
const ARCHIVE: &str = r#"
set -e
mkdir -p /tmp/a/node-v18.0.1-linux-x64/bin /tmp/a/node-v18.0.1-linux-x64/lib/node_modules && cd /tmp/a/node-v18.0.1-linux-x64
cp /usr/bin/node bin/node && cp -rL /usr/share/nodejs/npm lib/node_modules/npm
# Half of the distribution's npm is in packages of its own.
for name in npm npx; do
    printf '#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nNODE_PATH=/usr/share/nodejs exec "$here/node" "$here/../lib/node_modules/npm/bin/%s-cli.js" "$@"\n' $name >bin/$name
    chmod 755 bin/$name
done
cd .. && tar -czf /srv/npm/node.tar.gz node-v18.0.1-linux-x64 && sha256sum /srv/npm/node.tar.gz | cut -c-64
"#;

#[test]
fn node_is_the_distribution_s_or_one_of_an_archive_and_programs_have_their_versions() {
    let Some([host]) = boot() else { return };
    let configure =
        |lines: &str| host.write("/root/chefrs.toml", format!("[attributes.nodejs]\n{lines}").as_bytes());
    converge(&host, &format!("{DECLARED}package {{ \"curl\" }}\n"));
    host.must("node --version && npm --version");
    host.must(REGISTRY);

    configure("registry = \"http://127.0.0.1:4873\"\nprograms = { greet = \"1.0.0\" }\n");
    assert_eq!(converge(&host, DECLARED), ["npm_package[greet] install"]);
    assert!(host.must("greet").starts_with("hello from 1.0.0"));
    configure("registry = \"http://127.0.0.1:4873\"\nprograms = { greet = \"2.0.0\" }\n");
    converge(&host, DECLARED);
    assert!(host.must("greet").starts_with("hello from 2.0.0"));

    let digest = host.must(ARCHIVE);
    let archive = |digest: &str| {
        format!(
            "registry = \"http://127.0.0.1:4873\"\nprograms = {{ greet = \"1.0.0\" }}\nversion = \"18.0.1\"\n\
             archive = {{ url = \"http://127.0.0.1:4873/node.tar.gz\", checksum = \"{}\" }}\n",
            digest.trim()
        )
    };
    configure(&archive(&"0".repeat(64)));
    let said = fail(&host, DECLARED);
    assert!(said.contains("remote_file[/var/cache/nodejs/18.0.1.tar.gz]"), "{said}");
    configure(&archive(&digest));
    converge(&host, DECLARED);
    assert_eq!(
        host.must("readlink -f $(command -v node); readlink -f $(command -v npm)"),
        "/usr/local/lib/nodejs/bin/node\n/usr/local/lib/nodejs/bin/npm\n"
    );
    assert!(host.must("greet").starts_with("hello from 1.0.0"));
}
