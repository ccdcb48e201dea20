//! Probes of another machine: with both engines the same answers, the same errors, and one request more.

use std::fs;

use nix::sys::signal::Signal;

use super::server::Server;
use crate::patience::{Heard, wait_for};

const ENGINES: [&str; 2] = ["agent", "shell"];

fn cookbook(server: &Server, probes: &str, recipe: &str) {
    let place = server.path("").to_str().unwrap().trim_end_matches('/').to_owned();
    fs::create_dir_all(server.path("cookbooks/web/recipes")).unwrap();
    let write = |name: &str, text: &str| {
        fs::write(server.path(&format!("cookbooks/web/{name}")), text.replace("[DIR]", &place)).unwrap();
    };
    write("cookbook.toml", "name = \"web\"\nversion = \"1.0.0\"\n");
    write("facts.lua", probes);
    write("recipes/default.lua", recipe);
}

#[test]
fn a_machine_answers_with_either_engine() {
    let Some(server) = Server::start(None) else { return };
    cookbook(
        &server,
        "return probes {
  names = probe.command { command = \"cat [DIR]/names\", read = \"lines\" },
  release = probe.file { path = \"[DIR]/release\" },
  absent = probe.version { command = { \"no-such-program\" } },
  shell = probe.version { command = { \"sh\", \"-c\", \"echo sh 1.2.3 >&2\" } },
  mounts = probe.mounts {},
  packages = probe.packages { names = { \"dpkg\", \"no-such-*\" } },
  units = probe.units {},
}
",
        "assert(node.web.absent == nil and node.web.release == nil and node.web.shell == \"1.2.3\")
for _, name in ipairs(node.web.names) do file(`[DIR]/made-{name}`) { content = `{name}\\n` } end
",
    );
    let facts = ENGINES.map(|engine| {
        fs::write(server.path("names"), "one\ntwo\n").unwrap();
        let (status, facts, stderr) = server.call("facts", &["probes", "--engine", engine]);
        assert_eq!(status, 0, "{stderr}");
        let (status, planned, stderr) = server.call("plan", &["-r", "web", "--engine", engine]);
        assert_eq!(status, 2, "{planned}{stderr}");
        assert!(planned.contains("file[[DIR]/made-one] create: would create file, 4 bytes\n"), "{planned}");
        let (status, ran, stderr) = server.call("run", &["-r", "web", "--engine", engine]);
        assert_eq!(status, 0, "{ran}{stderr}");
        assert!(ran.contains("2 updated, 0 up to date, 0 failed"), "{ran}");
        for name in ["one", "two"] {
            assert_eq!(
                fs::read_to_string(server.path(&format!("made-{name}"))).unwrap(),
                format!("{name}\n")
            );
            fs::remove_file(server.path(&format!("made-{name}"))).unwrap();
        }
        facts
    });
    // What other specs mount meanwhile is in no order.
    let [agent, shell] = facts.each_ref().map(|facts| {
        let mut answers: serde_json::Value = serde_json::from_str(facts).unwrap();
        assert!(answers["web"]["mounts"].take().is_array());
        answers
    });
    assert_eq!(agent, shell);
    assert!(
        facts[0].contains("\"mount_point\": \"/proc\"") && facts[0].contains("\"absent\": null"),
        "{}",
        facts[0]
    );
}

#[test]
fn what_hangs_or_lies_ends_the_run_with_either_engine() {
    let Some(server) = Server::start(None) else { return };
    let bad = [
        ("{ command = \"sleep 60\", timeout = 1 }", "did not end within 1 second"),
        ("{ \"printf\", \"\\\\033[2J\" }", "gave an answer that holds the control character U+001B"),
        ("\"head -c 1000000 /dev/zero | tr '\\\\000' x\"", "printed more than 256 KiB"),
        ("{ \"printf\", \"\\\\377\" }", "printed more than 1 MiB, or bytes that are not UTF-8 text"),
    ];
    for (command, message) in bad {
        let probes = format!("return probes {{\n  bad = probe.command {{ command = {command} }},\n}}\n");
        cookbook(&server, &probes, "file \"[DIR]/made\" { content = \"x\" }");
        for engine in ENGINES {
            let (status, stdout, stderr) = server.call("run", &["-r", "web", "--engine", engine]);
            assert_eq!((status, stdout.as_str()), (1, ""), "{engine}: {stderr}");
            let wanted =
                format!("error: the probe `web.bad` {message}, on `target`\n  --> cookbooks/web/facts.lua:2");
            assert!(stderr.contains(&wanted), "{engine}: {stderr}");
            assert!(!server.path("made").exists());
        }
    }
}

#[test]
fn the_second_interrupt_ends_a_probe_with_either_engine() {
    let Some(server) = Server::start(None) else { return };
    for engine in ENGINES {
        let command =
            format!("{{ command = \"touch [DIR]/begun-{engine}; exec sleep 3600\", timeout = 60 }}");
        let probes = format!("return probes {{ slow = probe.command {{ command = {command} }} }}");
        cookbook(&server, &probes, "file \"[DIR]/made\" { content = \"x\" }");
        let run = server.command("run", "target", &["-r", "web", "--engine", engine]).spawn().unwrap();
        let run = Heard::new(run);
        wait_for(&server.path(&format!("begun-{engine}")));
        run.told_to_end(Signal::SIGINT, "interrupted: ");
        run.signal(Signal::SIGINT);
        let (status, stdout, stderr) = server.told(run.end());
        assert_eq!(status, 130, "{engine}: {stdout}{stderr}");
        assert!(!server.path("made").exists());
    }
}
