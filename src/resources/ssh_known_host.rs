//! `ssh_known_host`: the keys by which SSH recognises another machine.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::{AbsolutePath, FileMode, Strings};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableFile, Portables};
use crate::model::query::Query;
use crate::model::step::Attributes;
use crate::provider::edit_script::{EditScript, MissingFile};
use crate::provider::edited_file::EditedFile;
use crate::provider::ssh_key::{self, SshKey};
use crate::provider::{Action, Provider, action, ownership};

use edit::{HostKey, KnownHost};

mod edit;
mod edit_script;

/// The keys by which SSH recognises another machine.
///
/// Other lines of the file stay as they are, byte for byte. Names that are stored as hashes are not recognised.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KnownHostKeys {
    /// Name or address of the machine.
    host: String,
    /// Its public key, or a list of them: `"ssh-ed25519 AAAAC3Nza…"`, as `ssh-keyscan` prints it after the name. Compare it with
    /// a source that you trust. `remove` without keys removes all.
    #[serde(default)]
    key: Strings,
    /// Port of its SSH server.
    #[serde(default = "standard_port")]
    port: u16,
    /// More names and addresses of the machine.
    #[serde(default)]
    aliases: Strings,
    /// Whether the key signs others: `"cert_authority"` for the key of an authority whose certificates are accepted,
    /// `"revoked"` for a key that is never accepted.
    marker: Option<Marker>,
    /// The file. Its directory must exist.
    #[serde(default = "of_the_system")]
    path: AbsolutePath,
    /// Owner of the file, by name or number. Default: it stays as it is.
    owner: Option<String>,
    /// Group of the file, by name or number. Default: it stays as it is.
    group: Option<String>,
    /// Permissions, in octal. Default for a new file: `"0644"`.
    mode: Option<FileMode>,
    /// Number of old versions of the file to keep, in the state directory of chefrs. Default: 5.
    backup: Option<u32>,
}

/// The markers of sshd(8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Marker {
    CertAuthority,
    Revoked,
}

fn standard_port() -> u16 {
    22
}

fn of_the_system() -> AbsolutePath {
    AbsolutePath::parse("/etc/ssh/ssh_known_hosts").unwrap_or_default()
}

impl KnownHostKeys {
    /// A name as the file has it: with the port, unless that is 22.
    fn in_file(&self, name: &str) -> String {
        if self.port == standard_port() { name.to_owned() } else { format!("[{name}]:{}", self.port) }
    }

    fn declared(&self) -> Result<KnownHost, Failure> {
        let names = [&self.host].into_iter().chain(&self.aliases.0);
        let marker = match self.marker {
            None => "",
            Some(Marker::CertAuthority) => "@cert-authority",
            Some(Marker::Revoked) => "@revoked",
        };
        let keys = self.key.0.iter().flat_map(|text| text.lines()).map(str::trim);
        let keys =
            keys.filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| self.parse(line));
        Ok(KnownHost {
            names: names.map(|name| self.in_file(name)).collect(),
            marker,
            keys: keys.collect::<Result<_, _>>()?,
        })
    }

    /// Reads a key: alone, or with its type, or as a whole line of this host as `ssh-keyscan` prints it.
    fn parse(&self, line: &str) -> Result<HostKey, Failure> {
        let own = |rest: &SshKey<'_>| HostKey { kind: rest.kind.to_owned(), base64: rest.base64.to_owned() };
        if let Some(key) = SshKey::at_start(line) {
            return Ok(own(&key));
        }
        if let Some((names, rest)) = line.split_once([' ', '\t'])
            && names.split(',').any(|name| name == self.host || name == self.in_file(&self.host))
            && let Some(key) = SshKey::at_start(rest)
        {
            return Ok(own(&key));
        }
        match ssh_key::kind_of(line) {
            Some(kind) => Ok(HostKey { kind, base64: line.to_owned() }),
            None => Err(ssh_key::no_key("key", line)),
        }
    }

    fn file(&self) -> EditedFile {
        EditedFile {
            makes: true,
            attributes: Attributes {
                owner: self.owner.clone(),
                group: self.group.clone(),
                mode: self.mode.map(|mode| mode.0),
            },
            backup: self.backup,
            ..EditedFile::new(&self.path)
        }
    }
}

impl Provider for KnownHostKeys {
    const NAME: &'static str = "ssh_known_host";
    const ACTIONS: &'static [Action] = &[
        action(
            "create",
            "Adds the keys that are missing. They replace others of the same type for the machine.",
        ),
        action("remove", "Removes the keys, or all keys of the machine if none is declared."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("host");
    const PARTS: &'static [&'static str] = &["key", "port", "path", "marker"];
    const PLAN: &'static str = "Complete: the change of the file is shown as a diff.";
    const PLATFORMS: &'static str = "Any Linux with OpenSSH.";
    const EXAMPLE: &'static str = r#"
directory "/etc/ssh"

ssh_known_host "git.example.org" {
  key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        let fits = |name: &&String| {
            let plain = |c: char| c.is_ascii_alphanumeric() || ".-_:*?".contains(c);
            !name.is_empty() && name.chars().all(plain) && !name.starts_with(['-', '@', '|', '#'])
        };
        if let Some(name) = [&self.host].into_iter().chain(&self.aliases.0).find(|name| !fits(name)) {
            return Err(Failure::new(format!(
                "`{}` can't be the name or address of a machine",
                name.escape_debug()
            ))
            .hint("the port has a property of its own: port = 2222"));
        }
        if action == "create" && self.declared()?.keys.is_empty() {
            return Err(Failure::new("it needs `key`, the public key of the machine").hint(format!(
                "this prints it, for you to compare: ssh-keyscan -p {} {}",
                self.port, self.host
            )));
        }
        self.declared()?;
        ownership::check(&self.file().attributes)
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(&*self.path);
        needs.mode(self.mode);
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        self.file().observe()
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let host = self.declared()?;
        let keys: Vec<String> = host.keys.iter().map(|key| format!("{} {}", key.kind, key.base64)).collect();
        let attributes = self.file().attributes;
        let arguments = [self.path.as_str(), &host.names.join(","), host.marker, &keys.join("\n")];
        let is_removal = action == "remove";
        EditScript {
            names: if is_removal { ["host_is_gone", "remove_host"] } else { ["host_is_known", "add_host"] },
            edit: if is_removal { edit_script::REMOVE } else { edit_script::ADD }.into(),
            missing: if is_removal { MissingFile::IsFine } else { MissingFile::IsMade },
            arguments: arguments.map(str::to_owned).to_vec(),
        }
        .add(into);
        if !is_removal && !attributes.is_empty() {
            let path = self.path.to_path_buf();
            into.add(Portable::File(PortableFile { path, attributes, ..PortableFile::default() }));
        }
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        let host = self.declared()?;
        match action {
            "remove" => self.file().plan_removal(known, |text| Ok(host.removed_from(text))),
            _ => self.file().plan(known, |text| Ok(host.added_to(text))),
        }
    }
}
