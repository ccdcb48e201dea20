//! Resource types, modules and states of other tools that are about files.

use super::word::{ForeignWord, word};

const EDITED: &str = "`line \"the line\" { path = \"/path\", match = \"^key \" }`";

/// Resource types of other tools for files, by the word that starts the declaration.
pub const FILES: &[ForeignWord] = &[
    word(
        "Ansible",
        &["copy"],
        "`cookbook_file \"/path\" { source = \"name\" }`",
        "it takes the file from `files/`; for a short text use `file \"/path\" { content = \"…\" }`",
    ),
    word(
        "Ansible",
        &["lineinfile", "blockinfile", "replace", "ini_file"],
        EDITED,
        "for several lines there is `block`, for a value of a JSON, TOML or INI file `edit`, for a whole file `template`",
    ),
    word(
        "Puppet",
        &["file_line", "augeas", "ini_setting", "concat"],
        EDITED,
        "for several lines there is `block`, for a value of a JSON, TOML or INI file `edit`, for a whole file `template`",
    ),
    word(
        "Chef",
        &["append_if_no_line", "replace_or_add", "edit_file"],
        EDITED,
        "for several lines there is `block`, for a value of a JSON, TOML or INI file `edit`, for a whole file `template`",
    ),
    word(
        "Salt",
        &["file.line", "file.replace", "file.append", "file.blockreplace", "ini.options_present"],
        EDITED,
        "for several lines there is `block`, for a value of a JSON, TOML or INI file `edit`, for a whole file `template`",
    ),
    word(
        "Salt",
        &["file.managed"],
        "`file \"/path\" { content = \"…\" }`, or `template` or `cookbook_file`",
        "each has one way to get its content",
    ),
    word("Salt", &["file.directory"], "`directory \"/path\"`", "each kind of file has its own type"),
    word(
        "Salt",
        &["file.recurse"],
        "`remote_directory \"/path\" { source = \"name\" }`",
        "it takes the directory from `files/`",
    ),
    word(
        "Salt",
        &["file.symlink"],
        "`link \"/path\" { to = \"/target\" }`",
        "each kind of file has its own type",
    ),
    word("Salt", &["file.absent"], "`file \"/path\" { action = \"delete\" }`", "absence is an action"),
    word(
        "Ansible",
        &["synchronize"],
        "`remote_directory \"/path\" { source = \"name\" }`",
        "it takes the directory from `files/`",
    ),
    word(
        "Ansible",
        &["get_url", "fetch_url"],
        "`remote_file \"/path\" { source = \"https://…\", checksum = \"…\" }`",
        "it downloads on the machine",
    ),
    word(
        "Ansible",
        &["unarchive"],
        "`archive_file \"/path.tar.gz\" { destination = \"/srv/app\" }`",
        "the archive is on the machine: `remote_file` or `cookbook_file` brings it",
    ),
    word("Puppet", &["archive"], "`remote_file` and `archive_file`", "one downloads, the other unpacks"),
    word(
        "Salt",
        &["archive.extracted"],
        "`remote_file` and `archive_file`",
        "one downloads, the other unpacks",
    ),
    word(
        "Chef",
        &["tar_extract", "libarchive_file", "ark", "poise_archive"],
        "`remote_file` and `archive_file`",
        "one downloads, the other unpacks",
    ),
    word("Puppet", &["tidy"], "`file \"/path\" { action = \"delete\" }`", "absence is an action"),
    word(
        "Ansible",
        &["symlink"],
        "`link \"/path\" { to = \"/target\" }`",
        "each kind of file has its own type",
    ),
    word(
        "Ansible",
        &["stat", "slurp", "find"],
        "`exists \"/path\"` and `contents \"/path\"`",
        "they are evaluated when the resource that uses them converges",
    ),
    word(
        "Ansible",
        &["tempfile"],
        "`directory \"/run/name\"`",
        "a name that differs from run to run can't be declared",
    ),
    word(
        "Puppet",
        &["ssh_authorized_key", "ssh_authorize_key"],
        "`authorized_key \"NAME\" { key = \"ssh-ed25519 AAAA…\" }`",
        "its name is the user, and several keys are a list",
    ),
    word(
        "Salt",
        &["ssh_auth", "ssh_auth.present"],
        "`authorized_key \"NAME\" { key = \"ssh-ed25519 AAAA…\" }`",
        "its name is the user, and several keys are a list",
    ),
    word(
        "Ansible",
        &["sudoers"],
        "`sudo \"name\" { users = { \"deploy\" }, commands = { \"/usr/bin/systemctl reload nginx\" } }`",
        "a rule is a file, which visudo checks before it is used",
    ),
    word(
        "Chef",
        &["user_ulimit", "limits_file"],
        "`file \"/etc/security/limits.d/name.conf\" { content = \"…\" }`",
        "limits are a file",
    ),
    word(
        "Puppet",
        &["host"],
        "`template \"/etc/hosts\" { source = \"hosts.hbs\" }`",
        "the file is managed as a whole",
    ),
    word(
        "Salt",
        &["host.present"],
        "`template \"/etc/hosts\" { source = \"hosts.hbs\" }`",
        "the file is managed as a whole",
    ),
    word(
        "Chef",
        &["hostsfile_entry"],
        "`template \"/etc/hosts\" { source = \"hosts.hbs\" }`",
        "the file is managed as a whole",
    ),
    word(
        "Chef",
        &["ssh_known_hosts_entry"],
        "`ssh_known_host \"git.example.org\" { key = \"ssh-ed25519 AAAA…\" }`",
        "the key is given as text; `git` has `known_hosts` for itself",
    ),
    word(
        "Ansible",
        &["known_hosts"],
        "`ssh_known_host \"git.example.org\" { key = \"ssh-ed25519 AAAA…\" }`",
        "the key is given as text; `git` has `known_hosts` for itself",
    ),
];
