//! The cookbook `backup`: archives are made, kept and restored.

use super::boot;
use super::convergence::{converge, planned};

const DECLARED: &str = r#"
include_recipe "backup"
local backup = require "@backup"
backup.job "shop" {
  paths = { "/srv/shop", "/etc/it's here" }, exclude = { "/srv/shop/cache", "*.tmp" },
  dumps = { { name = "shop.sql", command = { "sh", "-c", "echo dump of \"$WORD\"" } } },
  after = { "sh", "-c", "cp \"$BACKUP_ARCHIVE\" /mnt/ && echo \"$WORD\" >/mnt/word" },
  environment = { WORD = secret "word" }, keep_daily = 3, keep_weekly = 2,
}
"#;

#[test]
fn a_backup_is_made_kept_and_restored() {
    let Some([host]) = boot() else { return };
    host.write("/root/chefrs.toml", b"[secrets]\nprogram = [\"cat\", \"/root/{name}.secret\"]\n");
    host.write("/root/word.secret", b"it's a $secret word");
    host.must(
        "useradd shop && mkdir -p /srv/shop/cache /srv/shop/uploads \"/etc/it's here\" && cd /srv/shop &&
        echo one >uploads/'a name' && ln -s ../../cache uploads/link && echo x >cache/x && echo y >y.tmp &&
        chown -R shop uploads && chmod 640 uploads/'a name' && echo port=1 >\"/etc/it's here/conf\"",
    );
    converge(&host, DECLARED);
    host.must("systemctl is-active backup-shop.timer && systemctl start backup-shop && test $(backup-job list shop | wc -l) = 1");
    assert_eq!(host.must("cat /mnt/word; ls /mnt | grep -c tar.gz"), "it's a $secret word\n1\n");
    host.must("test \"$(stat -c %a /etc/backup/shop /var/backups/shop | paste -sd' ')\" = '600 700'");
    host.must("! runuser -u shop -- cat /var/backups/shop/* && ! grep -r 'secret word' /etc/systemd/system /var/lib/chefrs");
    assert_eq!(host.must("backup-job dump shop latest shop.sql"), "dump of it's a $secret word\n");

    // What is lost comes back as it was, and what is not asked for stays.
    host.must("backup-job restore shop latest /tmp/look && ls -A /tmp/look/srv/shop | grep -qx uploads && ! ls /tmp/look/srv/shop/cache /tmp/look/srv/shop/y.tmp");
    host.must("rm -r /srv/shop/uploads && echo port=2 >\"/etc/it's here/conf\" && backup-job restore shop latest / /srv/shop/uploads");
    let said = host.must("cd /srv/shop/uploads && cat 'a name' && stat -c '%U %a' 'a name' && readlink link && cat \"/etc/it's here/conf\"");
    assert_eq!(said, "one\nshop 640\n../../cache\nport=2\n");

    // Two of this day, and one a day before: three days and two weeks are kept, and what is not of this backup is left alone.
    host.must(
        "cd /var/backups/shop && rm * && for ago in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            touch shop-$(date -u -d \"$ago days ago\" +%Y%m%d)T120000Z.tar.gz
            touch shop-$(date -u -d \"$ago days ago\" +%Y%m%d)T110000Z.tar.gz
        done; touch shop-else.tar.gz; systemctl start backup-shop",
    );
    let kept = host.must("backup-job list shop");
    let days = host.must("for ago in 0 1 2; do date -u -d \"$ago days ago\" +%Y%m%d; done");
    for day in days.lines() {
        assert_eq!(kept.matches(&format!("shop-{day}")).count(), 1, "{day}: {kept}");
    }
    assert!((3..=4).contains(&kept.lines().count()) && !kept.contains("T11"), "{kept}");
    host.must("ls /var/backups/shop/shop-else.tar.gz");

    // Nothing is archived, and nothing is removed, if a dump fails.
    converge(&host, &DECLARED.replace("echo dump", "exit 3; echo"));
    host.must("! systemctl start backup-shop");
    assert_eq!(host.must("backup-job list shop"), kept);
    host.must("journalctl -u backup-shop | grep 'a dump failed, and no archive was made' && test -z \"$(ls -d /var/backups/shop/.draft* 2>/dev/null)\"");

    let said =
        planned(&host, "local backup = require \"@backup\"\nbackup.job \"shop\" { action = \"delete\" }\n");
    assert!(said.contains("2 would change"), "{said}");
    converge(&host, "local backup = require \"@backup\"\nbackup.job \"shop\" { action = \"delete\" }\n");
    assert_eq!(host.must("ls /var/backups/shop | grep -c shop-2 ; systemctl list-timers --all | grep -c backup-shop || true"), format!("{}\n0\n", kept.lines().count()));
}
