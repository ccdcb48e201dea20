//! Commands that hang, flood, misbehave, or are not there.

use std::fs;

use crate::cli::program::Program;
use crate::patience::{is_running, until};

fn recipe(text: &str) -> Program {
    Program::new(&["run", "-r", "site", "--on-failure", "continue"]).file("recipes/site.lua", text)
}

const GO_ON: &str = "\nhint: fix the cause and run again; finished work is skipped\n\
                     0 updated, 0 up to date, 1 failed in [TIME]\n";

#[test]
fn a_command_out_of_time_is_stopped_with_its_children() {
    let text = "execute \"build\" { command = \"sleep 600 & echo $! > [DIR]/child; echo begun; sleep 600\", timeout = 5 }";
    let output = recipe(text)
        .stdout_has("did not end in time\n  --> recipes/site.lua:1\n")
        .stdout_has("status: stopped after 5 seconds\n  | begun\nhint: raise `timeout` if it needs longer\n")
        .stdout_has(GO_ON)
        .status(1)
        .check();
    let child = fs::read_to_string(output.directory.path().join("child")).unwrap();
    until("the end of the child", || !is_running(&child));
}

#[test]
fn a_flood_costs_neither_memory_nor_the_message() {
    let output =
        recipe("execute \"flood\" { command = \"yes 'a flood of words' | head -c 300000000; exit 3\" }")
            .stdout_has("status: exit status 3\n  | a flood of words\n")
            .stdout_has(GO_ON)
            .status(1)
            .check();
    assert!(output.stdout.len() < 2000, "{}", output.stdout);
}

#[test]
fn control_characters_of_a_command_never_reach_the_terminal() {
    let text = r#"execute "odd" {
  command = "printf '\\033[31mred\\033]0;title\\007 \\377\\376\\b\\n 10%%\\r 20%%\\r done\\n'; head -c 5000 /dev/zero | tr '\\0' x; exit 1",
}"#;
    let output = recipe(text)
        .stdout_has("  | \\u{1b}[31mred\\u{1b}]0;title\\u{7} \u{fffd}\u{fffd}\\u{8}\n  |  done\n  | xxx")
        .stdout_has(GO_ON)
        .status(1)
        .check();
    assert!(!output.stdout.contains(|c: char| c.is_control() && c != '\n'), "{:?}", output.stdout);
    assert!(output.stdout.lines().all(|line| line.len() < 1100), "{}", output.stdout);
}

#[test]
fn programs_that_are_not_there() {
    recipe("execute \"gone\" { command = { \"no-such-program\", \"--x\" } }")
        .stdout_has(
            "error: execute[gone] failed to run: `no-such-program --x` could not be started: \
             there is no program `no-such-program` in /usr/local/sbin:",
        )
        .stdout_has(GO_ON)
        .status(1)
        .check();
    recipe("execute \"gone\" { command = \"no-such-program --x\" }")
        .stdout_has("error: execute[gone] failed to run: `no-such-program --x` failed\n")
        .stdout_has("status: exit status 127\n  | ")
        .stdout_has("hint: 127 usually means that a program in the script was not found\n")
        .stdout_has(GO_ON)
        .status(1)
        .check();
}

#[test]
fn users_and_directories_that_are_not_there() {
    recipe(
        "execute \"as\" { command = \"true\", user = \"nobdy\" }\n\
         execute \"in\" { command = \"true\", cwd = \"/no/such\" }\n",
    )
    .stdout(
        "converging local: site (2 resources)\n\
         error: execute[as] failed to run: there is no user `nobdy`\n  --> recipes/site.lua:1\n\
         1 | execute \"as\" { command = \"true\", user = \"nobdy\" }\n\
         hint: declare it before this resource: user \"nobdy\"\n\
         error: execute[in] failed to run: the directory `/no/such` is not there\n  --> recipes/site.lua:2\n\
         2 | execute \"in\" { command = \"true\", cwd = \"/no/such\" }\n\
         hint: declare it before this resource: directory \"/no/such\"\n\n\
         failed: execute[as] (recipes/site.lua:1)\nfailed: execute[in] (recipes/site.lua:2)\n\
         hint: fix the cause and run again; finished work is skipped\n\
         0 updated, 0 up to date, 2 failed in [TIME]\n",
    )
    .status(1)
    .check();
}

#[test]
fn content_that_its_check_refuses_is_not_put_in_place() {
    let text = "file \"[DIR]/conf\" { content = \"bad\\n\", verify = \"echo line 1: bad >&2; grep -q good {path}\" }";
    let output = recipe(text)
        .file("conf", "good\n")
        .stdout(
            "converging local: site (1 resource)\nfile[[DIR]/conf] create: change content\n    \
             @@ -1 +1 @@\n    -good\n    +bad\n\
             error: file[[DIR]/conf] failed to create: the new content of `[DIR]/conf` was refused by its check: \
             `echo line 1: bad >&2; grep -q good {path}` failed\n  --> recipes/site.lua:1\n\
             1 | file \"[DIR]/conf\" { content = \"bad\\n\", verify = \"echo line 1: bad >&2; grep -q good {path}\" }\n\
             command: echo line 1: bad >&2; grep -q good {path}\nstatus: exit status 1\n  | line 1: bad\n\
             hint: nothing was replaced: `[DIR]/conf` is as it was\n\n\
             hint: fix the cause and run again; finished work is skipped\n\
             0 updated, 0 up to date, 1 failed in [TIME]\n",
        )
        .status(1)
        .check();
    let directory = output.directory.path();
    assert_eq!(fs::read_to_string(directory.join("conf")).unwrap(), "good\n");
    let mut left: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, [".state", "conf", "recipes"]);
}
