//! Files, directories and links of the machine in memory.

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::content::{Content, sha256};
use chefrs::model::error::Failure;
use chefrs::model::query::{FileKind, FileText, MOUNTS, Stat};
use chefrs::model::step::{Attributes, Fetch, Step, Unpack, WriteFile};

use super::{Machine, NOW, mounts};

/// What is at a path.
#[derive(Debug, Clone)]
pub struct Node {
    kind: FileKind,
    /// Text of a file, target of a link.
    text: String,
    owner: String,
    group: String,
    mode: u32,
    inode: u64,
    modified: i64,
    /// Bytes of a file that is not kept here whole.
    filled: u64,
}

/// Links that a path may lead over, as the kernel counts them.
const MOST_LINKS: usize = 40;

/// Files of the world outside, by their address.
const SERVED: &[(&str, &str)] =
    &[("https://files.test/one", "served one\n"), ("https://files.test/two", "served two\n")];

impl Node {
    pub fn directory() -> Self {
        Self::new(FileKind::Directory, "", 0o755, 0)
    }

    pub fn file(text: &str, inode: u64) -> Self {
        Self::new(FileKind::File, text, 0o644, inode)
    }

    pub fn program(text: &str, inode: u64) -> Self {
        Self::new(FileKind::File, text, 0o755, inode)
    }

    pub fn link(to: &str, inode: u64) -> Self {
        Self::new(FileKind::Link, to, 0o777, inode)
    }

    /// Text of a file, or where a link leads.
    pub fn text(&self) -> Option<&str> {
        (self.kind != FileKind::Directory).then_some(self.text.as_str())
    }

    /// Kind, owner, group and mode, for people.
    pub fn attributes(&self) -> String {
        format!("{:?} {} {} {:o}", self.kind, self.owner, self.group, self.mode)
    }

    fn new(kind: FileKind, text: &str, mode: u32, inode: u64) -> Self {
        let (owner, group) = ("root".to_owned(), "root".to_owned());
        Self { kind, text: text.to_owned(), owner, group, mode, inode, modified: 0, filled: 0 }
    }

    /// Makes it a file of so many bytes that only its owner reads.
    pub fn fill(&mut self, bytes: u64) {
        (self.filled, self.mode) = (bytes, 0o600);
    }

    /// Bytes that it was filled with.
    pub fn filled(&self) -> u64 {
        self.filled
    }

    /// Says what the bytes mean that it was filled with.
    pub fn mark(&mut self, text: &str) {
        text.clone_into(&mut self.text);
    }

    fn set(&mut self, attributes: &Attributes) {
        self.owner = attributes.owner.clone().unwrap_or_else(|| self.owner.clone());
        self.group = attributes.group.clone().unwrap_or_else(|| self.group.clone());
        self.mode = attributes.mode.unwrap_or(self.mode);
    }
}

impl Machine {
    /// Where a path leads after all links above it, and after a last one if that is followed.
    pub(super) fn real(&self, path: &Utf8Path, follow: bool) -> Utf8PathBuf {
        self.walked(path, follow, MOST_LINKS).unwrap_or_else(|| Utf8PathBuf::from("/dev/loop"))
    }

    /// The same, over so many links at most; nothing where they lead in a circle.
    fn walked(&self, path: &Utf8Path, follow: bool, links: usize) -> Option<Utf8PathBuf> {
        let mut real = Utf8PathBuf::from("/");
        let mut parts = path.components().skip(1).peekable();
        while let Some(part) = parts.next() {
            let here = real.join(part.as_str());
            let is_last = parts.peek().is_none();
            real = match self.nodes.get(&here) {
                Some(node) if node.kind == FileKind::Link && (follow || !is_last) => {
                    self.walked(&real.join(&node.text), true, links.checked_sub(1)?)?
                }
                _ => self.seen_at(here),
            };
        }
        Some(real)
    }

    pub(super) fn is_link(&self, path: &Utf8Path) -> bool {
        self.nodes.get(&self.real(path, false)).is_some_and(|node| node.kind == FileKind::Link)
    }

    pub(super) fn node(&self, path: &Utf8Path) -> Option<&Node> {
        self.nodes.get(&self.real(path, true))
    }

    pub fn has(&self, path: impl AsRef<Utf8Path>) -> bool {
        self.node(path.as_ref()).is_some()
    }

    pub(super) fn text(&self, path: impl AsRef<Utf8Path>) -> Option<String> {
        self.node(path.as_ref()).filter(|node| node.kind == FileKind::File).map(|node| node.text.clone())
    }

    pub(super) fn stat(&self, path: &Utf8Path, follow: bool) -> Option<Stat> {
        let enabled = self.enabling_link(path);
        let real = self.real(path, follow);
        let node = self.nodes.get(&real).or(enabled.as_ref())?;
        let uid = |name: &str| self.users.get(name).map_or(name.parse().unwrap_or(0), |user| user.uid);
        let gid = |name: &str| self.groups.get(name).map_or(name.parse().unwrap_or(0), |group| group.gid);
        Some(Stat {
            kind: node.kind,
            mode: node.mode,
            owner: node.owner.clone(),
            group: node.group.clone(),
            uid: uid(&node.owner),
            gid: gid(&node.group),
            size: match node.kind {
                FileKind::File if node.filled > 0 => node.filled,
                FileKind::File => node.text.len() as u64,
                _ => 0,
            },
            modified: node.modified,
            inode: (1, if node.kind == FileKind::Directory { mounts::inode(&real) } else { node.inode }),
            target: (node.kind == FileKind::Link).then(|| node.text.clone()),
            access: None,
        })
    }

    pub(super) fn digest(&self, path: &Utf8Path) -> Option<String> {
        self.text(path).map(|text| sha256(text.as_bytes()))
    }

    pub(super) fn read(&self, path: &Utf8Path) -> Option<FileText> {
        if path == MOUNTS {
            return Some(FileText::Text(self.mount_table()));
        }
        self.text(path).map(FileText::Text)
    }

    pub(super) fn list(&self, path: &Utf8Path) -> Option<Vec<String>> {
        let real = self.real(path, true);
        self.nodes.get(&real).filter(|node| node.kind == FileKind::Directory)?;
        let inside = self.nodes.keys().filter(|inner| inner.parent() == Some(&real));
        Some(inside.filter_map(|inner| inner.file_name()).map(str::to_owned).collect())
    }

    /// Writes a file as a program does that a command starts.
    pub(super) fn write(&mut self, path: &str, text: String, append: bool) -> bool {
        let real = self.real(Utf8Path::new(path), true);
        let parent = real.parent().is_some_and(|parent| self.node(parent).is_some());
        let inode = self.next_inode();
        match self.nodes.get_mut(&real) {
            Some(node) if node.kind != FileKind::File => return false,
            Some(node) if append => node.text.push_str(&text),
            Some(node) => node.text = text,
            None if parent => {
                self.nodes.insert(real, Node::file(&text, inode));
            }
            None => return false,
        }
        true
    }

    pub(super) fn link(&mut self, path: &Utf8Path, to: &str) {
        let node = Node::link(to, self.next_inode());
        self.nodes.insert(path.to_owned(), node);
    }

    pub(super) fn remove(&mut self, path: &Utf8Path) {
        self.nodes.retain(|inner, _| !inner.starts_with(path));
    }

    pub(super) fn does_to_files(&mut self, step: &Step) -> Result<(), Failure> {
        match step {
            Step::WriteFile(write) => self.write_file(write),
            Step::SetAttributes { path, attributes } => {
                self.require_accounts(attributes)?;
                let real = self.real(path, false);
                self.nodes.get_mut(&real).ok_or_else(|| gone(path))?.set(attributes);
                Ok(())
            }
            Step::MakeDirectory { path, attributes, parents } => {
                self.make_directory(path, attributes, *parents)
            }
            Step::Symlink { path, to, attributes } => {
                self.require_free(path, false)?;
                let real = self.room_for(path)?;
                let mut node = Node::new(FileKind::Link, to, 0o777, self.next_inode());
                node.set(attributes);
                self.nodes.insert(real, node);
                Ok(())
            }
            Step::Hardlink { path, to } => {
                self.require_free(path, false)?;
                let real = self.room_for(path)?;
                let node = self.node(to).cloned().ok_or_else(|| gone(to))?;
                self.nodes.insert(real, node);
                Ok(())
            }
            Step::Remove { path, recursive, .. } => {
                let real = self.real(path, false);
                if !recursive && self.list(path).is_some_and(|names| !names.is_empty()) {
                    return Err(Failure::new(format!("`{path}` is not empty")));
                }
                self.nodes.get(&real).ok_or_else(|| gone(path))?;
                self.require_free(path, *recursive)?;
                self.remove(&real);
                Ok(())
            }
            Step::Touch { path } => {
                if !self.has(path) && !self.write(path.as_str(), String::new(), true) {
                    return Err(gone(path));
                }
                let real = self.real(path, true);
                self.nodes.get_mut(&real).ok_or_else(|| gone(path))?.modified = NOW;
                Ok(())
            }
            Step::Fetch(fetch) => self.fetch(fetch),
            Step::Unpack(unpack) => self.unpack(unpack),
            other => Err(Failure::new(format!("this machine can't do {other:?}"))),
        }
    }

    fn write_file(&mut self, write: &WriteFile) -> Result<(), Failure> {
        let Content::Text(text) = &write.content else { return Err(Failure::new("only text here")) };
        for check in &write.verify {
            if !check.accepts(self.clone().call(check).0) {
                return Err(Failure::new(format!("`{}` refused the new content", check.display())));
            }
        }
        self.require_accounts(&write.attributes)?;
        self.require_free(&write.path, false)?;
        let real = self.room_for(&write.path)?;
        let mut node = Node::file(text, self.next_inode());
        if let Some(old) = self.nodes.get(&real).filter(|old| old.kind == FileKind::File) {
            node.set(&Attributes {
                owner: Some(old.owner.clone()),
                group: Some(old.group.clone()),
                mode: Some(old.mode),
            });
        }
        node.set(&write.attributes);
        self.nodes.insert(real, node);
        Ok(())
    }

    fn make_directory(
        &mut self,
        path: &Utf8Path,
        attributes: &Attributes,
        parents: bool,
    ) -> Result<(), Failure> {
        self.require_accounts(attributes)?;
        if parents {
            let mut above: Vec<&Utf8Path> = path.ancestors().skip(1).collect();
            above.reverse();
            for directory in above {
                let real = self.real(directory, true);
                self.nodes.entry(real).or_insert_with(Node::directory);
            }
        }
        let real = self.room_for(path)?;
        let node = self.nodes.entry(real).or_insert_with(Node::directory);
        node.set(attributes);
        Ok(())
    }

    fn fetch(&mut self, fetch: &Fetch) -> Result<(), Failure> {
        let served = fetch.urls.iter().find_map(|url| SERVED.iter().find(|(known, _)| known == url));
        let Some((_, text)) = served else { return Err(Failure::new("no such page")) };
        let digest = sha256(text.as_bytes());
        if fetch.checksum.as_ref().is_some_and(|wanted| !digest.starts_with(wanted.as_str())) {
            return Err(Failure::new("another checksum"));
        }
        self.write_file(&WriteFile {
            path: fetch.path.clone(),
            content: Content::Text((*text).to_owned()),
            attributes: fetch.attributes.clone(),
            verify: Vec::new(),
            backup: 0,
            unlink: false,
        })
    }

    fn unpack(&mut self, unpack: &Unpack) -> Result<(), Failure> {
        let text = self.text(&unpack.archive).ok_or_else(|| gone(&unpack.archive))?;
        self.require_free(&unpack.destination, true)?;
        let real = self.room_for(&unpack.destination)?;
        if self.nodes.contains_key(&real) && !unpack.replace {
            return Err(Failure::new("something is there"));
        }
        if let Some(mark) = &unpack.mark {
            self.write_file(mark)?;
        }
        self.remove(&real);
        let mut node = Node::directory();
        node.set(&unpack.attributes);
        self.nodes.insert(real.clone(), node);
        let mut inside = Node::file(&text, self.next_inode());
        inside.set(&Attributes { mode: None, ..unpack.attributes.clone() });
        self.nodes.insert(real.join("unpacked"), inside);
        Ok(())
    }

    /// The real path of something that is made, whose directory is there.
    fn room_for(&self, path: &Utf8Path) -> Result<Utf8PathBuf, Failure> {
        let real = self.real(path, false);
        match real.parent().and_then(|parent| self.nodes.get(parent)) {
            Some(node) if node.kind == FileKind::Directory => Ok(real),
            _ => Err(gone(path.parent().unwrap_or(path))),
        }
    }

    /// Fails where a name is not to be replaced or removed, or anything below it.
    fn require_free(&self, path: &Utf8Path, whole: bool) -> Result<(), Failure> {
        if self.swaps_to(path) {
            return Err(Failure::new(format!("the kernel swaps to `{path}`")));
        }
        self.require_unmounted(path, whole)
    }

    fn require_accounts(&self, attributes: &Attributes) -> Result<(), Failure> {
        let number = |name: &String| name.parse::<u32>().is_ok();
        let owner = attributes.owner.iter().find(|name| !number(name) && !self.users.contains_key(*name));
        let group = attributes.group.iter().find(|name| !number(name) && !self.groups.contains_key(*name));
        match owner.or(group) {
            Some(name) => Err(Failure::new(format!("there is no account `{name}`"))),
            None => Ok(()),
        }
    }
}

fn gone(path: &Utf8Path) -> Failure {
    Failure::new(format!("`{path}` is not there"))
}
