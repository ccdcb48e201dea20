//! The machine that is measured on: this one's files under an overlay, in a mount namespace of its own, thrown away
//! afterwards. Nothing on the machine itself is changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::state;
use crate::work::{BEFORE, HOME};

/// Arguments: folder, then the program to run inside and its arguments.
const ENTER: &str = r#"
set -e
folder=$1; shift
mount --make-rprivate /
mount -t overlay bench -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
cd "$folder/root"
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
mount -t tmpfs tmpfs run
mkdir -p run/lock
exec chroot . "$@"
"#;

/// Measures the works of these names, in a throw-away machine.
///
/// # Errors
/// No such machine can be had here, or a measurement failed.
pub(crate) fn run(names: &[String]) -> Result<()> {
    ensure!(
        nix::unistd::geteuid().is_root(),
        "it needs root: the works make accounts and services, inside an overlay of this machine's files that is \
         thrown away afterwards"
    );
    let folder = Folder::new()?;
    furnish(&folder.0.join("upper"))?;
    let status = Command::new("unshare")
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
        .arg(&folder.0)
        .arg(format!("{HOME}/bench"))
        .arg(crate::INSIDE)
        .args(names)
        .status()
        .context("no throw-away machine: `unshare` of util-linux can't be run")?;
    ensure!(
        status.success(),
        "no measurement: see above ({status}); a mount that is refused means that this machine allows no overlay here"
    );
    Ok(())
}

/// Writes what the machine has over this one: the programs, recipes and scripts, and five services.
fn furnish(upper: &Path) -> Result<()> {
    let home = upper.join(HOME.trim_start_matches('/'));
    fs::create_dir_all(home.join("saved"))?;
    fs::copy(env!("CARGO_BIN_EXE_chefrs"), home.join("chefrs"))?;
    if let Some(before) = std::env::var_os(BEFORE) {
        fs::copy(&before, home.join("before"))
            .with_context(|| format!("{BEFORE} names {}", before.display()))?;
    }
    fs::copy(std::env::current_exe()?, home.join("bench"))?;
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/bench");
    for folder in ["recipes", "templates", "shell"] {
        fs::create_dir_all(home.join(folder))?;
        for entry in fs::read_dir(sources.join(folder))? {
            let entry = entry?;
            fs::copy(entry.path(), home.join(folder).join(entry.file_name()))?;
        }
    }
    declarations(&home)?;
    for name in state::ACCOUNTS {
        let path = Path::new("/etc").join(name);
        if path.exists() {
            let kept = Command::new("cp").arg("-p").arg(path).arg(home.join("saved")).status()?;
            ensure!(kept.success(), "/etc/{name} can't be copied");
        }
    }
    services(upper)
}

/// Writes 1000 resources down, each by itself, and as many calls of a function in sh.
fn declarations(home: &Path) -> Result<()> {
    let path = |number: u32| format!("/srv/bench/files/f{number}.conf");
    let row = |number| {
        format!("file \"{}\" {{\n  content = \"line {number}\\n\",\n  mode = \"0644\",\n}}\n", path(number))
    };
    let call = |number| format!("file {} \\\n  'line {number}' \\\n  0644\n\n", path(number));
    let recipe: String = (1..=1000).map(row).collect();
    let script: String = ["file() { :; }\n".to_owned()].into_iter().chain((1..=1000).map(call)).collect();
    fs::write(home.join("recipes/declarations.lua"), recipe)?;
    fs::write(home.join("shell/declarations.sh"), script)?;
    Ok(())
}

/// Writes five services, and makes the directories that the works take for granted.
///
/// # Errors
/// They can't be written.
pub(crate) fn services(root: &Path) -> Result<()> {
    for directory in ["etc/init.d", "etc/cron.d", "srv"] {
        fs::create_dir_all(root.join(directory))?;
    }
    for number in 1..=5 {
        let path = root.join(format!("etc/init.d/cbsvc{number}"));
        fs::write(&path, service(number))?;
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    }
    Ok(())
}

/// An init script whose process is a flag file: what is measured is the tool, not the service.
fn service(number: u32) -> String {
    format!(
        r#"#!/bin/sh
### BEGIN INIT INFO
# Provides: cbsvc{number}
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: a service that is only a flag file
### END INIT INFO
f=/run/cbsvc{number}.flag
case "$1" in
  start) : >$f; echo "cbsvc{number} started";;
  stop) rm -f $f; echo "cbsvc{number} stopped";;
  restart) : >$f;;
  status) if [ -e $f ]; then echo "cbsvc{number} is running"; else echo "cbsvc{number} is stopped"; exit 3; fi;;
  *) exit 2;;
esac
"#
    )
}

/// A folder for the overlay's own files, removed with all that is in it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{}", std::process::id()));
        for part in ["upper", "work", "root"] {
            fs::create_dir_all(folder.join(part)).with_context(|| folder.display().to_string())?;
        }
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("bench: {} is left behind: {error}", self.0.display());
        }
    }
}
