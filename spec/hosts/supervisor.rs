//! The cookbook `supervisor`, with the real one.

use super::boot;
use super::convergence::{converge, fail, planned};

const PREPARED: &str =
    "apt_update \"lists\"\ninclude_recipe \"supervisor\"\nuser \"shop\" { system = true, home = \"/srv\" }\n";

const DECLARED: &str = r#"
include_recipe "supervisor"
local supervisor = require "@supervisor"
supervisor.program "one" {
  command = { "sh", "-c", "echo \"$TOKEN|$HOME|$PWD|$1\"; exec sleep 1000", "sh", "it's 100% ; \"so\"" },
  user = "shop", directory = "/var", environment = { TOKEN = secret "token", PLAIN = "a\nb" }, stop_signal = "INT",
}
supervisor.program "two" { command = { "sleep", "1000" }, user = "shop", processes = 2 }
supervisor.program "once" { command = { "true" }, user = "shop", autorestart = "never", start_seconds = 0 }
supervisor.program "three" { command = { "sleep", "1000" }, user = "shop", group = "web" }
supervisor.group "web" { programs = { "three" } }
"#;

#[test]
fn programs_run_as_declared_and_only_what_changed_is_restarted() {
    let Some([host]) = boot() else { return };
    host.write("/root/chefrs.toml", b"[secrets]\nprogram = [\"cat\", \"/root/{name}.secret\"]\n");
    host.write("/root/token.secret", b"it's % a \"$secret\"; word");
    converge(&host, PREPARED);
    converge(&host, DECLARED);

    let said = host.must("cat /var/log/supervisor/one.log");
    assert_eq!(said, "it's % a \"$secret\"; word|/srv|/var|it's 100% ; \"so\"\n");
    host.must("runuser -u shop -- cat /etc/supervisor-programs/one >/dev/null && ! runuser -u nobody -- cat /etc/supervisor-programs/one");
    host.must("! grep -rl 'secret. word' /var/lib/chefrs /etc/supervisor");
    let processes = || host.must("supervisorctl status | awk '{ print $1, $2, $4 }'").replace(',', "");
    let before = processes();
    for line in
        ["one RUNNING", "two:two_00 RUNNING", "two:two_01 RUNNING", "once EXITED", "web:three RUNNING"]
    {
        assert!(before.contains(line), "{line}: {before}");
    }

    // The others have the processes that they had.
    let kept = |name: &str, before: &str, after: &str| {
        let of = |text: &str| text.lines().filter(|line| line.contains(name)).collect::<Vec<_>>().join("\n");
        of(before) == of(after)
    };
    let changed = DECLARED.replace("processes = 2", "processes = 3");
    converge(&host, &changed);
    let after = processes();
    assert!(after.contains("two:two_02 RUNNING") && !kept("two", &before, &after), "{after}");
    assert!(kept("one", &before, &after) && kept("three", &before, &after), "{before}\n{after}");

    // Another secret is another program; the plan says so.
    host.write("/root/token.secret", b"another word than that");
    let said = planned(&host, &changed);
    assert!(said.contains("template[/etc/supervisor-programs/one] create: would"), "{said}");
    converge(&host, &changed);
    assert!(host.must("cat /var/log/supervisor/one.log").contains("another word than that|"));
    assert!(kept("three", &after, &processes()) && !kept("one ", &after, &processes()));

    // A change of a program in a group comes by the group.
    let later = changed.replace("user = \"shop\", group", "user = \"shop\", stop_seconds = 5, group");
    converge(&host, &later);
    assert!(!kept("three", &after, &processes()));

    host.must("supervisorctl stop one web:three");
    let said = planned(&host, &later);
    assert!(
        said.contains("was \"stopped\"") && said.contains("1 would change, 15 up to date, 1 unknown"),
        "{said}"
    );
    converge(&host, &later);
    let said = fail(
        &host,
        &later.replace(
            "\"sleep\", \"1000\" }, user = \"shop\", processes",
            "\"false\" }, user = \"shop\", processes",
        ),
    );
    assert!(said.contains("setting[program two of supervisor]"), "{said}");

    const REMOVED: &str = r#"
include_recipe "supervisor"
local supervisor = require "@supervisor"
supervisor.group "web" { action = "delete" }
for _, name in ipairs({ "one", "two", "three" }) do supervisor.program(name) { action = "delete" } end
"#;
    converge(&host, REMOVED);
    let after = processes();
    assert!(after.starts_with("once EXITED") && after.lines().count() == 1, "{after}");
    host.must("! pgrep -x sleep && ! ls /etc/supervisor-programs/one");
}
