//! `chefrs facts` on a machine that systemd started.

use super::boot;
use super::convergence::converge;

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

/// What a cookbook wants to know: the units that systemd has, the packages that dpkg has, what is mounted.
#[test]
fn a_host_answers_the_probes_of_cookbooks() {
    let Some([host]) = boot() else { return };
    let write = |path: &str, text: &str| {
        host.write(&format!("/root/cookbooks/watch/{path}"), text.as_bytes());
    };
    write("cookbook.toml", "name = \"watch\"\nversion = \"1.0.0\"\n");
    write(
        "facts.lua",
        "return probes {
  units = probe.units { type = \"service\" },
  timers = probe.units { type = \"timer\" },
  packages = probe.packages { names = { \"cron\", \"openssh-*\" } },
  mounts = probe.mounts {},
  cron = probe.version { command = { \"dpkg-query\", \"-W\", \"cron\" } },
}
",
    );
    write(
        "recipes/default.lua",
        "for _, unit in ipairs(node.watch.units) do
  if unit.state == \"enabled\" then
    file(`/srv/{unit.name}`) { content = \"x\" }
    if unit.sub == \"running\" then service(unit.name) { action = \"start\" } end
  end
end
",
    );
    let answers: serde_json::Value =
        serde_json::from_str(&host.must("cd /root && chefrs facts probes")).unwrap();
    let watch = &answers["watch"];
    let named = |list: &str, key: &str, name: &str| {
        let all = watch[list].as_array().unwrap();
        all.iter().find(|entry| entry[key] == name).unwrap_or_else(|| panic!("{name}: {all:?}")).clone()
    };
    let cron = named("units", "name", "cron.service");
    assert_eq!([&cron["active"], &cron["sub"], &cron["state"]], ["active", "running", "enabled"], "{cron}");
    assert_eq!(named("timers", "name", "apt-daily.timer")["name"], "apt-daily.timer");
    assert_eq!(
        named("packages", "name", "openssh-server")["version"],
        host.must("dpkg-query -W -f '${Version}' openssh-server")
    );
    assert_eq!(
        named("packages", "name", "cron")["version"].as_str().unwrap(),
        host.must("dpkg-query -W -f '${Version}' cron")
    );
    assert!(watch["cron"].as_str().unwrap().starts_with("3.0"), "{watch}");
    assert_eq!(named("mounts", "mount_point", "/proc")["fstype"], "proc");

    // Resources for each unit that is enabled, and none for those that are not.
    let updated = converge(&host, "include_recipe \"watch\"\n");
    assert!(updated.contains(&"file[/srv/cron.service] create".to_owned()), "{updated:?}");
    let list = "cd /root && chefrs compile -r watch --format list";
    assert!(host.must(list).contains("service[cron.service] start"));
    host.must("systemctl disable cron");
    assert!(!host.must(list).contains("cron.service"));
}
