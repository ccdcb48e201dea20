//! A run that is killed at any step of a deployment is succeeded by one that completes it.

use super::super::{Host, boot_patiently};
use super::project::Project;

/// Read by every Python of the machine, before anything else. `/root/kill` names a step and a moment: at its `begin`, in its
/// midst, at its `end`. The run dies without a word; its step dies with it, or goes on behind its back.
const KILLER: &str = r#"
import atexit, os, signal, sys, threading

def ancestors():
    process = os.getppid()
    while process > 1:
        with open(f"/proc/{process}/stat") as file:
            head, _, rest = file.read().rpartition(")")
        yield process, head.partition("(")[2]
        process = int(rest.split()[1])

def kill(dies):
    os.rename("/root/kill", "/root/killed")
    for process in [process for process, name in ancestors() if name == "chefrs"]:
        os.kill(process, signal.SIGKILL)
    if dies:
        os.kill(os.getpid(), signal.SIGKILL)

words = sys.orig_argv
if "/usr/local/lib/chefrs-django" in words and os.geteuid() == 0 and os.path.exists("/root/kill"):
    step, moment = open("/root/kill").read().split()
    if words[words.index("/usr/local/lib/chefrs-django") + 2] == step:
        if moment == "begin":
            kill(True)
        elif moment == "end":
            atexit.register(kill, True)
        elif moment == "behind":
            kill(False)
        else:
            timer = threading.Timer(float(moment), kill, [True])
            timer.daemon = True
            timer.start()
"#;

/// Each step with a moment in it.
const PLACES: &[&str] = &[
    "lay begin",
    "lay behind",
    "install 0.3",
    "install behind",
    "deploy-check 0.2",
    "static behind",
    "migrate 0.4",
    "release-task end",
    "trial behind",
    "switch begin",
    "switch end",
    "is-running begin",
    "is-answered begin",
    "post-deploy begin",
    "post-deploy end",
    "prune begin",
];

const PAGE: &str = "/admin/login/";

#[test]
fn a_run_killed_at_any_step_is_completed_by_the_next_one() {
    let Some([host]) = boot_patiently() else { return };
    let project = Project::stock(&host);
    let hooks = "pre_build = \"sleep 0.2; date >built\"\nrelease_task = \"basename $RELEASE >>$HOME/tasks\"\n\
                 post_deploy = \"basename $RELEASE >>$HOME/announced\"\n";
    project.set(hooks);
    project.add("mysite/settings.py", "INSTALLED_APPS.append('notes')\n");
    project.write("notes/__init__.py", "");
    project.write("notes/migrations/__init__.py", "");
    project.run().with(0, "0 failed");
    arm(&host);
    for (number, place) in PLACES.iter().enumerate() {
        let answers = project.while_visited_every(0.2, 20, PAGE, || {
            // Another migration and another page, so that every step has something to do.
            let step = place.split(' ').next().unwrap();
            project.write(&format!("notes/migrations/{number:04}_next.py"), &migration(number));
            project.add("mysite/urls.py", &format!("# {number}\n"));
            if step == "install" {
                project.add("requirements.txt", &format!("# {number}\n"));
            }
            let served = project.release("current");
            host.write("/root/kill", place.as_bytes());
            let said = project.run();
            assert!(!host.script("test -e /root/kill").status.success(), "{place}: not reached\n{}", said.text);
            assert!([128 + 9, -1].contains(&said.status), "{place}: {} {}", said.status, said.text);
            let is_before = PLACES.iter().position(|each| each.starts_with("switch end")) > Some(number);
            assert_eq!(project.release("current") == served, is_before, "{place}");

            let said = project.run().with(0, "0 failed");
            let release = project.release("current");
            assert_ne!(release, served, "{place}: {said}");
            for list in ["tasks", "announced"] {
                let last = host.must(&format!("tail -n 1 /srv/shop/shared/data/{list}"));
                assert_eq!(last.trim(), release, "{place}: {list}\n{said}");
            }
            let running = "tr '\\0' '\\n' </proc/$(systemctl show -p MainPID --value shop-web.service)/environ | grep ^RELEASE=";
            assert!(host.must(running).trim().ends_with(&release), "{place}");
            let pending = host.must("shop-manage showmigrations notes | grep -c '\\[ \\]' || true");
            assert_eq!(pending, "0\n", "{place}");
        });
        assert!(answers.iter().all(|(status, _)| status == "200"), "{place}: {answers:?}");
    }
    project.run().with(0, "0 updated");
    // Nothing is left of what was cut off.
    assert_eq!(host.must("ls -A /srv/shop/releases | grep -c ^[.] || true"), "0\n");
}

/// Has every Python of a host read the file that kills.
pub(super) fn arm(host: &Host) {
    host.feed(
        "d=$(echo /usr/local/lib/python3*/dist-packages); mkdir -p $d; cat >$d/killer.py; echo 'import killer' >$d/killer.pth",
        KILLER.as_bytes(),
    );
}

/// A migration that takes a while, after the one before it.
fn migration(number: usize) -> String {
    let before = match number.checked_sub(1) {
        Some(before) => format!("('notes', '{before:04}_next')"),
        None => String::new(),
    };
    format!(
        "import time\nfrom django.db import migrations\ndef wait(apps, schema): time.sleep(0.3)\nclass Migration(migrations.Migration):\n    \
         dependencies = [{before}]\n    operations = [migrations.RunPython(wait, wait)]\n"
    )
}
