//! Commands run through a shell as they run here.

use std::os::unix::fs::{PermissionsExt as _, chown, lchown, symlink};

use chefrs::model::query::{Answer, End, Query};
use chefrs::model::step::{Command, Step};
use chefrs::target::local::Local;
use chefrs::target::{Progress, Target as _};

use super::{HOSTILE, Session, root, shells};
use crate::executable::executable;
use crate::patience::is_running;
use crate::skipped::is_root;

fn sh(script: &str) -> Command {
    Command::new(["/bin/sh", "-c", script])
}

#[test]
fn results_are_alike() {
    let directory = tempfile::tempdir().unwrap();
    let root = root(&directory);
    let script = root.join("script");
    executable(&script, "#!/no/interpreter\n");
    let words = ["printf", "%s|"].into_iter().chain(HOSTILE).chain(["", "$HOME"]);
    let said = [("X".to_owned(), "a 'b'\n$(id)".to_owned())];
    let mut commands = vec![
        Command::new(words),
        sh("echo out; echo err >&2; exit 3"),
        sh("printf '\\000\\377\\n\\n'"),
        sh("echo $PATH $LANG $HOME $USER $LOGNAME ${LC_ALL-none}; umask; cat"),
        Command { input: Some("some\ninput 'x'\n".into()), ..sh("cat; wc -c") },
        Command { input: Some("x".repeat(300_000)), ..sh("wc -c") },
        Command { environment: said.into(), ..sh("printf '%s' \"$X\"") },
        Command { cwd: Some(root.clone()), umask: Some(0o027), ..sh("pwd; umask") },
        Command { cwd: Some("/no/dir".into()), ..sh("true") },
        Command { user: Some("no-such-user".into()), ..sh("true") },
        Command::new(["no-such-program"]),
        Command::new(["/no/such"]),
        Command::new([script.as_str()]),
        Command::default(),
        sh("kill -9 $$"),
        sh("no-such-program-in-a-script 2>/dev/null"),
        Command { timeout: 1, ..sh("sleep 60") },
        sh("head -c 3000000 /dev/zero | tr '\\0' x"),
    ];
    if is_root() {
        let nobody = Some("nobody".to_owned());
        commands.push(Command { user: nobody.clone(), ..sh("id; echo $USER $HOME") });
        commands.push(Command { user: nobody.clone(), group: Some("daemon".into()), ..sh("id -gn; id -G") });
        commands.push(Command { user: nobody, input: Some("in".into()), ..sh("cat; id -un") });
    }
    let queries: Vec<Query> = commands.into_iter().map(|command| Query::Command(Box::new(command))).collect();
    let wanted = Local::new().ask(&queries).unwrap();
    for argv in shells() {
        let found = Session::with(&argv).shell().ask(&queries).unwrap();
        for ((query, wanted), found) in queries.iter().zip(&wanted).zip(&found) {
            assert_eq!(found, wanted, "{argv:?}: {query:?}");
        }
    }
}

/// Who may put a link into its place does not choose where a command of root's works.
#[test]
fn a_directory_is_entered_by_the_same_walk() {
    if !is_root() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o755)).unwrap();
    let home = root(&directory).join("home");
    let link = home.join("in");
    std::fs::create_dir(&home).unwrap();
    symlink("/etc", &link).unwrap();
    lchown(&link, Some(65534), None).unwrap();
    chown(&home, Some(65534), None).unwrap();
    let inside = Command { cwd: Some(link), ..sh("pwd -P") };
    let as_nobody = Command { user: Some("nobody".into()), ..inside.clone() };
    let own = Command { cwd: Some(home.clone()), ..sh("pwd -P") };
    let queries = [inside, as_nobody, own].map(|command| Query::Command(Box::new(command)));
    for argv in shells() {
        let told = Session::with(&argv).shell().ask(&queries).unwrap();
        let ends: Vec<(&End, &str)> = told
            .iter()
            .map(|answer| match answer {
                Answer::Command(ran) => (&ran.end, ran.stdout.as_str()),
                other => panic!("{argv:?}: {other:?}"),
            })
            .collect();
        let (End::NotStarted(why), "") = ends[0] else { panic!("{argv:?}: {ends:?}") };
        assert!(why.ends_with("it is not followed"), "{argv:?}: {why}");
        assert_eq!(ends[1], (&End::Exit(0), "/etc\n"), "{argv:?}");
        assert_eq!(ends[2], (&End::Exit(0), format!("{home}\n").as_str()), "{argv:?}");
    }
}

#[test]
fn lines_are_passed_on_while_the_command_runs() {
    for argv in shells() {
        let mut session = Session::with(&argv);
        let directory = tempfile::tempdir().unwrap();
        let go = root(&directory).join("go");
        let mut seen = Vec::new();
        // It goes on once its first line was heard.
        let script =
            format!("echo one; for i in $(seq 9000); do test -e {go} && break; sleep 0.05; done; echo two");
        let step = Step::Run(Command { timeout: 300, ..sh(&script) });
        let heard = |progress| {
            std::fs::write(&go, "").unwrap();
            seen.push(progress);
        };
        session.shell().apply(&step, &mut { heard }).unwrap();
        assert_eq!(seen, ["one", "two"].map(|line| Progress::Output(line.into())), "{argv:?}");
    }
}

#[test]
fn a_failure_tells_the_same() {
    let step = Step::Run(sh("for n in $(seq 30); do echo line $n; done; echo bad >&2; exit 7"));
    let wanted = Local::new().apply(&step, &mut |_| {}).unwrap_err();
    for argv in shells() {
        let found = Session::with(&argv).shell().apply(&step, &mut |_| {}).unwrap_err();
        assert_eq!(found, wanted, "{argv:?}");
    }
}

#[test]
fn what_a_command_prints_is_never_taken_for_an_answer() {
    let mut session = Session::with(&["/bin/sh"]);
    // The parent shell's lines begin with a word that no child can know; what is guessed is only output.
    let forged = "for n in 1 2 3; do echo \"chefrs-0.$n end =yes\"; echo \"$N end =yes\"; done";
    let queries = [Query::Command(Box::new(sh(forged))), Query::Host];
    let answers = session.shell().ask(&queries).unwrap();
    let Answer::Command(result) = &answers[0] else { panic!("{answers:?}") };
    assert_eq!((&result.end, result.stdout.lines().count()), (&End::Exit(0), 6));
    assert!(matches!(answers[1], Answer::Host(_)));
}

#[test]
fn a_child_that_keeps_the_output_open_does_not_hold_us() {
    for argv in shells() {
        let mut session = Session::with(&argv);
        let query = Query::Command(Box::new(sh("sleep 3600 & echo $!")));
        let answers = session.shell().ask(&[query]).unwrap();
        let Answer::Command(result) = &answers[0] else { panic!("{answers:?}") };
        assert!(is_running(&result.stdout), "{argv:?}: it was waited for");
        session.shell().apply(&Step::Run(sh(&format!("kill {}", result.stdout))), &mut |_| {}).unwrap();
    }
}

#[test]
fn the_owner_of_an_unsafe_link_is_told_by_name() {
    if !is_root() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let root = root(&directory);
    std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o755)).unwrap();
    symlink("/etc", root.join("link")).unwrap();
    lchown(root.join("link"), Some(1), None).unwrap();
    let command = Command { cwd: Some(root.join("link")), ..sh("true") };
    let query = [Query::Command(Box::new(command.clone()))];
    let write = Step::MakeDirectory {
        path: root.join("link/new"),
        attributes: chefrs::model::step::Attributes::default(),
        parents: false,
    };
    let wanted = Local::new().ask(&query).unwrap();
    let words = format!("the link `{root}/link` belongs to `daemon` and leads to `/etc`");
    assert!(format!("{wanted:?}").contains(&words), "{wanted:?}");
    for argv in shells() {
        let mut session = Session::with(&argv);
        assert_eq!(session.shell().ask(&query).unwrap(), wanted, "{argv:?}");
        for step in [Step::Run(command.clone()), write.clone()] {
            let told = session.shell().apply(&step, &mut |_| {}).unwrap_err();
            assert_eq!(told.message, Local::new().apply(&step, &mut |_| {}).unwrap_err().message, "{argv:?}");
            assert!(told.message.contains(&words), "{argv:?}: {told:?}");
        }
    }
}
