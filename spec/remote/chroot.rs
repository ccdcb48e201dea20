//! A directory that holds a system is a target like any other.

use std::process::{Command, Stdio};

use crate::patience::CallInTime as _;
use crate::skipped::{is_root, skip};

/// Makes a system of this one: everything is shared but the state directory. Arguments: root, program, project.
const ENTER: &str = "\
set -e
mount --make-rprivate /
mkdir -p /var/lib/chefrs
mount --rbind / \"$1\"
mount -t tmpfs -o mode=0700 tmpfs \"$1/var/lib/chefrs\"
cd \"$3\"
\"$2\" run -t \"chroot:$1\" -r motd
test -x \"$1\"/var/lib/chefrs/agent/chefrs-*[0-9a-f]
\"$2\" run -t \"chroot:$1\" -r motd
\"$2\" run -t \"chroot:$1\" -r slow 2>&1 & run=$!
for i in $(seq 9000); do [ -e begun ] && break; sleep 0.05; done
kill -9 $(cat /proc/$run/task/*/children)
touch go
wait $run
";

#[test]
fn a_chroot_is_converged_and_left_alone() {
    if !is_root() {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let project = tempfile::tempdir().unwrap();
    let place = project.path().to_str().unwrap();
    std::fs::create_dir(project.path().join("recipes")).unwrap();
    let recipe = format!("file \"{place}/motd\" {{ content = \"hello\\n\" }}\n");
    std::fs::write(project.path().join("recipes/motd.lua"), recipe).unwrap();
    let slow = format!(
        "execute \"slow\" {{ cwd = \"{place}\", command = \"touch begun; for i in $(seq 9000); do [ -e go ] && break; sleep 0.05; done\" }}\n"
    );
    std::fs::write(project.path().join("recipes/slow.lua"), slow).unwrap();
    let output = Command::new("unshare")
        .args(["--mount", "--", "/bin/sh", "-c", ENTER, "enter"])
        .args([root.path(), env!("CARGO_BIN_EXE_chefrs").as_ref(), project.path()])
        .env("CHEFRS_STATE_DIRECTORY", project.path().join("control"))
        .stdin(Stdio::null())
        .output_in_time()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains(&format!("converging chroot:{}: motd", root.path().to_str().unwrap())), "{text}");
    assert!(text.contains("1 updated, 0 up to date, 0 failed"), "{text}");
    assert!(text.contains("0 updated, 1 up to date, 0 failed"), "{text}");
    // The agent's connection was ended, its run not.
    assert!(
        text.contains("was lost; the run continues there") && text.contains("is connected again"),
        "{text}"
    );
    assert_eq!(text.matches("1 updated, 0 up to date, 0 failed").count(), 2, "{text}");
}

/// A system of busybox alone. Arguments: root, program, project.
const BUSYBOX: &str = "\
set -e
cd \"$1\"
mkdir -p bin etc tmp proc dev var/lib srv
cp \"$(command -v busybox)\" bin/busybox
for library in $(ldd bin/busybox | grep -o '/[^ ]*'); do
  mkdir -p \"./${library%/*}\"
  cp -L \"$library\" \"./$library\"
done
for name in $(bin/busybox --list); do [ \"$name\" = busybox ] || ln -s busybox bin/\"$name\"; done
echo root:x:0:0:root:/:/bin/sh > etc/passwd
echo root:x:0: > etc/group
mount --make-rprivate /
for engine in shell agent; do
  (cd \"$3\"; \"$2\" plan -t \"chroot:$1\" -r all --engine $engine 2>lacks.$engine) || [ $? = 4 ]
done
[ -z \"$(ls -A dev; ls -A var/lib)\" ]
mknod -m 666 dev/null c 1 3
(cd \"$3\"; \"$2\" facts -t \"chroot:$1\" 2>lacks.proc) || [ $? = 4 ]
mount -t proc proc proc
cd \"$3\"
for engine in shell agent; do
  \"$2\" plan -t \"chroot:$1\" -r all --engine $engine --format json > plan.$engine || [ $? = 2 ]
  \"$2\" run -t \"chroot:$1\" -r all --engine $engine --format json > run.$engine
  \"$2\" run -t \"chroot:$1\" -r all --engine $engine --format json > again.$engine
  \"$2\" status -t \"chroot:$1\" --engine $engine --format json > status.$engine
  rm -r \"$1\"/srv/site
done
rm \"$1\"/bin/sh
\"$2\" facts -t \"chroot:$1\" 2>none || [ $? = 4 ]
";

#[test]
fn a_system_of_busybox_alone_is_worked_on_the_same_way_by_both_engines() {
    if !is_root() {
        return;
    }
    if Command::new("busybox").arg("true").output_in_time().is_err() {
        skip("no busybox");
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let project = tempfile::tempdir().unwrap();
    let place = |name: &str| project.path().join(name);
    std::fs::create_dir(place("recipes")).unwrap();
    std::fs::create_dir(place("files")).unwrap();
    std::fs::write(place("files/bytes"), vec![7; 200_000]).unwrap();
    let recipe = r#"
directory "/srv/site" { mode = "0750" }
file "/srv/site/motd" { content = "hello\n", notifies = { "run", "execute[reload]" } }
cookbook_file "/srv/site/bytes" { source = "bytes", verify = "test -s {path}" }
link "/srv/site/link" { to = "motd" }
execute "pack" { command = "tar -cf /srv/site/a.tar motd && echo packed", cwd = "/srv/site", creates = "/srv/site/a.tar" }
archive_file "/srv/site/a.tar" { destination = "/srv/site/unpacked" }
remote_file "/srv/site/copy" { source = "file:///srv/site/motd" }
execute "reload" { action = "nothing", command = { "touch", "/srv/site/reloaded" } }
"#;
    std::fs::write(place("recipes/all.lua"), recipe).unwrap();
    let output = Command::new("unshare")
        .args(["--mount", "--", "/bin/sh", "-c", BUSYBOX, "enter"])
        .args([root.path(), env!("CARGO_BIN_EXE_chefrs").as_ref(), project.path()])
        .env("CHEFRS_STATE_DIRECTORY", project.path().join("control"))
        .stdin(Stdio::null())
        .output_in_time()
        .unwrap();
    let read = |name: &str| std::fs::read_to_string(place(name)).unwrap_or_default();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}\n{}{}", read("plan.shell"), read("run.shell"));
    for verb in ["plan", "run", "again"] {
        let [shell, agent] =
            ["shell", "agent"].map(|engine| super::shell::events(&read(&format!("{verb}.{engine}"))));
        assert_eq!(shell, agent, "{verb}");
    }
    let runs = |engine: &str| {
        let status: serde_json::Value = serde_json::from_str(&read(&format!("status.{engine}"))).unwrap();
        status["runs"].as_array().unwrap().len()
    };
    assert_eq!((runs("shell"), runs("agent")), (2, 4));
    let place = root.path().to_str().unwrap();
    let lacks = |what: &str, hint: &str| {
        format!(
            "error: `chroot:{place}` lacks {what}; nothing was changed there\nhint: mount what is missing: {hint}\n"
        )
    };
    let proc = format!("`mount -t proc proc {place}/proc`");
    let both = lacks("/dev/null and /proc", &format!("`mount --rbind /dev {place}/dev` and {proc}"));
    assert_eq!([read("lacks.shell"), read("lacks.agent")], [both.clone(), both]);
    assert_eq!(read("lacks.proc"), lacks("/proc", &proc));
    let told = read("none");
    let words = format!("error: there is no shell /bin/sh on `chroot:{}`\n", root.path().to_str().unwrap());
    assert!(told.starts_with(&words), "{told}");
}
