//! `chefrs facts` on a machine that systemd started.

use super::boot;

#[test]
fn a_host_knows_itself() {
    let Some([host]) = boot() else { return };
    let facts: serde_json::Value = serde_json::from_str(&host.must("chefrs facts")).unwrap();
    let name = host.name();
    let address = host.must("hostname -I | cut -d' ' -f1");
    assert_eq!(facts["hostname"], name);
    assert_eq!(facts["fqdn"], format!("{name}.hosts.test"));
    assert_eq!(facts["domain"], "hosts.test");
    assert_eq!(facts["ipaddress"], address.trim());
    assert_eq!(facts["init_package"], "systemd");
    assert_eq!(facts["package_manager"], "apt");
    assert_eq!(facts["platform"], "debian");
    assert_eq!(facts["current_user"], "root");
    assert_eq!(facts["virtualization"]["role"], "guest");
    assert_eq!(facts["etc"]["passwd"]["deploy"]["dir"], "/home/deploy");
    // What is true now is true in an hour, so that nothing changes with it.
    let again = host.must("chefrs facts");
    host.reboot();
    assert_eq!(again, host.must("chefrs facts"));
}
