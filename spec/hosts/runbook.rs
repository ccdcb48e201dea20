//! A reader sets up a site from the notes of `chefrs export --to markdown`, on a fresh machine, by nothing but what the
//! text says: writes the files that it shows, types the commands that it shows, and looks where it says so.
//!
//! The reader is a program, which knows a few sentences. One that it does not know ends it: a person would have to guess.

mod reader;

use reader::followed;

use super::exported::SETTINGS;
use super::{Host, boot};
use crate::patience::until;

/// A site that a person could set up by hand.
const SITE: &str = r#"
local nginx = require "@nginx"
include_recipe "base"
include_recipe "nginx"

user "board" { system = true, home = "/srv/board", shell = "/usr/sbin/nologin" }
directory "/srv/board" { owner = "board", mode = "0755" }
file "/srv/board/index.html" { content = "It works. Leave a line.\n", mode = "0644" }
file "/srv/board/key" { content = "for one only\n", owner = "board", mode = "0600" }
nginx.site "board" { domains = { "localhost", "127.0.0.1" }, root = "/srv/board" }
cron "board" { minute = "7", user = "board", command = "test -s /srv/board/index.html" }
"#;

/// Tries what `page` does until it is good: times, seconds, ranges of statuses, which it prints last. Without these it must
/// succeed.
const TRY: &str = r#"
try() {
  for time in $(seq "$1"); do
    if said=$(page); then good=yes; else good=; fi
    if [ -z "$3" ]; then
      if [ -n "$good" ]; then return; fi
    else
      status=$(printf '%s\n' "$said" | tail -n 1)
      for range in $3; do
        if [ "$status" -ge "${range%-*}" ] && [ "$status" -le "${range#*-}" ]; then return; fi
      done
    fi
    sleep "$2"
  done
  return 1
}
"#;

/// A person who has the notes of a run list: types what they say on a machine without chefrs. Gives the end and what was said.
fn types(host: &Host, list: &str) -> (bool, String) {
    let notes = host.must(&format!("cd /root/project && chefrs export --to markdown -r {list}"));
    // What a person has who reads it: a shell, an editor, the network, and no chefrs.
    host.must("mv /usr/local/bin/chefrs /root");
    let script =
        format!("set -e\numask 022\nexport DEBIAN_FRONTEND=noninteractive\n{TRY}{}", followed(&notes));
    let script = script.replace("\napt-get install ", "\napt-get install --yes ");
    host.write("/root/typed.sh", script.as_bytes());
    let output = host.script("cd /root && bash typed.sh 2>&1");
    host.must("mv /root/chefrs /usr/local/bin");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), format!("{said}\n{script}"))
}

/// What chefrs would change afterwards. Only how old the package lists are it notes for itself.
fn left(host: &Host, list: &str) -> Vec<String> {
    let planned = host.script(&format!("cd /root/project && chefrs plan -r {list}"));
    assert!(matches!(planned.status.code(), Some(0 | 2)), "{planned:?}");
    let planned = String::from_utf8_lossy(&planned.stdout).into_owned();
    let is_other = |line: &&str| line.contains(": would ") && !line.trim_start().starts_with("apt_update[");
    planned.lines().filter(is_other).map(str::to_owned).collect()
}

#[test]
fn a_site_is_set_up_by_hand_from_the_notes_alone() {
    let Some([host]) = boot() else { return };
    host.write("/root/project/recipes/board.lua", SITE.as_bytes());
    let (is_good, said) = types(&host, "board");
    assert!(is_good, "{said}");
    // nginx answers the first requests after a reload as before.
    until("the page", || host.must("curl -sS http://127.0.0.1/").contains("It works. Leave a line."));
    assert_eq!(left(&host, "board"), Vec::<String>::new());
}

#[test]
fn a_django_site_is_set_up_by_hand_from_the_notes_alone() {
    let Some([host]) = boot() else { return };
    host.write("/root/project/chefrs.toml", SETTINGS.as_bytes());
    let (is_good, said) = types(&host, "django_app");
    assert!(is_good, "{said}");
    until("the page", || host.must("curl -sS http://127.0.0.1/").contains("It works."));
    assert_eq!(left(&host, "django_app"), Vec::<String>::new(), "{said}");
}

/// A step that fails: what its box says, and no step after it.
const FAILS: &str = r#"
local told = execute "told" { command = "touch /root/told", action = "nothing" }
file "/root/first" { content = "first\n" }
execute "fails" { command = "cat /root/first /root/missing", on_failure = { "run", told } }
file "/root/never" { content = "never\n" }
"#;

#[test]
fn a_step_that_fails_is_the_last_one() {
    let Some([host]) = boot() else { return };
    host.write("/root/project/recipes/fails.lua", FAILS.as_bytes());
    let (is_good, said) = types(&host, "fails");
    assert!(!is_good && said.contains("first\ncat: /root/missing"), "{said}");
    host.must("test -e /root/first && test -e /root/told && ! test -e /root/never");
}
