//! A fresh Debian machine without an init system, thrown away afterwards: its own files, processes and mounts, this
//! machine's network. Needs root and mmdebstrap; specs say plainly when they are skipped for want of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::hosts::layered;
use crate::patience::{CallInTime as _, LONG, locked};
use crate::skipped::skip;

/// Debian release of the images.
const RELEASE: &str = "bookworm";

/// Environment that a program may need to reach the package registries from here.
const PASSED_ON: &[&str] = &[
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "PIP_CERT",
    "PIP_INDEX_URL",
    "PIP_DEFAULT_TIMEOUT",
];

/// One machine. What its scripts change stays until it is dropped; processes end with their script.
pub struct Throwaway {
    folder: PathBuf,
}

impl Throwaway {
    /// A fresh machine on these lower directories of an overlay, or the reason why there is none here.
    fn new(name: &str, image: &str) -> Result<Self, String> {
        let folder = work().join(format!("{name}-{}", std::process::id()));
        for part in ["upper", "work", "root"] {
            fs::create_dir_all(folder.join(part))
                .map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        fs::write(folder.join("image"), image).map_err(|e| e.to_string())?;
        let machine = Self { folder };
        let upper = machine.folder.join("upper");
        fs::create_dir_all(upper.join("etc/ssl/certs")).map_err(|e| e.to_string())?;
        // The way to the registries is this machine's: its resolver and the authorities it trusts.
        for file in ["etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"] {
            let _ = fs::copy(Path::new("/").join(file), upper.join(file));
        }
        fs::create_dir_all(upper.join("usr/local/bin")).map_err(|e| e.to_string())?;
        // By a process of its own: what we have open for writing can't be run (see `executable`).
        let program = upper.join("usr/local/bin/chefrs");
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_chefrs")).arg(program).status_in_time();
        if !copied.map_err(|e| e.to_string())?.success() {
            return Err("the program can't be copied".into());
        }
        Ok(machine)
    }

    /// Puts a directory on the machine.
    pub fn directory(&self, path: &str, from: &Path) {
        let path = self.folder.join("upper").join(path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().expect("a path has a directory")).expect("it can be made");
        let copied = Command::new("cp").arg("-rT").arg(from).arg(path).status_in_time();
        assert!(copied.expect("cp can be run").success(), "{} can't be copied", from.display());
    }

    /// Puts a file on the machine.
    pub fn file(&self, path: &str, text: &str) {
        let path = self.folder.join("upper").join(path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().expect("a file has a directory")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }

    /// Runs a shell script there, as root, in a process and mount namespace of its own.
    pub fn script(&self, script: &str) -> Output {
        let image = fs::read_to_string(self.folder.join("image")).expect("it was written");
        let mut command = Command::new("unshare");
        command
            .args([
                "--mount",
                "--pid",
                "--ipc",
                "--uts",
                "--fork",
                "--kill-child",
                "--",
                "/bin/sh",
                "-c",
                ENTER,
                "enter",
            ])
            .args([image.as_str(), &self.folder.to_string_lossy(), script])
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("HOME", "/root")
            .env("LANG", "C.UTF-8")
            .env("NO_COLOR", "1");
        for name in PASSED_ON {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.output_within(LONG).expect("unshare can be run")
    }

    /// The same; what it printed, if it went well.
    pub fn must(&self, script: &str) -> String {
        let output = self.script(script);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{script}\n{}\n{text}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        text
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Arguments: image, folder, script.
const ENTER: &str = r#"
set -e
mount --make-rprivate /
mount -t overlay machine -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
cd "$2/root"
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
mount -t tmpfs tmpfs run
mkdir -p run/lock
exec chroot . /bin/sh -c "$3"
"#;

fn work() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("throwaway")
}

/// The unpacked image, built once.
fn image() -> Result<String, String> {
    if !nix::unistd::geteuid().is_root() {
        return Err("it needs root".into());
    }
    let image = work().join(RELEASE);
    let lock = work().join("lock");
    fs::create_dir_all(work()).map_err(|error| error.to_string())?;
    let lock = fs::File::create(lock).map_err(|error| error.to_string())?;
    locked("the image of a throw-away machine", &lock);
    if image.join("etc/debian_version").exists() {
        return Ok(image.to_string_lossy().into_owned());
    }
    let partial = work().join("partial");
    let _ = fs::remove_dir_all(&partial);
    let mut mmdebstrap = Command::new("mmdebstrap");
    mmdebstrap.args(["--variant=minbase", "--include=ca-certificates", "--format=directory"]);
    let built = mmdebstrap
        .arg(RELEASE)
        .arg(&partial)
        .output_within(LONG)
        .map_err(|_| "mmdebstrap is not installed".to_owned())?;
    if !built.status.success() {
        return Err(format!("no Debian image: {}", String::from_utf8_lossy(&built.stderr)));
    }
    fs::rename(&partial, &image).map_err(|error| error.to_string())?;
    Ok(image.to_string_lossy().into_owned())
}

/// A machine for a spec, or nothing and a line that says so. Where the whole suite must run, nothing is a failure.
pub fn machine(name: &str) -> Option<Throwaway> {
    made(image().and_then(|image| Throwaway::new(name, &image)))
}

/// The same with a layer of `hosts::layered`, on the system of the hosts.
pub fn with_layer(name: &str, layer: &str) -> Option<Throwaway> {
    let image = if nix::unistd::geteuid().is_root() { layered(layer) } else { Err("it needs root".into()) };
    made(image.and_then(|image| Throwaway::new(name, &image)))
}

fn made(machine: Result<Throwaway, String>) -> Option<Throwaway> {
    machine.map_err(|reason| skip(&format!("no throw-away machine: {reason}"))).ok()
}

#[test]
fn a_machine_is_fresh_and_keeps_what_its_scripts_do() {
    let Some(machine) = machine("fresh") else { return };
    assert_eq!(machine.must("test ! -e /usr/sbin/nginx && echo $$ && touch /srv/a"), "1\n");
    machine.must("test -e /srv/a");
    assert!(!Path::new("/srv/a").exists());
}
