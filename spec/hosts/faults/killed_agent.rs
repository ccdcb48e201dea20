//! Rule 8 over ssh: the agent is killed at each step that reaches the disk or a process, and the next run pays once.
//!
//! Whatever the agent tells, it tells between two of these steps, so no event is left out. What is at work when the
//! agent dies may run once more: that its command came to its end could not be written down any more.

use std::path::Path;
use std::process::{Command, Stdio};

use chefrs::model::journal::Journal;

use super::{Control, Host, boot, installed};
use crate::cli::killed::{MADE, PAID, RECIPE};
use crate::patience::{CallInTime as _, until};
use crate::skipped::skip;

/// What changes the disk, starts a command or waits for it.
const STEPS: [&str; 8] =
    ["mkdirat", "renameat", "fchmodat", "ftruncate", "write", "fdatasync", "pidfd_open", "poll"];

/// Steps behind which a command may have come to its end while it is still owed.
const UNSURE: [&str; 4] = ["ftruncate", "write", "pidfd_open", "poll"];

/// Lets the process of the run be traced as `/root/trace/step` says, once. The agent at the connection is the real one,
/// and takes itself for what lies at its path; there lies [`AGENT`] by then.
const SESSION: &str = r#"#!/bin/sh
step=/root/trace/step
[ -e $step ] || exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"
mv $step $step.now
agent=$(echo /var/lib/chefrs/agent/chefrs-*[0-9a-f])
cp -n "$agent" /root/trace/chefrs-0
# Whoever looks for the agent goes by its size, and by its bytes where it was written to since.
truncate -s "$(stat -c %s "$agent")" /root/trace/agent
chmod 700 /root/trace/agent
touch -r "$agent" /root/trace/agent
exec 3< "$agent"
exec unshare --mount --propagation private /bin/sh -c \
  'mount --bind /root/trace/agent "$1" && exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"' sh "$agent"
"#;

/// Stands in for the agent.
const AGENT: &str = r#"#!/bin/sh
[ "$2" = --run ] || exec /proc/self/fd/3 "$@"
read -r call number < /root/trace/step.now
cd /root/trace
exec ./ld-linux-x86-64.so.2 --library-path . ./strace -o /dev/null -e trace=$call \
  -e inject=$call:signal=KILL:when=$number /root/trace/chefrs-0 "$@"
"#;

/// Waits for what the agent has left running; then the log, and behind a line of dots the journal.
const LOOK: &str = "while pgrep -f '^(/bin/)?sh -c echo |/chefrs-[0-9a-f]* agent' > /dev/null; do sleep 0.01; done; \
                    cat /srv/ten/log; echo ...; cat /var/lib/chefrs/journal";

#[test]
fn an_agent_killed_at_any_step_is_succeeded_by_one_that_pays_once() {
    if !installed("strace") {
        skip("no strace");
        return;
    }
    let Some([host]) = boot() else { return };
    bring_strace(&host);
    let control = Control::lasting(&host, &RECIPE.replace("[DIR]", "/srv/ten"));
    // The agent is there before it counts.
    control.there("mkdir /srv/ten");
    control.call("plan", &[]).with(2);
    let (mut kills, mut twice) = (0, 0);
    for call in STEPS {
        for number in 1..200 {
            control.there(&format!(
                "rm -rf /srv/ten /var/lib/chefrs/history; mkdir /srv/ten; : > /var/lib/chefrs/journal; \
                 echo {call} {number} > /root/trace/step"
            ));
            if control.call("run", &[]).status == 0 {
                break;
            }
            assert!(number < 199, "no run ever gets past {call}");
            kills += 1;
            twice += usize::from(healed(&control, call, number));
        }
    }
    eprintln!("{kills} kills; {twice} times what was at work ran once more");
    assert!(kills > 40, "a run of ten resources has more than {kills} steps");
}

/// Runs again, and holds everything to its place. Whether something ran once more than it should.
fn healed(control: &Control, call: &str, number: u32) -> bool {
    let before = control.there(LOOK);
    let (log, journal) = before.split_once("...\n").unwrap();
    let words = control.run();
    let after = control.there(LOOK);
    let place = format!("killed before {call} {number}; then:\n{before}{words}{after}");
    let (paid, owed) = after.split_once("...\n").unwrap();
    assert_eq!(owed, "", "{place}");
    let mut paid: Vec<&str> = paid.lines().collect();
    paid.sort_unstable();
    for (path, text) in MADE {
        assert_eq!(control.there(&format!("cat /srv/ten/{path}")), text, "{place}");
    }
    if paid == PAID {
        return false;
    }
    // Only what had run, and stood in the journal still.
    let at_work = Journal::read(journal).owed;
    let at_work = at_work.iter().filter_map(|debt| debt.to.strip_prefix("execute[")?.strip_suffix(']'));
    let more = at_work.filter(|name| log.lines().any(|line| line == *name)).find(|name| {
        let mut expected = [PAID.as_slice(), &[name]].concat();
        expected.sort_unstable();
        paid == expected
    });
    assert!(more.is_some() && UNSURE.contains(&call), "{place}");
    true
}

/// The tracer of this machine, with what it needs, for sessions there.
fn bring_strace(host: &Host) {
    let needs = Command::new("ldd").arg("/usr/bin/strace").output_in_time().unwrap();
    let needs = String::from_utf8(needs.stdout).unwrap();
    let files = needs.split_whitespace().filter(|word| word.starts_with('/')).chain(["/usr/bin/strace"]);
    for file in files {
        let name = Path::new(file).file_name().unwrap().to_str().unwrap();
        host.write(&format!("/root/trace/{name}"), &std::fs::read(file).unwrap());
    }
    host.write("/root/trace/session", SESSION.as_bytes());
    host.write("/root/trace/agent", AGENT.as_bytes());
    host.write("/etc/ssh/sshd_config.d/trace.conf", b"ForceCommand /root/trace/session\n");
    host.must("chmod -R 755 /root/trace && systemctl reload ssh");
    // A server that reads its settings anew lets nobody in for a moment.
    until("it lets somebody in", || {
        host.ssh(&["true"]).stderr(Stdio::null()).status_in_time().unwrap().success()
    });
}
