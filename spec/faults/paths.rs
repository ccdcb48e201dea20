//! Disks that are full or read-only, the wrong thing at a path, links laid by others; readers see one file or the other.

use super::{project, told};

const NO_RECORD: &str = "warning: `chefrs log` will not show all of this run: can't write \
                         `/var/lib/chefrs/history.sqlite`: less than 4 MiB are free there; \
                         free some space: the last of it is left to what runs need\n";

const GO_ON: &str = "hint: fix the cause and run again; finished work is skipped\n";

#[test]
fn a_full_disk_keeps_the_old_file() {
    let recipe = "file \"/mnt/conf\" { content = string.rep(\"x\", 100000), backup = 0 }\n";
    let Some(machine) = project("faults-full", &[("site", recipe)]) else { return };
    let words = told(
        &machine,
        "mount -t tmpfs -o size=64k tmpfs /mnt; echo old > /mnt/conf
         chefrs run -r site | sed /xxxx/d; cat /mnt/conf; ls -A /mnt",
    );
    assert_eq!(
        words,
        format!(
            "converging local: site (1 resource)\nfile[/mnt/conf] create: change content\n    @@ -1 +1 @@\n    \
             -old\n    \\ No newline at end of file\n\
             error: file[/mnt/conf] failed to create: can't write `/mnt/conf`: the disk is full\n  \
             --> recipes/site.lua:1\n1 | {recipe}\
             hint: free some space there; `df` and `df -i` show what is used up\n\n{GO_ON}\
             0 updated, 0 up to date, 1 failed in [TIME]\nold\nconf\n"
        )
    );
}

#[test]
fn a_backup_that_has_no_room_keeps_the_old_file() {
    let recipe = "file \"/srv/conf\" { content = \"new\\n\" }\n";
    let Some(machine) = project("faults-backup", &[("site", recipe)]) else { return };
    let words = told(
        &machine,
        "mkdir -p /var/lib/chefrs; mount -t tmpfs -o size=16k,mode=700 tmpfs /var/lib/chefrs
         head -c 100000 /dev/zero | tr '\\0' '\\377' > /srv/conf; chefrs run -r site; wc -c < /srv/conf; ls -A /srv
         find /var/lib/chefrs/backup -type f",
    );
    assert_eq!(
        words,
        format!(
            "converging local: site (1 resource)\nfile[/srv/conf] create: change content, 100000 to 4 bytes\n\
             error: file[/srv/conf] failed to create: \
             can't write the backup `/var/lib/chefrs/backup/srv/conf.~1~`: the disk is full\n  \
             --> recipes/site.lua:1\n1 | {recipe}\
             hint: free some space there; `df` and `df -i` show what is used up\n\
             hint: `backup = 0` replaces the file without keeping a copy\n\n{GO_ON}\
             0 updated, 0 up to date, 1 failed in [TIME]\n{NO_RECORD}100000\nconf\n"
        )
    );
}

#[test]
fn a_read_only_file_system_is_named() {
    let recipe = "file \"/mnt/conf\" { content = \"new\\n\" }\n\
                  directory \"/mnt/d\"\n\
                  link \"/mnt/l\" { to = \"/etc\" }\n\
                  file \"/mnt/gone\" { action = \"delete\" }\n";
    let Some(machine) = project("faults-readonly", &[("site", recipe)]) else { return };
    let words = told(
        &machine,
        "mount -t tmpfs tmpfs /mnt; echo old > /mnt/conf; touch /mnt/gone; mount -o remount,ro /mnt
         chefrs run -r site --on-failure continue; cat /mnt/conf; ls -A /mnt",
    );
    for sentence in [
        "file[/mnt/conf] failed to create: `/mnt/conf` can't be written, not even by root\n",
        "directory[/mnt/d] failed to create: `/mnt/d` can't be written, not even by root\n",
        "link[/mnt/l] failed to create: `/mnt/l` can't be written, not even by root\n",
        "file[/mnt/gone] failed to delete: `/mnt/gone` can't be written, not even by root\n",
    ] {
        assert!(words.contains(sentence), "{words}");
    }
    assert!(
        words.contains("hint: its file system may be mounted read-only: findmnt -T /mnt/conf\n"),
        "{words}"
    );
    assert!(
        words.ends_with(&format!("{GO_ON}0 updated, 0 up to date, 4 failed in [TIME]\nold\nconf\ngone\n")),
        "{words}"
    );
}

#[test]
fn the_wrong_thing_at_a_path_stays_there() {
    let recipe = "file \"/srv/dir\" { content = \"x\" }\n\
                  directory \"/srv/file\"\n\
                  directory \"/srv/file/below\"\n\
                  link \"/srv/dir\" { to = \"/etc\" }\n\
                  link \"/srv/file\" { to = \"/etc\" }\n\
                  file \"/srv/file/x\" { content = \"x\" }\n\
                  file \"/srv/loop/x\" { content = \"x\" }\n\
                  file \"/srv/pipe\" { content = \"x\" }\n\
                  file \"/srv/link\" { content = \"x\" }\n";
    let Some(machine) = project("faults-kinds", &[("site", recipe)]) else { return };
    let script = |verb: &str| {
        format!(
            "chefrs {verb} -r site --on-failure continue | grep -E '^(error|hint)'; find /srv -printf '%p %y %l\\n' | sort"
        )
    };
    machine.must(
        "mkdir /srv/dir; echo old > /srv/file; ln -s loop /srv/loop; mkfifo /srv/pipe; ln -s file /srv/link",
    );
    let failed = "\
error: file[/srv/dir] failed to create: `/srv/dir` is a directory, not a file
hint: remove it first: directory \"/srv/dir\" { action = \"delete\" }
error: directory[/srv/file] failed to create: `/srv/file` is a file, not a directory
hint: remove it first: file \"/srv/file\" { action = \"delete\" }
error: directory[/srv/file/below] failed to create: `/srv/file` is a file, not a directory
error: link[/srv/dir] failed to create: `/srv/dir` is a directory, not a link to `/etc`
hint: remove it first: directory \"/srv/dir\" { action = \"delete\" }
error: link[/srv/file] failed to create: `/srv/file` is a file, not a link to `/etc`
hint: say `force_unlink = true` to put the link in its place; a copy of a file is kept
error: file[/srv/file/x] failed to create: `/srv/file` is a file, not a directory
error: file[/srv/loop/x] failed to create: can't look at `/srv/loop/x`: the links on the path form a loop
error: file[/srv/pipe] failed to create: `/srv/pipe` is a device, socket or pipe, not a file
hint: say `force_unlink = true` to put a file in its place
error: file[/srv/link] failed to create: `/srv/link` is a link to `file`, not a file
hint: manage `/srv/file` itself
hint: or say `follow_link = true` to manage the file that the link leads to
hint: say `force_unlink = true` to put a file in its place
";
    let tree = "/srv d \n/srv/dir d \n/srv/file f \n/srv/link l file\n/srv/loop l loop\n/srv/pipe p \n";
    assert_eq!(told(&machine, &script("run")), format!("{failed}{GO_ON}{tree}"));
    // A plan says the same of them.
    let planned = failed.replace("failed to", "would fail to");
    assert_eq!(told(&machine, &script("plan")), format!("{planned}{tree}"));
}

#[test]
fn a_users_link_does_not_lead_root_astray() {
    let recipe = "file \"/home/ada/conf/passwd\" { content = \"x\" }\n\
                  file \"/home/ada/conf/new\" { content = \"x\" }\n\
                  file \"/home/ada/conf/shadow\" { action = \"delete\" }\n\
                  directory \"/home/ada/conf/dir\"\n\
                  link \"/home/ada/conf/link\" { to = \"/tmp\" }\n";
    let Some(machine) = project("faults-links", &[("site", recipe)]) else { return };
    let words = told(
        &machine,
        "mkdir /home/ada; chown nobody: /home/ada; ln -s /etc /home/ada/conf; chown -h nobody: /home/ada/conf
         ls -lA /etc > /tmp/before; md5sum /etc/passwd /etc/shadow >> /tmp/before
         for verb in plan run; do chefrs $verb -r site --on-failure continue; done
         ls -lA /etc > /tmp/after; md5sum /etc/passwd /etc/shadow >> /tmp/after
         cmp /tmp/before /tmp/after && echo untouched",
    );
    let refusal = ": the link `/home/ada/conf` belongs to `nobody` and leads to `/etc`, \
                   which belongs to `root`: it is not followed\n";
    // The plan says of each what the run then does.
    assert_eq!(words.matches(refusal).count(), 10, "{words}");
    assert!(words.contains("plan: 0 would change, 0 up to date, 5 would fail in "), "{words}");
    assert!(words.contains("hint: write the real path in the recipe, or let root own the link\n"), "{words}");
    assert!(words.ends_with("0 updated, 0 up to date, 5 failed in [TIME]\nuntouched\n"), "{words}");
}

#[test]
fn a_reader_sees_the_old_file_or_the_new_one() {
    let recipes: Vec<(String, String)> = ["a", "b"]
        .iter()
        .map(|letter| {
            let text = format!("file \"/srv/conf\" {{ content = string.rep(\"{letter}\", 300000) }}\n");
            ((*letter).to_owned(), text)
        })
        .collect();
    let recipes: Vec<(&str, &str)> =
        recipes.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let Some(machine) = project("faults-atomic", &recipes) else { return };
    let words = told(
        &machine,
        r#"chefrs run -r a > /dev/null
           perl -e '
             until (-e "/srv/stop") {
               open(my $f, "<", "/srv/conf") or do { print "missing\n"; next };
               my $text = join "", <$f>;
               $seen{length $text == 300000 && $text =~ /^(a+|b+)$/ ? substr($text, 0, 1) : "torn"}++;
             }
             print join(" ", sort keys %seen), "\n";
           ' &
           for round in 1 2 3 4; do chefrs run -r b; chefrs run -r a; done | grep -c "^1 updated"
           touch /srv/stop; wait
           ls -A /srv
           ls /var/lib/chefrs/backup/srv; find /var/lib/chefrs -printf '%m %y %u\n' | sort -u"#,
    );
    // Eight replacements, of which the five newest are kept, for root's eyes.
    assert_eq!(
        words,
        "8\na b\nconf\nstop\nconf.~4~\nconf.~5~\nconf.~6~\nconf.~7~\nconf.~8~\n600 f root\n700 d root\n"
    );
}

#[test]
fn a_run_whose_record_has_no_room_goes_on() {
    let fill = "execute \"fill\" { command = \"head -c 5m /dev/zero > /var/lib/chefrs/fill\" }\n";
    let Some(machine) = project("faults-record", &[("fill", fill)]) else { return };
    // Room to begin the record, none to end it: the next run finds none at all.
    let words = told(
        &machine,
        "mkdir -p /var/lib/chefrs; mount -t tmpfs -o size=8m,mode=700 tmpfs /var/lib/chefrs
         chefrs run -r fill | tail -n 1; chefrs run -r fill | tail -n 1
         rm /var/lib/chefrs/fill; chefrs log | cut -d ' ' -f 3-",
    );
    let updated = "1 updated, 0 up to date, 0 failed in [TIME]\n";
    assert_eq!(words, format!("{NO_RECORD}{updated}{NO_RECORD}{updated}fill on local: cut off\n"));
}
