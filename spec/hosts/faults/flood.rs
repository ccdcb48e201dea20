//! Commands that talk too much, or whose children never hang up: memory stays bounded on both sides, the run goes on.

use super::{Control, boot, installed, says, until};

/// Bytes that each command prints: 1 GB.
const RECIPE: &str = r#"
execute "lines" { command = "yes \"$(printf '%0200d' 7)\" | head -c 1000000000" }
execute "one line" { command = "head -c 1000000000 /dev/zero" }
execute "error stream" { command = "yes \"$(printf '%0200d' 8)\" | head -c 100000000 >&2; exit 3", ignore_failure = true }
file "/srv/last" { content = "x" }
"#;

/// Most address space that either side may have, in bytes: four times what the program itself takes when unstripped.
const LIMIT: u64 = 256 << 20;

#[test]
fn a_flood_of_output_fills_neither_side() {
    if !installed("prlimit") {
        return;
    }
    let Some([host]) = boot() else { return };
    let control = Control::new(&host, RECIPE);
    super::large_file::limit(&host, LIMIT);
    let told = super::large_file::limited(&control, LIMIT, &["run", "-v"]).with(0);
    says(
        &told,
        &[
            "(more than 20000 lines: the rest is not shown)\n",
            "execute[error stream] failed",
            "exit status 3",
            "0008\n",
        ],
    );
    host.must("test -e /srv/last");
}

#[test]
fn a_child_that_keeps_the_streams_open_is_not_waited_for() {
    let Some([host]) = boot() else { return };
    let recipe = "execute \"sleep 3600 & echo $! > /run/child; echo started\"\nfile \"/srv/last\" { content = \"x\" }\n";
    let control = Control::new(&host, recipe);
    let run = control.hear("run", &["-v"]);
    says(&control.told(run.end()).with(0), &["started\n", "2 updated, 0 up to date, 0 failed"]);
    // It was left alone, and the next run is not held up by it either.
    host.must("test -e /srv/last && kill -0 $(cat /run/child)");
    control.recipe("file \"/srv/last\" { content = \"x\" }\n");
    says(&control.call("run", &["--lock-timeout", "0"]).with(0), &["0 updated, 1 up to date, 0 failed"]);
}

#[test]
fn a_control_side_that_stands_still_does_not_fill_the_agent() {
    let Some([host]) = boot() else { return };
    // Twenty thousand lines of a thousand bytes each time: more together than the agent may have.
    let floods = (10..28).map(|i| format!("execute \"yes $(printf %01000d {i}) | head -n 20000\"\n"));
    let recipe =
        floods.chain(["file \"/srv/last\" { content = \"x\" }\n".to_owned()]).collect::<Vec<_>>().concat();
    let control = Control::new(&host, &recipe);
    super::large_file::limit(&host, LIMIT);
    // Nobody reads it, so it writes until the pipe is full.
    let run = control.start("run", &["-v"]);
    until(&host, "test -e /srv/last");
    says(
        &control.end(run).with(0),
        &["command output and diffs are left out from here on", "19 updated, 0 up to date, 0 failed"],
    );
}
