//! What comes from elsewhere, as what a person does: downloads, archives, repositories.

use super::commands::{lines, word};
use super::texts::{code, masked};
use super::things::Instruction;
use crate::model::content::FileMode;
use crate::model::portable::marked::{LaterValue, is_marked};
use crate::model::portable::{CheckoutAct, PortableArchive, PortableCheckout, PortableDownload};

/// The variables by which git learns the user and the password of an address.
const LOGIN: [&str; 2] = ["CHEFRS_GIT_USER", "CHEFRS_GIT_PASSWORD"];

impl Instruction {
    pub(super) fn download(&mut self, download: &PortableDownload, later: &[LaterValue]) {
        let path = word(download.file.path.as_str());
        self.hide(&download.file);
        if download.urls.iter().any(|url| is_marked(url)) {
            let why = "The address stands on standard input: every user can read the arguments of a program.";
            self.parts.push(why.into());
        }
        for url in &download.urls {
            self.commands.push(if is_marked(url) {
                let (url, quote) = lines(&format!("url = {url}"), later);
                format!("curl -fLg -o {path} -K - <<{quote}END{quote}\n{url}\nEND")
            } else {
                format!("curl -fL -o {path} -- {}", word(url))
            });
        }
        if download.urls.len() > 1 {
            self.parts.push("One of these addresses is enough.".into());
        }
        if let Some(sha256) = &download.sha256 {
            self.looks.push(format!("sha256sum {path}    # {sha256}"));
        }
        self.attributes(&download.file.attributes, &path);
        self.files.push(download.file.path.to_string());
    }

    pub(super) fn archive(&mut self, archive: &PortableArchive) {
        let (from, to) = (word(archive.archive.as_str()), word(archive.destination.as_str()));
        if let Some(sha256) = &archive.sha256 {
            self.commands.push(format!("sha256sum {from}    # {sha256}"));
        }
        self.commands.push(format!("install -d -m {} {to}", FileMode(archive.mode)));
        self.commands.push(format!("tar -xf {from} -C {to} --strip-components={}", archive.strip_components));
        for (program, name) in [("chown", &archive.owner), ("chgrp", &archive.group)] {
            self.commands.extend(name.iter().map(|name| format!("{program} -R {} {to}", word(name))));
        }
        self.looks.push(format!("ls {to}"));
        self.back = Some(format!("`rm -r {to}`"));
    }

    pub(super) fn checkout(&mut self, checkout: &PortableCheckout, later: &[LaterValue]) {
        let (from, to) = (word(&masked(&checkout.repository, later)), word(checkout.destination.as_str()));
        let revision = word(&checkout.revision);
        if let [Some(user), Some(password)] = LOGIN.map(|name| checkout.command.environment.get(name)) {
            let [user, password] = [user, password].map(|text| code(&masked(text, later)));
            self.parts.push(format!("git asks for the user, {user}, and the password, {password}."));
        }
        let user = checkout.command.user.as_ref().map(|user| format!("sudo -u {} ", word(user)));
        let user = user.unwrap_or_default();
        self.commands.push(format!("{user}git clone -- {from} {to}    # the first time"));
        if checkout.act == CheckoutAct::Sync {
            self.commands.push(format!("{user}git -C {to} fetch {}", word(&checkout.remote)));
        }
        self.commands.push(format!("{user}git -C {to} checkout {revision}"));
        self.looks.push(format!("git -C {to} log -1"));
    }
}
