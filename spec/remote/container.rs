//! Containers, whoever keeps them. The programs that know them are the spec's own.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::executable::executable;
use crate::patience::CallInTime as _;
use crate::skipped::is_root;

/// One whose daemon is not there.
const DEAF: &str = "\
#!/bin/sh
echo 'Cannot connect to the Docker daemon at unix:///nowhere/docker.sock. Is the docker daemon running?' >&2
exit 1
";

/// One that keeps the container `web`: this system, with a state directory of its own.
const KEEPER: &str = "\
#!/bin/sh
case \"$*\" in
'container inspect --format {{.Id}} -- web') echo 0123 ;;
'exec -i -- web /bin/sh -c '*)
  shift 4
  exec unshare --mount -- /bin/sh -c '
    mount --make-rprivate / && mkdir -p /var/lib/chefrs && mount -t tmpfs -o mode=0700 tmpfs /var/lib/chefrs
    unset CHEFRS_STATE_DIRECTORY
    exec \"$@\"' sh \"$@\" ;;
'exec -i -- resting '* | *' -- resting') echo 'Error: can only create exec sessions on running containers' >&2; exit 255 ;;
*) echo 'Error: no such container' >&2; exit 125 ;;
esac
";

/// Calls chefrs where these programs are found, and no others like them.
fn chefrs(programs: &[(&str, &str)], words: &[&str]) -> (Output, TempDir) {
    let project = tempfile::tempdir().unwrap();
    let place = |name: &str| project.path().join(name);
    std::fs::create_dir(place("bin")).unwrap();
    std::fs::create_dir(place("recipes")).unwrap();
    let recipe = format!("file \"{}\" {{ content = \"hello\\n\" }}\n", place("motd").to_str().unwrap());
    std::fs::write(place("recipes/motd.lua"), recipe).unwrap();
    for (name, script) in programs {
        executable(place("bin").join(name), script);
    }
    // All that the system has but engines of its own.
    for directory in ["/usr/sbin", "/usr/bin", "/sbin", "/bin"] {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            let engine = ["docker", "podman"].iter().any(|name| entry.file_name() == **name);
            let link = place("bin").join(entry.file_name());
            if !engine && !link.exists() {
                std::os::unix::fs::symlink(entry.path(), link).unwrap();
            }
        }
    }
    let output = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(words)
        .current_dir(project.path())
        .env("PATH", place("bin"))
        .env("CHEFRS_STATE_DIRECTORY", place("control"))
        .stdin(Stdio::null())
        .output_in_time()
        .unwrap();
    (output, project)
}

fn motd(project: &Path) -> Option<String> {
    std::fs::read_to_string(project.join("motd")).ok()
}

/// What was said, where the target could not be reached.
fn refused(programs: &[(&str, &str)], container: &str) -> String {
    let (output, project) = chefrs(programs, &["run", "-t", &format!("container:{container}"), "-r", "motd"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert_eq!(motd(project.path()), None);
    told
}

#[test]
fn of_two_programs_the_one_that_has_the_container_is_started() {
    if !is_root() {
        return;
    }
    for programs in [&[("docker", DEAF), ("podman", KEEPER)][..], &[("docker", KEEPER), ("podman", DEAF)]] {
        let (output, project) = chefrs(programs, &["run", "-t", "container:web", "-r", "motd"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.contains("converging container:web: motd"), "{text}");
        assert_eq!(motd(project.path()).as_deref(), Some("hello\n"));
    }
}

#[test]
fn a_container_that_nobody_has() {
    let told = refused(&[("docker", DEAF), ("podman", KEEPER)], "wbe");
    assert!(told.starts_with("error: there is no container `wbe`\n"), "{told}");
    assert!(told.contains("docker: Cannot connect to the Docker daemon at "), "{told}");
    assert!(told.contains("podman: Error: no such container\n"), "{told}");
    assert!(told.contains("hint: `docker ps -a` or `podman ps -a` lists them"), "{told}");
}

#[test]
fn a_container_that_does_not_run() {
    let told = refused(&[("podman", KEEPER)], "resting");
    assert!(told.starts_with("error: the container `resting` does not run\n"), "{told}");
    assert!(told.contains("hint: `docker start resting` or `podman start resting` starts it\n"), "{told}");
}

#[test]
fn a_daemon_that_does_not_answer() {
    let told = refused(&[("docker", DEAF)], "web");
    assert!(
        told.starts_with("error: the container `web` can't be reached: its engine does not answer\n"),
        "{told}"
    );
    assert!(told.contains("`docker ps` must succeed"), "{told}");
}

#[test]
fn nothing_that_knows_containers() {
    let told = refused(&[], "web");
    assert!(told.starts_with("error: `docker` or `podman` is not installed here\n"), "{told}");
    assert!(told.contains("hint: it is needed to reach `container:web`\n"), "{told}");
}
