//! A part of a run on several machines: what it names need not be on each of them.

use super::systems::Systems;

/// A resource for one of three machines only.
const MOTD: &str = "
file \"/mnt/site/motd\" { content = `{node.motd.text}\\n`, tags = if node.motd.text == \"same\" then \"same\" else \"other\" }
file \"/mnt/site/more\" { content = \"more\\n\" }
";

#[test]
fn of_several_machines_one_must_have_what_is_named() {
    let Some(systems) = Systems::new() else { return };
    systems.write("recipes/motd.lua", MOTD);
    let words = ["-t", "@web", "-r", "motd"];
    for verb in ["plan", "run"] {
        let (status, stdout, _) = systems.call(&[&[verb], &words[..], &["--skip", "othr"]].concat());
        assert_eq!(status, 3, "{stdout}");
        let error = "error: --skip: nothing in this run has the tag `othr` or is of such a recipe\n";
        assert_eq!(stdout.matches(error).count(), 1, "{stdout}");
        assert_eq!(systems.read("web1", "site/more"), None);
    }
    let (status, stdout, stderr) = systems.call(&[&["run"], &words[..], &["--only", "other"]].concat());
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert_eq!(systems.read("web1", "site/motd"), None);
    assert_eq!(systems.read("web3", "site/motd").as_deref(), Some("other\n"));
    assert_eq!(systems.read("web3", "site/more"), None);
}
