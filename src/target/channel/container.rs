//! Finds the container engine that has a container. Several may be installed, and not all of them may work.

use std::env;
use std::process::{Command, Stdio};

use rustix::fs::{Access, access};

use super::program::{PATIENCE, end, missing, without_secrets};
use super::stderr::Stderr;
use crate::model::error::{Failure, FailureKind};
use crate::model::variables::PATH;

/// Container engines, in the order in which they are asked.
const PROGRAMS: [&str; 2] = ["docker", "podman"];

/// The engine of a container: the only one that is installed, or the first one that has the container.
///
/// # Errors
/// None is installed, or none of them has the container.
pub(super) fn program(name: &str) -> Result<&'static str, Failure> {
    let installed: Vec<&str> = PROGRAMS.into_iter().filter(|program| is_installed(program)).collect();
    if let [only] = installed.as_slice() {
        // Whether it has the container shows when it is started.
        return Ok(only);
    }
    let mut told = Vec::new();
    for program in &installed {
        match look(program, name) {
            Ok(()) => return Ok(program),
            Err(words) => told.push(format!("{program}: {words}")),
        }
    }
    if installed.is_empty() {
        return Err(missing(&PROGRAMS, &format!("container:{name}")));
    }
    let mut failure = absent(name);
    failure.details = told;
    Err(failure)
}

fn is_installed(program: &str) -> bool {
    let path = env::var_os(PATH.name).unwrap_or_default();
    env::split_paths(&path).any(|directory| access(directory.join(program), Access::EXEC_OK).is_ok())
}

/// Whether an engine has the container, or its error message.
fn look(program: &str, name: &str) -> Result<(), String> {
    let mut command = Command::new(program);
    without_secrets(&mut command);
    command.args(["container", "inspect", "--format", "{{.Id}}", "--", name]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    // No line contains a newline, so no line is a question.
    let stderr = Stderr::listen(child.stderr.take(), "\n");
    let Some(status) = end(&mut child, PATIENCE) else { return Err("it did not answer in time".to_owned()) };
    if status.success() {
        return Ok(());
    }
    stderr.finish();
    Err(stderr.all().pop().unwrap_or_else(|| status.to_string()))
}

fn absent(name: &str) -> Failure {
    Failure::new(format!("there is no container `{name}`"))
        .of_kind(FailureKind::Unreachable)
        .hint("`docker ps -a` or `podman ps -a` lists them; each user of podman has their own")
}

/// Recognises error messages of `docker exec` and `podman exec`.
pub(super) fn explain(name: &str, lines: &[String]) -> Option<Failure> {
    let said = |words: &[&str]| lines.iter().any(|line| words.iter().any(|words| line.contains(words)));
    if said(&["No such container", "no container with"]) {
        return Some(absent(name));
    }
    if said(&["is not running", "on running containers"]) {
        let failure = Failure::new(format!("the container `{name}` does not run"));
        return Some(failure.hint(format!("`docker start {name}` or `podman start {name}` starts it")));
    }
    if said(&["Cannot connect to the Docker daemon", "docker.sock", "Cannot connect to Podman"]) {
        let failure =
            Failure::new(format!("the container `{name}` can't be reached: its engine does not answer"));
        return Some(
            failure
                .hint("start the engine (`systemctl start docker`), or become a user who may use it: `docker ps` must succeed")

        );
    }
    None
}
