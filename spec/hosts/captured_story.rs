//! What the README tells of a server that was set up by hand, word for word.

use std::fs;
use std::process::{Command, Output};

use super::{Host, boot};
use crate::goldens;
use crate::patience::{CallInTime as _, LONG};

const HEADING: &str = "\n## I have a server that I set up by hand\n";
/// Names that the README gives to the two machines.
const NAMES: [&str; 2] = ["web1", "web2"];

/// The commands of the story.
fn commands() -> Vec<String> {
    let readme = fs::read_to_string(goldens::spec("../README.md")).unwrap();
    let (_, story) = readme.split_once(HEADING).expect("the README has the story");
    let block = story.split("```sh\n").nth(1).expect("it has commands").split("```").next().unwrap();
    block.lines().map(str::to_owned).collect()
}

/// An ssh_config in which the machines have the names of the story.
fn renamed(hosts: &[Host; 2]) -> String {
    let config = fs::read_to_string(hosts[0].ssh_config()).unwrap();
    let (_, common) = config.split_once("Host *\n").unwrap();
    let host = |(host, name): (&Host, &str)| format!("Host {name}\n  HostName {}\n", host.address());
    let named: String = hosts.iter().zip(NAMES).map(host).collect();
    format!("{named}Host *\n{common}")
}

#[test]
fn the_readme_tells_what_happens() {
    let Some(hosts) = boot::<2>() else { return };
    hosts[0].must(include_str!("capture/small.sh"));
    let project = tempfile::tempdir().unwrap();
    fs::write(project.path().join("ssh_config"), renamed(&hosts)).unwrap();
    fs::write(project.path().join("chefrs.toml"), "[defaults]\nssh_config = \"ssh_config\"\n").unwrap();
    let chefrs = std::path::Path::new(env!("CARGO_BIN_EXE_chefrs")).parent().unwrap();
    let run = |line: &str| -> Output {
        let mut command = Command::new("sh");
        command.args(["-c", "PATH=$0:$PATH; export PATH; eval \"$1\""]).arg(chefrs).arg(line);
        command.current_dir(project.path());
        command.env("HOME", project.path()).env("NO_COLOR", "1");
        // The README of the cookbook says which have to be given.
        command.env("CHEFRS_SECRET_SETTINGS_INI_TOKEN", "q8Zr5tYw2xVb7nMk");
        command.output_within(LONG).unwrap()
    };
    let commands = commands();
    assert_eq!(commands.len(), 3, "{commands:?}");
    let said: Vec<String> = commands
        .iter()
        .map(|line| {
            let output = run(line);
            let said = [&output.stdout, &output.stderr]
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                .concat();
            assert!(output.status.success(), "{line}: {} {said}", output.status);
            said
        })
        .collect();
    assert!(said[0].contains("  settings_ini_token  from /opt/tool/settings.ini"), "{}", said[0]);
    assert!(said[1].contains("0 would change"), "nothing is missing in the cookbook: {}", said[1]);
    let looks = "cat /opt/tool/settings.ini /etc/cron.d/report; systemctl is-enabled report.timer; id -nG lin; \
                 stat -c '%n %U %G %a' /opt/tool /usr/local/bin/report; /opt/tool/env/bin/python -c 'import sys; print(sys.prefix)'";
    assert_eq!(hosts[1].must(looks), hosts[0].must(looks));
    // What came into being there is what was captured.
    let told = run(&format!("chefrs capture diff -t {}", NAMES.join(",")));
    assert_eq!(String::from_utf8_lossy(&told.stdout), "web1 and web2 do not differ\n");
}
