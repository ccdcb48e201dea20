//! Units of the machine in memory, as systemd has read their files.

use camino::Utf8Path;
use chefrs::model::query::{Enabled, HttpResult, ServiceState};

use super::{Machine, Node};

const PLACES: [&str; 2] = ["/etc/systemd/system", "/lib/systemd/system"];

impl Machine {
    /// The text of a unit's file, the administrator's first; nothing where there is none.
    fn unit_text(&self, unit: &str) -> Option<String> {
        PLACES.iter().find_map(|place| self.text(Utf8Path::new(place).join(unit)))
    }

    /// systemd reads all files anew.
    pub(super) fn daemon_reload(&mut self) {
        let names: Vec<String> = self
            .nodes
            .keys()
            .filter(|path| PLACES.iter().any(|place| path.parent() == Some(Utf8Path::new(place))))
            .filter_map(|path| path.file_name().map(str::to_owned))
            .collect();
        self.loaded =
            names.into_iter().filter_map(|name| Some((name.clone(), self.unit_text(&name)?))).collect();
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
