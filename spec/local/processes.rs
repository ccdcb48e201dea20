//! Commands: no shell, a fixed environment, bounded time and output.

use std::os::unix::fs::{chown, lchown};

use chefrs::model::query::{Answer, CommandResult, End, Query};
use chefrs::model::step::{Command, Step};
use chefrs::target::Progress;

use super::Ground;
use crate::executable::executable;
use crate::patience::{CallInTime as _, is_running, processes_with, until};
use crate::skipped::is_root;

fn sh(script: &str) -> Command {
    Command::new(["/bin/sh", "-c", script])
}

fn result(command: Command) -> CommandResult {
    match Ground::new().ask(Query::Command(Box::new(command))) {
        Answer::Command(result) => result,
        other => panic!("{other:?}"),
    }
}

fn stdout(command: Command) -> String {
    let result = result(command);
    assert_eq!(result.end, End::Exit(0), "{result:?}");
    result.stdout
}

#[test]
fn arguments_reach_the_program_as_they_are() {
    let words = Command::new(["printf", "%s\\n", "a b", "$HOME", "*", ""]);
    assert_eq!(stdout(words), "a b\n$HOME\n*\n\n");
}

#[test]
fn the_environment_is_fixed_and_input_is_empty() {
    let told = stdout(sh("echo \"$PATH|$LANG|${CARGO_MANIFEST_DIR-none}|$X\"; cat; pwd"));
    let said = Command { environment: [("X".to_owned(), "y".to_owned())].into(), ..sh("echo $X; cat") };
    assert_eq!(told, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin|C.UTF-8|none|\n/\n");
    assert_eq!(stdout(Command { input: Some("in".into()), ..said }), "y\nin");
}

/// Not that of whoever calls: what commands make is the same on every way to a machine.
#[test]
fn the_mask_is_fixed() {
    const INSIDE: &str = "CHEFRS_SPEC_MASK";
    if std::env::var_os(INSIDE).is_some() {
        assert_eq!(stdout(sh("umask")), "0022\n");
        return;
    }
    let script = "umask 077; exec \"$0\" --exact local::processes::the_mask_is_fixed";
    let mut itself = std::process::Command::new("/bin/sh");
    itself.args(["-c", script]).arg(std::env::current_exe().unwrap()).env(INSIDE, "");
    let ran = itself.output_in_time().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
}

#[test]
fn directory_and_mask() {
    let ground = Ground::new();
    let cwd = ground.path("");
    let told = stdout(Command { cwd: Some(cwd.clone()), umask: Some(0o027), ..sh("pwd; umask") });
    assert_eq!(told, format!("{}\n0027\n", cwd.as_str().trim_end_matches('/')));
}

/// Who may put a link into its place does not choose where a command of root's works.
#[test]
fn a_directory_is_entered_by_the_same_walk() {
    if !is_root() {
        return;
    }
    let ground = Ground::new();
    let (home, link) = (ground.path("home"), ground.path("home/in"));
    std::fs::create_dir(&home).unwrap();
    std::os::unix::fs::symlink("/etc", &link).unwrap();
    lchown(&link, Some(65534), None).unwrap();
    chown(&home, Some(65534), None).unwrap();
    let inside = Command { cwd: Some(link), ..sh("pwd") };
    let End::NotStarted(why) = result(inside.clone()).end else { panic!("it was run") };
    assert!(why.ends_with("which belongs to `root`: it is not followed"), "{why}");
    // Whoever the command runs as has no more rights by it.
    assert_eq!(stdout(Command { user: Some("nobody".into()), ..inside }), "/etc\n");
    let own = Command { cwd: Some(home.clone()), ..sh("pwd") };
    assert_eq!(stdout(own), format!("{home}\n"));
}

#[test]
fn another_user_with_all_its_groups() {
    if !is_root() {
        return;
    }
    let nobody = |script: &str| Command { user: Some("nobody".into()), ..sh(script) };
    assert_eq!(stdout(nobody("id -un; id -G; echo $USER $LOGNAME")), "nobody\n65534\nnobody nobody\n");
    let group = Command { group: Some("daemon".into()), ..nobody("id -gn") };
    assert_eq!(stdout(group), "daemon\n");
}

#[test]
fn what_can_not_be_started_is_told() {
    let why = |command: Command| match result(command).end {
        End::NotStarted(why) => why,
        other => panic!("{other:?}"),
    };
    assert!(why(Command::new(["no-such-program"])).starts_with("there is no program `no-such-program`"));
    assert_eq!(why(Command::new(["/no/such"])), "there is no program `/no/such`");
    assert_eq!(
        why(Command { user: Some("no-such-user".into()), ..sh("true") }),
        "there is no user `no-such-user`"
    );
    assert_eq!(why(Command { cwd: Some("/no/dir".into()), ..sh("true") }), "there is no directory `/no/dir`");
    assert_eq!(why(Command::default()), "it is empty");
    let ground = Ground::new();
    let script = ground.path("script");
    executable(&script, "#!/no/interpreter\n");
    assert!(why(Command::new([script.as_str()])).contains("interpreter"));
}

#[test]
fn a_failure_tells_what_ran_how_it_ended_and_the_last_lines() {
    let mut ground = Ground::new();
    let script = "for n in $(seq 30); do echo line $n; done; printf '\\033[31mred\\n' >&2; exit 7";
    let failure = ground.apply(&Step::Run(sh(script))).unwrap_err();
    assert!(failure.message.ends_with("` failed"));
    assert_eq!(failure.command.as_ref().unwrap().argv, ["/bin/sh", "-c", script]);
    assert_eq!(failure.command.as_ref().unwrap().status.as_deref(), Some("exit status 7"));
    assert_eq!(failure.command.as_ref().unwrap().output.len(), 21);
    assert_eq!(failure.command.as_ref().unwrap().output[0], "\\u{1b}[31mred");
    assert_eq!(failure.command.as_ref().unwrap().output[1], "line 11");
    assert_eq!(failure.command.as_ref().unwrap().output[20], "line 30");
    ground.apply(&Step::Run(Command { returns: vec![7], ..sh("exit 7") })).unwrap();
    let failure = ground.apply(&Step::Run(Command { returns: vec![7], ..sh("true") })).unwrap_err();
    assert_eq!(failure.hints, ["`returns` says which other statuses mean success here"]);
    let failure = ground.apply(&Step::Run(sh("kill -9 $$"))).unwrap_err();
    assert_eq!(failure.command.as_ref().unwrap().status.as_deref(), Some("killed by signal 9"));
}

#[test]
fn lines_are_passed_on_as_they_come() {
    let mut ground = Ground::new();
    let (done, seen) = ground.apply_watched(&Step::Run(sh("printf 'a\\r\\nb\\rc\\n'; printf d")));
    done.unwrap();
    let lines = ["a", "b", "c", "d"].map(|line| Progress::Output(line.into()));
    assert_eq!(seen, lines);
}

#[test]
fn time_is_bounded_for_the_whole_group() {
    let mut ground = Ground::new();
    let mark = ground.path("mark");
    // The child's arguments are its parent's, so the mark tells who it is.
    let script = format!("(sleep 3600; echo late > {mark}) & sleep 3600");
    let failure = ground.apply(&Step::Run(Command { timeout: 1, ..sh(&script) })).unwrap_err();
    assert_eq!(failure.command.as_ref().unwrap().status.as_deref(), Some("stopped after 1 second"));
    until("the end of the child", || processes_with(mark.as_str()).is_empty());
}

#[test]
fn a_child_that_keeps_the_output_open_does_not_hold_us() {
    let child = stdout(sh("sleep 3600 & echo $!"));
    assert!(is_running(&child), "it was waited for");
    stdout(sh(&format!("kill {child}")));
}

#[test]
fn a_flood_is_bounded() {
    let told = result(sh("head -c 5000000 /dev/zero | tr '\\0' x; yes | head -n 300000 >&2"));
    assert_eq!(told.end, End::Exit(0));
    assert_eq!((told.stdout.len(), told.stderr.len()), (1 << 20, 600_000));
    assert!(told.is_part && result(sh("printf 'caf\\351'")).is_part && !result(sh("echo café")).is_part);
    let mut ground = Ground::new();
    let (done, seen) = ground.apply_watched(&Step::Run(sh("yes | head -n 100000")));
    done.unwrap();
    assert_eq!(seen.len(), 20_000);
    assert_eq!(seen[19_999], Progress::Output("(more than 20000 lines: the rest is not shown)".into()));
}
