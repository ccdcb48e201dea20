//! `chefrs resources`: the roster as people and editors read it.

use serde_json::Value;

use super::program::Program;

#[test]
fn the_table_and_the_dump_name_the_same_types() {
    let table = Program::new(&["resources"]).output();
    let dump = Program::new(&["resources", "--format", "json"]).output();
    assert_eq!((table.status, dump.status), (0, 0));
    let dump: Value = serde_json::from_str(&dump.stdout).unwrap();
    let dumped: Vec<&str> =
        dump["types"].as_array().unwrap().iter().map(|found| found["word"].as_str().unwrap()).collect();
    let listed: Vec<&str> = table
        .stdout
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(listed, dumped);
    assert!(listed.contains(&"nginx.site") && listed.contains(&"file"), "{listed:?}");
    assert!(dump["common"].as_array().unwrap().iter().any(|property| property["name"] == "only_if"));
}

#[test]
fn every_type_has_its_page() {
    for found in chefrs::resources::TYPES {
        let page = Program::new(&["resources", found.name]).output();
        assert_eq!((page.status, page.stderr.as_str()), (0, ""));
        assert!(page.stdout.starts_with(&format!("{}\n", found.name)), "{}", page.stdout);
        for action in found.actions {
            assert!(page.stdout.contains(action.doc.split(' ').next().unwrap()), "{}", page.stdout);
        }
        for property in (found.schema)().properties {
            assert!(page.stdout.contains(&format!("  {}: ", property.name)), "{}", page.stdout);
        }
        for heading in ["Actions", "Properties", "Properties of every type", "Example"] {
            assert!(page.stdout.contains(&format!("\n{heading}\n")), "{}", page.stdout);
        }
    }
}

#[test]
fn an_unknown_type_is_refused() {
    Program::new(&["resources", "no_such_type"])
        .stderr(
            "error: there is no resource type `no_such_type`\nhint: `chefrs resources` lists all of them\n",
        )
        .status(64)
        .check();
}

/// A project with a custom resource of its own, one in a cookbook, and one that is broken.
fn project(words: &[&str]) -> Program {
    Program::new(words)
        .file(
            "resources/page.lua",
            "return resource { doc = \"A page.\\27[2J\", properties = {\n\
             title = property.string { required = true, doc = \"Its title.\" },\n\
             size = property.integer { default = 3, doc = \"Its size.\" } },\n\
             actions = { create = function(self) end, delete = function(self) end } }",
        )
        .file("cookbooks/blog/cookbook.toml", "name = \"blog\"\nversion = \"0.1.0\"")
        .file(
            "cookbooks/blog/resources/post.lua",
            "return resource { actions = { create = function() end } }",
        )
        .file("cookbooks/blog/resources/wrong.lua", "return 1")
}

#[test]
fn a_custom_resource_has_its_page() {
    project(&["resources", "page"])
        .stdout_has("page\nA page.")
        .stdout_has("  create   An action of the cookbook. (The default.)\n")
        .stdout_has("  title: a string. Required.\n      Its title.\n")
        .stdout_has("  size: a whole number. Default: `3`.\n      Its size.\n")
        .stdout_has("  local own = require \".\"\n  own.page \"name\" {\n    title = …,")
        .stderr_has("cookbooks/blog/resources/wrong.lua")
        .check();
    let output = project(&["resources", "page"]).output();
    assert!(!output.stdout.contains('\u{1b}'), "{}", output.stdout);
}

#[test]
fn both_names_of_a_custom_resource_lead_to_it() {
    for name in ["nginx.site", "nginx_site"] {
        Program::new(&["resources", name]).stdout_has("nginx.site\n").stdout_has("  domain").check();
    }
}

#[test]
fn what_is_broken_keeps_nothing_else_from_the_list() {
    let output = project(&["resources"]).output();
    assert_eq!(output.status, 0);
    for word in ["file ", "page ", "blog.post", "nginx.site "] {
        assert!(output.stdout.lines().any(|line| line.starts_with(word)), "{word}: {}", output.stdout);
    }
    assert!(output.stderr.contains("cookbooks/blog/resources/wrong.lua"), "{}", output.stderr);
}

#[test]
fn a_page_needs_no_values_of_attributes() {
    Program::new(&["resources", "motd.notice"])
        .file("cookbooks/motd/cookbook.toml", "name = \"motd\"\nversion = \"0.1.0\"")
        .file("cookbooks/motd/attributes.lua", "return attributes { owner = attribute.string { required = true } }")
        .file(
            "cookbooks/motd/resources/notice.lua",
            "return resource { properties = { path = property.path { name_property = true, required = true },\n\
             text = property.string { required = { \"create\" } }, old = property.string { required = { \"delete\" } } },\n\
             actions = { create = function(self) end, delete = function(self) end } }",
        )
        .stdout_has("  motd.notice \"name\" {\n    text = …,  -- a string\n  }\n")
        .check();
}

#[test]
fn a_page_has_the_limits_and_the_keys_of_tables() {
    let output = Program::new(&["resources", "pool"])
        .file("libraries/common.lua", "return { owner = property.string { default = \"root\", doc = \"Owner.\" } }")
        .file(
            "resources/pool.lua",
            "return resource { properties = { require \"./common\",\n\
             port = property.integer { required = { \"create\" }, min = 1, max = 65535, doc = \"Port.\" },\n\
             level = property.string { one_of = { \"debug\", \"info\" }, default = \"info\" },\n\
             label = property.string { pattern = \"^[a-z]+$\", max_length = 63 },\n\
             config = property.path { default = function(self) return \"/etc/\" .. self.name end },\n\
             names = property.strings { pattern = \"^[a-z]+$\", min_length = 1 },\n\
             backends = property.map { values = { servers = property.list { min_length = 1, doc = \"Servers.\", items = {\n\
             address = property.string { required = true, doc = \"Name or address.\" },\n\
             page = property.template { default = \"page.hbs\" },\n\
             weight = property.integer { default = 1, one_of = { 1, 2, 4 } } } } } } },\n\
             actions = { create = function(self) end } }",
        )
        .output();
    let (_, page) = output.stdout.split_once("\nProperties\n").unwrap();
    let (properties, _) = page.split_once("\nProperties of every type\n").unwrap();
    let wanted = "\
  backends: a table of tables.
      servers: a list of tables, with at least 1 item.
        Servers.
        address: a string. Required.
          Name or address.
        page: the name of a file below templates/. Default: `\"page.hbs\"`.
        weight: 1, 2, or 4. Default: `1`.
  config: an absolute path. Default: made from the other properties.
  label: a string of at most 63 characters that matches `^[a-z]+$`.
  level: \"debug\" or \"info\". Default: `\"info\"`.
  names: a string or a list of strings, each matching `^[a-z]+$`, with at least 1 item.
  owner: a string. Default: `\"root\"`.
      Owner.
  port: a whole number from 1 to 65535. Required for `create`.
      Port.
";
    assert_eq!(properties.trim_start(), wanted);
}
