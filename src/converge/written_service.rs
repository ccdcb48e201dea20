//! Predicts the service that a written file creates: a systemd unit, or an init script.

use crate::model::content::Content;
use crate::model::query::{Answer, Host, Init, OfflineUnit, ServiceState};
use crate::model::step::WriteFile;
use crate::provider::init::UNIT_SUFFIXES;
use crate::provider::unit_text::UnitText;

/// The name of the service that a file creates, and the predicted answer of the init system.
pub(super) fn service(id: &str, file: &WriteFile, host: &Host) -> Option<(String, Answer)> {
    let has_systemd = host.has(Init::Systemd);
    let directory = file.path.parent()?.as_str();
    let answer = match (directory, &file.content) {
        ("/etc/systemd/system" | "/lib/systemd/system" | "/usr/lib/systemd/system", content)
            if has_systemd =>
        {
            match content {
                Content::Text(text) => {
                    let offline = (host.init != Init::Systemd).then_some(OfflineUnit::Alone);
                    Answer::Service(ServiceState { offline, ..UnitText::read(text).state() })
                }
                _ => Answer::Unknown(id.to_owned()),
            }
        }
        ("/etc/init.d", _) if matches!(host.init, Init::Sysv | Init::Openrc) => {
            Answer::Unknown(id.to_owned())
        }
        _ => return None,
    };
    Some((file.path.file_name()?.to_owned(), answer))
}

/// The template of a unit that is an instance: `echo@.service` for `echo@one.service`.
pub(super) fn template(unit: &str) -> Option<String> {
    let (stem, instance) = unit.split_once('@')?;
    let suffix = instance.rsplit_once('.').map(|(_, suffix)| suffix);
    let suffix = suffix.filter(|suffix| UNIT_SUFFIXES.contains(suffix)).unwrap_or("service");
    Some(format!("{stem}@.{suffix}"))
}
