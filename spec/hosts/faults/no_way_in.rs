//! A target that can't be reached, or is not who it was: told apart before anything is sent, with the way out.

use std::process::Command;

use super::{Control, Host, Told, boot, says};
use crate::patience::{CallInTime as _, until};

/// Cases that need no change on the host: name in the ssh_config, its lines, what is said.
const CASES: &[(&str, &str, &[&str])] = &[
    (
        "nobody",
        "HostName [NET].250",
        &[
            "error: there is no route to `ssh://nobody`\n",
            "hint: is it up, and is its address the right one?\n",
        ],
    ),
    (
        "shut",
        "HostName [HOST]\n  Port 2222",
        &[
            "error: `ssh://shut` refuses the connection\n",
            "port 2222: Connection refused\n",
            "hint: is sshd running there, and on this port?\n",
        ],
    ),
    (
        "misspelt",
        // No name server is asked for a name with a label that is too long for one.
        "HostName [LONG].invalid",
        &[
            "error: the host name of `ssh://misspelt` can't be resolved\n",
            "hint: give an address, or a `Host` of ssh_config\n",
        ],
    ),
    (
        "behind_nobody",
        "HostName [HOST]\n  ProxyJump nobody",
        &["error: there is no route to the jump host `nobody` before `ssh://behind_nobody`\n"],
    ),
    (
        "behind_shut",
        "HostName [HOST]\n  ProxyJump shut",
        &["error: the jump host `shut` before `ssh://behind_shut` refuses the connection\n"],
    ),
    (
        "behind_misspelt",
        "HostName [HOST]\n  ProxyJump misspelt",
        &[
            "error: the host name of the jump host `misspelt` before `ssh://behind_misspelt` can't be resolved\n",
        ],
    ),
    (
        "shut_behind_jump",
        "HostName [HOST]\n  Port 2222\n  ProxyJump jump",
        &["error: `ssh://shut_behind_jump` refuses the connection\n"],
    ),
    (
        "stranger",
        "HostName [HOST]\n  HostKeyAlias jump\n  IdentityFile [DIR]/stranger",
        &[
            "error: `ssh://stranger` accepts none of your keys\n",
            "Permission denied (publickey",
            "hint: `ssh -F other_config stranger true` must work without a question first\n",
        ],
    ),
    (
        "new",
        "HostName [HOST]\n  UserKnownHostsFile /dev/null",
        &[
            "error: the host key of `ssh://new` is not known here; it shows ssh-ed25519 [SHOWN]\n",
            "hint: compare it with the machine's own, then accept it once: ssh -F other_config new true\n",
        ],
    ),
    (
        "changed",
        "HostName [HOST]\n  UserKnownHostsFile [DIR]/changed_hosts",
        &[
            "error: the host key of `ssh://changed` has changed; [KNOWN] is known, but it shows ssh-ed25519 [SHOWN]\n\
             note: Offending ED25519 key in [DIR]/changed_hosts:1\n",
            "hint: somebody may stand between you and the machine: find out why it changed\n",
            "hint: if it was reinstalled: ssh-keygen -f \"[DIR]/changed_hosts\" -R \"[HOST]\"\n",
        ],
    ),
];

#[test]
fn every_way_that_leads_nowhere_is_told_apart() {
    let Some([host]) = boot() else { return };
    let control = Control::new(&host, "file \"/root/made\" { content = \"x\" }\n");
    let words = Words::new(&host, &control);
    let begin = host.must("date +%s");

    for (name, _, parts) in CASES {
        // Nobody is there, or somebody is and says no.
        let code = if matches!(*name, "stranger" | "new" | "changed") { 6 } else { 4 };
        let told = call(&control, name).with(code);
        let parts: Vec<String> = parts.iter().map(|part| words.fill(part)).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        says(&told, &parts);
        assert!(told.starts_with("error: ") && told.matches("error: ").count() == 1, "{told}");
    }
    says(
        &call(&control, "ssh://root@stranger:22").with(6),
        &["hint: `ssh -F other_config -p 22 root@stranger true` must work without a question first\n"],
    );
    host.must("test ! -e /root/made && test ! -e /var/lib/chefrs");
    // Whose key is in doubt gets to see none of ours: the server knows of no user but the stranger. (Not by unit: of
    // a process that has ended meanwhile the journal may not know it.)
    let mut log = String::new();
    let (mut known, mut unknown) = (0, 0);
    // A server tells of a connection when it notices its end.
    until("four connections that came to nothing", || {
        log = host.must(&format!(
            "journalctl --sync; journalctl -t sshd -t sshd-session --since @{} -o cat",
            begin.trim()
        ));
        let ended: Vec<&str> = log.lines().filter(|line| line.contains("[preauth]")).collect();
        known = ended.iter().filter(|line| line.contains("authenticating user root")).count();
        unknown = ended.len() - known;
        known >= 2 && unknown >= 2
    });
    assert_eq!(known, 2, "{log}");
}

fn call(control: &Control, target: &str) -> Told {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
    command.args(["run", "-t", target, "--ssh-config", "other_config", "-r", "spec"]);
    control.prepare(&mut command);
    control.told(command.output_in_time().unwrap())
}

/// What differs from one boot to the next.
struct Words {
    net: String,
    host: String,
    shown: String,
    known: String,
}

impl Words {
    /// Makes keys, a known_hosts that is wrong, and the ssh_config of the cases.
    fn new(host: &Host, control: &Control) -> Self {
        let address = host.address().to_string();
        for key in ["stranger", "other"] {
            let mut make = Command::new("ssh-keygen");
            make.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(control.path(key));
            assert!(make.status_in_time().unwrap().success());
        }
        let other = std::fs::read_to_string(control.path("other.pub")).unwrap();
        control.file("changed_hosts", &format!("{address} {other}"));
        let print = |text: &str| text.split_whitespace().nth(1).unwrap().to_owned();
        let known =
            Command::new("ssh-keygen").arg("-lf").arg(control.path("other.pub")).output_in_time().unwrap();
        let words = Self {
            net: address.rsplit_once('.').unwrap().0.to_owned(),
            host: address,
            shown: print(&host.must("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key")),
            known: print(&String::from_utf8(known.stdout).unwrap()),
        };
        let cases: Vec<String> =
            CASES.iter().map(|(name, lines, _)| format!("Host {name}\n  {lines}\n")).collect();
        // Their own options come first, and the first that is found holds.
        let all = std::fs::read_to_string(host.ssh_config()).unwrap();
        let key = all.lines().find(|line| line.trim().starts_with("IdentityFile ")).unwrap();
        let others = all.replace(key, "");
        let known_hosts = all.lines().find(|line| line.trim().starts_with("UserKnownHostsFile ")).unwrap();
        let known_hosts = std::fs::read_to_string(known_hosts.split_whitespace().nth(1).unwrap()).unwrap();
        let jump = known_hosts.lines().find(|line| line.contains(&words.host)).unwrap();
        let jump = jump.split_once(' ').unwrap().1;
        control.file("jump_hosts", &format!("jump {jump}\n"));
        let text = format!(
            "{}Host jump\n  HostName [HOST]\n  HostKeyAlias jump\n\
             Host jump stranger\n  UserKnownHostsFile [DIR]/jump_hosts\n\
             Match !originalhost stranger\n{key}\n{others}",
            cases.concat()
        );
        control.file("other_config", &words.fill(&text));
        words
    }

    fn fill(&self, text: &str) -> String {
        text.replace("[NET]", &self.net)
            .replace("[HOST]", &self.host)
            .replace("[LONG]", &"x".repeat(64))
            .replace("[SHOWN]", &self.shown)
            .replace("[KNOWN]", &self.known)
    }
}
