//! A part of a run on another machine, with the agent and through the shell: what is left out there is left out here.

use std::fs;

use super::server::Server;
use super::shell::events;

const RECIPE: &str = r#"
file "[DIR]/a" { content = "a\n", tags = "config", notifies = { "create", "file[[DIR]/b]" } }
file "[DIR]/b" { content = secret "absent" }
file "[DIR]/c" { content = "c\n", tags = "config" }
"#;

#[test]
fn the_same_is_left_out_with_both_engines() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("site", RECIPE);
    let mut told = Vec::new();
    for engine in ["agent", "shell"] {
        let words = ["-r", "site", "--only", "config", "--engine", engine, "--format", "json"];
        let (status, plan, stderr) = server.call("plan", &words);
        assert_eq!(status, 2, "{plan}{stderr}");
        let (status, run, stderr) = server.call("run", &words);
        assert_eq!((status, stderr.as_str()), (0, ""), "{run}");
        assert!(plan.contains("\"left_out\":1") && run.contains("\"left_out\":1"), "{plan}{run}");
        assert!(run.contains("\"timing\":\"delayed\",\"left_out\":true"), "{run}");
        assert!(!server.path("b").exists());
        for name in ["a", "c"] {
            fs::remove_file(server.path(name)).unwrap();
        }
        told.push((events(&plan), events(&run)));
    }
    assert_eq!(told[0], told[1]);
}
