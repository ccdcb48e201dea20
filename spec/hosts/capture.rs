//! Two hosts that were set up by hand are captured, and others become the same from what was written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use super::{Host, boot};
use crate::patience::{CallInTime as _, LONG};

/// What a person did, with PostgreSQL, nginx with five sites and a service of their own.
const BY_HAND: &str = include_str!("capture/by_hand.sh");
/// What a person did on another machine.
const SMALL: &str = include_str!("capture/small.sh");
/// Lines of recipes that a person would have written for the first machine, twice.
const MOST_LINES: usize = 260;

/// A project, and the secrets that a person gives beside it.
struct Captured {
    project: tempfile::TempDir,
    secrets: Vec<(String, String)>,
}

impl Captured {
    fn chefrs(&self, host: &Host, words: &[&str]) -> Output {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_chefrs"));
        command.args(words).arg("--ssh-config").arg(host.ssh_config());
        command.current_dir(self.project.path()).env("NO_COLOR", "1").env("HOME", self.project.path());
        command.envs(self.secrets.iter().cloned()).output_within(LONG).unwrap()
    }

    fn must(&self, host: &Host, words: &[&str]) -> String {
        let output = self.chefrs(host, words);
        let said = said(&output);
        assert!(output.status.success(), "{words:?}: {said}");
        said
    }

    /// What is captured of a host, without the versions of the day.
    fn cookbook(&self, host: &Host, place: &str) -> String {
        self.must(host, &["capture", "-t", host.name(), "-o", place]);
        let place = self.project.path().join(place);
        let text = |path: &PathBuf| {
            let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
            let lines =
                text.lines().filter(|line| !line.starts_with("-- was ") && !line.starts_with("--   "));
            format!(
                "=== {}\n{}\n",
                path.strip_prefix(&place).unwrap().display(),
                lines.collect::<Vec<_>>().join("\n")
            )
        };
        files(&place).iter().map(text).collect()
    }

    /// Lines of its recipes, without empty ones and comments.
    fn lines(&self, place: &str) -> usize {
        let texts =
            files(&self.project.path().join(place)).into_iter().map(|path| fs::read_to_string(path).unwrap());
        let lines = |text: String| {
            text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("--")).count()
        };
        texts.map(lines).sum()
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

/// Captures a host, makes another one the same, and captures that.
fn make_another(
    by_hand: &str,
    secrets: &[(&str, &str)],
    key: Option<&str>,
    looks: &[&str],
) -> Option<(Captured, [Host; 2])> {
    let [one, other] = boot()?;
    one.must(by_hand);
    let mut secrets: Vec<(String, String)> =
        secrets.iter().map(|(name, value)| (format!("CHEFRS_SECRET_{name}"), (*value).to_owned())).collect();
    secrets.extend(
        key.map(|path| ("CHEFRS_SECRET_BLOG_KEY_PRIVATE_KEY".to_owned(), one.must(&format!("cat {path}")))),
    );
    let captured = Captured { project: tempfile::tempdir().unwrap(), secrets };
    // The server keeps account of what it was asked, and chefrs itself stays for the next time.
    let state = "find /etc /usr /var/lib -xdev ! -path '/var/lib/postgresql/*' ! -path '/var/lib/chefrs*' -printf '%p %m %u %g %y %s %l\\n' | sort";
    let before = one.must(state);
    let first = captured.cookbook(&one, "cookbooks/web");
    assert_eq!(one.must(state), before, "a capture changes nothing");
    let planned = said(&captured.chefrs(&one, &["plan", "-t", one.name(), "-r", "web"]));
    for line in planned.lines().filter(|line| line.contains(": would ")) {
        // chefrs keeps marks in environments, and its programs on a machine; a person who works by hand has none.
        let is_ours = line.starts_with("python_venv[") || line.contains("-setting]");
        assert!(is_ours, "{planned}");
    }
    captured.must(&other, &["run", "-t", other.name(), "-r", "web"]);
    let again = captured.must(&other, &["run", "-t", other.name(), "-r", "web"]);
    assert!(again.lines().any(|line| line.starts_with("0 updated,")), "{again}");
    assert_eq!(captured.cookbook(&other, "copy/web"), first, "what is captured of the copy");
    let both = format!("{},{}", one.name(), other.name());
    let difference = captured.must(&one, &["capture", "diff", "-t", &both]);
    assert_eq!(difference, format!("{} and {} do not differ\n", one.name(), other.name()));
    for look in looks {
        assert_eq!(other.must(look), one.must(look), "{look}");
    }
    Some((captured, [one, other]))
}

#[test]
fn a_server_with_sites_a_database_and_a_service_is_captured_and_made_again() {
    let secrets = [
        ("BLOG_PASSWORD", "xK9vQ2mPw7Lr"),
        ("BLOG_SECRET_KEY", "8f3kd93kfj3kdl39fkd93kdl3kd"),
        ("POSTGRESQL_BLOG_PASSWORD", "xK9vQ2mPw7Lr"),
    ];
    let looks = [
        "curl -s -H 'Host: three.example.org' http://127.0.0.1/",
        "curl -s http://127.0.0.1:8123/ | head -n 3",
        "PGPASSWORD=xK9vQ2mPw7Lr psql -h 127.0.0.1 -U blog -Atc 'show max_connections' blog",
        "systemctl is-enabled blog cleanup.timer nginx; systemctl is-active blog cleanup.timer nginx",
        "systemctl show -p LimitNOFILE nginx",
        "id -nG ada; id -nG grace; getent passwd blog | cut -d: -f6,7",
        "stat -c '%n %U %G %a' /etc/nginx/fastcgi.conf /etc/default/blog /srv/blog /srv/www/one/index.html",
        "apt-mark showhold",
        "readlink /etc/localtime /etc/nginx/sites-enabled/*",
    ];
    let Some((captured, [one, _other])) =
        make_another(BY_HAND, &secrets, Some("/etc/ssl/private/blog.key"), &looks)
    else {
        return;
    };
    let lines = captured.lines("cookbooks/web/recipes");
    assert!(lines <= MOST_LINES, "{lines} lines");
    // What comes later is a difference, and what is captured of it is the whole difference.
    one.must("echo later >/etc/motd && rm /etc/nginx/sites-enabled/five");
    let told = captured.must(&one, &["capture", "-t", one.name(), "-o", "cookbooks/web"]);
    assert!(told.contains("1 resource of the machine differs from the cookbook"), "{told}");
    assert!(told.contains("link[/etc/nginx/sites-enabled/five]"), "{told}");
}

#[test]
fn a_small_machine_is_captured_and_made_again() {
    let looks = [
        "cat /opt/tool/settings.ini /etc/cron.d/report",
        "systemctl is-enabled report.timer cron; systemctl is-active report.timer",
        "/opt/tool/env/bin/python -c 'import sys; print(sys.prefix)'",
        "stat -c '%n %U %G %a' /opt/tool /usr/local/bin/report",
    ];
    make_another(SMALL, &[("SETTINGS_INI_TOKEN", "q8Zr5tYw2xVb7nMk")], None, &looks);
}
