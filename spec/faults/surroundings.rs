//! Odd surroundings: no reader, no home, another language, no /proc.

use std::process::{Command, Stdio};

use crate::cli::program::Program;
use crate::patience::CallInTime as _;

use super::{project, told};

const RECIPE: &str = "file \"[DIR]/first\" { content = \"x\\n\" }\n\
                      execute \"fail\" { command = \"exec 2>&1; ls /no/such; date -d @0 +%H%Z; exit 3\" }\n\
                      file \"[DIR]/second\" { content = \"x\\n\" }\n";

#[test]
fn the_work_goes_on_when_nobody_reads_the_report() {
    let project = tempfile::tempdir().unwrap();
    let place = project.path().to_str().unwrap();
    std::fs::create_dir(project.path().join("recipes")).unwrap();
    let recipe = format!(
        "file \"{place}/first\" {{ content = \"x\" }}\nexecute \"speak\" {{ command = \"echo hello; sleep 0.1\" }}\n\
         file \"{place}/second\" {{ content = \"x\" }}\n"
    );
    std::fs::write(project.path().join("recipes/site.lua"), recipe).unwrap();
    for format in ["text", "json"] {
        for name in ["first", "second"] {
            let _ = std::fs::remove_file(project.path().join(name));
        }
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_chefrs"))
            .args(["run", "-v", "-r", "site", "--format", format])
            .current_dir(project.path())
            .env("CHEFRS_STATE_DIRECTORY", project.path().join(".state"))
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(Stdio::piped())
            .output_in_time()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert_eq!(output.status.code(), Some(0), "{format}");
        assert!(project.path().join("second").exists(), "{format}");
    }
}

#[test]
fn language_and_time_zone_change_no_word() {
    let words = |language: &str, zone: &str| {
        let output = Program::new(&["run", "-v", "-r", "site"])
            .file("recipes/site.lua", RECIPE)
            .env("LANG", language)
            .env("LC_ALL", language)
            .env("LANGUAGE", "de")
            .env("TZ", zone)
            .output();
        assert_eq!(output.status, 1, "{}", output.stdout);
        // Only how long things took may differ.
        let times = |line: &str| line.rsplit_once(" (").map_or(line.to_owned(), |(head, _)| head.to_owned());
        output.stdout.lines().map(times).collect::<Vec<_>>().join("\n") + &output.stderr
    };
    let plain = words("C", "UTC");
    assert!(plain.contains("exit status 3"), "{plain}");
    assert_eq!(plain, words("de_DE.UTF-8", "Asia/Tokyo"));
    assert_eq!(plain, words("nonsense", ":/nonsense"));
}

#[test]
fn without_an_environment_and_without_proc() {
    let recipe = "file \"/srv/conf\" { content = \"new\\n\", mode = \"0640\", owner = \"nobody\" }\n\
                  execute \"home\" { command = \"echo $HOME > /srv/home\" }\n";
    let Some(machine) = project("faults-bare", &[("site", recipe)]) else { return };
    let words = told(
        &machine,
        "echo old > /srv/conf; umount /proc
         env -i /usr/local/bin/chefrs run -r site | tail -n 1; cat /srv/conf /srv/home
         find /srv -mindepth 1 -printf '%P %m %u\\n' | sort
         env -i /usr/local/bin/chefrs plan -r site > /dev/null; echo $?",
    );
    assert!(
        words.starts_with(
            "2 updated, 0 up to date, 0 failed in [TIME]\nnew\n/root\nconf 640 nobody\nhome 644 root\n2\n"
        ),
        "{words}"
    );
}
