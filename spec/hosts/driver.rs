//! Hosts for specs: booted fresh in half a second, gone with the value. Needs root; the first use builds the image.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::patience::{CallInTime as _, EndInTime as _, LONG, PATIENCE, Patient, give, until};
use crate::skipped::{is_patient, skip};

/// `n` fresh hosts with the program as `/usr/local/bin/chefrs`, or nothing and a line that says so. Where the whole
/// suite must run, nothing is a failure.
pub fn boot<const N: usize>() -> Option<[Host; N]> {
    boot_with("")
}

/// The same, where specs are wanted that take minutes each.
pub fn boot_patiently<const N: usize>() -> Option<[Host; N]> {
    if is_patient() { boot() } else { None }
}

/// The same, with something on top of the image: the name of a layer in `layer.py`, or nothing.
pub fn boot_with<const N: usize>(layer: &str) -> Option<[Host; N]> {
    static NETWORK: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    static NUMBER: AtomicUsize = AtomicUsize::new(1);
    let ssh_config = match NETWORK.get_or_init(network) {
        Ok(ssh_config) => ssh_config,
        Err(reason) => {
            skip(&format!("no hosts: {reason}"));
            return None;
        }
    };
    let names: [String; N] =
        std::array::from_fn(|_| format!("web{}", NUMBER.fetch_add(1, Ordering::Relaxed)));
    done(hosts("up").args(&names).env("HOSTS_LAYER", layer));
    let hosts = names.map(|name| Host { name, ssh_config });
    for host in &hosts {
        host.settle();
        let program = std::fs::read(env!("CARGO_BIN_EXE_chefrs")).unwrap();
        host.write("/usr/local/bin/chefrs", &program);
        host.must("chmod 755 /usr/local/bin/chefrs");
    }
    Some(hosts)
}

/// Directory of the hosts' image: their system in `root`, their packages in `repo`.
pub fn image() -> Result<PathBuf, String> {
    answer(&mut hosts("build")).map(PathBuf::from)
}

/// The lower directories of an overlay with a layer of `layer.py` on the hosts' system.
pub fn layered(layer: &str) -> Result<String, String> {
    answer(hosts("layer").arg(layer))
}

/// The last line that a command prints, or complains of.
fn answer(command: &mut Command) -> Result<String, String> {
    let output = command.output_within(LONG).map_err(|error| format!("python3: {error}"))?;
    let text = String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr });
    let last = text.lines().last().unwrap_or_default().to_owned();
    if output.status.success() { Ok(last) } else { Err(last) }
}

/// One host: its own systemd, disk, network and clock of life.
pub struct Host {
    name: String,
    ssh_config: &'static Path,
}

impl Host {
    /// Its name, which the ssh_config knows too.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Configuration of ssh that reaches all hosts: `ssh -F FILE NAME`, as root; as `deploy` and `deploypw` on demand.
    pub fn ssh_config(&self) -> &Path {
        self.ssh_config
    }

    /// Runs a shell script there as root, without a network.
    pub fn script(&self, script: &str) -> Output {
        self.exec(script).stdin(Stdio::null()).output_within(LONG).unwrap()
    }

    /// The same; what it printed, if it went well.
    pub fn must(&self, script: &str) -> String {
        let output = self.script(script);
        let (stdout, stderr) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{}: {script}\n{}\n{stdout}\n{stderr}", self.name, output.status);
        stdout.into_owned()
    }

    /// Puts a file there, with the directories that it needs.
    pub fn write(&self, path: &str, bytes: &[u8]) {
        self.feed(&format!("mkdir -p \"$(dirname '{path}')\" && cat >'{path}'"), bytes);
    }

    /// Runs a shell script that reads these bytes.
    pub fn feed(&self, script: &str, bytes: &[u8]) {
        let mut child = self.exec(script).stdin(Stdio::piped()).spawn().unwrap();
        give(&mut child, bytes);
        assert!(child.wait_in_time().unwrap().success(), "{}: {script}", self.name);
    }

    /// A command over ssh, as a person would give it.
    pub fn ssh(&self, words: &[&str]) -> Command {
        self.ssh_within(PATIENCE, words)
    }

    /// The same, given up if there is no connection within so many whole seconds.
    pub fn ssh_within(&self, patience: Duration, words: &[&str]) -> Command {
        let mut command = Command::new("ssh");
        command
            .args(["-n", "-o", "BatchMode=yes", "-o"])
            .arg(format!("ConnectTimeout={}", patience.as_secs()));
        command.arg("-F").arg(self.ssh_config()).arg("--").arg(&self.name).args(words);
        command
    }

    /// The page that the host serves at a path, from outside of it.
    pub fn fetch(&self, path: &str) -> Result<String, String> {
        let mut stream = std::net::TcpStream::connect((self.address(), 80)).map_err(|why| why.to_string())?;
        let request = format!("GET {path} HTTP/1.0\r\nHost: {}.hosts.test\r\n\r\n", self.name);
        let mut answer = String::new();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).map_err(|why| why.to_string())?;
        stream.read_to_string(&mut answer).map_err(|why| why.to_string())?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
        if head.split(' ').nth(1) == Some("200") { Ok(body.to_owned()) } else { Err(answer) }
    }

    /// Its address, as the ssh_config has it.
    pub fn address(&self) -> IpAddr {
        let text = std::fs::read_to_string(self.ssh_config).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let at = lines.iter().position(|line| *line == format!("Host {}", self.name)).unwrap();
        lines[at + 1].strip_prefix("HostName ").unwrap().parse().unwrap()
    }

    /// Pulls the plug. The disk survives; the network hears nothing.
    pub fn kill(&self) {
        self.does("kill", &[]);
    }

    /// Switches it on again, and waits until it has come up.
    pub fn start(&self) {
        self.does("start", &[]);
        self.settle();
    }

    /// Reboots it in good order, and waits until it has come up.
    pub fn reboot(&self) {
        self.does("reboot", &[]);
        self.settle();
    }

    /// Waits until everything that starts with the machine has been started; sshd answers before that.
    pub fn settle(&self) {
        let state = || {
            let openrc =
                "[ -e /run/openrc/rc.starting ] || grep -qx default /run/openrc/softlevel && echo running";
            let asked =
                format!("if [ -d /run/openrc ]; then {openrc}; else systemctl is-system-running --wait; fi");
            self.script(&asked).stdout
        };
        until("the end of its boot", || [&b"running\n"[..], b"degraded\n"].contains(&state().as_slice()));
    }

    /// Stops all of its processes where they are.
    pub fn freeze(&self) {
        self.does("freeze", &[]);
    }

    /// Lets them go on.
    pub fn thaw(&self) {
        self.does("thaw", &[]);
    }

    /// Makes its network worse: `["delay", "40ms", "loss", "5%", "rate", "2mbit"]`, for each way.
    pub fn net(&self, words: &[&str]) {
        self.does("net", words);
    }

    /// Makes its network a black hole, in the midst of every connection.
    pub fn cut(&self) {
        self.net(&["cut"]);
    }

    /// Makes its network whole again.
    pub fn heal(&self) {
        self.net(&["heal"]);
    }

    fn exec(&self, script: &str) -> Command {
        let mut command = Command::new("sh");
        let enter = self.ssh_config.with_file_name(&self.name).join("enter");
        command.arg(enter).args(["/bin/sh", "-c", script]);
        command
    }

    fn does(&self, verb: &str, words: &[&str]) {
        done(hosts(verb).arg(&self.name).args(words));
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = hosts("down").arg(&self.name).output_in_time();
    }
}

/// Brings the network up for as long as this process lives, and takes it down with whatever is left on it: the end of
/// a process, however it comes, is the end of its pipes.
fn network() -> Result<PathBuf, String> {
    if !nix::unistd::geteuid().is_root() {
        return Err("they need root".into());
    }
    let mut holder = hosts("hold")
        .arg("0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("python3: {error}"))?;
    let (mut line, mut complaint) = (String::new(), String::new());
    let _ = BufReader::new(Patient::within(LONG, holder.stdout.take().unwrap())).read_line(&mut line);
    if line.ends_with('\n') {
        // Forgotten on purpose: it ends with us.
        std::mem::forget(holder);
        return Ok(PathBuf::from(line.trim_end()));
    }
    let _ = Patient::new(holder.stderr.take().unwrap()).read_to_string(&mut complaint);
    let _ = holder.wait_in_time();
    Err(complaint.lines().last().unwrap_or("the network did not come up").to_owned())
}

/// A verb of `spec/hosts/hosts`, on a network that belongs to this process.
fn hosts(verb: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/hosts/hosts")).arg(verb);
    command.env("HOSTS_BRIDGE", format!("c{:x}", std::process::id()));
    command
}

fn done(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output_within(LONG).unwrap();
    let words: Vec<&OsStr> = command.get_args().collect();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}
