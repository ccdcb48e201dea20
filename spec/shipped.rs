//! The cookbooks and recipes that ship inside the program: what they refuse, and what they promise of themselves.

use std::net::TcpListener;

use serde_json::Value;

use crate::cli::program::Program;

/// The collection of `django_app` on a recorded machine.
fn compiled(facts: &str, sets: &[&str]) -> Value {
    let mut words = vec!["compile", "-r", "django_app", "--facts", facts];
    words.extend(sets.iter().flat_map(|set| ["--set", set]));
    let output = Program::new(&words).output();
    assert_eq!(output.status, 0, "{}", output.stderr);
    serde_json::from_str(&output.stdout).expect("a collection is JSON")
}

fn ids(collection: &Value) -> Vec<String> {
    let rows = collection["rows"].as_array().expect("a collection has rows");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| format!("{}[{}]", text(&row["type"]), text(&row["name"]))).collect()
}

#[test]
fn every_shipped_recipe_compiles_for_every_recorded_machine() {
    let everywhere = [
        "hello",
        "base",
        "python",
        "nginx",
        "postgresql",
        "mariadb",
        "openssl",
        "users",
        "ssh_hardening",
        "firewall",
        "fail2ban",
        "logrotate",
        "time",
        "swap",
    ];
    for recipe in everywhere.into_iter().chain(["django_app", "unattended_upgrades", "base_server"]) {
        Program::new(&["check", "-r", recipe])
            .stdout("checked 1 recipe with the facts of debian-12 and ubuntu-24.04: no problems found\n")
            .check();
    }
    for facts in ["rocky-9", "fedora-42"] {
        Program::new(&["check", "-r", "django_app", "--facts", facts])
            .stdout(&format!("checked 1 recipe with the facts of {facts}: no problems found\n"))
            .check();
    }
    for facts in ["rocky-9", "fedora-42", "opensuse-15", "arch", "alpine-3.21", "gentoo"] {
        for recipe in everywhere {
            Program::new(&["check", "-r", recipe, "--facts", facts])
                .stdout(&format!("checked 1 recipe with the facts of {facts}: no problems found\n"))
                .check();
        }
    }
}

#[test]
fn the_recipes_of_services_compile_for_every_recorded_machine() {
    let machines =
        ["debian-12", "ubuntu-24.04", "rocky-9", "fedora-42", "opensuse-15", "arch", "alpine-3.21", "gentoo"];
    for facts in machines {
        for recipe in
            ["redis", "supervisor", "certificates", "backup", "docker", "nodejs", "postgresql::tuning"]
        {
            Program::new(&["check", "-r", recipe, "--facts", facts])
                .stdout(&format!("checked 1 recipe with the facts of {facts}: no problems found\n"))
                .check();
        }
    }
}

#[test]
fn the_tests_of_every_shipped_cookbook_pass() {
    let home = env!("CARGO_MANIFEST_DIR");
    let output = Program::new(&["test", "--project", home]).output();
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{}", output.stdout);
    let folders = std::fs::read_dir(std::path::Path::new(home).join("cookbooks")).unwrap();
    for folder in folders.map(|folder| folder.unwrap().path()).filter(|path| path.is_dir()) {
        let files = std::fs::read_dir(folder.join("tests"));
        assert!(files.is_ok_and(|mut files| files.next().is_some()), "{} has no tests", folder.display());
    }
}

/// What a shipped cookbook declares to need is what its rows need.
#[test]
fn every_shipped_cookbook_declares_what_its_tests_need() {
    let home = env!("CARGO_MANIFEST_DIR");
    let folders = std::fs::read_dir(std::path::Path::new(home).join("cookbooks")).unwrap();
    for folder in folders.map(|folder| folder.unwrap().path()).filter(|path| path.is_dir()) {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let manifest = std::fs::read_to_string(folder.join("cookbook.toml")).unwrap();
        assert!(manifest.contains("\n[capabilities]\n"), "{name} declares nothing");
        let output = Program::new(&["cookbook", "check", name, "--project", home]).output();
        assert_eq!(output.status, 0, "{name}: {}", output.stderr);
        assert!(!output.stderr.contains("has no `[capabilities]`"), "{name}: {}", output.stderr);
    }
}

#[test]
fn a_name_tells_what_it_is_called_on_a_platform() {
    for (facts, user) in [("debian-12", "www-data"), ("arch", "http"), ("rocky-9", "nginx")] {
        Program::new(&["explain", "names.nginx.user", "--facts", facts])
            .stdout_has(&format!("names.nginx.user = \"{user}\""))
            .stdout_has("shipped/cookbooks/names/attributes.lua:")
            .check();
        Program::new(&["explain", "nginx.user", "--facts", facts]).stdout_has(&format!("\"{user}\"")).check();
    }
}

#[test]
fn a_certificate_says_what_is_wrong_with_it_before_anything_is_changed() {
    for (properties, message) in [
        ("names = { \"a b\" }", "\"a b\" is neither a name nor an address"),
        ("names = {}", "has no names: say the names and addresses that it is for"),
        (
            "names = { \"web1\" }, organization = \"a, b\"",
            "organization is \"a, b\", and has something in it",
        ),
        ("names = { \"web1\" }, days = 30", "would be made anew 30 days before its end: in each run"),
        ("names = { \"web1\" }, type = \"ed25519\", size = \"256\"", "the type ed25519 has no size"),
        ("names = { \"web1\" }, size = \"1024\"", "for rsa there are 2048, 3072, 4096, 8192"),
    ] {
        let text = format!(
            "local openssl = require \"@openssl\"\nopenssl.self_signed_certificate \"/c.crt\" {{ key = \"/c.key\", {properties} }}\n"
        );
        Program::new(&["check", "-r", "certificate", "--facts", "debian-12"])
            .file("recipes/certificate.lua", &text)
            .stdout_has(message)
            .status(3)
            .check();
    }
}

#[test]
fn django_app_says_what_is_wrong_before_anything_is_changed() {
    let wrong = [
        (vec!["name=Blog"], "django_app.name is \"Blog\": it takes a small letter"),
        (vec!["name=root"], "has a user of that name with the home /root"),
        (vec!["domain=a b"], "django_app.domain is \"a b\""),
        (vec!["aliases=[\"x;y\"]"], "django_app.aliases has \"x;y\""),
        (vec!["release=../up"], "django_app.release is \"../up\""),
        (vec!["source.git=x", "source.path=./y"], "django_app.source.path and django_app.source.git are set"),
        (vec!["source.path=/srv/x"], "it takes a directory of the project, such as \"./mysite\""),
        (vec!["source.tarball=http://x/y.tgz"], "needs django_app.source.checksum"),
        (vec!["project_dir=a/../.."], "django_app.project_dir is \"a/../..\""),
        (vec!["settings_overlay=off"], "django_app.settings_module has to name"),
        (vec!["health.path=up"], "a path begins with /"),
        (vec!["health.path=[]"], "django_app.health.path is empty"),
        (vec!["database_url=postgres://x"], "django_app.database_url is set, and django_app.database is"),
        (vec!["database=postgres", "database_url=postgres://x"], "store it with `chefrs secret set NAME`"),
        (vec!["basic_auth={\"user\":\"a\",\"password\":\"b\"}"], "django_app.basic_auth takes"),
        (vec!["basic_auth=x"], "django_app.basic_auth takes"),
        (vec!["trusted_proxies=x;y"], "which is neither an address nor a network"),
        (vec!["tls=files"], "it needs django_app.certificate and django_app.certificate_key"),
        (vec!["tls=acme"], "it needs django_app.acme.email"),
        (vec!["frontend=../x"], "django_app.frontend is \"../x\""),
        (vec!["log_dir=log"], "django_app.log_dir is \"log\": it takes the path of a directory"),
        (vec!["shared.directories=../x"], "django_app.shared.directories is \"../x\""),
        (vec!["source.deploy_key=k"], "django_app.source.deploy_key needs django_app.source.known_hosts"),
        (vec!["environment={\"A\":{\"file\":\"x\"}}"], "django_app.environment.A is a table"),
        (vec!["environment={\"a\":\"1\"}"], "django_app.environment has \"a\""),
        (vec!["environment={\"A\":\"it's\"}"], "django_app.environment.A has a single quote"),
    ];
    for (sets, message) in wrong {
        let sets: Vec<String> = sets.iter().map(|set| format!("django_app.{set}")).collect();
        let mut words = vec!["check", "-r", "django_app", "--facts", "debian-12"];
        words.extend(sets.iter().flat_map(|set| ["--set", set.as_str()]));
        Program::new(&words).stdout_has(message).status(3).check();
    }
}

#[test]
fn django_app_says_what_a_platform_does_not_have() {
    for (facts, set, message) in [
        ("arch", "name=shop", "django_app is not supported on arch: it takes Debian, Ubuntu, RHEL 9 or 10"),
        ("alpine-3.21", "name=shop", "django_app is not supported on alpine 3.21"),
        (
            "rocky-9",
            "firewall=ufw",
            "\"ufw\" is not supported on rocky 9.5: set it to \"firewalld\" or \"off\"",
        ),
        ("fedora-42", "firewall=nftables", "\"nftables\" is not supported on fedora 42"),
    ] {
        let set = format!("django_app.{set}");
        Program::new(&["check", "-r", "django_app", "--facts", facts, "--set", &set])
            .stdout_has(message)
            .status(3)
            .check();
    }
}

/// What the cookbook hands to its program on the machine.
fn wanted(sets: &[&str]) -> Value {
    let collection = compiled("debian-12", sets);
    let rows = collection["rows"].as_array().expect("a collection has rows");
    let row =
        rows.iter().find(|row| row["name"] == "/etc/guestbook/site.json").expect("there is a site.json");
    row["properties"]["variables"]["wanted"].clone()
}

#[test]
fn django_app_takes_a_release_s_name_from_its_source() {
    let label = |sets: &[&str]| wanted(sets)["label"].clone();
    assert_eq!(label(&[]), "sample");
    assert_eq!(
        label(&["django_app.source.git=https://x/y.git", "django_app.source.revision=feature/login"]),
        "feature-login"
    );
    let digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    assert_eq!(
        label(&[
            "django_app.source.tarball=https://x/y.tgz",
            &format!("django_app.source.checksum={digest}")
        ]),
        "0123456789ab"
    );
}

#[test]
fn django_app_installs_from_wheels_without_an_index() {
    let packages = &wanted(&["django_app.wheels=/srv/wheels"])["packages"];
    assert_eq!(packages["wheels"], "/srv/wheels");
    assert_eq!(packages["index_url"], "");
}

#[test]
fn django_app_switches_after_the_trial_and_looks_last() {
    let found = ids(&compiled("debian-12", &[]));
    let place = |start: &str| {
        found
            .iter()
            .position(|id| id.starts_with(start))
            .unwrap_or_else(|| panic!("no {start} in {found:#?}"))
    };
    assert_eq!(place("nginx_port["), 0);
    // What is wrong with a source is said before anything is installed that serves it.
    assert!(place("setting[source of") < place("package[nginx"));
    assert!(place("execute[packages of") < place("execute[static files"));
    assert!(place("execute[migrations") < place("execute[trial"));
    assert!(place("execute[trial") < place("execute[switch of"));
    assert!(place("execute[switch of") < place("service[guestbook-web"));
    // Only what comes after success comes after the look.
    let look = place("wait_for[pages of");
    assert!(place("nginx_site[guestbook") < look);
    assert!(look < place("execute[hooks after") && look < place("execute[old releases of"));
}

/// To go back to a release nothing is fetched, built or migrated.
#[test]
fn django_app_goes_back_without_its_source() {
    let found =
        ids(&compiled("debian-12", &["django_app.release=v1", "django_app.source.git=https://x/y.git"]));
    for id in ["git[", "execute[packages of", "execute[migrations of", "setting[source of"] {
        assert!(!found.iter().any(|found| found.starts_with(id)), "{found:#?}");
    }
    assert!(found.iter().any(|id| id == "execute[switch of guestbook]"));
}

#[test]
fn a_cookbook_deploys_the_directory_that_the_project_hands_to_it_and_no_other() {
    let program = |kind: &str, recipe: &str| {
        Program::new(&["compile", "-r", "main"])
            .file("recipes/main.lua", recipe)
            .file("site/index.html", "hello")
            .file("cookbooks/thing/cookbook.toml", "name = \"thing\"\nversion = \"1.0.0\"\n")
            .file(
                "cookbooks/thing/attributes.lua",
                &format!("return attributes {{ from = attribute.{kind} {{ doc = \"What is copied.\" }} }}\n"),
            )
            .file(
                "cookbooks/thing/recipes/default.lua",
                "remote_directory \"/srv/x\" { source = node.thing.from }\n",
            )
            .file(
                "cookbooks/thing/resources/copy.lua",
                &format!(
                    "return resource {{\n  doc = \"A copy.\",\n  properties = {{ from = property.{kind} {{}} }},\n  \
                     actions = {{\n    create = function(self) remote_directory(self.name) {{ source = self.from }} \
                     end,\n  }},\n}}\n"
                ),
            )
            .file("chefrs.toml", "[attributes]\nthing.from = \"./site\"\n")
    };
    let given = "local thing = require \"@thing\"\nthing.copy \"/srv/x\" { from = \"./site\" }\n";
    let included = "include_recipe \"thing\"\n";
    for recipe in [given, included] {
        program("tree", recipe).stdout_has("index.html").check();
        // A path alone is nothing that a cookbook could follow, whoever wrote it and wherever it stands.
        program("string", recipe)
            .stderr_has("`./` is the directory of the project, which cookbooks can't access")
            .status(3)
            .check();
    }
}

#[test]
fn nginx_port_names_the_program_that_holds_the_port() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let recipe = format!("local nginx = require \"@nginx\"\nnginx.port \"http\" {{ port = {port} }}\n");
    let run =
        || Program::new(&["run", "-r", "main", "--set", "nginx.port=1"]).file("recipes/main.lua", &recipe);
    let taken = run().output();
    assert_eq!(taken.status, 1, "{}{}", taken.stdout, taken.stderr);
    let holder = format!("(process {})", std::process::id());
    assert!(taken.stdout.contains(&format!("port {port} is taken by ")), "{}", taken.stdout);
    assert!(taken.stdout.contains(&holder), "{}", taken.stdout);

    drop(listener);
    let free = run().output();
    assert_eq!(free.status, 0, "{}{}", free.stdout, free.stderr);
}
