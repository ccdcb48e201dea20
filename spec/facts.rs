//! Facts: recorded texts in, Ohai's names out; and the same twice on one machine.

use chefrs::facts::{accounts, gather, hardware, network, platform, virtualization};
use chefrs::model::query::Interface;
use chefrs::target::local::Local;
use serde_json::{Value, json};

use crate::patience::undisturbed;

mod probes;

fn platform_of(os_release: &str, debian_version: &str) -> Value {
    Value::Object(platform::facts(&platform::Texts { os_release, debian_version, lsb_release: "" }))
}

#[test]
fn debian() {
    let os_release = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=debian\n";
    assert_eq!(
        platform_of(os_release, "12.5\n"),
        json!({
            "platform": "debian", "platform_version": "12.5", "platform_family": "debian",
            "lsb": { "id": "Debian", "release": "12.5", "codename": "bookworm",
                     "description": "Debian GNU/Linux 12 (bookworm)" },
        })
    );
    assert_eq!(platform_of(os_release, "trixie/sid\n")["platform_version"], "12");
}

#[test]
fn other_platforms() {
    let of = |text: &str| {
        let facts = platform_of(text, "");
        ["platform", "platform_version", "platform_family"]
            .map(|name| facts[name].as_str().unwrap().to_owned())
    };
    assert_eq!(of("ID=ubuntu\nID_LIKE=debian\nVERSION_ID='24.04'\n"), ["ubuntu", "24.04", "debian"]);
    assert_eq!(of("ID=\"rhel\"\nVERSION_ID=\"9.4\"\nID_LIKE=\"fedora\"\n"), ["redhat", "9.4", "rhel"]);
    assert_eq!(of("ID=mine\nID_LIKE=\"x ubuntu debian\"\nVERSION_ID=1\n"), ["mine", "1", "debian"]);
    assert_eq!(of("# nothing\n"), ["unknown", "", "unknown"]);
}

#[test]
fn assignments() {
    let found = platform::parse_assignments("A=\"x \\\"y\\\"\"\n#B=1\n C='z'\nbroken\nD=\n");
    assert_eq!(json!(found), json!({ "A": "x \"y\"", "C": "z", "D": "" }));
}

#[test]
fn names() {
    let hosts = "127.0.0.1 localhost\n127.0.1.1 web1.example.org web1\n10.0.0.9 other.example.net other\n";
    assert_eq!(
        Value::Object(network::names("web1", hosts)),
        json!({ "hostname": "web1", "machinename": "web1", "fqdn": "web1.example.org", "domain": "example.org" })
    );
    let bare = Value::Object(network::names("web2", hosts));
    assert_eq!(bare, json!({ "hostname": "web2", "machinename": "web2", "fqdn": "web2" }));
    assert_eq!(network::names("a.b.c", "")["domain"], "b.c");
}

#[test]
fn addresses() {
    let v4 = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n\
        wlan0\t00000000\t010A0A0A\t0003\t0\t0\t600\t00000000\t0\t0\t0\n\
        eth0\t00000000\t0102000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n\
        eth0\t0002000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n";
    let v6 = "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n\
        00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200 lo\n";
    let routes = network::default_route(v4, v6);
    let interface = |name: &str, mac: Option<&str>, addresses: &[&str]| Interface {
        name: name.into(),
        mac: mac.map(str::to_owned),
        addresses: addresses.iter().map(|&address| address.to_owned()).collect(),
    };
    let interfaces = [
        interface("docker0", None, &["172.17.0.1/16"]),
        interface("eth0", Some("52:54:00:ab:cd:ef"), &["10.0.2.15/24", "2001:db8::5/64", "fe80::1/64"]),
        interface("lo", None, &["127.0.0.1/8", "::1/128"]),
    ];
    let facts = Value::Object(network::facts(&interfaces, &routes));
    assert_eq!(facts["ipaddress"], "10.0.2.15");
    assert_eq!(facts["ip6address"], "2001:db8::5");
    assert_eq!(facts["macaddress"], "52:54:00:AB:CD:EF");
    assert_eq!(facts["network"]["default_interface"], "eth0");
    assert_eq!(facts["network"]["default_gateway"], "10.0.2.1");
    assert_eq!(facts["network"]["default_inet6_gateway"], "fe80::1");
    assert_eq!(
        facts["network"]["interfaces"]["eth0"]["addresses"]["10.0.2.15"],
        json!({ "family": "inet", "prefixlen": "24", "scope": "Global" })
    );
    let without = network::facts(&interfaces, &network::default_route("", ""));
    assert_eq!(without["ipaddress"], "172.17.0.1");
}

#[test]
fn processors_and_memory() {
    let block = |n: u32, core: u32| {
        format!(
            "processor\t: {n}\nvendor_id\t: V\nmodel name\t: M 1\nphysical id\t: 0\ncore id\t\t: {core}\n\n"
        )
    };
    let text = [block(0, 0), block(1, 0), block(2, 1), block(3, 1)].concat();
    assert_eq!(
        hardware::cpu(&text),
        json!({ "total": 4, "cores": 2, "real": 1, "vendor_id": "V", "model_name": "M 1" })
    );
    assert_eq!(
        hardware::cpu("processor\t: 0\nBogoMIPS\t: 1\n"),
        json!({ "total": 1, "cores": 1, "real": 1 })
    );
    let text = "MemTotal:       16303428 kB\nMemFree: 1 kB\nSwapTotal:       0 kB\n";
    assert_eq!(hardware::memory(text), json!({ "total": "16303428kB", "swap": { "total": "0kB" } }));
}

#[test]
fn users_come_without_hashes() {
    let facts = accounts::facts("root:$6$hash:0:0:r:/root:/bin/sh\nbad\n", "root:x:0:\nadm:x:4:a,b\n");
    assert_eq!(
        facts,
        json!({
            "passwd": { "root": { "uid": 0, "gid": 0, "gecos": "r", "dir": "/root", "shell": "/bin/sh" } },
            "group": { "root": { "gid": 0, "members": [] }, "adm": { "gid": 4, "members": ["a", "b"] } },
        })
    );
}

#[test]
fn guests() {
    let none = virtualization::Marks::default();
    assert_eq!(virtualization::facts(&none), json!({ "systems": {} }));
    let docker = virtualization::Marks { docker: true, product: "KVM", ..none };
    assert_eq!(virtualization::facts(&docker)["system"], "docker");
    let lxc = virtualization::Marks { container: "lxc", ..none };
    assert_eq!(virtualization::facts(&lxc)["system"], "lxc");
    let machine = virtualization::Marks { product: "VirtualBox", ..none };
    assert_eq!(virtualization::facts(&machine)["systems"], json!({ "vbox": "guest" }));
}

#[test]
fn this_machine_says_the_same_twice() {
    let look = || gather(&mut Local::new()).unwrap();
    assert_eq!(undisturbed(look, look), None);
    let facts = look();
    assert_eq!(facts["os"], "linux");
    assert_eq!(facts["etc"]["passwd"]["root"]["uid"], 0);
    let id = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    let id = Some(id.trim()).filter(|id| !id.is_empty() && *id != "uninitialized");
    assert_eq!(facts.get("machine_id").and_then(Value::as_str), id);
    for name in
        ["platform", "platform_family", "hostname", "kernel", "cpu", "memory", "current_user", "network"]
    {
        assert!(facts.contains_key(name), "{name}");
    }
}
