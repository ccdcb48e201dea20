//! Files, directories and links for Salt.

use super::salt_file::{SaltFile, attributes};
use super::salt_state::SaltState;
use crate::export::kept::KeptContent;
use crate::model::portable::{PortableAbsence, PortableDirectory, PortableFile, PortableKind, PortableLink};
use crate::model::step::Attributes;

impl<'a> SaltFile<'a, '_> {
    pub(super) fn file(&mut self, file: &'a PortableFile) -> SaltState {
        let path = file.path.as_str();
        let mut declaration = SaltState::new("file.managed");
        declaration.text("name", path);
        match file.content.as_ref().map(|content| self.kept.content(self.outline, path, content)) {
            None => {}
            Some(KeptContent::Text(text)) => {
                declaration.secret(&self.outline.later, "contents", text);
                if !text.ends_with('\n') {
                    declaration.set("contents_newline", "False");
                }
            }
            Some(KeptContent::File(name)) => {
                declaration.text("source", &format!("salt://exported/files/{name}"));
            }
        }
        attributes(&file.attributes, &mut declaration);
        if file.only_if_missing || file.content.is_none() {
            declaration.set("replace", "False");
        }
        if !file.follow_link {
            declaration.set("follow_symlinks", "False");
        }
        if file.secret {
            declaration.set("show_changes", "False");
        }
        declaration.is_unsayable |= !file.verify.is_empty();
        declaration
    }

    pub(super) fn directory(directory: &PortableDirectory) -> SaltState {
        let mut declaration = SaltState::new("file.directory");
        declaration.text("name", directory.path.as_str());
        attributes(&directory.attributes, &mut declaration);
        // Salt would give the parents the same owner and mode.
        declaration.is_unsayable |= directory.recursive;
        declaration
    }

    pub(super) fn link(link: &PortableLink) -> SaltState {
        let mut declaration = SaltState::new("file.symlink");
        declaration.text("name", link.path.as_str());
        declaration.text("target", &link.to);
        declaration.is_unsayable |= link.hard || link.replace || link.attributes != Attributes::default();
        declaration
    }

    pub(super) fn absence(absence: &PortableAbsence) -> SaltState {
        // What Salt removes it removes with its content, whatever it is.
        if absence.kind != PortableKind::Directory || !absence.recursive {
            return SaltState::unsayable();
        }
        let mut declaration = SaltState::new("file.absent");
        declaration.text("name", absence.path.as_str());
        declaration
    }
}
