//! A declared file in plain things, for exports.

use crate::model::portable::{
    Portable, PortableAbsence, PortableCommand, PortableFile, PortableKind, Portables, script,
};
use crate::provider::default_attributes;
use crate::provider::file_state::FileState;

/// Sets the times of a file.
const TOUCH: &str = r#"touch -c -- "$1""#;

impl FileState {
    /// The file as a plain one. One with a secret is for its owner, unless a mode is declared.
    #[must_use]
    pub fn plain(&self) -> PortableFile {
        let mut attributes = self.attributes.clone();
        if self.secret {
            attributes.mode = Some(default_attributes::mode(attributes.mode, 0, true));
        }
        PortableFile {
            path: self.path.clone(),
            content: self.content.clone(),
            attributes,
            verify: self.verify.clone(),
            only_if_missing: false,
            replace: self.force_unlink,
            follow_link: self.follow_link,
            secret: self.secret,
        }
    }

    /// What the actions of every type that declares one file mean.
    pub fn portable(&self, action: &str, into: &mut Portables) {
        let file = self.plain();
        match action {
            "delete" | "remove" => into.add(Portable::Absence(PortableAbsence {
                path: file.path,
                kind: if self.force_unlink { PortableKind::NoDirectory } else { PortableKind::File },
                recursive: false,
            })),
            "touch" => {
                let touch = script("touch_file", TOUCH, [file.path.as_str()]);
                into.add(Portable::File(PortableFile { content: None, ..file }));
                into.add(Portable::Command(PortableCommand::always(touch)));
            }
            "create_if_missing" => into.add(Portable::File(PortableFile { only_if_missing: true, ..file })),
            _ => into.add(Portable::File(file)),
        }
    }
}
