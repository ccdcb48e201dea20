//! Two runs at once on one host: the second waits and says for whom, or goes away at once where it was told to.

use super::{Control, boot, says, until};

const RECIPE: &str = "execute \"echo one >> /srv/log; touch /run/begun; for i in $(seq 9000); do test -e /run/go && break; sleep 0.05; done\"\n";

#[test]
fn the_second_waits_and_says_for_whom() {
    let Some([host]) = boot() else { return };
    let control = Control::new(&host, RECIPE);
    let other = Control::new(&host, "execute \"echo two >> /srv/log\"\n");

    let first = control.start("run", &[]);
    until(&host, "test -e /run/begun");
    let holder = host.must("sed -n 's/.*\"run\":\"\\([^\"]*\\)\".*/\\1/p' /var/lib/chefrs/lock");
    let holder = format!("the run {} by ", holder.trim());

    let told = other.call("run", &["--lock-timeout", "0"]).with(5);
    let locked = format!("error: `ssh://{}`: the target is locked by {holder}", host.name());
    says(&told, &[&locked, ", process ", ", since 20", "hint: `--lock-timeout SECONDS` waits for it\n"]);
    let told = other.call("run", &["--lock-timeout", "1"]).with(5);
    says(&told, &[&format!("waiting for {holder}"), &locked, "`--lock-timeout` more seconds"]);
    // A plan takes nothing, so it waits for nobody.
    other.call("plan", &[]).with(2);

    let second = other.start("run", &[]);
    until(&host, "test $(pgrep -fc '/chefrs-[0-9a-f]* agent --run') = 2");
    host.must("touch /run/go");
    control.end(first).with(0);
    says(&other.end(second).with(0), &["1 updated, 0 up to date, 0 failed"]);
    assert_eq!(host.must("cat /srv/log"), "one\ntwo\n");
}
