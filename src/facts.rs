//! Floor 4: facts about a machine, with the names that Ohai uses.

use std::collections::HashMap;

use camino::Utf8PathBuf;
use serde_json::{Map, Value, json};

use crate::model::error::Failure;
use crate::model::packed;
use crate::model::query::{Answer, FileText, Host, Interface, Query, Stat};
use crate::model::service_manager;
use crate::target::Target;

pub mod accounts;
pub mod hardware;
pub mod network;
pub mod platform;
pub mod probes;
pub mod virtualization;

/// Names of the systems of which facts were recorded. The first are those that `chefrs check` compiles with by itself.
pub const RECORDED: &[&str] =
    &["debian-12", "ubuntu-24.04", "rocky-9", "fedora-42", "opensuse-15", "arch", "alpine-3.21", "gentoo"];

/// How many of the recordings `chefrs check` compiles with where none is named: a recipe for Debian alone is right, too.
pub const CHECKED: usize = 2;

/// Where a machine has the id that it got when it was installed: machine-id(5).
const MACHINE_ID: &str = "/etc/machine-id";

/// What stands there in an image that was not started yet.
const NO_ID: &str = "uninitialized";

/// Files to read. Their content does not change while the machine runs: no free memory, no uptime.
const FILES: [&str; 16] = [
    "/etc/os-release",
    "/usr/lib/os-release",
    "/etc/debian_version",
    "/etc/lsb-release",
    "/etc/hosts",
    MACHINE_ID,
    "/etc/passwd",
    "/etc/group",
    "/etc/timezone",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/net/route",
    "/proc/net/ipv6_route",
    "/proc/1/cgroup",
    "/run/systemd/container",
    "/sys/class/dmi/id/product_name",
];

/// Paths to examine without reading them.
const MARKS: [&str; 3] = ["/.dockerenv", "/run/.containerenv", "/etc/localtime"];

/// Recorded facts as JSON, by the name of the system.
#[must_use]
pub fn recording(system: &str) -> Option<&'static str> {
    packed::text("src/facts/recorded", &format!("{system}.json"))
}

/// Gathers the facts of a target with one batch of queries.
///
/// # Errors
/// The target can't be reached, or can't answer `Host`.
pub fn gather(target: &mut dyn Target) -> Result<Map<String, Value>, Failure> {
    let files = FILES.iter().map(|path| Query::Read(Utf8PathBuf::from(*path)));
    let marks = MARKS.iter().map(|path| Query::Stat(Utf8PathBuf::from(*path)));
    let queries: Vec<Query> =
        [Query::Host, Query::Interfaces].into_iter().chain(files).chain(marks).collect();
    let answers = target.ask(&queries)?;
    Ok(MachineAnswers::of(queries, answers)?.facts())
}

/// The answers of the machine, by path.
struct MachineAnswers {
    host: Host,
    interfaces: Vec<Interface>,
    texts: HashMap<Utf8PathBuf, String>,
    marks: HashMap<Utf8PathBuf, Stat>,
}

impl MachineAnswers {
    /// Sorts the answers. A file that can't be read counts as empty.
    fn of(queries: Vec<Query>, answers: Vec<Answer>) -> Result<Self, Failure> {
        let mut host = Err(Failure::new("the target did not tell who it is"));
        let mut interfaces = Vec::new();
        let mut texts = HashMap::new();
        let mut marks = HashMap::new();
        for (query, answer) in queries.into_iter().zip(answers) {
            match (query, answer) {
                (Query::Host, Answer::Host(found)) => host = Ok(*found),
                (Query::Host, Answer::Failed(failure)) => host = Err(failure),
                (_, Answer::Interfaces(found)) => interfaces = found,
                (Query::Read(path), Answer::Read(Some(FileText::Text(text)))) => {
                    texts.insert(path, text);
                }
                (Query::Stat(path), Answer::Stat(Some(stat))) => {
                    marks.insert(path, stat);
                }
                _ => {}
            }
        }
        Ok(Self { host: host?, interfaces, texts, marks })
    }

    fn text(&self, path: &str) -> &str {
        self.texts.get(camino::Utf8Path::new(path)).map_or("", String::as_str)
    }

    fn mark(&self, path: &str) -> Option<&Stat> {
        self.marks.get(camino::Utf8Path::new(path))
    }

    fn facts(&self) -> Map<String, Value> {
        let mut facts = Map::new();
        facts.extend(platform::facts(&self.platform_texts()));
        facts.extend(self.identity());
        let hostname = self.host.uname[1].as_str();
        facts.extend(network::names(hostname, self.text("/etc/hosts")));
        let routes = network::default_route(self.text("/proc/net/route"), self.text("/proc/net/ipv6_route"));
        facts.extend(network::facts(&self.interfaces, &routes));
        facts.insert("cpu".into(), hardware::cpu(self.text("/proc/cpuinfo")));
        facts.insert("memory".into(), hardware::memory(self.text("/proc/meminfo")));
        facts.insert("etc".into(), accounts::facts(self.text("/etc/passwd"), self.text("/etc/group")));
        let marks = virtualization::Marks {
            docker: self.mark("/.dockerenv").is_some(),
            podman: self.mark("/run/.containerenv").is_some(),
            container: self.text("/run/systemd/container").trim(),
            cgroup: self.text("/proc/1/cgroup"),
            product: self.text("/sys/class/dmi/id/product_name").trim(),
        };
        facts.insert("virtualization".into(), virtualization::facts(&marks));
        if let Some(zone) = self.timezone() {
            facts.insert("time".into(), json!({ "timezone": zone }));
        }
        facts
    }

    fn platform_texts(&self) -> platform::Texts<'_> {
        let etc = self.text("/etc/os-release");
        platform::Texts {
            os_release: if etc.is_empty() { self.text("/usr/lib/os-release") } else { etc },
            debian_version: self.text("/etc/debian_version"),
            lsb_release: self.text("/etc/lsb-release"),
        }
    }

    /// Facts about kernel, init system, and the current user.
    fn identity(&self) -> Map<String, Value> {
        let [kernel, _, release, version, machine] = &self.host.uname;
        let os = kernel.to_lowercase();
        let mut facts = Map::new();
        let mut set = |name: &str, value: Value| facts.insert(name.to_owned(), value);
        set("os", json!(os));
        set("os_version", json!(release));
        set(
            "kernel",
            json!({ "name": kernel, "release": release, "version": version, "machine": machine, "os": kernel }),
        );
        set("init_package", json!(service_manager::fact(self.host.init)));
        set("current_user", json!(self.host.user));
        set("root_group", json!("root"));
        let id = self.text(MACHINE_ID).trim();
        if !id.is_empty() && id != NO_ID {
            set("machine_id", json!(id));
        }
        if let Some(manager) = &self.host.package_manager {
            set("package_manager", json!(manager));
        }
        facts
    }

    fn timezone(&self) -> Option<String> {
        let link = self.mark("/etc/localtime").and_then(|stat| stat.target.as_deref());
        let from_link = link.and_then(|target| Some(target.split_once("/zoneinfo/")?.1));
        let said = self.text("/etc/timezone").trim();
        from_link.or((!said.is_empty()).then_some(said)).map(str::to_owned)
    }
}
