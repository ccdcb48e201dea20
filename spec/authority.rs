//! What cookbooks may do: patterns, what each resource type says that it needs, and rows that go beyond it.

use std::collections::BTreeSet;
use std::path::Path;

use camino::Utf8Path;
use chefrs::compile::{Input, Limits, compile_within};
use chefrs::cookbook::Project;
use chefrs::model::capability::{Authority, Capabilities, Capability, Need, NeededRights, full_control};
use chefrs::model::collection::Collection;
use chefrs::model::schema::Kind;
use serde_json::json;

use crate::resources;

fn rights(kind: Capability, patterns: &[&str]) -> Capabilities {
    Capabilities::from([(kind, patterns.iter().map(|pattern| (*pattern).to_owned()).collect())])
}

fn need(kind: Capability, name: &str) -> Need {
    Need { kind, name: name.to_owned() }
}

#[test]
fn a_pattern_covers_what_it_says_and_nothing_beside_it() {
    use Capability::{Execute, Fetch, File, Package, Read, System};
    let table: &[(Capability, &str, &[&str], &[&str])] = &[
        (
            File,
            "/srv/www/**",
            &["/srv/www", "/srv/www/a", "/srv/www/a/b", "/srv/www/**"],
            &["/srv", "/srv/wwwx", "/srv/**"],
        ),
        (File, "/srv/*/logs", &["/srv/a/logs"], &["/srv/a/b/logs", "/srv/logs", "/srv/**", "/srv/a/logs/x"]),
        (
            File,
            "/etc/nginx/*.conf",
            &["/etc/nginx/a.conf", "/etc/nginx/.conf"],
            &["/etc/nginx/a/b.conf", "/etc/nginx/a.confx"],
        ),
        (File, "/**/nginx/**", &["/etc/nginx/x", "/usr/local/nginx"], &["/etc/nginxx/y"]),
        (File, "/srv/www/**", &[], &["/srv/www/../x", "/srv/www/a/../../../etc"]),
        (File, "/etc/x*", &["/etc/x", "/etc/xy"], &["/etc/x/y", "/etc/**"]),
        (Read, "/etc/x", &["/etc/x"], &["/etc/y"]),
        (Package, "nginx-*", &["nginx-full", "nginx-*"], &["nginx", "pip:nginx-x", "*"]),
        (Package, "pip:*", &["pip:django"], &["django"]),
        (
            Execute,
            "/usr/sbin/nginx -t",
            &["/usr/sbin/nginx -t", "nginx -t", "/usr/sbin/nginx -t -q"],
            &["/usr/sbin/nginx", "nginx -s -t", "/tmp/nginx -t", "sh -c 'nginx -t'"],
        ),
        (Execute, "/opt/app/bin/run", &["/opt/app/bin/run x"], &["run x"]),
        (
            Execute,
            "/bin/sh -c 'test -e /x'",
            &["/bin/sh -c 'test -e /x'", "sh -c 'test -e /x'"],
            &["/bin/sh -c 'test -e /y'", "/bin/sh -c test"],
        ),
        (
            Execute,
            "/usr/bin/ctl get *",
            &["ctl get a", "ctl get 'a b'"],
            &["ctl get", "ctl set a", "ctl get a/b", "ctl get .."],
        ),
        (
            Fetch,
            "https://nginx.org/**",
            &["https://nginx.org/x", "https://nginx.org/x?y"],
            &["http://nginx.org/x", "https://nginx.org.evil/x", "https://evil/nginx.org/x"],
        ),
        (
            Fetch,
            "https://*.example.org/**",
            &["https://a.example.org/"],
            &["https://example.org/", "https://a.b/example.org/"],
        ),
        (
            System,
            "sysctl/net.*",
            &["sysctl/net.ipv4.ip_forward"],
            &["sysctl/kernel.x", "sysctl", "mount/net.x"],
        ),
    ];
    let mut wrong = Vec::new();
    for (kind, pattern, covered, others) in table {
        let granted = rights(*kind, &[pattern]);
        for (name, expected) in
            covered.iter().map(|name| (name, true)).chain(others.iter().map(|name| (name, false)))
        {
            if need(*kind, name).is_in(&granted) != expected {
                wrong
                    .push(format!("{pattern} {} {name}", if expected { "does not cover" } else { "covers" }));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    // Who may change a file may read it, and not the other way round.
    assert!(need(Read, "/etc/x").is_in(&rights(File, &["/etc/x"])));
    assert!(!need(File, "/etc/x").is_in(&rights(Read, &["/etc/x"])));
}

#[test]
fn an_address_is_granted_by_the_host_that_is_asked() {
    let table = [
        ("https://nginx.org@evil.example/x", "fetch `https://evil.example/x`"),
        ("HTTPS://NGINX.org/a/../b", "fetch `https://nginx.org/b`"),
        ("https://evil.example\\.nginx.org/", "fetch `https://evil.example/.nginx.org`"),
        ("https://evil.example?.nginx.org/", "fetch `https://evil.example/?.nginx.org/`"),
        ("https://evil.example#.nginx.org/", "fetch `https://evil.example/#.nginx.org/`"),
        ("git@evil.example:x/y", "fetch `ssh://evil.example/x/y`"),
        ("/srv/repository", "read `/srv/repository/**`"),
        ("file:///etc/../etc/shadow", "read `/etc/shadow/**`"),
    ];
    for (address, shown) in table {
        let mut needs = NeededRights::default();
        needs.fetch(address);
        let found: Vec<String> = needs.into_sorted().iter().map(Need::shown).collect();
        assert_eq!(found, [shown], "{address}");
    }
}

#[test]
fn what_is_denied_counts_for_all_that_holds_a_part_of_it() {
    let authority = Authority {
        granted: Some(rights(Capability::File, &["/**"])),
        denied: rights(Capability::File, &["/etc/sudoers*", "/root/.ssh/**", "/srv/*/private"]),
        ..Authority::default()
    };
    for denied in [
        "/etc/sudoers",
        "/etc/sudoersx",
        "/root/.ssh",
        "/root/.ssh/x",
        "/root/**",
        "/etc/**",
        "/**",
        "/srv/a/**",
    ] {
        assert!(authority.lacks(&need(Capability::File, denied)).is_some(), "{denied}");
    }
    for allowed in ["/etc/x", "/root", "/root/x", "/srv/a", "/srv/a/public/**"] {
        assert_eq!(authority.lacks(&need(Capability::File, allowed)), None, "{allowed}");
    }
    assert!(
        authority.lacks(&need(Capability::Read, "/etc/sudoers")).is_some(),
        "what is denied is not read either"
    );
}

#[test]
fn what_amounts_to_full_control_is_told() {
    use Capability::{Execute, File, Package, System, User};
    let full = [
        (File, "/**"),
        (File, "/etc/**"),
        (File, "/etc/sudoers.d/x"),
        (File, "/usr/local/bin/x"),
        (File, "/root/.ssh/**"),
        (File, "/*/cron.d/x"),
        (File, "/etc/systemd/system/x.service"),
        (File, "/home/*/.ssh/authorized_keys"),
        (Execute, "**"),
        (Execute, "/bin/sh -c 'x'"),
        (Execute, "/usr/bin/python3.12 x"),
        (Execute, "/opt/*/x"),
        (Package, "**"),
        (Package, "*"),
        (User, "root"),
        (User, "r*"),
        (User, "sudo"),
        (System, "setuid"),
        (System, "mount/srv"),
        (System, "**"),
        (Package, "/tmp/x.deb"),
        (Package, "option:-o=x"),
        (System, "login/root"),
        (Package, "nginx-*"),
        (Capability::Service, "**"),
        (Capability::Read, "/etc/**"),
        (Capability::Attribute, "*.users"),
        (Capability::Secret, "db_*"),
    ];
    for (kind, pattern) in full {
        assert!(full_control(kind, pattern).is_some(), "{} {pattern}", kind.word());
    }
    let plain = [
        (File, "/srv/www/**"),
        (File, "/etc/nginx/**"),
        (Execute, "/usr/sbin/nginx -t"),
        (Package, "nginx"),
        (User, "www-data"),
        (System, "hostname"),
        (System, "package-lists"),
    ];
    for (kind, pattern) in plain {
        assert_eq!(full_control(kind, pattern), None, "{} {pattern}", kind.word());
    }
}

/// Every case of every type: the paths of its steps are among what the type says that it needs, unless the type alone
/// decides which files it writes.
#[test]
fn a_type_needs_the_paths_that_its_steps_write() {
    let (mut wrong, mut changing, mut needing) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for case in resources::all() {
        let (Ok(declared), Ok(changes)) = (&case.declared, case.outcome().0) else { continue };
        let Ok(planner) = declared.planner() else { continue };
        let mut needs = NeededRights::default();
        planner.needs(&declared.action, &mut needs);
        let is_elsewhere = needs.is_elsewhere();
        let needs = needs.into_sorted();
        let mut granted = Capabilities::new();
        for need in &needs {
            granted.entry(need.kind).or_default().push(need.pattern());
        }
        let steps: Vec<_> = changes.iter().flat_map(|change| &change.steps).collect();
        if !steps.is_empty() {
            changing.insert(declared.r#type.clone());
        }
        if !needs.is_empty() {
            needing.insert(declared.r#type.clone());
        }
        // A file behind a link is granted by its own path, and so are directories on the way.
        let follows = declared.properties.get("follow_link") == Some(&json!(true));
        if is_elsewhere || follows {
            continue;
        }
        let is_on_the_way = |path: &Utf8Path| {
            declared.r#type == "directory"
                && needs.iter().any(|need| Utf8Path::new(&need.name).starts_with(path))
        };
        for path in steps.iter().filter_map(|step| step.path()).filter(|path| !is_on_the_way(path)) {
            if !need(Capability::File, path.as_str()).is_in(&granted) {
                wrong.push(format!("{}: {path}", case.path.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let silent: Vec<&String> = changing.difference(&needing).collect();
    assert!(silent.is_empty(), "these types change something and say that they need nothing: {silent:?}");
    assert!(changing.len() > 40, "{changing:?}");
}

/// A project whose cookbook `web` comes from a directory and has this recipe.
fn project(root: &Utf8Path, kind: &chefrs::provider::ResourceType, tables: &str, grants: &str) -> Project {
    let book = root.join("web");
    for folder in ["recipes", "templates", "files"] {
        std::fs::create_dir_all(book.join(folder)).unwrap();
    }
    std::fs::write(book.join("recipes/default.lua"), kind.example).unwrap();
    for (folder, name) in sources(kind.example) {
        let tree = (kind.schema)().property("source").is_some_and(|source| source.kind == Kind::Tree);
        let path = book.join(folder).join(if tree { format!("{name}/file") } else { name });
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "text\n").unwrap();
    }
    let manifest = format!("name = \"web\"\nversion = \"1.0.0\"\n[capabilities]\n{tables}");
    std::fs::write(book.join("cookbook.toml"), manifest).unwrap();
    let settings = format!("[cookbooks]\nweb = {{ path = \"web\" }}\n[grants.web]\n{grants}");
    std::fs::write(root.join("chefrs.toml"), settings).unwrap();
    Project::open(root).unwrap_or_else(|wrong| panic!("{}: {wrong}", kind.name))
}

fn sources(example: &str) -> Vec<(&'static str, String)> {
    let names = example.split("source = \"").skip(1).filter_map(|rest| rest.split('"').next());
    let own = names.filter(|name| !name.starts_with('/') && !name.contains("://"));
    own.map(|name| {
        (
            if Path::new(name).extension().is_some_and(|end| end == "hbs") { "templates" } else { "files" },
            name.to_owned(),
        )
    })
    .collect()
}

fn compiled(project: &Project) -> Result<Collection, String> {
    let facts = crate::compile::facts();
    let run_list = ["web".to_owned()];
    let input = Input { project, run_list: &run_list, facts: &facts, attributes: &[] };
    compile_within(&input, Limits::default()).map(|done| done.collection).map_err(|wrong| wrong.to_string())
}

fn toml(needs: &BTreeSet<Need>) -> String {
    let of_kind = |kind: Capability| {
        let names: Vec<String> = needs.iter().filter(|need| need.kind == kind).map(Need::pattern).collect();
        (!names.is_empty()).then(|| format!("{} = {}\n", kind.word(), json!(names)))
    };
    Capability::ALL.into_iter().filter_map(of_kind).collect()
}

/// With exactly what its rows need, the example of each type compiles; without one of these rights, it is refused.
#[test]
fn every_example_of_the_roster_is_held_to_its_grants() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for kind in chefrs::resources::TYPES {
        let root = Utf8Path::from_path(folder.path()).unwrap().join(kind.name);
        let everything: Vec<String> = Capability::ALL
            .into_iter()
            .map(|kind| {
                format!(
                    "{} = [\"**\"]
",
                    kind.word()
                )
            })
            .collect();
        let everything = everything.concat();
        let free = compiled(&project(&root, kind, &everything, &everything)).expect(kind.name);
        let mut needs = BTreeSet::new();
        for row in &free.rows {
            let Some(entry) = chefrs::resources::find(&row.r#type) else { continue };
            let mut found = NeededRights::default();
            if let Ok(planner) = (entry.load)(&row.properties) {
                row.actions.iter().for_each(|action| planner.needs(action, &mut found));
            }
            for guard in row.only_if.iter().chain(&row.not_if) {
                if let chefrs::model::collection::Guard::Command(command) = guard {
                    found.command(command);
                }
            }
            needs.extend(found.into_sorted());
        }
        // What comes from deferred values and notifications is told by the refusals.
        for _ in 0..20 {
            let Err(refusal) = compiled(&project(&root, kind, &everything, &toml(&needs))) else { break };
            let told = refusal.split("it was not granted ").nth(1).and_then(|rest| {
                let (word, rest) = rest.split_once(" `")?;
                let kind = Capability::ALL.into_iter().find(|kind| kind.word() == word)?;
                Some(need(kind, rest.split("`\n").next()?))
            });
            let Some(told) = told else { panic!("{}: {refusal}", kind.name) };
            needs.insert(told);
        }
        let exact = toml(&needs);
        match compiled(&project(&root, kind, &exact, &exact)) {
            Ok(held) if held.rows == free.rows && held.authorities.contains_key("web") => {}
            other => wrong.push(format!("{}: with {exact}: {other:?}", kind.name)),
        }
        for left_out in &needs {
            let mut others = needs.clone();
            others.remove(left_out);
            if others.iter().any(|other| left_out.is_in(&rights(other.kind, &[&other.pattern()])))
                || left_out.kind == Capability::Read
                    && left_out.is_in(&rights(Capability::File, &["/**"]))
                    && others.iter().any(|other| {
                        left_out.is_in(&Capabilities::from([(other.kind, vec![other.pattern()])]))
                    })
            {
                continue;
            }
            match compiled(&project(&root, kind, &exact, &toml(&others))) {
                Err(refusal) if refusal.contains("the cookbook `web` may not") => {}
                other => wrong.push(format!("{} without {}: {other:?}", kind.name, left_out.shown())),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
