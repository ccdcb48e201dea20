//! The host goes dark in the middle of a run: the run ends by itself and says so, and the next one pays what is owed.

use super::{Control, boot, says, until};

const RECIPE: &str = r#"
file "/srv/first" { content = "x", notifies = { { "run", "execute[paid]" }, { "run", "execute[at once]", "immediately" } } }
execute "work" { command = "touch /run/begun; test -e /srv/again || sleep 600" }
execute "paid" { action = "nothing", command = "echo paid >> /srv/log" }
execute "at once" { action = "nothing", command = "echo at once >> /srv/log" }
"#;

#[test]
fn a_host_that_loses_its_power_pays_when_it_is_back() {
    let Some([host]) = boot() else { return };
    let control = Control::new(&host, RECIPE);
    let run = control.hear("run", &[]);
    until(&host, "test -e /run/begun");
    host.kill();
    host.start();
    host.must("touch /srv/again; test -s /var/lib/chefrs/journal");
    // A keep-alive finds a machine that knows nothing of the connection.
    let told = control.told(run.end()).with(1);
    says(&told, &["error: ", &format!("`ssh://{}`", host.name())]);

    says(&control.call("plan", &[]).with(2), &["execute[paid] run: would run echo paid"]);
    says(&control.run(), &["execute[paid] run: echo paid", "2 updated, 1 up to date"]);
    assert_eq!(host.must("cat /srv/log; cat /var/lib/chefrs/journal"), "at once\npaid\n");
    // And a host that stays dark is one that can't be reached.
    host.kill();
    let told = control.call("run", &[]).with(4);
    says(&told, &["error: ", &format!("`ssh://{}`", host.name()), "hint: is it up"]);
}
