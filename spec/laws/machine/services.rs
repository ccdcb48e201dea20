//! Units of the machine in memory, as systemd has read their files.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::query::{Enabled, HttpResult, ServiceState};

use super::{Machine, Node};

const PLACES: [&str; 2] = ["/etc/systemd/system", "/lib/systemd/system"];

/// The table of mounts.
const TABLE: &str = "/etc/fstab";

impl Machine {
    /// The text of a unit's file, the administrator's first; nothing where there is none.
    fn unit_text(&self, unit: &str) -> Option<String> {
        PLACES.iter().find_map(|place| self.text(Utf8Path::new(place).join(unit)))
    }

    /// systemd reads all files anew.
    pub(super) fn daemon_reload(&mut self) {
        self.loaded = self.to_load();
    }

    /// The texts that systemd would read now, by the names of the units. It makes units of the table of mounts, too.
    fn to_load(&self) -> BTreeMap<String, String> {
        let is_unit = |path: &&Utf8PathBuf| PLACES.iter().any(|place| path.parent() == Some((*place).into()));
        let names = self.nodes.keys().filter(is_unit).filter_map(|path| path.file_name().map(str::to_owned));
        let units = names.filter_map(|name| Some((name.clone(), self.unit_text(&name)?)));
        let table = self.text(TABLE).map(|text| (TABLE.to_owned(), text));
        units.chain(table).collect()
    }

    /// Files that systemd has read otherwise than they are, or not at all, and those that it has although they are gone.
    pub fn unread(&self) -> BTreeSet<String> {
        let there = self.to_load();
        let names = there.keys().chain(self.loaded.keys());
        let is_unread = |name: &&String| there.get(*name) != self.loaded.get(*name);
        names.filter(is_unread).map(|name| format!("systemd has not read {name}")).collect()
    }

    pub(super) fn is_masked(&self, unit: &str) -> bool {
        let path = Utf8Path::new(PLACES[0]).join(unit);
        self.nodes.get(&path).is_some_and(|node| node.text() == Some("/dev/null"))
    }

    /// The link by which systemd starts a unit with the machine.
    pub(super) fn enabling_link(&self, path: &Utf8Path) -> Option<Node> {
        let unit = path.strip_prefix("/etc/systemd/system/multi-user.target.wants").ok()?;
        self.enabled.contains(unit.as_str()).then(|| Node::link(&format!("/lib/systemd/system/{unit}"), 0))
    }

    pub(super) fn service(&self, name: &str) -> ServiceState {
        let unit = with_suffix(name);
        let masked = self.is_masked(&unit);
        let on_disk = self.unit_text(&unit);
        let loaded = self.loaded.get(&unit).or(on_disk.as_ref());
        let Some(text) = loaded.filter(|_| !masked) else {
            let enabled = if masked { Enabled::Masked } else { Enabled::No };
            return ServiceState { exists: masked, enabled, ..ServiceState::missing() };
        };
        ServiceState {
            exists: true,
            running: self.running.contains(&unit),
            enabled: match self.enabled.contains(&unit) {
                true => Enabled::Yes,
                false if text.contains("[Install]") => Enabled::No,
                false => Enabled::Static,
            },
            needs_reload: on_disk.as_ref() != Some(text),
            once: text.contains("Type=oneshot"),
            ..ServiceState::missing()
        }
    }

    /// `systemctl VERB -- UNIT`; the exit status.
    pub(super) fn systemctl(&mut self, words: &[&str]) -> i32 {
        if words.contains(&"daemon-reload") {
            self.daemon_reload();
            return 0;
        }
        let words: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with("--")).collect();
        let [verb, name] = words.as_slice() else { return 1 };
        let unit = with_suffix(name);
        let mask = Utf8Path::new(PLACES[0]).join(&unit);
        let state = self.service(name);
        if !state.exists {
            return 5;
        }
        let masked = state.enabled == Enabled::Masked;
        match *verb {
            "start" | "restart" | "enable" | "reload-or-restart" | "reenable" if masked => return 1,
            // It is gone again before anybody looks.
            "start" | "restart" | "reload-or-restart" if unit == "crash.service" || state.once => {}
            "start" | "restart" | "reload-or-restart" => {
                self.running.insert(unit);
            }
            "stop" => {
                self.running.remove(&unit);
            }
            // A mask takes nobody's place.
            "mask" if !masked && self.has(&mask) => return 1,
            "mask" => self.link(&mask, "/dev/null"),
            "unmask" if masked => self.remove(&mask),
            "reload" if !state.running => return 1,
            "enable" | "reenable" => {
                self.enabled.insert(unit);
            }
            "disable" => {
                self.enabled.remove(&unit);
            }
            _ => {}
        }
        0
    }

    /// The page that a web server of this machine serves.
    pub(super) fn page(&self, url: &str) -> HttpResult {
        if url.contains("127.0.0.1:80/") && self.running.contains("web.service") {
            return HttpResult { status: Some(200), body: "hello\n".into(), ..HttpResult::default() };
        }
        HttpResult { error: Some("connection refused".into()), ..HttpResult::default() }
    }
}

fn with_suffix(name: &str) -> String {
    if name.contains('.') { name.to_owned() } else { format!("{name}.service") }
}
