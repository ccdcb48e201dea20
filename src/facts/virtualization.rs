//! Facts about virtualization: whether the machine is a guest, and of which system.

use serde_json::{Value, json};

/// The clues.
#[derive(Debug, Clone, Copy, Default)]
pub struct Marks<'a> {
    /// Whether `/.dockerenv` exists.
    pub docker: bool,
    /// Whether `/run/.containerenv` exists.
    pub podman: bool,
    /// Text of `/run/systemd/container`, which systemd writes.
    pub container: &'a str,
    /// Text of `/proc/1/cgroup`.
    pub cgroup: &'a str,
    /// Model of the machine, from the firmware.
    pub product: &'a str,
}

/// The fact `virtualization`: `system` and `role`, and `systems` with all of them. Empty on bare metal.
#[must_use]
pub fn facts(marks: &Marks<'_>) -> Value {
    let Some(system) = container(marks).or_else(|| machine(marks.product)) else {
        return json!({ "systems": {} });
    };
    json!({ "system": system, "role": "guest", "systems": { system: "guest" } })
}

fn container<'a>(marks: &Marks<'a>) -> Option<&'a str> {
    let in_cgroup = |word: &str| marks.cgroup.contains(word);
    if marks.docker || marks.container == "docker" || in_cgroup("/docker") {
        return Some("docker");
    }
    if marks.podman {
        return Some("podman");
    }
    if !marks.container.is_empty() {
        return Some(marks.container);
    }
    in_cgroup("/lxc").then_some("lxc")
}

fn machine(product: &str) -> Option<&'static str> {
    let known = [
        ("KVM", "kvm"),
        ("QEMU", "kvm"),
        ("Standard PC", "kvm"),
        ("VirtualBox", "vbox"),
        ("VMware", "vmware"),
        ("Virtual Machine", "hyperv"),
        ("HVM domU", "xen"),
    ];
    known.iter().find(|(word, _)| product.contains(word)).map(|(_, system)| *system)
}
