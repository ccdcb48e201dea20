//! Runs by an ordinary user: all that needs root is named before anything is changed.

use super::{project, told};

const NOBODY: &str = "setpriv --reuid=65534 --regid=65534 --clear-groups env XDG_STATE_HOME=/var/tmp/state";

#[test]
fn all_that_needs_root_is_named_and_nothing_is_touched() {
    let recipe = "file \"/tmp/mine\" { content = \"x\\n\" }\n\
                  file \"/etc/motd\" { content = \"x\\n\" }\n\
                  package \"no-such-package\"\n\
                  user \"deploy\"\n\
                  directory \"/srv/blog\"\n\
                  execute \"as\" { command = \"true\", user = \"root\" }\n\
                  execute \"mine\" { command = \"touch /tmp/mine-too\" }\n";
    let Some(machine) = project("faults-nobody", &[("site", recipe)]) else { return };
    let words = told(&machine, &format!("{NOBODY} chefrs run -r site; echo $?; ls -A /tmp"));
    let failed = |id: &str, verb: &str, reason: &str, line: usize| {
        let excerpt = recipe.lines().nth(line - 1).unwrap();
        format!(
            "error: {id} failed to {verb}: {reason}, and this run is by `nobody`\n  --> recipes/site.lua:{line}\n\
             {line} | {excerpt}\nhint: run it as root: sudo chefrs run …, or with --become on another machine\n"
        )
    };
    assert_eq!(
        words,
        [
            "converging local: site (7 resources)\n",
            &failed("file[/etc/motd]", "create", "it needs root to write `/etc/motd`", 2),
            &failed("user[deploy]", "create", "it needs root", 4),
            &failed("directory[/srv/blog]", "create", "it needs root to write `/srv/blog`", 5),
            &failed("execute[as]", "run", "it needs root", 6),
            "\nfailed: file[/etc/motd] (recipes/site.lua:2)\nfailed: user[deploy] (recipes/site.lua:4)\n",
            "failed: directory[/srv/blog] (recipes/site.lua:5)\nfailed: execute[as] (recipes/site.lua:6)\n",
            "hint: fix the cause and run again; finished work is skipped\n",
            "0 updated, 0 up to date, 3 not run, 4 failed in [TIME]\n1\n",
        ]
        .concat()
    );
}

#[test]
fn a_recipe_that_may_not_be_read() {
    let Some(machine) = project("faults-unreadable", &[("site", "package \"git\"\n")]) else { return };
    let words = told(
        &machine,
        &format!(
            "chmod 600 recipes/site.lua; echo '{{}}' > a.json; chmod 600 a.json
                  {NOBODY} chefrs run -r site; echo $?; {NOBODY} chefrs run -r site -j a.json; echo $?"
        ),
    );
    assert_eq!(
        words,
        "error: the file can't be read: permission denied\n  --> recipes/site.lua\n3\n\
         error: `a.json` can't be read: permission denied\n64\n"
    );
}

#[test]
fn a_user_without_a_home_is_told_why_nothing_is_done() {
    let recipe = "file \"/tmp/conf\" { content = \"new\\n\" }\n";
    let Some(machine) = project("faults-homeless", &[("site", recipe)]) else { return };
    let words = told(
        &machine,
        &format!(
            "echo old > /tmp/conf; chown nobody: /tmp/conf
                  {NOBODY} env -i /usr/local/bin/chefrs run -r site; cat /tmp/conf
                  {NOBODY} env -i XDG_STATE_HOME=/tmp/state /usr/local/bin/chefrs run -r site | tail -n 1
                  find /tmp/state -type f -printf '%p %m %u\\n' | sort"
        ),
    );
    assert_eq!(
        words,
        "error: can't make the state directory `/nonexistent/.local/state/chefrs`: permission denied\n\
         hint: run it as root\nhint: set CHEFRS_STATE_DIRECTORY to use another directory\nold\n\
         1 updated, 0 up to date, 0 failed in [TIME]\n\
         /tmp/state/chefrs/backup/tmp/conf.~1~ 600 nobody\n\
         /tmp/state/chefrs/drafts 600 nobody\n\
         /tmp/state/chefrs/history 600 nobody\n\
         /tmp/state/chefrs/history.lock 600 nobody\n\
         /tmp/state/chefrs/history.sqlite 600 nobody\n\
         /tmp/state/chefrs/history.sqlite-shm 600 nobody\n\
         /tmp/state/chefrs/history.sqlite-wal 600 nobody\n\
         /tmp/state/chefrs/lock 600 nobody\n"
    );
}
