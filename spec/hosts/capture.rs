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
/// What a person did on a third one: people, services and servers that depend on each other.
const WIDE: &str = include_str!("capture/wide.sh");
/// Most lines of what is captured, for each that a person would have written.
const MOST_LINES: usize = 2;

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

    /// Resources that a plan would change.
    fn changes(&self, host: &Host, recipe: &str) -> Vec<String> {
        let planned = said(&self.chefrs(host, &["plan", "-t", host.name(), "-r", recipe]));
        let found = planned.lines().filter(|line| line.contains(": would ")).map(str::to_owned).collect();
        assert!(planned.contains("would change"), "{planned}");
        found
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

/// Lines of recipes, without empty ones and comments.
fn lines(recipes: &Path) -> usize {
    let texts = files(recipes).into_iter().map(|path| fs::read_to_string(path).unwrap());
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("--");
    texts.map(|text| text.lines().filter(is_code).count()).sum()
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
    key: Option<(&str, &str)>,
    looks: &[&str],
) -> Option<(Captured, [Host; 2])> {
    let [one, other] = boot()?;
    one.must(by_hand);
    let mut secrets: Vec<(String, String)> =
        secrets.iter().map(|(name, value)| (format!("CHEFRS_SECRET_{name}"), (*value).to_owned())).collect();
    secrets
        .extend(key.map(|(name, path)| (format!("CHEFRS_SECRET_{name}"), one.must(&format!("cat {path}")))));
    let captured = Captured { project: tempfile::tempdir().unwrap(), secrets };
    // Servers keep account of what they were asked, and chefrs itself stays for the next time.
    let state = "find /etc /usr /var/lib -xdev ! -path '/var/lib/postgresql/*' ! -path '/var/lib/mysql/*' ! -path '/var/lib/chefrs*' -printf '%p %m %u %g %y %s %l\\n' | sort";
    let before = one.must(state);
    let first = captured.cookbook(&one, "cookbooks/web");
    assert_eq!(one.must(state), before, "a capture changes nothing");
    let changes = captured.changes(&one, "web");
    assert!(changes.iter().all(|line| is_ours(line)), "{changes:?}");
    captured.must(&other, &["run", "-t", other.name(), "-r", "web"]);
    let again = captured.must(&other, &["run", "-t", other.name(), "-r", "web"]);
    assert!(again.lines().any(|line| line.starts_with("0 updated,")), "{again}");
    assert_eq!(captured.cookbook(&other, "copy/web"), first, "what is captured of the copy");
    let told = captured.must(&other, &["capture", "-t", other.name(), "-o", "cookbooks/web"]);
    assert_eq!(told, "`cookbooks/web` has all that is captured; nothing was written\n");
    let both = format!("{},{}", one.name(), other.name());
    let difference = captured.must(&one, &["capture", "diff", "-t", &both]);
    assert_eq!(difference, format!("{} and {} do not differ\n", one.name(), other.name()));
    for look in looks {
        assert_eq!(other.must(look), one.must(look), "{look}");
    }
    Some((captured, [one, other]))
}

/// Whether it is about the program with which a cookbook asks a server; a person who works by hand has none.
fn is_ours(line: &str) -> bool {
    line.starts_with("cookbook_file[/usr/local/sbin/") && line.contains("-setting]")
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
        make_another(BY_HAND, &secrets, Some(("BLOG_KEY_PRIVATE_KEY", "/etc/ssl/private/blog.key")), &looks)
    else {
        return;
    };
    // The measure is what a person would have written. It declares the same.
    let person = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/hosts/capture/by_a_person");
    for file in files(&person) {
        let copy = captured.project.path().join("cookbooks/person").join(file.strip_prefix(&person).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(&file, copy).unwrap();
    }
    let changes = captured.changes(&one, "person");
    assert!(changes.iter().all(|line| is_ours(line)), "{changes:?}");
    let web = lines(&captured.project.path().join("cookbooks/web/recipes"));
    let most = MOST_LINES * lines(&person.join("recipes"));
    assert!(web <= most, "{web} lines, and {most} would do");
    // What comes later is a difference, and what is captured of it is the whole difference.
    one.must("echo later >/etc/motd && rm /etc/nginx/sites-enabled/five");
    let told = captured.must(&one, &["capture", "-t", one.name(), "-o", "cookbooks/web"]);
    assert!(told.contains("1 resource of the machine differs from the cookbook"), "{told}");
    assert!(told.contains("link[/etc/nginx/sites-enabled/five]"), "{told}");
    // An access control list has no resource. It is told, and stays.
    one.must("apt-get install -y -q acl >/dev/null && setfacl -m u:grace:r /etc/default/blog");
    let told = captured.must(&one, &["capture", "-t", one.name(), "-o", "listed"]);
    let list = "no resource type has the access control list of `/etc/default/blog`: user grace r";
    assert!(told.contains(list), "{told}");
    captured.must(&one, &["capture", "-t", one.name(), "-o", "cookbooks/listed"]);
    let changes = captured.changes(&one, "listed");
    assert!(changes.iter().all(|line| is_ours(line)), "{changes:?}");
}

#[test]
fn what_depends_on_each_other_comes_in_an_order_that_a_fresh_machine_can_follow() {
    let secrets = [
        ("PING_PASSWORD", "q8Zr5tYw2xVb"),
        ("POSTGRESQL_APP_PASSWORD", "xK9vQ2mPw7Lr"),
        ("MARIADB_WIKI_PASSWORD", "b4ckUpPass"),
        ("MARIADB_READER_10_0_0_PASSWORD", "r3adErPass"),
    ];
    let looks = [
        "for name in ada alpha www-data; do id -nG $name | tr ' ' '\\n' | sort; done",
        "systemctl is-active alpha worker@one worker@two nginx nftables mariadb postgresql",
        "systemctl is-enabled worker@one worker@two nftables",
        "stat -c '%n %U %G %a' /srv/alpha/uploads /var/lib/alpha /var/log/alpha /mnt/scratch",
        "curl -s -o /dev/null -w '%{http_code}' --resolve alpha.example.org:443:127.0.0.1 https://alpha.example.org/",
        "readlink /etc/alternatives/awk /etc/alternatives/pager",
        "findmnt -n -o FSTYPE,OPTIONS /mnt/scratch | grep -o 'size=[0-9]*k'",
        "cat /etc/cron.d/ping /etc/nftables.conf",
        "PGPASSWORD=xK9vQ2mPw7Lr psql -h 127.0.0.1 -U app -Atc 'show work_mem' -c 'select extname from pg_extension' app",
        "su postgres -c \"psql -Atc 'select rolname, rolcanlogin, rolconnlimit from pg_roles order by 1'\"",
        "mariadb -N -e \"show grants for wiki@localhost; show grants for reader@'10.0.0.%'\"",
        "mariadb -N -u wiki -pb4ckUpPass -e 'show databases'",
    ];
    make_another(WIDE, &secrets, Some(("ALPHA_KEY_PRIVATE_KEY", "/etc/ssl/private/alpha.key")), &looks);
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
