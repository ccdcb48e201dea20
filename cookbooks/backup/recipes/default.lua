-- The program that makes and restores archives, and the directory of what it is to do.

package { "tar", "gzip" }

cookbook_file "/usr/local/sbin/backup-job" {
  source = "backup-job",
  mode = "0755",
  diff = false,
  why = "the timers of backups start it, and people restore with it",
}

directory "/etc/backup" { mode = "0700" }
