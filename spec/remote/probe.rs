//! The script that finds the agent a place: what every login shell must pass on, and which directories it refuses.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, Stdio};

use chefrs::model::content::sha256;
use chefrs::target::probe::{Become, WantedAgent, script};

use crate::patience::{CallInTime as _, EndInTime as _};

/// An agent that says where it runs; `mark` makes each spec's another one, since all share one `/tmp`.
fn agent(mark: &str) -> String {
    format!("#!/bin/sh\necho \"$1 $2 runs from ${{0%/*}}\"\n# {mark}\n")
}

/// The script that looks for an agent of this digest and size, for this machine.
fn looking_for(sha256: &str, size: usize, r#become: Become) -> String {
    let system = Command::new("uname").arg("-sm").output_in_time().unwrap().stdout;
    let system = String::from_utf8(system).unwrap();
    script("n0nce", Some(WantedAgent { sha256, size: size as u64, system: system.trim() }), r#become)
}

/// Runs the script under a shell as an ordinary user with this home, the agent on its standard input.
fn probe(agent: &str, shell: &[&str], home: &Path, cache: Option<&Path>) -> String {
    let mut command = if nix::unistd::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(shell[0]);
        command
    } else {
        Command::new(shell[0])
    };
    let script = looking_for(&sha256(agent.as_bytes()), agent.len(), Become::Nobody);
    command.args(&shell[1..]).args(["-c", &script]);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home);
    if let Some(cache) = cache {
        command.env("XDG_CACHE_HOME", cache);
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    // Whatever it has no use for, it leaves.
    let _ = child.stdin.take().unwrap().write_all(agent.as_bytes());
    String::from_utf8(child.output_in_time().unwrap().stdout).unwrap()
}

fn open_home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    if nix::unistd::geteuid().is_root() {
        std::os::unix::fs::chown(home.path(), Some(65534), Some(65534)).unwrap();
    }
    home
}

fn shells() -> Vec<Vec<&'static str>> {
    let all = [vec!["/bin/sh"], vec!["/bin/bash", "--posix"], vec!["/bin/busybox", "sh"]];
    all.into_iter().filter(|shell| Path::new(shell[0]).exists()).collect()
}

#[test]
fn every_login_shell_passes_it_on() {
    for r#become in [Become::Nobody, Become::Root] {
        let text = looking_for(&sha256(b"any"), 3, r#become);
        assert!(!text.contains(['\n', '!']), "{text}");
    }
    assert!(!looking_for(&sha256(b"any"), 3, Become::Nobody).contains('\''));
    assert!(!script("n0nce", None, Become::Nobody).contains('\''));
}

#[test]
fn the_agent_is_kept_and_found_again() {
    for shell in shells() {
        let home = open_home();
        let place = home.path().canonicalize().unwrap().join(".cache/chefrs");
        let place = place.to_str().unwrap();
        let first = probe(&agent("kept"), &shell, home.path(), None);
        assert_eq!(first, format!("\nn0nce need {place}\nagent n0nce runs from {place}\n"), "{shell:?}");
        let second = probe(&agent("kept"), &shell, home.path(), None);
        assert_eq!(second, format!("agent n0nce runs from {place}\n"), "{shell:?}");
    }
}

#[test]
fn a_directory_that_others_can_write_is_not_used() {
    let agent = agent("planted");
    for shell in shells() {
        let home = open_home();
        let shared = home.path().join("shared");
        fs::create_dir_all(shared.join("chefrs")).unwrap();
        fs::set_permissions(&shared, fs::Permissions::from_mode(0o777)).unwrap();
        // What stands there under the right name is not run, whoever put it there.
        let planted = shared.join("chefrs").join(format!("chefrs-{}", sha256(agent.as_bytes())));
        fs::write(&planted, "#!/bin/sh\necho planted\n").unwrap();
        fs::set_permissions(&planted, fs::Permissions::from_mode(0o755)).unwrap();
        let told = probe(&agent, &shell, home.path(), Some(&shared));
        assert!(
            !told.contains("\nplanted") && !told.starts_with("planted") && !told.contains("shared"),
            "{shell:?}: {told}"
        );
    }
    let uid = if nix::unistd::geteuid().is_root() { 65534 } else { nix::unistd::geteuid().as_raw() };
    let _ = fs::remove_file(format!("/tmp/chefrs-{uid}/chefrs-{}", sha256(agent.as_bytes())));
}

#[test]
fn one_that_a_power_failure_has_cut_off_is_sent_again() {
    for shell in shells() {
        let home = open_home();
        let first = probe(&agent("cut"), &shell, home.path(), None);
        let kept =
            home.path().join(".cache/chefrs").join(format!("chefrs-{}", sha256(agent("cut").as_bytes())));
        for left in [0, 20] {
            fs::File::options().write(true).open(&kept).unwrap().set_len(left).unwrap();
            assert_eq!(probe(&agent("cut"), &shell, home.path(), None), first, "{shell:?}, {left} bytes");
        }
    }
}

#[test]
fn one_with_other_bytes_or_of_another_user_is_sent_again() {
    let text = agent("damaged");
    for shell in shells() {
        let home = open_home();
        let first = probe(&text, &shell, home.path(), None);
        let kept = home.path().join(".cache/chefrs").join(format!("chefrs-{}", sha256(text.as_bytes())));
        let whole = fs::read(&kept).unwrap();
        // Of the right size, and damaged.
        fs::write(&kept, text.replace("echo", "exit").as_bytes()).unwrap();
        assert_eq!(fs::metadata(&kept).unwrap().len(), whole.len() as u64);
        assert_eq!(probe(&text, &shell, home.path(), None), first, "{shell:?}");
        assert_eq!(fs::read(&kept).unwrap(), whole, "{shell:?}");
        // What was never looked at since it came is looked at once.
        fs::remove_file(kept.with_extension("ok")).unwrap();
        let second = probe(&text, &shell, home.path(), None);
        assert!(!second.contains("need") && kept.with_extension("ok").exists(), "{shell:?}: {second}");
        // Others may write it, or it is theirs.
        fs::set_permissions(&kept, fs::Permissions::from_mode(0o722)).unwrap();
        assert_eq!(probe(&text, &shell, home.path(), None), first, "{shell:?}");
        if nix::unistd::geteuid().is_root() {
            std::os::unix::fs::chown(&kept, Some(4711), None).unwrap();
            fs::set_permissions(&kept, fs::Permissions::from_mode(0o755)).unwrap();
            assert_eq!(probe(&text, &shell, home.path(), None), first, "{shell:?}");
        }
    }
}

#[test]
fn names_with_spaces_are_names() {
    for shell in shells() {
        let home = open_home();
        let cache = home.path().join("a  place -> of *");
        fs::create_dir(&cache).unwrap();
        std::os::unix::fs::chown(&cache, fs::metadata(home.path()).map(|home| home.uid()).ok(), None)
            .unwrap();
        let place = cache.canonicalize().unwrap().join("chefrs");
        let runs = format!("agent n0nce runs from {}\n", place.to_str().unwrap());
        let first = probe(&agent("spaces"), &shell, home.path(), Some(&cache));
        assert!(first.ends_with(&runs) && first.starts_with("\nn0nce need "), "{shell:?}: {first}");
        assert_eq!(probe(&agent("spaces"), &shell, home.path(), Some(&cache)), runs, "{shell:?}");
    }
}

#[test]
fn what_arrives_damaged_is_not_run() {
    let home = open_home();
    let told = {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &looking_for(&sha256(b"else"), 100, Become::Nobody)]);
        command.env_clear().env("PATH", "/usr/bin:/bin");
        command.env("HOME", home.path());
        if nix::unistd::geteuid().is_root() {
            use std::os::unix::process::CommandExt as _;
            command.uid(65534).gid(65534);
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(b"only this");
        String::from_utf8(child.output_in_time().unwrap().stdout).unwrap()
    };
    assert!(told.contains("n0nce bad 9 of 100 bytes could be kept in "), "{told}");
    let left: Vec<_> = fs::read_dir(home.path().join(".cache/chefrs")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
