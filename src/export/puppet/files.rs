//! Files, directories and links for Puppet.

use super::manifest::{Manifest, attributes};
use super::puppet_resource::PuppetResource;
use super::words::{quoted, sensitive};
use crate::export::kept::KeptContent;
use crate::export::shell_words;
use crate::model::portable::{PortableAbsence, PortableDirectory, PortableFile, PortableKind, PortableLink};
use crate::model::step::{Attributes, Command};

impl<'a> Manifest<'a, '_> {
    pub(super) fn file(&mut self, file: &'a PortableFile) -> PuppetResource {
        let path = file.path.as_str();
        let mut declaration = PuppetResource::new("file", path);
        declaration.set("ensure", "file");
        match file.content.as_ref().map(|content| self.kept.content(self.outline, path, content)) {
            None => {}
            Some(KeptContent::Text(text)) => match sensitive(&self.outline.later, text) {
                Some(text) if file.secret && !text.starts_with("Sensitive") => {
                    declaration.set("content", format!("Sensitive({text})"));
                }
                Some(text) => declaration.set("content", text),
                None => declaration.is_unsayable = true,
            },
            Some(KeptContent::File(name)) => {
                declaration.text("source", &format!("puppet:///modules/exported/{name}"));
            }
        }
        attributes(&file.attributes, &mut declaration);
        if file.only_if_missing {
            declaration.set("replace", "false");
        }
        if file.follow_link {
            declaration.set("links", "follow");
        }
        if file.secret {
            declaration.set("show_diff", "false");
        }
        match file.verify.as_slice() {
            [] => {}
            [check] if is_plain(check) && shell_words::quoted(path) == path => {
                let words: Vec<_> = check.argv.iter().map(|word| shell_words::quoted(word)).collect();
                declaration.set("validate_cmd", quoted(&words.join(" ")));
                declaration.text("validate_replacement", "{path}");
            }
            _ => declaration.is_unsayable = true,
        }
        declaration
    }

    pub(super) fn directory(directory: &PortableDirectory) -> PuppetResource {
        let mut declaration = PuppetResource::new("file", directory.path.as_str());
        declaration.set("ensure", "directory");
        attributes(&directory.attributes, &mut declaration);
        // Puppet makes no parents, and lets whoever may read a directory search it.
        let is_odd = directory.attributes.mode.is_some_and(|mode| mode & 0o444 & !((mode & 0o111) << 2) != 0);
        declaration.is_unsayable |= directory.recursive || is_odd;
        declaration
    }

    pub(super) fn link(link: &PortableLink) -> PuppetResource {
        let mut declaration = PuppetResource::new("file", link.path.as_str());
        declaration.set("ensure", "link");
        declaration.text("target", &link.to);
        declaration.is_unsayable |= link.hard || link.attributes != Attributes::default();
        declaration
    }

    pub(super) fn absence(absence: &PortableAbsence) -> PuppetResource {
        let mut declaration = PuppetResource::new("file", absence.path.as_str());
        declaration.set("ensure", "absent");
        // Puppet removes a directory only by force, and then with its content.
        match absence.kind {
            PortableKind::Directory if absence.recursive => declaration.set("force", "true"),
            PortableKind::Directory | PortableKind::Link => declaration.is_unsayable = true,
            PortableKind::File | PortableKind::NoDirectory => {}
        }
        declaration
    }
}

/// Whether a check has nothing but its words.
fn is_plain(check: &Command) -> bool {
    *check == Command { argv: check.argv.clone(), timeout: check.timeout, ..Command::default() }
}
