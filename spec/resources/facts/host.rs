//! The machine itself: `host, init sysv, user ada`.

use chefrs::model::query::{Answer, Host, Init};

use super::super::grammar::{Sentence, words};
use super::{number, unknown};

const INIT: [(&str, Init); 4] =
    [("systemd", Init::Systemd), ("openrc", Init::Openrc), ("sysv", Init::Sysv), ("none", Init::None)];

/// A Debian with systemd, and root.
pub fn usual() -> Host {
    Host {
        init: Init::Systemd,
        offline: None,
        attributes_unseen: false,
        downloader: None,
        user: "root".to_owned(),
        root: true,
        uname: ["Linux", "web1", "6.1.0", "#1", "x86_64"].map(str::to_owned),
        package_manager: Some("apt".to_owned()),
        now: 0,
    }
}

pub fn read(clauses: &[Vec<String>]) -> Result<Answer, String> {
    let mut host = usual();
    for clause in clauses {
        match words(clause).as_slice() {
            ["as", "usual"] => {}
            ["init", name] => {
                let found = INIT.iter().find(|(word, _)| word == name);
                host.init = found.ok_or_else(|| unknown(clause))?.1;
            }
            ["downloads", "by", word] => {
                let word = serde_json::Value::from(*word);
                host.downloader = Some(serde_json::from_value(word).map_err(|error| error.to_string())?);
            }
            [name, "offline"] => {
                let found = INIT.iter().find(|(word, _)| word == name);
                host.offline = Some(found.ok_or_else(|| unknown(clause))?.1);
            }
            ["user", name] => {
                (*name).clone_into(&mut host.user);
                host.root = *name == "root";
            }
            ["no", "package", "manager"] => host.package_manager = None,
            ["package", "manager", name] => host.package_manager = Some((*name).to_owned()),
            ["clock", seconds] => host.now = number(seconds)?,
            ["whole", whole] => host = serde_json::from_str(whole).map_err(|error| error.to_string())?,
            _ => return Err(unknown(clause)),
        }
    }
    Ok(Answer::Host(Box::new(host)))
}

pub fn say(host: &Host) -> Sentence {
    let init = INIT.iter().find(|(_, init)| *init == host.init).map_or("", |(word, _)| word);
    let other =
        host.package_manager.as_deref().filter(|manager| usual().package_manager.as_deref() != Some(manager));
    let offline = INIT.iter().find(|(_, init)| Some(*init) == host.offline).map_or("", |(word, _)| word);
    let said = Sentence::default()
        .clause_if(host.init != Init::Systemd, ["init", init])
        .clause_if(host.offline.is_some(), [offline, "offline"])
        .clause_if(host.user != "root", ["user", &host.user])
        .clause_if(host.package_manager.is_none(), ["no", "package", "manager"])
        .clause_if(other.is_some(), ["package", "manager", other.unwrap_or_default()])
        .clause_if(host.now != 0, ["clock", &host.now.to_string()]);
    let plain = Host {
        init: host.init,
        offline: host.offline,
        user: host.user.clone(),
        root: host.user == "root",
        now: host.now,
        package_manager: host.package_manager.clone(),
        ..usual()
    };
    match (plain == *host, said.is_empty()) {
        (false, _) => Sentence::of(["whole", &super::json(host)]),
        (true, true) => Sentence::of(["as", "usual"]),
        (true, false) => said,
    }
}
