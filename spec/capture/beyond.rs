//! What a capture takes: beyond a base, and of chosen kinds.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{BY_HAND, cookbook, is_golden};
use crate::throwaway::{Throwaway, machine};

/// What a stock machine has that a person takes away later.
const STOCK: &str = "useradd -m old; useradd kept; groupadd teams; echo old >/etc/old.conf; echo same >/etc/same.conf; \
                     echo one >/etc/changed.conf; ln -s /etc/same.conf /etc/old.link; echo '# stock' >>/etc/bash.bashrc";
/// What the person does. The changed configuration file of a package is as the package has it again.
const LATER: &str = "userdel -r old; groupdel teams; rm /etc/old.conf /etc/old.link; echo two >/etc/changed.conf; \
                     echo new >/etc/new.conf; useradd -m ada; cp /root/bash.bashrc /etc/bash.bashrc";

#[test]
fn what_a_base_has_is_left_out_and_what_is_gone_is_removed_by_a_recipe_of_its_own() {
    let Some(machine) = machine("capture-base") else { return };
    machine.must("cp /etc/bash.bashrc /root");
    machine.must(STOCK);
    let said = machine.must("cd /root && chefrs capture -o stock.json");
    assert!(said.starts_with("wrote `stock.json`: "), "{said}");
    // The same state is the same data, and nothing is beyond it.
    machine.must("cd /root && chefrs capture -o again.json && cmp stock.json again.json");
    let said = machine.must("cd /root && chefrs capture --base stock.json -o nothing");
    assert!(said.starts_with("wrote `nothing`: 0 resources in 0 lines\n"), "{said}");
    machine.must(LATER);
    let said = machine
        .must("mkdir -p /root/p && cd /root/p && chefrs capture --base ../stock.json -o cookbooks/web1");
    is_golden("base.said", &said);
    is_golden("base.cookbook", &cookbook(&machine, "/root/p/cookbooks/web1"));

    // A machine as the base was: the default recipe brings what is new, and takes nothing away.
    machine.must(&format!("userdel -r ada; rm /etc/new.conf; userdel -r kept 2>/dev/null; {STOCK}"));
    machine
        .must("cd /root/p && chefrs run -r web1 && test -e /etc/new.conf && test -e /etc/old.conf && id old");
    machine.must("cd /root/p && chefrs run -r web1::prune && ! test -e /etc/old.conf && ! test -h /etc/old.link && ! id old");
    machine.must("test -e /etc/same.conf && id kept && grep -q stock /etc/bash.bashrc");
}

#[test]
fn a_difference_is_told_as_text_and_in_a_report() {
    let Some(machine) = machine("capture-difference") else { return };
    machine.must("cp /etc/bash.bashrc /root");
    machine.must(STOCK);
    machine.must("cd /root && chefrs capture -o stock.json --report html=capture.html");
    let page = machine.must("cat /root/capture.html");
    assert!(page.contains("<title>would change: plan of local on local</title>"), "{page}");
    assert!(page.contains("<code class=\"id\">file[/etc/old.conf]</code> create"), "{page}");
    let same = machine.must("cd /root && chefrs capture diff --base stock.json --report html=same.html");
    assert_eq!(same, "stock.json and local do not differ\n");
    assert!(machine.must("cat /root/same.html").contains("<title>up to date: "));
    machine.must(LATER);
    let output =
        machine.script("cd /root && chefrs capture diff --base stock.json --report html=difference.html");
    assert_eq!(output.status.code(), Some(2));
    is_golden("base.difference", &String::from_utf8_lossy(&output.stdout));
    let page = machine.must("cat /root/difference.html");
    for told in [
        "<title>would change: plan of local on stock.json</title>",
        "<code class=\"id\">file[/etc/new.conf]</code> create",
        "<code class=\"id\">file[/etc/old.conf]</code> remove",
        "<code class=\"id\">file[/etc/changed.conf]</code> change",
        "+file &quot;/etc/changed.conf&quot; { content = &quot;two\\n&quot; }",
    ] {
        assert!(page.contains(told), "{told}\n{page}");
    }
}

/// The resources of a capture with these options, as `type[name] action`.
fn taken(machine: &Throwaway, options: &str) -> BTreeSet<String> {
    let text =
        machine.must(&format!("cd /root && chefrs capture {options} -o part.json >&2 && cat part.json"));
    let value: Value = serde_json::from_str(&text).unwrap();
    let resources = value["resources"].as_array().unwrap().iter();
    resources
        .map(|resource| format!("{} {} {}", resource["type"], resource["names"], resource["properties"]))
        .collect()
}

#[test]
fn each_thing_is_of_one_scope() {
    let Some(machine) = machine("capture-scopes") else { return };
    machine.must(BY_HAND);
    machine.must("mkdir -p /etc/sysctl.d; echo 'ada ALL=(ALL) ALL' >/etc/sudoers.d/ada; echo 'net.ipv4.ip_forward = 1' >/etc/sysctl.d/60-local.conf; ln -sf /usr/share/zoneinfo/Europe/Berlin /etc/localtime");
    let whole = taken(&machine, "");
    let help = machine.must("chefrs capture --help");
    let help = help.split("--without <SCOPE>").nth(1).unwrap();
    let names = help.split("[possible values: ").nth(1).unwrap().split(']').next().unwrap();
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    let mut all = BTreeSet::new();
    let mut empty = Vec::new();
    for name in &names {
        let part = taken(&machine, &format!("--scope {name}"));
        if part.is_empty() {
            empty.push(*name);
        }
        for resource in part {
            assert!(all.insert(resource.clone()), "{resource} is of several scopes, one of them {name}");
        }
    }
    assert_eq!(all, whole);
    assert_eq!(
        empty,
        [
            "globals",
            "environments",
            "locale",
            "mounts",
            "alternatives",
            "databases",
            "firewall",
            "containers"
        ]
    );
    let both = taken(&machine, "--scope users,groups");
    assert_eq!(taken(&machine, "--scope users,groups,cron --without cron"), both);
    // Nothing is told that is not there.
    machine.must("mkdir -p /root/p && cd /root/p && chefrs capture --without services,users,keys -o cookbooks/web1 && chefrs check");
    let recipes = cookbook(&machine, "/root/p/cookbooks/web1/recipes");
    assert!(recipes.contains("/etc/default/blog") && !recipes.contains("blog.service"), "{recipes}");
}
