//! Facts of this machine: names, init system, network.

use std::collections::BTreeMap;
use std::path::Path;

use super::accounts::Accounts;
use crate::model::error::Failure;
use crate::model::package_manager;
use crate::model::query::{Answer, Host, Init, Interface};
use crate::model::service_manager;
use crate::model::sorted;

/// Answers `Query::Host`.
pub(super) fn host(accounts: &Accounts) -> Answer {
    let uname = rustix::system::uname();
    let words = [uname.sysname(), uname.nodename(), uname.release(), uname.version(), uname.machine()];
    let euid = rustix::process::geteuid();
    let manager = package_manager::of_machine(|path| Path::new(path).exists(), distributions);
    let (init, offline) = service_managers();
    Answer::Host(Box::new(Host {
        init,
        offline,
        attributes_unseen: false,
        downloader: None,
        user: accounts.user_name(euid.as_raw()),
        root: euid.is_root(),
        uname: words.map(|word| word.to_string_lossy().into_owned()),
        package_manager: manager.map(|manager| manager.name.to_owned()),
        now: rustix::time::clock_gettime(rustix::time::ClockId::Realtime).tv_sec,
    }))
}

/// The names of the distribution, and of those that it is like, from `/etc/os-release`.
fn distributions() -> Vec<String> {
    let text = ["/etc/os-release", "/usr/lib/os-release"]
        .map(std::fs::read_to_string)
        .into_iter()
        .find_map(Result::ok);
    package_manager::distributions(&text.unwrap_or_default())
}

/// The kernel's id of the current boot. Empty if it can't be read.
#[must_use]
pub fn boot_id() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

/// The service manager that runs, and the one that is installed but does not run.
pub(super) fn service_managers() -> (Init, Option<Init>) {
    service_manager::of_machine(|path| Path::new(path).exists())
}

/// Answers `Query::Interfaces`, sorted by name, with sorted addresses.
pub(super) fn interfaces() -> Answer {
    let addresses = match nix::ifaddrs::getifaddrs() {
        Ok(addresses) => addresses,
        Err(error) => {
            return Answer::Failed(Failure::new(format!(
                "can't list the network interfaces: {}",
                error.desc()
            )));
        }
    };
    let mut found: BTreeMap<String, Interface> = BTreeMap::new();
    for address in addresses {
        let interface = found.entry(address.interface_name.clone()).or_insert_with(|| Interface {
            name: address.interface_name.clone(),
            mac: None,
            addresses: Vec::new(),
        });
        let Some(storage) = address.address else { continue };
        let mask = address.netmask;
        if let Some(ip) = storage.as_sockaddr_in() {
            let bits = mask.and_then(|mask| Some(u32::from(mask.as_sockaddr_in()?.ip()).count_ones()));
            interface.addresses.push(format!("{}/{}", ip.ip(), bits.unwrap_or(32)));
        } else if let Some(ip) = storage.as_sockaddr_in6() {
            let bits = mask.and_then(|mask| Some(u128::from(mask.as_sockaddr_in6()?.ip()).count_ones()));
            interface.addresses.push(format!("{}/{}", ip.ip(), bits.unwrap_or(128)));
        } else if let Some(link) = storage.as_link_addr()
            && let Some(mac) = link.addr()
            && mac != [0; 6]
        {
            interface.mac = Some(mac.map(|byte| format!("{byte:02x}")).join(":"));
        }
    }
    for interface in found.values_mut() {
        sorted::sort_by(&mut interface.addresses, Ord::cmp);
        interface.addresses.dedup();
    }
    Answer::Interfaces(found.into_values().collect())
}
