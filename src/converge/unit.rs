//! The service that a written file makes: a unit of systemd, or a script of System V's init.

use camino::Utf8Path;

use crate::model::content::Content;
use crate::model::query::{Answer, Enabled, Init, ServiceState};
use crate::model::step::WriteFile;

/// The name of the service that a file makes, and what the init system will say of it.
pub(super) fn service(id: &str, file: &WriteFile, init: Init) -> Option<(String, Answer)> {
    let directories: &[&str] = match init {
        Init::Systemd => &["/etc/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system"],
        Init::Sysv => &["/etc/init.d"],
        Init::None => &[],
    };
    let name = file.path.file_name()?;
    if !directories.iter().any(|directory| file.path.parent() == Some(Utf8Path::new(directory))) {
        return None;
    }
    let answer = match (&file.content, init) {
        (Content::Text(text), Init::Systemd) => {
            let installable = text.lines().any(|line| line.trim() == "[Install]");
            let enabled = if installable { Enabled::No } else { Enabled::Static };
            Answer::Service(ServiceState { exists: true, enabled, ..ServiceState::missing() })
        }
        _ => Answer::Unknown(id.to_owned()),
    };
    Some((name.to_owned(), answer))
}
