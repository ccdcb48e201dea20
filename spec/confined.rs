//! The compile in a process of its own: it gives what a compile here gives, ends whatever it does, and leaves nothing behind.

use std::path::Path;
use std::time::{Duration, Instant};

use camino::Utf8Path;
use chefrs::compile::{Compiled, Input, Limits, compile_within};
use chefrs::confined::Compiler;
use chefrs::cookbook::Project;
use chefrs::model::error::Diagnostics;

use crate::executable::executable;
use crate::patience::PATIENCE;
use crate::{compile, goldens};

mod hostile;
mod walls;

/// The program itself, whatever program the specs are.
fn compiler(limits: Limits) -> Compiler {
    Compiler { executable: env!("CARGO_BIN_EXE_chefrs").into(), limits }
}

/// Everything that came of it, as text.
fn text(result: &Result<Compiled, Diagnostics>) -> String {
    match result {
        Ok(compiled) => format!("{}{:?}\n{:?}", compile::show(compiled), compiled.rows, compiled.blobs),
        Err(findings) => findings.to_string(),
    }
}

#[test]
fn it_gives_what_a_compile_here_gives() {
    let cases = [goldens::files("compile", "lua"), goldens::files("errors", "lua")].concat();
    for case in cases {
        let both = compile::given(&case, |input| {
            let here = compile_within(input, Limits::default());
            Ok((text(&here), text(&compiler(Limits::default()).compile(input))))
        });
        // A case whose project can't be opened has nothing to compile.
        if let Ok((here, there)) = both {
            assert_eq!(there, here, "{}", case.display());
        }
    }
}

#[test]
fn every_shipped_recipe_and_file_comes_through() {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    let recipe = "file '/srv/text' { content = 'x' }\n\
                  cookbook_file '/srv/large' { source = 'large' }\n\
                  cookbook_file '/srv/bytes' { source = 'bytes' }\n\
                  remote_directory '/srv/tree' { source = 'tree' }\n";
    for (path, bytes) in [
        ("recipes/main.lua", recipe.as_bytes().to_vec()),
        ("files/large", vec![b'a'; 300_000]),
        ("files/bytes", vec![0xff, 0xfe]),
        ("files/tree/text", b"text\n".to_vec()),
        ("files/tree/deep/large", vec![b'b'; 100_000]),
    ] {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let project = Project::open(root).unwrap();
    let mut run_lists: Vec<Vec<String>> = vec![vec!["main".into()]];
    run_lists.extend(project.cookbook_names().into_iter().map(|name| vec![name.to_owned()]));
    run_lists.extend(project.own().names("recipes", "lua").into_iter().map(|name| vec![name]));
    let facts = std::fs::read_to_string(goldens::spec("../src/facts/recorded/debian-12.json")).unwrap();
    let facts = serde_json::from_str(&facts).unwrap();
    for run_list in run_lists {
        let input = Input { project: &project, run_list: &run_list, facts: &facts, attributes: &[] };
        let here = compile_within(&input, Limits::default());
        let there = compiler(Limits::default()).compile(&input);
        assert_eq!(text(&there), text(&here), "{run_list:?}");
        if run_list == ["main"] {
            assert_eq!(there.unwrap().blobs.len(), 3);
        }
    }
}

#[test]
fn what_is_told_ahead_is_told_there_too() {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    std::fs::create_dir(root.join("recipes")).unwrap();
    let recipe = "for i = 1, 500 do file(`/srv/{i}`) { content = 'x' } end\nfile '/srv/waits' { action = 'nothing' }\n";
    std::fs::write(root.join("recipes/main.lua"), recipe).unwrap();
    let project = Project::open(root).unwrap();
    let (facts, run_list) = (compile::facts(), ["main".to_owned()]);
    let input = Input { project: &project, run_list: &run_list, facts: &facts, attributes: &[] };
    let mut told = Vec::new();
    let ahead = compiler(Limits::default())
        .start()
        .compile_ahead(&input, &mut |some| told.extend(some.iter().map(|row| row.declaration)));
    assert_eq!(told, (0..500).collect::<Vec<_>>());
    // What was told comes once, and is part of the rows all the same.
    assert_eq!(text(&ahead), text(&compile_within(&input, Limits::default())));
    assert_eq!(ahead.unwrap().collection.rows.len(), 501);
}

/// What is said of a program that takes the place of ours.
fn instead(script: &str, wall: Duration) -> (String, Duration) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("program");
    executable(&program, script);
    let root = Utf8Path::from_path(folder.path()).unwrap();
    let project = Project::open(root).unwrap();
    let (facts, run_list) = (compile::facts(), ["main".to_owned()]);
    let input = Input { project: &project, run_list: &run_list, facts: &facts, attributes: &[] };
    let compiler = Compiler { executable: program, limits: Limits { wall, ..Limits::default() } };
    let began = Instant::now();
    let findings = compiler.compile(&input).unwrap_err();
    (findings.to_string(), began.elapsed())
}

#[test]
fn however_it_ends_that_is_told() {
    for (script, wanted) in [
        ("#!/bin/sh\nexit 7\n", "the compile ended without a result (exit status: 7)"),
        ("#!/bin/sh\nkill -9 $$\n", "the compile was stopped: it was killed"),
        ("#!/bin/sh\nkill -SEGV $$\n", "the compile crashed (SIGSEGV)"),
        ("#!/bin/sh\nkill -ABRT $$\n", "the compile was stopped: it needs more memory than the 256 MiB"),
        ("#!/bin/sh\nkill -XCPU $$\n", "the compile was stopped: it took more than 10 seconds of processor"),
        (
            "#!/bin/sh\nprintf '\\005\\000\\000\\000xxxxx'\nsleep 60\n",
            "protocol error from the process that compiles",
        ),
        (
            "#!/bin/sh\nprintf '\\377\\377\\377\\377'\nsleep 60\n",
            "protocol error from the process that compiles",
        ),
        (
            "#!/bin/sh\nhead -c 4 >/dev/null\nprintf '\\073\\000\\000\\000{\"Ask\":{\"cookbook\":\"\",\"path\":\"../../etc\",\"wanted\":\"Text\"}}    '\nexit 3\n",
            "the last that it read is `../../etc`",
        ),
    ] {
        let (said, _) = instead(script, PATIENCE);
        assert!(said.contains(wanted), "{script}\n{said}");
    }
}

#[test]
fn one_that_says_nothing_or_reads_nothing_is_ended_by_the_clock() {
    for (script, wanted) in [
        ("#!/bin/sh\nsleep 600\n", "the compile was stopped: it took more than 0.1 seconds"),
        (
            "#!/bin/sh\nexec sleep 600 <&- >&2\n",
            "the process that compiles closed its pipe, but did not exit",
        ),
    ] {
        let (said, took) = instead(script, Duration::from_millis(100));
        assert!(said.contains(wanted), "{said}");
        assert!(took < PATIENCE, "{took:?}");
    }
}

#[test]
fn it_is_given_nothing_of_our_surroundings() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen");
    let script = format!(
        "#!/bin/sh\n{{ /usr/bin/env; pwd; ps -o pgid= -p $$ | tr -d ' '; echo $$; }} >{}\n",
        seen.display()
    );
    instead(&script, PATIENCE);
    let seen = std::fs::read_to_string(Path::new(&seen)).unwrap();
    let lines: Vec<&str> = seen
        .lines()
        .filter(|line| !line.starts_with("PWD=") && !line.starts_with("_=") && !line.starts_with("SHLVL="))
        // How its memory is had: one value, the same for all.
        .filter(|line| !line.starts_with("GLIBC_TUNABLES="))
        .collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(lines[0], "/");
    assert_eq!(lines[1], lines[2], "it leads a process group of its own");
}
