//! Three machines in one command, one of them switched off: the others converge, and the end says it all.

use std::fs;
use std::process::Command;

use super::{Host, boot};

use crate::patience::CallInTime as _;

const RECIPE: &str = "\
directory \"/srv/site\" {}
file \"/srv/site/name\" { content = `{node.hostname}\\n` }
service \"cron\" { action = { \"enable\", \"start\" } }
";

#[test]
fn the_others_converge_when_one_is_off() {
    let Some([one, two, three]) = boot() else { return };
    let project = tempfile::tempdir().unwrap();
    let place = project.path();
    fs::create_dir(place.join("recipes")).unwrap();
    fs::write(place.join("recipes/site.lua"), RECIPE).unwrap();
    fs::create_dir(place.join("nodes")).unwrap();
    fs::create_dir(place.join("groups")).unwrap();
    fs::write(place.join("groups/site.toml"), "").unwrap();
    for host in [&one, &two, &three] {
        fs::write(place.join(format!("nodes/{}.toml", host.name())), "groups = [\"site\"]\n").unwrap();
    }
    let run = |verb: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
        command.args([verb, "-t", "@site", "-r", "site", "--ssh-config"]).arg(one.ssh_config());
        command.env("CHEFRS_STATE_DIRECTORY", place.join("control"));
        let output = command.current_dir(place).output_in_time().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    };
    let named = |host: &Host| host.must("cat /srv/site/name").trim() == host.name();

    two.kill();
    let (status, stdout, stderr) = run("run");
    assert_eq!(status, 4, "{stdout}{stderr}");
    assert!(named(&one) && named(&three));
    let recap = stdout.split_once("\nrecap\n").unwrap().1;
    for (host, outcome) in [(&one, "converged"), (&two, "unreachable"), (&three, "converged")] {
        let row = recap.lines().find(|row| row.split_whitespace().next() == Some(host.name())).unwrap();
        assert_eq!(row.split_whitespace().nth(1), Some(outcome), "{stdout}");
    }
    assert!(recap.contains("\n3 targets: 2 converged and 1 unreachable in "), "{stdout}");
    assert!(recap.contains("`chefrs run --failed-from 20"), "{stdout}");

    two.start();
    let (status, stdout, stderr) = run("run");
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert!(named(&two), "{stdout}");
    assert!(stdout.contains("\n3 targets: 3 converged in "), "{stdout}");
    let (status, stdout, stderr) = run("plan");
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert!(stdout.contains("\nplan: 3 targets: 3 up to date in "), "{stdout}");

    // What is known of one before anything is changed keeps all of them as they are.
    three.must("rm /srv/site/name && mkdir /srv/site/name");
    one.must("rm /srv/site/name");
    let (status, stdout, stderr) = run("run");
    assert_eq!(status, 1, "{stdout}{stderr}");
    assert!(stdout.contains("\n3 targets: 1 failed and 2 not started in "), "{stdout}");
    assert!(
        stderr.contains(&format!("no target was changed, because {} can't be", three.name())),
        "{stderr}"
    );
    one.must("test ! -e /srv/site/name");
    three.must("rmdir /srv/site/name");
    let (status, stdout, stderr) = run("run");
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert!(named(&one) && named(&three), "{stdout}");
}
