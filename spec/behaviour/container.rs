//! A container of docker or podman, with the system of the hosts in it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::column::{Column, lay_out, program};

use crate::patience::CallInTime as _;

/// What serves the repository in there, since the system of the hosts has little of Python.
const SERVER: &str = r#"
my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1:8077", Listen => 9, ReuseAddr => 1) or die;
while (my $client = $server->accept) {
  my ($path) = <$client> =~ m{^GET (/[\w./-]*) };
  1 while <$client> =~ /\S/;
  my $found = defined $path && -f "/srv/repo$path" && open my $file, "<", "/srv/repo$path";
  local $/;
  print $client $found ? ("HTTP/1.0 200 OK\r\n\r\n", <$file>) : "HTTP/1.0 404 Not Found\r\n\r\n";
  close $client;
}
"#;

/// One that runs until it is dropped.
pub struct Container {
    engine: &'static str,
    name: String,
    directory: TempDir,
}

impl Container {
    /// A fresh one, or why there is none here.
    pub fn new() -> Result<Self, String> {
        let answers = |engine: &&&str| {
            let asked =
                Command::new(engine).arg("info").stdout(Stdio::null()).stderr(Stdio::null()).status_in_time();
            asked.is_ok_and(|status| status.success())
        };
        let engine = ["docker", "podman"].iter().find(answers).ok_or("neither docker nor podman answers")?;
        let image = crate::hosts::image()?;
        let name = format!("chefrs-spec-{}", std::process::id());
        // No network, but for what the hosts' own server answers.
        let script = "tar -C \"$2/root\" -c . | \"$1\" import - chefrs-spec >/dev/null && \
                      \"$1\" run -d --name \"$3\" --init --network none --add-host controller:127.0.0.1 \
                      -v \"$2/repo:/srv/repo:ro\" chefrs-spec \
                      perl -MIO::Socket::INET -e \"$4\"";
        let made = Command::new("sh")
            .args(["-c", script, "sh", engine])
            .arg(&image)
            .arg(&name)
            .arg(SERVER)
            .output_in_time();
        let made = made.map_err(|error| error.to_string())?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned());
        }
        Ok(Self { engine, name, directory: tempfile::tempdir().unwrap() })
    }
}

impl Column for Container {
    fn name(&self) -> &'static str {
        "container"
    }

    fn project(&self, folder: &Path) {
        lay_out(folder, self.directory.path());
    }

    fn chefrs(&self, verb: &str, words: &[&str], secrets: &[(String, String)]) -> Output {
        let mut command = program(self.directory.path(), secrets);
        command.args([verb, "-t", &format!("container:{}", self.name)]).args(words).output_in_time().unwrap()
    }

    fn script(&self, script: &str) -> Output {
        let mut command = Command::new(self.engine);
        command.args(["exec", "-u", "0", &self.name, "/bin/sh", "-c", script]).output_in_time().unwrap()
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _ = Command::new(self.engine).args(["rm", "-f", &self.name]).output_in_time();
    }
}
