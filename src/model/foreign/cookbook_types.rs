//! Types of other tools that a shipped cookbook has.

use super::word::{ForeignWord, word};

const POSTGRESQL: &str = "`postgresql.database \"name\" { owner = \"ada\" }`";
const MARIADB: &str = "`mariadb.database \"name\"`";
const RABBITMQ: &str = "`rabbitmq.user \"name\" { password = secret \"…\" }`";
const OPENSSL: &str = "`openssl.self_signed_certificate \"/path\" { key = \"/path\", names = { \"…\" } }`";
const SELINUX: &str = "`selinux.label \"/path\" { type = \"etc_t\" }`";
const LOGROTATE: &str = "`logrotate.rotation \"name\" { paths = { \"/var/log/…\" } }`";
const FAIL2BAN: &str = "`fail2ban.jail \"name\" { port = \"http\" }`";
const ACCESS: &str = "`postgresql.access \"name\" { role = \"ada\", address = \"10.0.0.0/24\" }`";
const SUPERVISOR: &str = "`supervisor.program \"name\" { command = { \"/path\" }, user = \"ada\" }`";
const COMPOSE: &str = "`docker.compose_project \"name\" { content = render(\"compose.yaml.hbs\", {}) }`";
const ACME: &str = "`certificates.acme \"name\" { domains = { \"…\" } }`";

const POSTGRESQL_COOKBOOK: &str = "`local postgresql = require \"@postgresql\"` comes first; the cookbook ships with chefrs, and has more types";
const MARIADB_COOKBOOK: &str =
    "`local mariadb = require \"@mariadb\"` comes first; the cookbook ships with chefrs, and has more types";
const RABBITMQ_COOKBOOK: &str = "`local rabbitmq = require \"@rabbitmq\"` comes first; the cookbook ships with chefrs, and has more types";
const OPENSSL_COOKBOOK: &str = "`local openssl = require \"@openssl\"` comes first; the cookbook ships with chefrs, and has `key` for a key alone";
const SELINUX_COOKBOOK: &str = "`local selinux = require \"@selinux\"` comes first; it sets the label of a path, and leaves the policy alone";
const LOGROTATE_COOKBOOK: &str =
    "`local logrotate = require \"@logrotate\"` comes first; the cookbook ships with chefrs";
const FAIL2BAN_COOKBOOK: &str =
    "`local fail2ban = require \"@fail2ban\"` comes first; the cookbook ships with chefrs";
const SUPERVISOR_COOKBOOK: &str = "`local supervisor = require \"@supervisor\"` comes first; the cookbook ships with chefrs, and has `group`, too";
const DOCKER_COOKBOOK: &str = "`local docker = require \"@docker\"` comes first; the cookbook ships with chefrs, and installs the engine";
const CERTIFICATES_COOKBOOK: &str = "`local certificates = require \"@certificates\"` comes first; the cookbook ships with chefrs, and renews them";

/// Resource types of other tools, by the word that starts the declaration, where the type is one of a shipped cookbook.
pub const COOKBOOK_TYPES: &[ForeignWord] = &[
    word(
        "Ansible",
        &["postgresql_db", "postgresql_user", "postgresql_privs", "postgresql_ext", "postgresql_set"],
        POSTGRESQL,
        POSTGRESQL_COOKBOOK,
    ),
    word(
        "Chef",
        &["postgresql_database", "postgresql_role", "postgresql_extension"],
        POSTGRESQL,
        POSTGRESQL_COOKBOOK,
    ),
    word(
        "Puppet",
        &["postgresql::server::db", "postgresql::server::role", "postgresql::server::database"],
        POSTGRESQL,
        POSTGRESQL_COOKBOOK,
    ),
    word("Salt", &["postgres_database.present", "postgres_user.present"], POSTGRESQL, POSTGRESQL_COOKBOOK),
    word("Ansible", &["mysql_db", "mysql_user"], MARIADB, MARIADB_COOKBOOK),
    word("Chef", &["mysql_database", "mariadb_database", "mariadb_user"], MARIADB, MARIADB_COOKBOOK),
    word("Puppet", &["mysql::db", "mysql_grant"], MARIADB, MARIADB_COOKBOOK),
    word("Ansible", &["rabbitmq_user", "rabbitmq_vhost", "rabbitmq_plugin"], RABBITMQ, RABBITMQ_COOKBOOK),
    word("Puppet", &["rabbitmq_user_permissions"], RABBITMQ, RABBITMQ_COOKBOOK),
    word("Ansible", &["openssl_privatekey", "x509_certificate"], OPENSSL, OPENSSL_COOKBOOK),
    word(
        "Chef",
        &["openssl_x509_certificate", "openssl_rsa_private_key", "openssl_ec_private_key"],
        OPENSSL,
        OPENSSL_COOKBOOK,
    ),
    word("Ansible", &["sefcontext"], SELINUX, SELINUX_COOKBOOK),
    word("Chef", &["selinux_fcontext"], SELINUX, SELINUX_COOKBOOK),
    word("Chef", &["logrotate_app"], LOGROTATE, LOGROTATE_COOKBOOK),
    word("Puppet", &["logrotate::rule"], LOGROTATE, LOGROTATE_COOKBOOK),
    word("Chef", &["fail2ban_jail"], FAIL2BAN, FAIL2BAN_COOKBOOK),
    word("Puppet", &["fail2ban::jail"], FAIL2BAN, FAIL2BAN_COOKBOOK),
    word("Ansible", &["postgresql_pg_hba"], ACCESS, POSTGRESQL_COOKBOOK),
    word("Puppet", &["postgresql::server::pg_hba_rule"], ACCESS, POSTGRESQL_COOKBOOK),
    word("Ansible", &["supervisorctl"], SUPERVISOR, SUPERVISOR_COOKBOOK),
    word("Ansible", &["docker_compose_v2"], COMPOSE, DOCKER_COOKBOOK),
    word("Puppet", &["docker::compose"], COMPOSE, DOCKER_COOKBOOK),
    word("Ansible", &["acme_certificate"], ACME, CERTIFICATES_COOKBOOK),
    word("Puppet", &["letsencrypt::certonly"], ACME, CERTIFICATES_COOKBOOK),
];
