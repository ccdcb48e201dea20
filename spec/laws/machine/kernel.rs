//! What the kernel of the machine in memory holds until it starts anew: modules, swap, its name, the rules of its firewall.

use camino::{Utf8Path, Utf8PathBuf};

use super::{Machine, Node};

/// Modules that can be loaded.
const MODULES: &[&str] = &["br_netfilter", "dummy", "overlay"];

/// The file that lists the modules which are loaded, and the directory that has one for each.
const LOADED: (&str, &str) = ("/proc/modules", "/sys/module");

const SWAPS: &str = "/proc/swaps";

/// What is in a file that the kernel can swap to.
const SWAP: &str = "swap";

impl Machine {
    /// What it holds right after its start, by what is configured.
    pub(super) fn start_kernel(&mut self) {
        self.file(LOADED.0, "");
        self.remove(LOADED.1.into());
        self.directory(LOADED.1);
        self.file(SWAPS, "Filename Type Size Used Priority\n");
        let name = self.text("/etc/hostname").unwrap_or_else(|| "localhost\n".to_owned());
        self.file("/proc/sys/kernel/hostname", &name);
        let files = self.list(Utf8Path::new("/etc/modules-load.d")).unwrap_or_default();
        for file in files {
            let text = self.text(Utf8Path::new("/etc/modules-load.d").join(file)).unwrap_or_default();
            for module in text.lines() {
                self.modprobe(&["--", module]);
            }
        }
        self.mount_all();
        for [file, _, kind, _] in self.fstab() {
            if kind == "swap" {
                self.swap_on(&file);
            }
        }
        let rules = "/etc/nftables.d/chefrs.nft";
        let is_read = self.text("/etc/nftables.conf").is_some_and(|text| text.contains(rules));
        self.rules = self.text(rules).filter(|_| is_read && self.enabled.contains("nftables.service"));
    }

    /// A module that something uses.
    pub(super) fn use_module(&mut self, module: &str) {
        self.modprobe(&["--", module]);
        let text = self.text(LOADED.0).unwrap_or_default();
        self.file(LOADED.0, &text.replace(&format!("{module} 4096 0 "), &format!("{module} 4096 1 ")));
    }

    /// `modprobe`; the exit status.
    pub(super) fn modprobe(&mut self, words: &[&str]) -> i32 {
        let Some(module) = words.last().copied() else { return 1 };
        let directory = Utf8Path::new(LOADED.1).join(module.replace('-', "_"));
        let is_loaded = self.has(&directory);
        let text = self.text(LOADED.0).unwrap_or_default();
        let line = text.lines().find(|line| line.split(' ').next() == Some(module));
        match words {
            ["--dry-run", ..] => i32::from(!is_loaded && !MODULES.contains(&module)),
            ["-r", ..] => {
                let Some(line) = line.filter(|line| line.contains(" 4096 0 ")) else { return 1 };
                let left: String =
                    text.lines().filter(|other| *other != line).flat_map(|line| [line, "\n"]).collect();
                self.file(LOADED.0, &left);
                self.remove(&directory);
                0
            }
            _ if is_loaded => 0,
            _ if self.has(format!("/etc/modprobe.d/disable_{module}.conf")) => 1,
            _ if !MODULES.contains(&module) => 1,
            _ => {
                self.file(LOADED.0, &format!("{text}{module} 4096 0 - Live 0x0\n"));
                self.directory(directory);
                0
            }
        }
    }

    /// `dd`, as far as it makes a file of a size; the exit status.
    pub(super) fn fill(&mut self, words: &[&str]) -> i32 {
        let value = |name: &str| words.iter().find_map(|word| word.strip_prefix(name));
        let Some((path, count)) =
            value("of=").zip(value("count=").and_then(|count| count.parse::<u64>().ok()))
        else {
            return 1;
        };
        let real = self.real(Utf8Path::new(path), true);
        // What is there is cut off first, which makes room.
        let there = self.nodes.get(&real).map_or(0, Node::filled);
        if self.free() + there < count << 20 || !self.write(path, String::new(), false) {
            return 1;
        }
        self.nodes.entry(real).and_modify(|node| node.fill(count << 20));
        0
    }

    /// `mkswap`; the exit status.
    pub(super) fn make_swap(&mut self, path: &str) -> i32 {
        let real = self.real(Utf8Path::new(path), true);
        match self.nodes.get_mut(&real) {
            Some(node) if node.filled() > 0 => {
                node.mark(SWAP);
                0
            }
            _ => 1,
        }
    }

    /// `blkid`, which tells what a file is; its exit status, and what it prints.
    pub(super) fn look_for_swap(&self, path: &str) -> (i32, String) {
        if self.text(path).is_some_and(|text| text == SWAP) {
            (0, format!("{SWAP}\n"))
        } else {
            (2, String::new())
        }
    }

    /// `swapon`; the exit status.
    pub(super) fn swap_on(&mut self, path: &str) -> i32 {
        if self.swaps_to(Utf8Path::new(path)) || self.text(path).is_none_or(|text| text != SWAP) {
            return 255;
        }
        let text = self.text(SWAPS).unwrap_or_default();
        self.file(SWAPS, &format!("{text}{path} file 1024 0 -2\n"));
        0
    }

    /// `swapoff`; the exit status.
    pub(super) fn swap_off(&mut self, path: &str) -> i32 {
        if !self.swaps_to(Utf8Path::new(path)) {
            return 255;
        }
        let text = self.text(SWAPS).unwrap_or_default();
        let others = text.lines().filter(|line| line.split(' ').next() != Some(path));
        let text: String = others.flat_map(|line| [line, "\n"]).collect();
        self.file(SWAPS, &text);
        0
    }

    /// Whether the kernel swaps to a file, which then can't be removed.
    pub(super) fn swaps_to(&self, path: &Utf8Path) -> bool {
        let text = self.text(SWAPS).unwrap_or_default();
        text.lines().skip(1).any(|line| line.split(' ').next() == Some(path.as_str()))
    }

    /// Bytes that are left on the disk.
    pub(super) fn free(&self) -> u64 {
        self.room.saturating_sub(self.nodes.values().map(Node::filled).sum())
    }

    /// `mv`; the exit status.
    pub(super) fn move_file(&mut self, from: &str, to: &str) -> i32 {
        let (from, to): (Utf8PathBuf, _) = (self.real(from.into(), false), self.real(to.into(), false));
        if self.list(&to).is_some() || to.parent().is_none_or(|parent| self.list(parent).is_none()) {
            return 1;
        }
        match self.nodes.remove(&from) {
            Some(node) => {
                self.nodes.insert(to, node);
                0
            }
            None => 1,
        }
    }

    /// `nft`; its exit status, and what it prints.
    pub(super) fn nft(&mut self, words: &[&str]) -> (i32, String) {
        match words {
            ["-c", "-f", _] => (0, String::new()),
            ["-f", path] => {
                self.rules = self.text(path);
                (i32::from(self.rules.is_none()), String::new())
            }
            ["list", ..] => match &self.rules {
                Some(rules) => (0, rules.clone()),
                None => (1, String::new()),
            },
            _ => (1, String::new()),
        }
    }
}
