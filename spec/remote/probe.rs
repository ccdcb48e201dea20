//! The script that finds the agent a place: what every login shell must pass on, and which directories it refuses.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chefrs::model::content::sha256;
use chefrs::target::probe::{Become, WantedAgent, script};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::patience::{CallInTime as _, EndInTime as _, give};

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
    let input = sent(&gzip(agent.as_bytes()), 0);
    run(agent, shell, home, &[("XDG_CACHE_HOME", cache)], &input)
}

/// The same with this on its standard input; with a directory for programs, where it finds all but gzip in that.
fn fed(agent: &str, shell: &[&str], home: &Path, bin: Option<&PathBuf>, input: &[u8]) -> String {
    if let Some(bin) = bin.filter(|bin| !bin.exists()) {
        fs::create_dir(bin).unwrap();
        for name in [
            "cat",
            "chmod",
            "df",
            "find",
            "head",
            "id",
            "ls",
            "mkdir",
            "mv",
            "rm",
            "sha256sum",
            "sync",
            "uname",
            "wc",
        ] {
            let path = ["/usr/bin", "/bin"].map(|place| Path::new(place).join(name));
            symlink(path.iter().find(|path| path.exists()).unwrap(), bin.join(name)).unwrap();
        }
    }
    run(agent, shell, home, &[("PATH", bin.map(PathBuf::as_path))], input)
}

fn run(agent: &str, shell: &[&str], home: &Path, names: &[(&str, Option<&Path>)], input: &[u8]) -> String {
    let path = |name: &str| {
        let places = ["/usr/bin", "/bin", "/usr/sbin"].map(|place| Path::new(place).join(name));
        places.into_iter().find(|path| path.exists()).unwrap()
    };
    let mut command = if nix::unistd::geteuid().is_root() {
        let mut command = Command::new(path("setpriv"));
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(shell[0]);
        command
    } else {
        Command::new(shell[0])
    };
    let script = looking_for(&sha256(agent.as_bytes()), agent.len(), Become::Nobody);
    command.args(&shell[1..]).args(["-c", &script]);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home);
    command.envs(names.iter().filter_map(|(name, value)| Some((name, (*value)?))));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    give(&mut child, input);
    String::from_utf8(child.output_in_time().unwrap().stdout).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// What goes up of it from a byte on.
fn sent(bytes: &[u8], from: usize) -> Vec<u8> {
    [format!("{from} {}\n", bytes.len() - from).as_bytes(), &bytes[from..]].concat()
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
        assert_eq!(
            first,
            format!("\nn0nce need gzip 0 {place}\nagent n0nce runs from {place}\n"),
            "{shell:?}"
        );
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
        give(&mut child, &sent(&gzip(b"only this"), 0));
        String::from_utf8(child.output_in_time().unwrap().stdout).unwrap()
    };
    assert!(told.contains("n0nce bad 9 of 100 bytes could be kept in "), "{told}");
    let left: Vec<_> = fs::read_dir(home.path().join(".cache/chefrs")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Each time a connection breaks, what has come stays, whatever form it comes in, and no byte comes twice.
#[test]
fn an_upload_that_is_cut_off_goes_on_where_it_was() {
    let noise: String = (0..30_000_u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_string()).collect();
    let text = format!("{}{noise}\n", agent("noise").replace("\n#", "\nexit\n#"));
    for shell in shells() {
        // Busybox brings a gzip of its own.
        let forms: &[&str] = if shell[0].ends_with("busybox") { &["gzip"] } else { &["gzip", "plain"] };
        for &form in forms {
            let home = open_home();
            let place = home.path().canonicalize().unwrap().join(".cache/chefrs");
            let bytes = if form == "gzip" { gzip(text.as_bytes()) } else { text.clone().into_bytes() };
            let bin = home.path().join("bin");
            let cut = |from: usize, until: usize| {
                let sent = sent(&bytes, from);
                let line = sent.len() - (bytes.len() - from);
                fed(
                    &text,
                    &shell,
                    home.path(),
                    (form == "plain").then_some(&bin),
                    &sent[..line + until - from],
                )
            };
            let need = |have: usize| format!("n0nce need {form} {have} {}\n", place.display());
            let told = cut(0, 100_000);
            assert!(told.contains(&need(0)) && told.contains("n0nce bad 100000 of "), "{shell:?}: {told}");
            let told = cut(100_000, 150_000);
            assert!(
                told.contains(&need(100_000)) && told.contains("n0nce bad 150000 of "),
                "{shell:?}: {told}"
            );
            let left: Vec<_> = fs::read_dir(&place).unwrap().flatten().collect();
            let [left] = left.try_into().unwrap();
            assert_eq!(left.metadata().unwrap().mode() & 0o077, 0);
            // Who knows better begins anew.
            let told = cut(0, 120_000);
            assert!(
                told.contains(&need(150_000)) && told.contains("n0nce bad 120000 of "),
                "{shell:?}: {told}"
            );
            let told = cut(120_000, bytes.len());
            assert!(
                told.ends_with(&format!("agent n0nce runs from {}\n", place.display())),
                "{shell:?}: {told}"
            );
            // What is wrong is not gone on with.
            fs::remove_dir_all(&place).unwrap();
            cut(0, 100_000);
            fs::write(left.path(), vec![b'x'; 100_000]).unwrap();
            let told = cut(100_000, bytes.len());
            assert!(told.contains("n0nce bad "), "{shell:?}: {told}");
            let told = cut(0, bytes.len());
            assert!(told.contains(&need(0)) && told.contains("agent n0nce runs"), "{shell:?}: {told}");
        }
    }
}

/// Whoever comes first finds nothing, and so do the others, however far one has come; half of one lies there, too.
#[test]
fn many_at_once_on_a_fresh_machine_all_have_their_agent() {
    let noise: String = (0..30_000_u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_string()).collect();
    let text = format!("{}{noise}\n", agent("many").replace("\n#", "\nexit\n#"));
    let bytes = gzip(text.as_bytes());
    for shell in shells() {
        let home = open_home();
        let place = home.path().canonicalize().unwrap().join(".cache/chefrs");
        let told = fed(&text, &shell, home.path(), None, &sent(&bytes, 0)[..100_000]);
        assert!(told.contains("n0nce bad "), "{shell:?}: {told}");
        let runs = format!("agent n0nce runs from {}\n", place.display());
        std::thread::scope(|scope| {
            let call = || fed(&text, &shell, home.path(), None, &sent(&bytes, 0));
            let calls: Vec<_> = (0..12).map(|_| scope.spawn(call)).collect();
            for call in calls {
                let told = call.join().unwrap();
                assert!(told.ends_with(&runs), "{shell:?}: {told}");
            }
        });
        let mut left: Vec<_> =
            fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        let name = format!("chefrs-{}", sha256(text.as_bytes()));
        assert_eq!(left, [name.clone(), name + ".ok"].map(std::ffi::OsString::from), "{shell:?}");
    }
}
