//! Packages that are not there, that fail half-way, and locks that others hold; from a repository on the machine itself.

use crate::throwaway::Throwaway;

use super::{project, told};

/// Makes `/repository` with `greeting`, which installs, and `clumsy`, which does so once `/srv/mended` is there.
const REPOSITORY: &str = r#"set -e
mkdir /repository; cd /repository
deb() {
  mkdir -p $1/DEBIAN
  printf 'Package: %s\nVersion: 1.0\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: %s\n' $1 $1 > $1/DEBIAN/control
  printf '#!/bin/sh\n%s\n' "$2" > $1/DEBIAN/postinst
  chmod 755 $1 $1/DEBIAN/postinst
  dpkg-deb --root-owner-group -b $1 $1.deb > /dev/null
  cat $1/DEBIAN/control
  printf 'Filename: ./%s.deb\nSize: %s\nSHA256: %s\n\n' $1 $(stat -c %s $1.deb) $(sha256sum $1.deb | cut -d' ' -f1)
}
deb greeting 'exit 0' > Packages
deb clumsy 'test -e /srv/mended || { echo "the socket is taken" >&2; exit 1; }' >> Packages
deb slow 'touch /srv/begun; sleep 600' >> Packages
deb patient 'touch /srv/begun; for i in $(seq 9000); do test -e /srv/go && break; sleep 0.05; done' >> Packages
rm -f /etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/repository ./' > /etc/apt/sources.list
apt-get -qq update
"#;

/// What scripts here call: `wait_for` waits until a command succeeds; `hold` holds a lock until `/run/free` is there;
/// `run_held RECIPE` runs while it is held, until it is said that the lock is waited for; `gone` is true once no package
/// manager runs, nor what it runs.
const WORDS: &str = r#"
wait_for() { for i in $(seq 6000); do "$@" && return; sleep 0.05; done; echo "it never came: $*"; }
hold() {
  rm -f /run/held /run/free
  perl -e 'use Fcntl; open(my $f, ">", shift) or die; my $l = pack("ssx4qqix4", F_WRLCK, 0, 0, 0, 0);
    fcntl($f, F_SETLK, $l) or die; open(my $m, ">", "/run/held"); select undef, undef, undef, 0.05 until -e "/run/free"' $1 &
  wait_for test -e /run/held
}
run_held() {
  : > /run/said
  chefrs run -r $1 > /run/said & run=$!
  wait_for grep -q waiting: /run/said
  touch /run/free; wait $run
  sed 's/pid [0-9]*/pid N/' /run/said
}
gone() { ! cat /proc/[0-9]*/stat 2> /dev/null | grep -qE '^[0-9]+ \((apt|dpkg|sleep)[^)]*\) [^ZX]'; }
"#;

fn shop(name: &str, recipes: &[(&str, &str)]) -> Option<Throwaway> {
    let machine = project(name, recipes)?;
    machine.must(REPOSITORY);
    Some(machine)
}

#[test]
fn a_package_that_nobody_offers_is_named() {
    let recipes = [
        ("one", "package \"greting\"\n"),
        ("list", "file \"/srv/a\" { content = \"x\" }\npackage { \"greeting\", \"greting\" }\n"),
    ];
    let Some(machine) = shop("faults-offer", &recipes) else { return };
    let hint = "hint: check the name; if the lists are old or were never read, declare `apt_update";
    let words = told(&machine, "chefrs plan -r one; echo $?; chefrs run -r list; echo $?");
    assert!(
        words.contains(
            "error: package[greting] would fail to install: no package source offers `greting`\n  \
             --> recipes/one.lua:1\n1 | package \"greting\"\n"
        ),
        "{words}"
    );
    assert!(words.contains("failed to install: no package source offers `greting`\n"), "{words}");
    assert_eq!(words.matches(hint).count(), 2, "{words}");
    assert!(words.ends_with("1 updated, 0 up to date, 1 failed in [TIME]\n1\n"), "{words}");
    // One transaction: none of the list is installed.
    assert_eq!(told(&machine, "dpkg-query -W -f '${Status}' greeting 2> /dev/null"), "");
}

#[test]
fn a_lock_of_somebody_else_is_waited_for() {
    let recipes = [("patient", "package \"greeting\"\n"), ("hasty", "package \"clumsy\" { timeout = 1 }\n")];
    let Some(machine) = shop("faults-lock", &recipes) else { return };
    let words = told(&machine, &format!("{WORDS} hold /var/lib/dpkg/lock-frontend; run_held patient"));
    assert_eq!(
        words,
        "converging local: patient (1 resource)\npackage[greeting] install: install greeting 1.0\n  \
         waiting: the package lock is held by perl (pid N)\n\n1 updated, 0 up to date, 0 failed in [TIME]\n"
    );
    let words = told(
        &machine,
        &format!(
            "{WORDS} hold /var/lib/dpkg/lock-frontend; chefrs run -r hasty | sed 's/pid [0-9]*/pid N/'; dpkg-query -W clumsy"
        ),
    );
    assert_eq!(
        words,
        "converging local: hasty (1 resource)\npackage[clumsy] install: install clumsy 1.0\n  \
         waiting: the package lock is held by perl (pid N)\n\
         error: package[clumsy] failed to install: \
         the package lock `/var/lib/dpkg/lock-frontend` was held by perl (pid N) for 1 second\n  \
         --> recipes/hasty.lua:1\n1 | package \"clumsy\" { timeout = 1 }\n\
         hint: wait for it to end, or stop it, and run again\n\n\
         hint: fix the cause and run again; finished work is skipped\n\
         0 updated, 0 up to date, 1 failed in [TIME]\n\
         dpkg-query: no packages found matching clumsy\n"
    );
}

#[test]
fn the_lock_of_the_lists_is_waited_for_too() {
    let recipes =
        [("lists", "apt_update \"now\" { action = \"update\" }\n"), ("greeting", "package \"greeting\"\n")];
    let Some(machine) = shop("faults-lists", &recipes) else { return };
    for (recipe, change) in [
        ("lists", "apt_update[now] update: refresh the package lists"),
        ("greeting", "package[greeting] install: install greeting 1.0"),
    ] {
        let words = told(&machine, &format!("{WORDS} hold /var/lib/apt/lists/lock; run_held {recipe}"));
        assert_eq!(
            words,
            format!(
                "converging local: {recipe} (1 resource)\n{change}\n  \
                 waiting: the package lock is held by perl (pid N)\n\n\
                 1 updated, 0 up to date, 0 failed in [TIME]\n"
            )
        );
    }
}

#[test]
fn a_command_by_hand_that_waits_in_vain_has_failed_and_the_machine_is_there() {
    let Some(machine) = shop("faults-exec", &[("none", "")]) else { return };
    let script = format!(
        "{WORDS} hold /var/lib/dpkg/lock-frontend
         chefrs exec --timeout 1 --format json -- apt-get -qq update > /run/said; echo $?
         touch /run/free; wait
         grep -o '\"outcome\":\"[a-z]*\"' /run/said; grep -o 'was held by perl' /run/said"
    );
    assert_eq!(told(&machine, &script), "1\n\"outcome\":\"failed\"\nwas held by perl\n");
}

#[test]
fn what_is_half_configured_is_not_installed_and_is_repaired_first() {
    let recipes = [("clumsy", "package \"clumsy\"\n"), ("greeting", "package \"greeting\"\n")];
    let Some(machine) = shop("faults-half", &recipes) else { return };
    let state = "dpkg-query -W -f '${Package} ${Status}\n' clumsy greeting 2> /dev/null";
    let words = told(&machine, &format!("chefrs run -r clumsy; {state}"));
    assert!(words.contains("error: package[clumsy] failed to install: `apt-get --yes"), "{words}");
    assert!(words.contains("  | the socket is taken\n"), "{words}");
    // Of a bar that paints over itself only the last state is told.
    assert!(!words.contains("Reading database ... 50%"), "{words}");
    assert!(words.ends_with("1 failed in [TIME]\nclumsy install ok half-configured\n"), "{words}");

    let again = told(&machine, &format!("chefrs plan -r clumsy; echo $?; chefrs run -r greeting; {state}"));
    assert_eq!(
        again,
        "planning local: clumsy (1 resource)\n\
         package[clumsy] install: would repair the interrupted package database\n  \
         and would install clumsy 1.0\n\nplan: 1 would change, 0 up to date, 0 would fail in [TIME]\n2\n\
         converging local: greeting (1 resource)\n\
         package[greeting] install: repair the interrupted package database\n\
         error: package[greeting] failed to install: \
         `dpkg --force-confdef --force-confold --configure -a` failed\n  \
         --> recipes/greeting.lua:1\n1 | package \"greeting\"\n\
         command: dpkg --force-confdef --force-confold --configure -a\nstatus: exit status 1\n  \
         | the socket is taken\n  | dpkg: error processing package clumsy (--configure):\n  \
         |  installed clumsy package post-installation script subprocess returned error exit status 1\n  \
         | Errors were encountered while processing:\n  |  clumsy\n  | Setting up clumsy (1.0) ...\n\n\
         hint: fix the cause and run again; finished work is skipped\n\
         0 updated, 0 up to date, 1 failed in [TIME]\nclumsy install ok half-configured\n"
    );

    let mended =
        told(&machine, &format!("touch /srv/mended; chefrs run -r greeting; chefrs run -r clumsy; {state}"));
    assert_eq!(
        mended,
        "converging local: greeting (1 resource)\n\
         package[greeting] install: repair the interrupted package database\n  and install greeting 1.0\n\n\
         1 updated, 0 up to date, 0 failed in [TIME]\n\
         converging local: clumsy (1 resource)\n0 updated, 1 up to date, 0 failed in [TIME]\n\
         clumsy install ok installed\ngreeting install ok installed\n"
    );
}

#[test]
fn an_installation_that_takes_too_long_ends_whole_and_is_repaired() {
    let recipes = [
        ("slow", "package \"slow\" { timeout = 30 }\nfile \"/srv/after\" { content = \"x\" }\n"),
        ("next", "package \"greeting\"\n"),
    ];
    let Some(machine) = shop("faults-cut", &recipes) else { return };
    let words = told(&machine, &format!("{WORDS} chefrs run -r slow; echo $?; ls /srv; wait_for gone"));
    assert!(words.contains("` did not end in time\n"), "{words}");
    assert!(words.ends_with("1 not run, 1 failed in [TIME]\n1\nbegun\n"), "{words}");
    let words = told(
        &machine,
        "printf '#!/bin/sh\nexit 0\n' > /var/lib/dpkg/info/slow.postinst; chefrs run -r next
         dpkg-query -W -f '${Package} ${Status}\n' slow greeting",
    );
    assert_eq!(
        words,
        "converging local: next (1 resource)\n\
         package[greeting] install: repair the interrupted package database\n  and install greeting 1.0\n\n\
         1 updated, 0 up to date, 0 failed in [TIME]\n\
         greeting install ok installed\nslow install ok installed\n"
    );
}

#[test]
fn a_package_manager_is_left_to_finish() {
    let recipes = [("patient", "package \"patient\"\nfile \"/srv/after\" { content = \"x\" }\n")];
    let Some(machine) = shop("faults-finish", &recipes) else { return };
    let words = told(
        &machine,
        // What is not left to finish is ended after five seconds.
        &format!(
            "{WORDS} chefrs run -r patient 2> /run/said & run=$!; wait_for test -e /srv/begun
             kill -TERM $run; wait_for grep -q '^interrupted: ' /run/said
             kill -TERM $run; wait_for grep -q '^interrupted again: the package manager is left to finish, ' /run/said
             sleep 6; touch /srv/go; wait $run; echo $?; ls /srv; dpkg-query -W -f '${{Package}} ${{Status}}\n' patient"
        ),
    );
    assert!(
        words.ends_with(
            "1 updated, 0 up to date, 1 not run, 0 failed in [TIME]\n130\nbegun\ngo\n\
             patient install ok installed\n"
        ),
        "{words}"
    );
}

#[test]
fn the_third_signal_ends_a_package_manager_too() {
    let Some(machine) = shop("faults-third", &[("slow", "package \"slow\"\n")]) else { return };
    let words = told(
        &machine,
        &format!(
            "{WORDS} chefrs run -r slow 2> /run/said & run=$!; wait_for test -e /srv/begun
             kill -TERM $run; wait_for grep -q '^interrupted: ' /run/said
             kill -TERM $run; wait_for grep -q '^interrupted again: ' /run/said
             kill -TERM $run; wait $run; echo $?; tail -n 1 /run/said; wait_for gone"
        ),
    );
    assert!(
        words.ends_with(
            "130\nexited at once: the last work is not in any report; `chefrs plan` shows what is left to do\n"
        ),
        "{words}"
    );
}
