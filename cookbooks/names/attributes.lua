-- What the same thing is called on each platform. A name without a `default` is not known on the other platforms: setting
-- the attribute says it.

local platform = value_for_platform

return attributes {
  nginx = {
    packages = attribute.strings {
      default = platform { gentoo = { "www-servers/nginx" }, default = { "nginx" } },
      doc = "Packages of the web server nginx.",
    },
    service = attribute.string { default = "nginx", doc = "Service of nginx." },
    user = attribute.string {
      default = platform { debian = "www-data", arch = "http", default = "nginx" },
      doc = "User that nginx's workers run as.",
    },
    sites = attribute.string {
      default = platform {
        debian = "/etc/nginx/sites-enabled",
        suse = "/etc/nginx/vhosts.d",
        alpine = "/etc/nginx/http.d",
        default = "/etc/nginx/conf.d",
      },
      doc = "Directory of nginx's sites.",
    },
  },

  postgresql = {
    packages = attribute.strings {
      default = platform {
        debian = { "postgresql" },
        rhel = { "postgresql-server" },
        fedora = { "postgresql-server" },
        amazon = { "postgresql16-server" },
        suse = { "postgresql-server" },
        gentoo = { "dev-db/postgresql" },
        default = { "postgresql" },
      },
      doc = "Packages of the database PostgreSQL.",
    },
    client = attribute.strings {
      default = platform {
        debian = { "postgresql-client" },
        amazon = { "postgresql16" },
        alpine = { "postgresql-client" },
        gentoo = { "dev-db/postgresql" },
        arch = { "postgresql-libs" },
        default = { "postgresql" },
      },
      doc = "Packages of PostgreSQL's programs, without the server.",
    },
    service = attribute.string { default = "postgresql", doc = "Service of PostgreSQL." },
    user = attribute.string {
      default = "postgres",
      doc = "User that PostgreSQL runs as, and the name of its first role.",
    },
  },

  mariadb = {
    packages = attribute.strings {
      default = platform {
        arch = { "mariadb" },
        alpine = { "mariadb", "mariadb-client" },
        suse = { "mariadb" },
        amazon = { "mariadb105-server" },
        gentoo = { "dev-db/mariadb" },
        default = { "mariadb-server" },
      },
      doc = "Packages of the database MariaDB, with its programs.",
    },
    service = attribute.string { default = "mariadb", doc = "Service of MariaDB." },
    settings = attribute.string {
      default = platform {
        debian = "/etc/mysql/mariadb.conf.d",
        gentoo = "/etc/mysql/mariadb.d",
        default = "/etc/my.cnf.d",
      },
      doc = "Directory of the files with MariaDB's settings.",
    },
  },

  redis = {
    packages = attribute.strings {
      default = platform {
        ["rhel 8"] = { "redis" },
        ["rhel 9"] = { "redis" },
        rhel = { "valkey" },
        debian = { "redis-server" },
        fedora = { "valkey" },
        arch = { "valkey" },
        amazon = { "redis6" },
        gentoo = { "dev-db/redis" },
        default = { "redis" },
      },
      doc = "Packages of Redis, or of Valkey where that has taken its place.",
    },
    service = attribute.string {
      default = platform {
        ["rhel 8"] = "redis",
        ["rhel 9"] = "redis",
        rhel = "valkey",
        debian = "redis-server",
        fedora = "valkey",
        arch = "valkey",
        amazon = "redis6",
        suse = "redis@default",
        default = "redis",
      },
      doc = "Service of Redis.",
    },
    user = attribute.string {
      default = platform {
        ["rhel 8"] = "redis",
        ["rhel 9"] = "redis",
        rhel = "valkey",
        fedora = "valkey",
        arch = "valkey",
        amazon = "redis6",
        default = "redis",
      },
      doc = "User that Redis runs as, and its group.",
    },
    config = attribute.string {
      default = platform {
        ["rhel 8"] = "/etc/redis.conf",
        ["rhel 9"] = "/etc/redis/redis.conf",
        rhel = "/etc/valkey/valkey.conf",
        fedora = "/etc/valkey/valkey.conf",
        arch = "/etc/valkey/valkey.conf",
        amazon = "/etc/redis6/redis6.conf",
        suse = "/etc/redis/default.conf",
        alpine = "/etc/redis.conf",
        default = "/etc/redis/redis.conf",
      },
      doc = "File that configures Redis.",
    },
  },

  supervisor = {
    packages = attribute.strings {
      default = platform { gentoo = { "app-admin/supervisor" }, default = { "supervisor" } },
      doc = "Packages of supervisor. RHEL has it in EPEL.",
    },
    service = attribute.string {
      default = platform { debian = "supervisor", gentoo = "supervisor", default = "supervisord" },
      doc = "Service of supervisor.",
    },
    programs = attribute.string {
      default = platform {
        debian = "/etc/supervisor/conf.d",
        gentoo = "/etc/supervisord.d",
        arch = "/etc/supervisor.d",
        alpine = "/etc/supervisor.d",
        default = "/etc/supervisord.d",
      },
      doc = "Directory of the files that supervisor reads.",
    },
    ending = attribute.string {
      default = platform { debian = ".conf", suse = ".conf", gentoo = ".conf", default = ".ini" },
      doc = "How these files end.",
    },
  },

  rabbitmq = {
    packages = attribute.strings {
      default = platform {
        arch = { "rabbitmq" },
        gentoo = { "net-misc/rabbitmq-server" },
        default = { "rabbitmq-server" },
      },
      doc = "Packages of the message broker RabbitMQ.",
    },
    service = attribute.string {
      default = platform { arch = "rabbitmq", gentoo = "rabbitmq", default = "rabbitmq-server" },
      doc = "Service of RabbitMQ.",
    },
  },

  openssl = {
    packages = attribute.strings {
      default = platform { gentoo = { "dev-libs/openssl" }, default = { "openssl" } },
      doc = "Packages of the program openssl.",
    },
  },

  certbot = {
    packages = attribute.strings {
      default = platform { gentoo = { "app-crypt/certbot" }, default = { "certbot" } },
      doc = "Packages of certbot, which gets certificates of ACME authorities. RHEL has it in EPEL.",
    },
    unit = attribute.string {
      default = platform { debian = "certbot", default = "certbot-renew" },
      doc = "Name of the timer and the service that renew certificates.",
    },
  },

  python = {
    packages = attribute.strings {
      default = platform {
        debian = { "python3", "python3-venv", "python3-pip" },
        arch = { "python", "python-pip" },
        alpine = { "python3", "py3-pip" },
        gentoo = { "dev-lang/python", "dev-python/pip" },
        default = { "python3", "python3-pip" },
      },
      doc = "Packages of Python 3, with what it takes to make a virtual environment.",
    },
    headers = attribute.strings {
      default = platform {
        debian = { "build-essential", "pkg-config", "python3-dev" },
        arch = { "base-devel" },
        alpine = { "build-base", "pkgconf", "python3-dev" },
        gentoo = { "dev-lang/python", "dev-util/pkgconf" },
        suse = { "gcc", "gcc-c++", "make", "pkg-config", "python3-devel" },
        default = { "gcc", "gcc-c++", "make", "pkgconf-pkg-config", "python3-devel" },
      },
      doc = "A compiler and Python's headers, for packages that pip has to build.",
    },
  },

  nodejs = {
    packages = attribute.strings {
      default = platform {
        ["rhel 8"] = { "nodejs", "npm" },
        ["rhel 9"] = { "nodejs", "npm" },
        rhel = { "nodejs", "nodejs-npm" },
        fedora = { "nodejs", "nodejs-npm" },
        amazon = { "nodejs", "nodejs-npm" },
        suse = { "nodejs-default", "npm-default" },
        gentoo = { "net-libs/nodejs" },
        default = { "nodejs", "npm" },
      },
      doc = "Packages of Node.js, with npm.",
    },
  },

  cron = {
    packages = attribute.strings {
      default = platform {
        debian = { "cron" },
        suse = { "cron" },
        alpine = { "dcron" },
        gentoo = { "sys-process/cronie" },
        default = { "cronie" },
      },
      doc = "Packages of the cron daemon.",
    },
    service = attribute.string {
      default = platform {
        debian = "cron",
        suse = "cron",
        alpine = "dcron",
        arch = "cronie",
        gentoo = "cronie",
        default = "crond",
      },
      doc = "Service of the cron daemon.",
    },
  },

  openssh = {
    packages = attribute.strings {
      default = platform {
        arch = { "openssh" },
        alpine = { "openssh-server" },
        suse = { "openssh-server" },
        gentoo = { "net-misc/openssh" },
        default = { "openssh-server" },
      },
      doc = "Packages of the SSH server.",
    },
    service = attribute.string {
      default = platform { debian = "ssh", default = "sshd" },
      doc = "Service of the SSH server.",
    },
  },

  chrony = {
    packages = attribute.strings {
      default = platform { gentoo = { "net-misc/chrony" }, default = { "chrony" } },
      doc = "Packages of the time service chrony.",
    },
    service = attribute.string {
      default = platform { debian = "chrony", default = "chronyd" },
      doc = "Service of chrony.",
    },
    config = attribute.string {
      default = platform {
        debian = "/etc/chrony/chrony.conf",
        alpine = "/etc/chrony/chrony.conf",
        gentoo = "/etc/chrony/chrony.conf",
        default = "/etc/chrony.conf",
      },
      doc = "File that configures chrony.",
    },
  },

  docker = {
    packages = attribute.strings {
      default = platform {
        debian = { "docker.io", "docker-compose" },
        fedora = { "moby-engine", "docker-compose" },
        amazon = { "docker" },
        suse = { "docker", "docker-compose" },
        arch = { "docker", "docker-compose" },
        alpine = { "docker", "docker-cli-compose" },
        gentoo = { "app-containers/docker", "app-containers/docker-cli", "app-containers/docker-compose" },
        default = {},
      },
      doc = "Packages of Docker and Docker Compose. RHEL has none.",
    },
  },

  git = {
    packages = attribute.strings {
      default = platform { gentoo = { "dev-vcs/git" }, default = { "git" } },
      doc = "Packages of git.",
    },
  },

  sudo = {
    packages = attribute.strings {
      default = platform { gentoo = { "app-admin/sudo" }, default = { "sudo" } },
      doc = "Packages of sudo.",
    },
    group = attribute.string {
      default = platform { debian = "sudo", default = "wheel" },
      doc = "Group whose members may use sudo, by the platform's custom.",
    },
  },

  ca_certificates = {
    packages = attribute.strings {
      default = platform { gentoo = { "app-misc/ca-certificates" }, default = { "ca-certificates" } },
      doc = "Packages of the certificates that clients of TLS trust.",
    },
  },
}
