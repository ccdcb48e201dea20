//! `chefrs capture`: a machine that was set up by hand, as a cookbook.

mod beyond;
mod kinds;

use crate::goldens;
use crate::throwaway::{Throwaway, machine};

/// What a person did to a fresh machine.
const BY_HAND: &str = include_str!("capture/by_hand.sh");

/// The recipes and other files of a captured cookbook, without the versions of the day.
fn cookbook(machine: &Throwaway, directory: &str) -> String {
    machine.must(&format!(
        "cd {directory} && find . -type f ! -name bash.bashrc | sort | while read -r path; do printf '=== %s\\n' \"$path\"; \
         grep -v -e '^-- was ' -e '^--   ' \"$path\"; done"
    ))
}

fn is_golden(name: &str, text: &str) {
    goldens::none(
        &goldens::compare(&goldens::spec(&format!("capture/{name}")), text).into_iter().collect::<Vec<_>>(),
    );
}

#[test]
fn a_machine_that_was_set_up_by_hand_becomes_a_cookbook() {
    let Some(machine) = machine("capture") else { return };
    machine.must(BY_HAND);
    let digest = "find /etc /usr /var/lib -xdev -printf '%p %m %u %g %s %l %T@\\n' | sort | sha256sum";
    let before = machine.must(digest);
    let said = machine.must("mkdir -p /root/p && cd /root/p && chefrs capture -o cookbooks/web1");
    is_golden("by_hand.said", &said);
    is_golden("by_hand.cookbook", &cookbook(&machine, "/root/p/cookbooks/web1"));
    assert_eq!(machine.must(digest), before, "a capture changes nothing");

    // The same state gives the same bytes.
    machine.must(
        "cd /root/p && mkdir other && chefrs capture -o other/web1 && diff -r cookbooks/web1 other/web1",
    );
    let secrets = "export CHEFRS_SECRET_BLOG_PASSWORD=xK9vQ2mPw7Lr CHEFRS_SECRET_BLOG_SECRET_KEY=8f3kd93kfj3kdl39fkd93kdl3kd \
                   CHEFRS_SECRET_BLOG_CONTENT='API=1\n'";
    // Without systemd no unit can be planned, and the package lists are not there.
    let recipes =
        "web1::packages,web1::users,web1::system,web1::local_programs,web1::scheduled,web1::unsorted";
    let checked = machine.must("cd /root/p && chefrs check");
    assert!(checked.contains("no problems found"), "{checked}");
    machine.must(&format!("{secrets}; cd /root/p && chefrs plan -r {recipes}"));
}

#[test]
fn where_there_is_no_room_for_a_cookbook_nothing_is_left_of_it() {
    let Some(machine) = machine("capture-full") else { return };
    machine.must(BY_HAND);
    let said = machine.must(
        "mkdir /root/full && mount -t tmpfs -o size=16k none /root/full && cd /root/full
         ! chefrs capture -o web1 2>&1 && find /root/full -mindepth 1",
    );
    assert!(said.contains("the cookbook can't be written to `web1`"), "{said}");
    assert!(said.contains(": the disk is full\n") && !said.contains("/.chefrs-"), "{said}");
}

#[test]
fn a_second_capture_writes_what_differs() {
    let Some(machine) = machine("capture-again") else { return };
    machine.must(BY_HAND);
    machine.must("mkdir -p /root/p && cd /root/p && chefrs capture -o cookbooks/web1");
    let state = "cd /root/p && find . -type f -exec sha256sum {} + | sort";
    let before = machine.must(state);
    let said = machine.must("cd /root/p && chefrs capture -o cookbooks/web1");
    assert_eq!(said, "`cookbooks/web1` has all that is captured; nothing was written\n");
    assert_eq!(machine.must(state), before);

    machine.must(
        "echo 'goodbye' >/etc/motd; useradd -m -s /bin/sh grace; rm /etc/cron.d/nightly; sed -i 's/8123/8124/' /etc/default/blog",
    );
    let said = machine.must("cd /root/p && chefrs capture -o cookbooks/web1");
    is_golden("again.said", &said);
    is_golden("again.difference", &machine.must("cat /root/p/cookbooks/web1/recipes/difference.lua"));
    // What is in the recipe `difference` is part of the cookbook.
    let said = machine.must("cd /root/p && chefrs capture -o cookbooks/web1");
    assert!(said.starts_with("`cookbooks/web1` has all that is captured; nothing was written\n"), "{said}");
}

#[test]
fn rules_say_what_is_left_out() {
    let Some(machine) = machine("capture-rules") else { return };
    machine.must(BY_HAND);
    machine.file(
        "/root/rules",
        "# what we keep elsewhere\n/etc/cron.d/*\n!/etc/cron.d/nightly\n:service:systemd/blog\n/nowhere\n/etc/hosts\n!/etc/hosts\n",
    );
    let said =
        machine.script("echo 10.0.0.1 db >/etc/hosts; cd /root && chefrs capture --rules rules -o web1");
    let warned = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(warned, "warning: the rule matches nothing\n  --> rules:5\n5 | /nowhere\n");
    let cookbook = cookbook(&machine, "/root/web1");
    assert!(cookbook.contains("/etc/cron.d/nightly"), "{cookbook}");
    assert!(!cookbook.contains("systemd_unit \"blog.service\""), "{cookbook}");
    // Left out by the program's own list, and taken by the rule.
    assert!(cookbook.contains("\"/etc/hosts\""), "{cookbook}");
    let explained =
        |path: &str| machine.must(&format!("cd /root && chefrs capture --rules rules --explain {path}"));
    is_golden(
        "explained",
        &[
            "/etc/cron.d/nightly",
            "/etc/cron.d/other",
            "/etc/machine-id",
            "/etc/bash.bashrc",
            "/etc/issue.net",
            "/etc/copy.defs",
            "/etc/login.defs",
            "/etc/passwd",
            "/etc/nowhere",
            "/etc/comments",
        ]
        .map(explained)
        .concat(),
    );
}

#[test]
fn bad_words_get_an_error_that_names_the_way_out() {
    let Some(machine) = machine("capture-errors") else { return };
    machine.file("/root/rules", "/etc/motd\n:package:apt\n");
    let mut told = String::new();
    for words in [
        "capture",
        "capture -o /root/9lives",
        "capture -o /root/web1 --rules /root/none",
        "capture -o /root/web1 --rules /root/rules",
        "capture -o /etc",
        "capture diff",
        "resource cron",
        "resource file",
        "resource file etc/motd",
        "resource directory /etc/passwd",
        "resource service nothere",
    ] {
        let output = machine.script(&format!("cd /root && chefrs {words}"));
        let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
        let exit = output.status.code().unwrap_or(-1);
        told.extend(["$ chefrs ", words, "\n", &out, &err, &format!("exit {exit}\n\n")]);
    }
    is_golden("errors", &told);
}

#[test]
fn the_state_of_a_thing_is_printed_as_a_declaration() {
    let Some(machine) = machine("resource") else { return };
    machine.must(BY_HAND);
    let mut told = String::new();
    for words in [
        "user ada",
        "user nobody-there",
        "group deployers",
        "file /etc/motd",
        "file /etc/missing",
        "directory /srv/blog",
        "link /opt/site",
        "package not-there",
    ] {
        told.push_str(&machine.must(&format!("chefrs resource {words}")));
        told.push('\n');
    }
    is_golden("resources", &told);
    // All of a type, and what is printed is a recipe that changes nothing.
    machine.must(
        "mkdir -p /root/q/recipes && cd /root/q && { chefrs resource user; chefrs resource group; } >recipes/all.lua && chefrs plan -r all",
    );
}

#[test]
fn secrets_in_text_are_found_and_other_values_are_not() {
    let Some(machine) = machine("capture-secrets") else { return };
    machine.file("/etc/lines.conf", include_str!("capture/secret_lines.conf"));
    machine.file(
        "/usr/local/bin/program",
        "#!/bin/sh\npassword=$(cat /etc/x)\nTOKEN=abcdefgh12345678\nsecret = ask()\n",
    );
    machine.file(
        "/usr/local/bin/program.py",
        "#!/usr/bin/python3\nparser.add_argument(\"--token\", help=\"the token\")\nconnect(password=given, host=\"h\")\n\
         connect(host=\"h\", password=\"pylit99x\")\n",
    );
    machine.file("/etc/own.key", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n");
    machine.file(
        "/etc/systemd/system/ssh.service.d/token.conf",
        "[Service]\nEnvironment=TOKEN=ijklmnop87654321\n",
    );
    machine.must("printf '\\200\\201binary' >/etc/own.p12");
    let said = machine.must("cd /root && chefrs capture -o web1");
    let template = |name: &str| machine.must(&format!("cat /root/web1/templates/{name}"));
    is_golden("secret_lines.hbs", &template("lines.conf.hbs"));
    assert_eq!(
        template("usr/local/bin/program.hbs"),
        "#!/bin/sh\npassword=$(cat /etc/x)\nTOKEN={{program_token}}\nsecret = ask()\n"
    );
    assert_eq!(
        template("usr/local/bin/program.py.hbs"),
        "#!/usr/bin/python3\nparser.add_argument(\"--token\", help=\"the token\")\nconnect(password=given, host=\"h\")\n\
         connect(host=\"h\", password=\"{{program_py_password}}\")\n"
    );
    assert_eq!(template("ssh.service.d/token.conf.hbs"), "[Service]\nEnvironment=TOKEN={{token}}\n");
    assert!(said.contains("`/etc/own.p12` is secret and no text, and is left out"), "{said}");
    assert!(said.contains("own_key_private_key  from /etc/own.key"), "{said}");
    let everything = machine.must("cat $(find /root/web1 -type f)");
    assert!(!everything.contains("MIIE") && !everything.contains("abcdefgh12345678"), "{everything}");
    assert!(!everything.contains("ijklmnop87654321") && !everything.contains("binary"), "{everything}");
    // With `--strict` that must be looked at.
    assert_eq!(machine.script("cd /root && chefrs capture --strict -o web2").status.code(), Some(1));
}
