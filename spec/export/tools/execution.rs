//! Tools run exported code on throw-away machines: the state afterwards is that after chefrs' own run, and a second run
//! changes nothing.

use super::project;
use crate::skipped::is_patient;
use crate::throwaway::{Throwaway, with_layer};

/// The secrets, for chefrs and as a file that all tools read.
const VARIABLES: &str = r#"export CHEFRS_SECRET_DB_PASSWORD="s{e} 'c' \"r\" \\e \$t #{x}""#;
const SECRETS: &str = r#"{"secrets": {"db.password": "s{e} 'c' \"r\" \\e $t #{x}"}}
"#;

/// A tool.
struct Tool {
    form: &'static str,
    /// The command that runs the code.
    run: &'static str,
    /// Whether its last run changed something: what `$status` and `out` say.
    has_changed: &'static str,
}

const ANSIBLE: Tool = Tool {
    form: "ansible",
    run: "ansible-playbook -i localhost, -c local -e @/root/secrets.json site.yml",
    has_changed: "! grep -q 'changed=0 .*failed=0' out",
};
const PUPPET: Tool = Tool {
    form: "puppet",
    run: "puppet apply --hiera_config /root/hiera.yaml --detailed-exitcodes --modulepath modules site.pp",
    has_changed: "[ $status != 0 ]",
};
const ITAMAE: Tool = Tool {
    form: "chef",
    run: "itamae local --detailed-exitcode --node-json /root/secrets.json recipes/default.rb",
    has_changed: "[ $status != 0 ]",
};
const SALT_CALL: Tool = Tool {
    form: "salt",
    run: "/opt/salt/bin/salt-call --local --file-root=. --pillar-root=/root/pillar --retcode-passthrough state.apply",
    has_changed: "[ $status != 0 ] || grep -q '(changed=' out",
};

/// What the recipes leave, as text.
const STATE: &str = r"
find /srv -printf '%p %y %m %u %g %l\n' | LC_ALL=C sort
find /srv -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
cat /srv/*/log
getent passwd wide || :
getent group wide || :
dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' cron curl
";

/// A machine with the tools; Salt is in a layer that takes long to make.
fn machine(tool: &Tool, name: &str) -> Option<Throwaway> {
    let machine = with_layer(name, if tool.form == "salt" { "salt" } else { "tools" })?;
    machine.directory("/root/project", &project());
    machine.file("/root/secrets.json", SECRETS);
    machine.file("/root/pillar/top.sls", "base:\n  '*':\n    - secrets\n");
    machine.file("/root/pillar/secrets.sls", &format!("#!json\n{SECRETS}"));
    let hierarchy = "version: 5\ndefaults: {datadir: /root, data_hash: json_data}\n\
                     hierarchy: [{name: secrets, path: secrets.json}]\n";
    machine.file("/root/hiera.yaml", hierarchy);
    Some(machine)
}

/// Runs the code of a tool twice.
fn runs_like_chefrs(tool: &Tool, recipe: &str) {
    let Some(own) = machine(tool, &format!("{}-{recipe}-own", tool.form)) else { return };
    own.must(&format!("cd /root/project && {VARIABLES} && chefrs run -r {recipe}"));
    let expected = own.must(STATE);
    let Some(other) = machine(tool, &format!("{}-{recipe}", tool.form)) else { return };
    other.must(&format!("cd /root/project && chefrs export --to {} -r {recipe} -o /root/code", tool.form));
    let run = |number: usize| {
        let Tool { run, has_changed, .. } = tool;
        other.must(&format!(
            "cd /root/code && status=0; {run} >out 2>&1 || status=$?; cat out\n\
             if {has_changed}; then echo \"run {number} has changed something, status $status\"; fi"
        ))
    };
    let first = run(1);
    assert!(first.contains("run 1 has changed something"), "{first}");
    let actual = other.must(STATE);
    let diff = similar::TextDiff::from_lines(&expected, &actual);
    let diff = diff.unified_diff().header("chefrs", tool.form).to_string();
    assert!(diff.is_empty(), "{diff}\n{first}");
    let second = run(2);
    assert!(!second.contains("run 2 has changed something"), "{second}");
    assert_eq!(other.must(STATE), actual, "{second}");
}

/// On another system, the code does nothing.
fn refuses_another_system(tool: &Tool) {
    let Some(machine) = machine(tool, &format!("{}-other", tool.form)) else { return };
    let output = machine.script(&format!(
        "cd /root/project && chefrs export --to {} --facts rocky-9 -r wide -o /root/code && cd /root/code && {}",
        tool.form, tool.run
    ));
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    machine.must("test ! -e /srv/wide");
}

#[test]
fn ansible_leaves_what_chefrs_does() {
    runs_like_chefrs(&ANSIBLE, "wide");
    runs_like_chefrs(&ANSIBLE, "nested");
    refuses_another_system(&ANSIBLE);
}

#[test]
fn puppet_leaves_what_chefrs_does() {
    runs_like_chefrs(&PUPPET, "wide");
    runs_like_chefrs(&PUPPET, "nested");
    refuses_another_system(&PUPPET);
}

#[test]
fn itamae_leaves_what_chefrs_does_with_the_code_for_chef() {
    runs_like_chefrs(&ITAMAE, "wide");
    runs_like_chefrs(&ITAMAE, "nested");
    refuses_another_system(&ITAMAE);
}

#[test]
fn salt_leaves_what_chefrs_does() {
    if !is_patient() {
        return;
    }
    runs_like_chefrs(&SALT_CALL, "wide");
    runs_like_chefrs(&SALT_CALL, "nested");
    refuses_another_system(&SALT_CALL);
}

/// Chef itself is in no registry of Debian, so Ruby evaluates the recipe with stubs in the place of Chef's words.
#[test]
fn the_code_for_chef_reads_secrets_from_a_data_bag() {
    let Some(machine) = machine(&ITAMAE, "chef-data-bag") else { return };
    machine.file("/root/chef_recipe.rb", include_str!("chef_recipe.rb"));
    machine.file("/root/item.json", r#"{"id": "exported", "db.password": "s{e} #{x} 'c'"}"#);
    machine.file("/root/empty.json", r#"{"id": "exported"}"#);
    machine.must("cd /root/project && chefrs export --to chef --facts debian-12 -r wide -o /root/code");
    let declared = machine.must("ruby /root/chef_recipe.rb /root/code/recipes/default.rb /root/item.json");
    for expected in [
        // The secret is data, and Chef's own words stand where itamae has none.
        "file[/srv/wide/secret.conf]\n  content \"password = \\\"s{e} \\#{x} 'c'\\\"\\n\"\n  mode \"0600\"\n  sensitive true\n",
        "  notifies :run, \"execute[execute chained run]\", :immediately\n",
        "  timeout 60\n",
    ] {
        assert!(declared.contains(expected), "{expected}\n{declared}");
    }
    assert!(!declared.contains("  mode \"0644\"\n"), "itamae alone needs it\n{declared}");
    let output = machine.script("ruby /root/chef_recipe.rb /root/code/recipes/default.rb /root/empty.json");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("secrets are missing: db.password"), "{said}");
}
