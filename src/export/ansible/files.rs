//! Files, directories and links for Ansible.

use super::ansible_call::AnsibleCall;
use super::play::Play;
use crate::export::kept::KeptContent;
use crate::export::shell_words;
use crate::model::portable::{PortableAbsence, PortableDirectory, PortableFile, PortableKind, PortableLink};
use crate::model::step::{Attributes, Command};

impl<'a> Play<'a, '_> {
    pub(super) fn file(&mut self, file: &'a PortableFile) -> AnsibleCall {
        let later = self.later();
        let Some(content) = &file.content else {
            let mut entry = AnsibleCall::new("ansible.builtin.file");
            entry.path(later, "path", file.path.as_str());
            entry.set("state", "touch");
            entry.set("access_time", "preserve");
            entry.set("modification_time", "preserve");
            self.attributes(&file.attributes, &mut entry);
            entry.is_unsayable |= file.only_if_missing || !file.verify.is_empty();
            return entry;
        };
        let mut entry = AnsibleCall::new("ansible.builtin.copy");
        entry.path(later, "dest", file.path.as_str());
        match self.kept.content(self.outline, file.path.as_str(), content) {
            KeptContent::Text(text) => entry.text(later, "content", text),
            KeptContent::File(name) => entry.text(later, "src", &name),
        }
        self.attributes(&file.attributes, &mut entry);
        if file.only_if_missing {
            entry.set("force", "false");
        }
        if file.follow_link {
            entry.set("follow", "true");
        }
        match file.verify.as_slice() {
            [] => {}
            [check] => match check_line(check) {
                Some(line) => entry.text(later, "validate", &line),
                None => entry.is_unsayable = true,
            },
            _ => entry.is_unsayable = true,
        }
        entry.is_secret |= file.secret;
        entry
    }

    pub(super) fn directory(&mut self, directory: &PortableDirectory) -> AnsibleCall {
        let mut entry = AnsibleCall::new("ansible.builtin.file");
        entry.path(self.later(), "path", directory.path.as_str());
        entry.set("state", "directory");
        self.attributes(&directory.attributes, &mut entry);
        // Ansible would give the parents that it makes the same owner and mode.
        entry.is_unsayable |= directory.recursive
            && (directory.attributes != Attributes::default() || directory.parents != Attributes::default());
        entry
    }

    pub(super) fn link(&mut self, link: &PortableLink) -> AnsibleCall {
        let mut entry = AnsibleCall::new("ansible.builtin.file");
        entry.path(self.later(), "path", link.path.as_str());
        entry.path(self.later(), "src", &link.to);
        entry.set("state", if link.hard { "hard" } else { "link" });
        // Without it, a link to what is not there yet would be an error.
        entry.set("force", "true");
        entry.set("follow", "false");
        self.attributes(&link.attributes, &mut entry);
        entry
    }

    pub(super) fn absence(&mut self, absence: &PortableAbsence) -> AnsibleCall {
        if absence.kind == PortableKind::Directory && absence.recursive {
            let mut entry = AnsibleCall::new("ansible.builtin.file");
            entry.path(self.later(), "path", absence.path.as_str());
            entry.set("state", "absent");
            return entry;
        }
        // What Ansible removes it removes with its content, whatever it is.
        let path = shell_words::quoted(absence.path.as_str());
        let line = match absence.kind {
            PortableKind::Directory => format!("rmdir -- {path}"),
            PortableKind::Link => format!("[ -L {path} ] && rm -f -- {path}"),
            PortableKind::File | PortableKind::NoDirectory => format!("rm -f -- {path}"),
        };
        let mut entry = AnsibleCall::new("ansible.builtin.shell");
        entry.text(self.later(), "cmd", &line);
        entry.path(self.later(), "removes", absence.path.as_str());
        entry.is_unsayable |= has_pattern(absence.path.as_str());
        entry
    }
}

/// The command that checks a draft, as one line in which `%s` is the draft. None if Ansible can't run it.
fn check_line(check: &Command) -> Option<String> {
    let plain = Command { argv: check.argv.clone(), timeout: check.timeout, ..Command::default() };
    if plain != *check || check.argv.iter().any(|word| word.contains('$')) {
        return None;
    }
    let words = check.argv.iter().map(|word| {
        let quoted = shell_words::quoted(&word.replace('%', "%%")).into_owned();
        quoted.replace("{path}", "%s")
    });
    Some(words.collect::<Vec<_>>().join(" "))
}

/// Whether Ansible would take a path for a pattern.
pub(super) fn has_pattern(path: &str) -> bool {
    path.contains(['*', '?', '['])
}
