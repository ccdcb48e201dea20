//! Downloads and checkouts for Ansible.

use super::ansible_call::AnsibleCall;
use super::play::Play;
use crate::model::portable::{CheckoutAct, PortableCheckout, PortableDownload};
use crate::model::step::Command;

/// Digits of a complete SHA-256.
const DIGITS: usize = 64;

impl Play<'_, '_> {
    pub(super) fn download(&mut self, download: &PortableDownload) -> AnsibleCall {
        let later = self.later();
        let [url] = download.urls.as_slice() else { return AnsibleCall::unsayable() };
        let is_partial = download.sha256.as_ref().is_some_and(|sha256| sha256.len() != DIGITS);
        if is_partial || download.published.is_some() || !download.file.verify.is_empty() {
            return AnsibleCall::unsayable();
        }
        let mut entry = AnsibleCall::new("ansible.builtin.get_url");
        entry.text(later, "url", url);
        entry.path(later, "dest", download.file.path.as_str());
        if let Some(sha256) = &download.sha256 {
            entry.text(later, "checksum", &format!("sha256:{sha256}"));
        }
        let headers = download.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        entry.map(later, "headers", false, headers);
        if download.is_refreshed {
            entry.set("force", "true");
        }
        self.attributes(&download.file.attributes, &mut entry);
        entry.is_secret |= download.file.secret;
        entry
    }

    pub(super) fn checkout(&mut self, checkout: &PortableCheckout) -> AnsibleCall {
        let later = self.later();
        let command = &checkout.command;
        let plain = Command {
            argv: command.argv.clone(),
            user: command.user.clone(),
            timeout: command.timeout,
            environment: command.environment.clone(),
            ..Command::default()
        };
        if checkout.act == CheckoutAct::Export || plain != *command {
            return AnsibleCall::unsayable();
        }
        let mut entry = AnsibleCall::new("ansible.builtin.git");
        entry.text(later, "repo", &checkout.repository);
        entry.path(later, "dest", checkout.destination.as_str());
        entry.text(later, "version", &checkout.revision);
        entry.text(later, "remote", &checkout.remote);
        if let Some(depth) = checkout.depth {
            entry.set("depth", depth);
        }
        entry.set("recursive", checkout.submodules);
        if checkout.act == CheckoutAct::Checkout {
            entry.set("update", "false");
        }
        if checkout.discard_changes {
            entry.set("force", "true");
        }
        let environment = command.environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        entry.map(later, "environment", true, environment);
        if let Some(user) = &command.user {
            entry.keyword("become", "true");
            let user = entry.value(later, user);
            entry.keyword("become_user", user);
        }
        entry
    }
}
