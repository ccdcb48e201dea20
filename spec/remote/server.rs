//! An ssh server of the spec's own: on a high port of the loopback, with its own keys, for as long as the spec runs.
//!
//! Under root its sessions see an empty `/var/lib/chefrs`, so that no spec writes to the real one.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use nix::unistd::Pid;
use tempfile::TempDir;

use crate::executable::executable;
use crate::patience::{CallInTime as _, EndInTime as _, processes_with, until};
use crate::skipped::skip;

/// A running server, with a directory for keys, projects and what recipes make.
pub struct Server {
    directory: TempDir,
    process: Child,
    port: u16,
}

impl Server {
    /// A server that runs every command as it is, or through `force`, a shell script that finds it in
    /// `$SSH_ORIGINAL_COMMAND` and a place for files in `$1`. Where that begins with `# `, the line is one of sshd_config.
    pub fn new(force: Option<&str>) -> Result<Self, String> {
        if !Path::new("/usr/sbin/sshd").exists() {
            return Err("openssh-server is not installed".to_owned());
        }
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().to_owned();
        for name in ["host", "other", "client", "stranger"] {
            let file = place.join(name);
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(&file)
                .status_in_time();
            assert!(made.unwrap().success());
        }
        fs::create_dir(place.join("home")).unwrap();
        fs::create_dir(place.join("recipes")).unwrap();
        let (process, port) = listening(&place, force)?;
        let server = Self { directory, process, port };
        server.write_client(&server.key("host"), "client");
        Ok(server)
    }

    /// A server for a spec, or nothing and a line that says so. Where the whole suite must run, nothing is a failure.
    pub fn start(force: Option<&str>) -> Option<Self> {
        match Self::new(force) {
            Ok(server) => Some(server),
            Err(reason) => {
                skip(&format!("no ssh server: {reason}"));
                None
            }
        }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A path in its directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A public key without its comment.
    pub fn key(&self, name: &str) -> String {
        let text = fs::read_to_string(self.path(&format!("{name}.pub"))).unwrap();
        text.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    }

    /// The fingerprint of a key, as `ssh-keygen` tells it.
    pub fn fingerprint(&self, name: &str) -> String {
        let told = Command::new("ssh-keygen")
            .arg("-lf")
            .arg(self.path(&format!("{name}.pub")))
            .output_in_time()
            .unwrap();
        String::from_utf8(told.stdout).unwrap().split_whitespace().nth(1).unwrap().to_owned()
    }

    /// The client's side: the key that is known for the server (none if empty), and the client's own.
    pub fn write_client(&self, known: &str, own: &str) {
        let place = self.directory.path().to_str().unwrap();
        let port = self.port;
        let hosts = if known.is_empty() { String::new() } else { format!("[127.0.0.1]:{port} {known}\n") };
        fs::write(self.path("known_hosts"), hosts).unwrap();
        // No name server is asked for a name with a label that is too long for one.
        let nowhere = "x".repeat(64);
        let text = format!(
            "Host target\n  HostName 127.0.0.1\n  Port {port}\n  IdentityFile {place}/{own}\n  IdentitiesOnly yes\n  \
             UserKnownHostsFile {place}/known_hosts\n  GlobalKnownHostsFile /dev/null\n\
             Host nowhere\n  HostName {nowhere}.invalid\n\
             Host shut\n  HostName 127.0.0.1\n  Port 1\n"
        );
        fs::write(self.path("ssh_config"), text).unwrap();
    }

    /// A program in the folder `bin`, for sessions that are made to look there; `[DIR]` reads as the directory.
    pub fn program(&self, name: &str, text: &str) {
        let path = self.path("bin").join(name);
        fs::create_dir_all(self.path("bin")).unwrap();
        executable(&path, &text.replace("[DIR]", self.directory.path().to_str().unwrap()));
    }

    /// A recipe of its project; `[DIR]` reads as the directory.
    pub fn recipe(&self, name: &str, text: &str) {
        let text = text.replace("[DIR]", self.directory.path().to_str().unwrap());
        fs::write(self.path(&format!("recipes/{name}.lua")), text).unwrap();
    }

    /// `chefrs VERB -t target …`, as a person at the client would call it.
    pub fn command(&self, verb: &str, target: &str, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
        command
            .args([verb, "-t", target, "--ssh-config", "ssh_config"])
            .args(words)
            .current_dir(self.directory.path())
            .env_clear()
            .env("HOME", self.path("home"))
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("LANG", "C.UTF-8")
            .env("CHEFRS_STATE_DIRECTORY", self.path("control"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The same, to its end: status, standard output, standard error.
    pub fn call(&self, verb: &str, words: &[&str]) -> (i32, String, String) {
        self.told(self.command(verb, "target", words).output_in_time().unwrap())
    }

    /// The `ssh` that holds a connection to it; its socket tells whose it is.
    pub fn connection(&self) -> Option<Pid> {
        let found = processes_with(self.path("control/ssh/").to_str().unwrap());
        found.first().map(|pid| Pid::from_raw(pid.parse().unwrap()))
    }

    /// Processes of our program that its sessions have started, whose arguments begin with these words.
    pub fn agents(&self, words: &[&str]) -> Vec<Pid> {
        let entries = fs::read_dir("/proc").unwrap().flatten();
        let all: Vec<u32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        let parent = |pid: u32| -> Option<u32> {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
        };
        let is_of_family = |pid: u32| {
            std::iter::successors(Some(pid), |pid| parent(*pid)).any(|pid| pid == self.process.id())
        };
        let is_ours = |pid: u32| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let mut line = line.split(|byte| *byte == 0);
            let name = String::from_utf8_lossy(line.next().unwrap_or_default()).into_owned();
            let is_agent = name.rsplit('/').next().is_some_and(|name| name.starts_with("chefrs-"));
            is_agent && words.iter().all(|word| line.next() == Some(word.as_bytes()))
        };
        let found = all.into_iter().filter(|pid| is_ours(*pid) && is_of_family(*pid));
        found.map(|pid| Pid::from_raw(i32::try_from(pid).unwrap())).collect()
    }

    /// The process that takes the connections, and starts what they ask for.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.process.id()).unwrap())
    }

    /// How often somebody was let in.
    pub fn logins(&self) -> usize {
        fs::read_to_string(self.path("sshd.log")).unwrap().matches("Accepted publickey for ").count()
    }

    /// The names in the directory of sockets.
    pub fn sockets(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("control/ssh")).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
    }

    /// What came out; the directory reads `[DIR]`.
    pub fn told(&self, output: Output) -> (i32, String, String) {
        let place = self.directory.path().to_str().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(place, "[DIR]");
        (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait_in_time();
    }
}

/// The server's process and its port. A port that is free now may be somebody else's a moment later: then it is another.
fn listening(place: &Path, force: Option<&str>) -> Result<(Child, u16), String> {
    loop {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        fs::write(place.join("sshd_config"), sshd_config(place, port, force)).unwrap();
        let mut process = started(place)?;
        let log = || fs::read_to_string(place.join("sshd.log")).unwrap_or_default();
        let mut ended = false;
        until("sshd listens or gives up", || {
            ended = process.try_wait().unwrap().is_some();
            ended || log().contains(&format!("Server listening on 127.0.0.1 port {port}."))
        });
        if !ended {
            return Ok((process, port));
        }
        if !log().contains("Address already in use") {
            return Err(log());
        }
    }
}

fn started(place: &Path) -> Result<Child, String> {
    let mut command = if nix::unistd::geteuid().is_root() {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--", "/bin/sh", "-c", APART, "apart"]);
        command
    } else {
        let mut command = Command::new("/usr/sbin/sshd");
        command.args(["-D", "-e", "-f"]);
        command
    };
    let log = fs::File::create(place.join("sshd.log")).unwrap();
    command.arg(place.join("sshd_config")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    command.process_group(0).spawn().map_err(|error| error.to_string())
}

/// Argument: the configuration.
const APART: &str = "\
set -e
mount --make-rprivate /
mkdir -p /run/sshd /var/lib/chefrs
mount -t tmpfs -o mode=0700 tmpfs /var/lib/chefrs
exec /usr/sbin/sshd -D -e -f \"$1\"";

/// The newest key exchange takes most of the time of a short connection, on both sides.
fn sshd_config(place: &Path, port: u16, force: Option<&str>) -> String {
    let place = place.to_str().unwrap();
    let text = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {place}/host\nAuthorizedKeysFile {place}/client.pub\n\
         KexAlgorithms curve25519-sha256\nStrictModes no\nUsePAM no\nPidFile none\n\
         PasswordAuthentication no\nKbdInteractiveAuthentication no\n\
         PermitRootLogin yes\nSetEnv HOME={place}/home XDG_CACHE_HOME={place}/home/.cache\n"
    );
    let Some(force) = force else { return text };
    fs::write(Path::new(place).join("force"), force).unwrap();
    let own = force.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
    format!("{text}{own}\nForceCommand /bin/sh {place}/force {place}\n")
}
