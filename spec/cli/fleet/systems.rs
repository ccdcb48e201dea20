//! Several systems made of this one, each a target of its own.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::{MOTD, told};
use crate::patience::{EndInTime as _, until};
use crate::skipped::is_root;

/// Makes three systems of this one, which share everything but their state and `/mnt`. Arguments: where, then words.
const ENTER: &str = "\
set -e
place=$1; shift
mount --make-rprivate /
mkdir -p /var/lib/chefrs
for name in web1 web2 web3; do
    root=$place/roots/$name
    mount --bind / \"$root\"
    mount --bind /proc \"$root/proc\"
    mount --bind /dev \"$root/dev\"
    mount --bind \"$place/state/$name\" \"$root/var/lib/chefrs\"
    mount --bind \"$place/mnt/$name\" \"$root/mnt\"
done
cd \"$place\"
exec \"$@\"
";

pub(super) const NAMES: [&str; 3] = ["web1", "web2", "web3"];

/// Three systems, nodes of a project, the first two of one kind.
pub(super) struct Systems(TempDir);

impl Systems {
    /// None without root, and a line that says so.
    pub(super) fn new() -> Option<Self> {
        if !is_root() {
            return None;
        }
        let systems = Self(tempfile::tempdir().unwrap());
        let place = systems.0.path().to_str().unwrap();
        for name in NAMES {
            for folder in ["roots", "state", "mnt"] {
                let path = systems.path(&format!("{folder}/{name}"));
                fs::DirBuilder::new().recursive(true).mode(0o700).create(path).unwrap();
            }
            fs::create_dir(systems.path(&format!("mnt/{name}/site"))).unwrap();
            let text = if name == "web3" { "other" } else { "same" };
            let node = format!(
                "address = \"chroot:{place}/roots/{name}\"\ngroups = [\"web\"]\n[attributes.motd]\ntext = \"{text}\"\n"
            );
            systems.write(&format!("nodes/{name}.toml"), &node);
        }
        systems.write("groups/web.toml", "");
        systems.write("recipes/motd.lua", MOTD);
        Some(systems)
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What a system has at a path below `/mnt`.
    pub(super) fn read(&self, name: &str, path: &str) -> Option<String> {
        fs::read_to_string(self.path(&format!("mnt/{name}/{path}"))).ok()
    }

    /// Takes the directory from a system into which the recipe writes.
    pub(super) fn break_it(&self, name: &str) {
        fs::remove_dir(self.path(&format!("mnt/{name}/site"))).unwrap();
        self.write(&format!("mnt/{name}/site"), "");
    }

    /// Gives the directory back.
    pub(super) fn mend(&self, name: &str) {
        let path = self.path(&format!("mnt/{name}/site"));
        fs::remove_file(&path).unwrap();
        fs::create_dir(path).unwrap();
    }

    /// Waits until the first two of them are at work.
    pub(super) fn both_have_begun(&self) {
        let has = |name| self.read(name, "begun").is_some();
        until("web1 and web2 at work", || has("web1") && has("web2"));
    }

    /// Lets what waits there for the file `go` come to its end.
    pub(super) fn go(&self) {
        for name in NAMES {
            self.write(&format!("mnt/{name}/go"), "");
        }
    }

    pub(super) fn start(&self, words: &[&str]) -> Child {
        Command::new("unshare")
            .args(["--mount", "--", "/bin/sh", "-c", ENTER, "enter"])
            .arg(self.0.path())
            .arg(env!("CARGO_BIN_EXE_chefrs"))
            .args(words)
            .env("CHEFRS_STATE_DIRECTORY", self.path("control"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Status, standard output, standard error.
    pub(super) fn call(&self, words: &[&str]) -> (i32, String, String) {
        told(self.start(words).output_in_time().unwrap())
    }
}
