//! An edit of a file that belongs to somebody else, as a script for exports.

use std::borrow::Cow;

use crate::model::portable::{Portable, PortableCommand, Portables, script};

/// An edit of a text file, as pieces of POSIX shell. In all of them `$1` is the file, and the other arguments follow it.
pub struct EditScript {
    /// What the look is called, and what the edit is called: two names of functions.
    pub names: [&'static str; 2],
    /// Reads the old text from standard input and prints the new one. The end of the last line does not matter.
    pub edit: Cow<'static, str>,
    /// Says whether nothing is to be done without a file, and makes one otherwise.
    pub missing: MissingFile,
    /// The file and the other arguments.
    pub arguments: Vec<String>,
}

/// What happens where there is no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingFile {
    /// It is an error.
    Fails,
    /// There is nothing to remove in it.
    IsFine,
    /// It is made, empty and with mode 0644.
    IsMade,
}

/// Compares the text with the edited one.
const LOOK: &str = r#"
old=$(awk 1 "$1" && echo .) && new=$(edit "$@" <"$1" && echo .) && [ "$old" = "$new" ]
"#;

/// Writes the edited text beside the file, with its owner and mode, and renames it.
const ACT: &str = r#"
if [ -L "$1" ]; then
  printf '%s\n' "$1 is a link, and is not edited" >&2
  exit 1
fi
draft=$(mktemp "$1.XXXXXX") || exit 1
if cp -p -- "$1" "$draft" && edit "$@" <"$1" >"$draft" && mv -f -- "$draft" "$1"; then exit 0; fi
rm -f -- "$draft"
exit 1
"#;

impl EditScript {
    /// Adds the edit.
    pub fn add(self, into: &mut Portables) {
        let Self { names: [look, act], edit, missing, arguments } = self;
        let (absent, made) = match missing {
            MissingFile::Fails => ("[ -e \"$1\" ] || exit 1", ""),
            MissingFile::IsFine => ("[ -e \"$1\" ] || exit 0", ""),
            MissingFile::IsMade => ("[ -e \"$1\" ] || exit 1", "[ -e \"$1\" ] || : >\"$1\" || exit 1\n"),
        };
        let edit = format!("edit() {{\n{}\n}}", edit.trim());
        let command = PortableCommand::unless(
            script(look, &format!("{edit}\n{absent}{LOOK}"), arguments.clone()),
            script(act, &format!("{edit}\n{made}{ACT}"), arguments),
        );
        into.add(Portable::Command(command));
    }
}
