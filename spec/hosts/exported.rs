//! `hello`, a Django site and 106 mixed resources in each form that can be run: the machine is afterwards as chefrs leaves it,
//! and a second run changes nothing.
//!
//! One collection holds all three, so that each tool is started twice and no more. All machines have all tools.

use std::process::Command;
use std::sync::OnceLock;

use super::{Host, boot, boot_with};
use crate::patience::CallInTime as _;
use crate::skipped::is_patient;

/// What runs, in this order: the site reads the package lists.
const LIST: &str = "hello,django_app,mixed";

/// Of the site what no two machines have in common, and where its Python packages are.
pub(super) const SETTINGS: &str = r#"[attributes.django_app]
wheels = "/srv/repo/wheels"
aliases = ["localhost", "127.0.0.1"]
"#;

/// The services of the mixed recipe.
const SERVICES: &str = r"
hostname machine && echo machine >/etc/hostname
for n in 1 2 3 4 5; do
  printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n' \
    >/etc/systemd/system/cbsvc$n.service
done
mkdir /srv/bench
systemctl daemon-reload
";

/// A form, and what runs it.
struct Leaving {
    form: &'static str,
    /// Where the code is. It is run there.
    folder: &'static str,
    /// Prepares it.
    before: &'static str,
    /// Runs it.
    run: &'static str,
    /// Whether the last run changed nothing: what `$status` and `out` say.
    unchanged: &'static str,
    /// What the form does not carry, and says so: lines of the look with this pattern do not count.
    lost: &'static str,
}

/// What most have.
const PLAIN: Leaving = Leaving {
    form: "sh",
    folder: "/root/code",
    before: "",
    run: "sh converge.sh",
    unchanged: "[ $status = 0 ] && grep -q '^0 updated, ' out",
    lost: "",
};

/// Whether the other tools run, which takes minutes.
fn is_wanted() -> bool {
    std::env::var_os("CHEFRS_SPEC_LONG").is_some()
}

fn machine() -> Option<Host> {
    // Where the other tools run, all machines have them: what is compared is the whole machine.
    let [host] = boot_with(if is_wanted() { "salt" } else { "" })?;
    let file = |path: &str, text: &str| host.write(&format!("/root/project/{path}"), text.as_bytes());
    file("chefrs.toml", SETTINGS);
    file("recipes/hello.lua", include_str!("../../recipes/hello.lua"));
    file("recipes/mixed.lua", include_str!("../bench/recipes/mixed.lua"));
    file("templates/app.conf.hbs", include_str!("../bench/templates/app.conf.hbs"));
    host.must(SERVICES);
    Some(host)
}

/// All that is on a machine. The release is named by what it is made of, and each machine has a secret key of its own.
fn look(host: &Host) -> String {
    let script = include_str!("exported/look.sh");
    host.must(&format!("{{\n{script}\n}} | sed -E 's/sample-[0-9a-f]{{8}}/sample-RELEASE/g'"))
}

/// What chefrs itself leaves.
fn expected() -> Option<&'static str> {
    static EXPECTED: OnceLock<Option<String>> = OnceLock::new();
    let run = || {
        let host = machine()?;
        host.must(&format!("cd /root/project && chefrs run -r {LIST}"));
        Some(look(&host))
    };
    EXPECTED.get_or_init(run).as_deref()
}

/// Runs a form twice.
fn leaves_what_chefrs_does(leaving: &Leaving) {
    let Some(expected) = expected() else { return };
    let Some(host) = machine() else { return };
    let Leaving { form, folder, before, run, unchanged, lost } = leaving;
    host.must(&format!(
        "cd /root/project && chefrs export --to {form} -r {LIST} -o {folder} 2>/root/losses && cd {folder} && {before}\n:"
    ));
    let call = |number: usize| {
        host.must(&format!(
            "cd {folder} && status=0; {run} >out 2>&1 </dev/null || status=$?; cat out; \
             if {unchanged}; then echo 'run {number} has changed nothing'; else echo \"status $status\"; fi"
        ))
    };
    let first = call(1);
    assert!(!first.contains("run 1 has changed nothing"), "{first}");
    let actual = look(&host);
    let diff = similar::TextDiff::from_lines(expected, &actual);
    let diff = diff.unified_diff().context_radius(0).header("chefrs", form).to_string();
    let is_told = |line: &&str| !lost.is_empty() && lost.split('|').any(|word| line.contains(word));
    let wrong: Vec<&str> =
        diff.lines().filter(|line| !line.starts_with("@@")).skip(2).filter(|line| !is_told(line)).collect();
    assert!(wrong.is_empty(), "{form}: {wrong:#?}\n{first}");
    let second = call(2);
    assert!(second.contains("run 2 has changed nothing"), "{form}: {second}");
    assert_eq!(look(&host), actual, "{form}: {second}");
}

/// The story of the README, word for word, on a machine that has nothing else.
#[test]
fn the_readme_tells_how_to_leave() {
    let Some([host]) = boot() else { return };
    let readme = include_str!("../../README.md");
    let (_, story) = readme.split_once("\n## I want to leave\n").expect("it is in the README");
    let (_, block) = story.split_once("\n```sh\n").expect("it has commands");
    let (commands, _) = block.split_once("```\n").expect("they end");
    host.write("/root/project/chefrs.toml", SETTINGS.as_bytes());
    host.must(&format!("cd /root/project && set -e\n{commands}"));
    host.must("cd /root/project && grep -q '^### 1' site.md && test -s site/site.yml");
    host.must("mv /usr/local/bin/chefrs /root");
    let call = |words: &str| host.must(&format!("cd /root/project && sh site.sh {words}"));
    let status = |words: &str| host.script(&format!("sh /root/project/site.sh {words}")).status.code();
    assert_eq!(status("--check"), Some(2));
    let first = call("");
    assert_eq!(status("--check"), Some(0), "{first}");
    let second = call("");
    assert!(second.contains("\n0 updated, ") || second.starts_with("0 updated, "), "{second}");
    assert!(host.must("curl -sS http://127.0.0.1/").contains("It works."), "{second}");
}

#[test]
fn a_script() {
    leaves_what_chefrs_does(&PLAIN);
}

#[test]
fn a_play_of_ansible() {
    if !is_patient() {
        return;
    }
    leaves_what_chefrs_does(&Leaving {
        form: "ansible",
        run: "ANSIBLE_PIPELINING=1 ansible-playbook -i localhost, -c local site.yml",
        unchanged: "grep -q 'changed=0 .*failed=0' out",
        ..PLAIN
    });
}

#[test]
fn a_manifest_of_puppet() {
    if !is_patient() {
        return;
    }
    leaves_what_chefrs_does(&Leaving {
        form: "puppet",
        run: "puppet apply --detailed-exitcodes --modulepath modules site.pp",
        unchanged: "[ $status = 0 ]",
        ..PLAIN
    });
}

#[test]
fn a_cookbook_of_chef_by_itamae() {
    if !is_patient() {
        return;
    }
    leaves_what_chefrs_does(&Leaving {
        form: "chef",
        run: "itamae local --detailed-exitcode recipes/default.rb",
        unchanged: "[ $status = 0 ]",
        ..PLAIN
    });
}

#[test]
fn states_of_salt() {
    if !is_patient() {
        return;
    }
    leaves_what_chefrs_does(&Leaving {
        form: "salt",
        run: "/opt/salt/bin/salt-call --local --file-root=. --retcode-passthrough state.apply",
        unchanged: "[ $status = 0 ] && ! grep -q '(changed=' out",
        ..PLAIN
    });
}

/// What is at home in a first boot, and no more of cloud-init.
const FIRST_BOOT: &str = r"cloud-init schema --config-file user-data &&
printf 'datasource_list: [NoCloud]\nnetwork: {config: disabled}\ncloud_init_modules: [write_files]\n' >/etc/cloud/cloud.cfg &&
printf 'cloud_config_modules: [runcmd]\ncloud_final_modules: [scripts_user]\n' >>/etc/cloud/cloud.cfg &&
mkdir -p /var/lib/cloud/seed/nocloud && cp user-data /var/lib/cloud/seed/nocloud";

/// cloud-init writes the script and runs it. To it, each run is the first boot of another machine.
#[test]
fn user_data_by_cloud_init() {
    if !is_patient() {
        return;
    }
    leaves_what_chefrs_does(&Leaving {
        form: "cloud-init",
        before: FIRST_BOOT,
        run: "cloud-init clean && { sed 's/^/instance-id: /' /proc/sys/kernel/random/uuid >/var/lib/cloud/seed/nocloud/meta-data && \
              cloud-init init --local && cloud-init init && cloud-init modules --mode config && \
              cloud-init modules --mode final; }",
        ..PLAIN
    });
}

/// No engine builds images here: the line behind `RUN` runs as it is, where no service manager and none of its sockets is.
#[test]
fn the_script_of_an_image() {
    leaves_what_chefrs_does(&Leaving {
        form: "containerfile",
        before: "printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d",
        run: "cp converge.sh /tmp/converge.sh && sed -n 's/^RUN //p' Containerfile >run && \
              unshare --mount --pid --fork sh -c 'mount -t proc proc /proc && mount -t tmpfs tmpfs /run && sh run'",
        // What services make, and what starts them.
        lost: ".wants|cbsvc|guestbook-web|guestbook-clearsessions|guestbook-nightly-backup|postgresql.service|/.gunicorn|/srv/guestbook/started|policy-rc.d|nginx.service loaded|+000|-200",
        ..PLAIN
    });
}

/// As a plan, it reads the facts of the node and takes its run list and its attributes.
#[test]
fn a_node_of_the_inventory_has_its_own_export() {
    let Some([host]) = boot() else { return };
    let desk = tempfile::tempdir().unwrap();
    for (path, text) in [
        (
            "recipes/name.lua",
            "file \"/etc/name\" { content = `{node.hostname} {node.blog.port}\\n` }\n".to_owned(),
        ),
        (
            &format!("nodes/{}.toml", host.name()),
            "run_list = [\"name\"]\n[attributes.blog]\nport = 82\n".into(),
        ),
    ] {
        let path = desk.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(["export", "--to", "sh", "-t", host.name(), "--ssh-config"])
        .arg(host.ssh_config())
        .current_dir(desk.path())
        .env("CHEFRS_STATE_DIRECTORY", desk.path().join("state"))
        .output_in_time()
        .unwrap();
    let (script, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    let line = format!("\nfile /etc/name <<'END'\n{} 82\nEND\n", host.name());
    assert!(script.contains(&line), "{script}{said}");
}
