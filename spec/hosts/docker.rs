//! The cookbook `docker`, with the real daemon and real containers.

use super::boot;
use super::convergence::{converge, fail, planned};

const DECLARED: &str = r#"
apt_update "lists"
include_recipe "docker"
"#;

const PROJECT: &str = r#"
include_recipe "docker"
local docker = require "@docker"
docker.compose_project "shop" {
  content = yaml.encode({ version = "3", services = {
    web = {
      image = "tiny:1", network_mode = "none", environment = { "TOKEN=${TOKEN}" },
      command = { "/bin/sh", "-c", "echo said $$TOKEN; exec sleep 1000" },
    },
    first = { image = "tiny:1", network_mode = "none", command = { "/bin/sh", "-c", "exit 0" } },
  } }),
  environment = { TOKEN = secret "token" }, pull = false, may_end = { "first" },
}
"#;

/// Makes an image of programs of the machine: no registry is in reach.
const IMAGE: &str = "cd / && echo $RANDOM >tmp/is && tar -ch tmp/is bin/sleep bin/sh $(ldd /bin/sleep /bin/sh | grep -o '/lib[^ ]*' | sort -u | cut -c2-) | docker import - tiny:1";

#[test]
fn docker_runs_projects_as_their_files_say() {
    let Some([host]) = boot() else { return };
    let configure = |lines: &str| {
        let text = format!(
            "[secrets]\nprogram = [\"cat\", \"/root/{{name}}.secret\"]\n[attributes.docker]\n{lines}"
        );
        host.write("/root/chefrs.toml", text.as_bytes());
        // systemd takes a fourth restart within a minute for a loop.
        host.must("systemctl reset-failed docker 2>/dev/null || true");
    };
    host.write("/root/token.secret", b"it's a $secret word");
    host.must("useradd ada");
    configure("");
    converge(&host, DECLARED);
    host.must("docker info | grep 'Logging Driver: local' && ! id -nG ada | grep docker");
    configure("users = \"ada\"\ndaemon = { debug = true, storage-driver = \"vfs\" }\n");
    converge(&host, DECLARED);
    host.must(
        "docker info | grep 'Debug Mode: true' && id -nG ada | grep docker && runuser -u ada -- docker ps",
    );

    // Settings that the daemon would not start with never get there.
    let started = host.must("systemctl show -p MainPID docker");
    for (setting, message) in [
        ("log-drivr = \"local\"", "the following directives don't match any configuration option: log-drivr"),
        ("debug = \"yes\"", "cannot unmarshal string"),
    ] {
        configure(&format!("daemon = {{ {setting} }}\n"));
        let said = fail(&host, DECLARED);
        assert!(said.contains(message), "{said}");
    }
    assert_eq!(host.must("systemctl show -p MainPID docker"), started);

    configure("daemon = { storage-driver = \"vfs\" }\n");
    converge(&host, DECLARED);
    host.must(IMAGE);
    converge(&host, PROJECT);
    let logs = |service: &str| {
        host.must(&format!(
            "docker-compose -p shop -f /srv/shop/compose.yaml logs --no-color {service} 2>/dev/null"
        ))
    };
    assert!(logs("web").contains("said it's a $secret word"), "{}", logs("web"));
    host.must("! grep -rlE 'secret word' /srv /etc /var/lib/chefrs /var/lib/docker-setting");

    let differs = |what: &str| {
        let said = planned(&host, PROJECT);
        assert!(
            said.contains("setting[project shop of Docker Compose]") && said.contains("1 would change"),
            "{what}: {said}"
        );
        converge(&host, PROJECT);
    };
    host.must("docker stop -t 0 $(docker ps -q --filter label=com.docker.compose.service=web)");
    differs("a service was stopped");
    let old = host.must("docker ps -q --no-trunc");
    host.must(IMAGE);
    differs("the name means another image");
    assert_ne!(host.must("docker ps -q --no-trunc"), old);
    host.write("/root/token.secret", b"another word than that");
    differs("a variable has another value");
    assert!(logs("web").contains("said another word than that"));

    let said = fail(&host, &PROJECT.replace("image = \"tiny:1\", network", "imgae = \"tiny:1\", network"));
    assert!(said.contains("Unsupported config option") || said.contains("imgae"), "{said}");
    // One service less, and the other one stays as it is.
    let old = host.must("docker ps -q --no-trunc");
    let less = PROJECT.lines().filter(|line| !line.contains("first = {")).collect::<Vec<_>>().join("\n");
    converge(&host, &less);
    assert_eq!(host.must("docker ps -aq --no-trunc"), old);

    const REMOVED: &str =
        "local docker = require \"@docker\"\ndocker.compose_project \"shop\" { action = \"delete\" }\n";
    converge(&host, REMOVED);
    assert_eq!(host.must("docker ps -aq; ls /srv/shop"), "");
}
