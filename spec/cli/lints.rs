//! What `chefrs check` warns of: names that nothing uses, and names that hide others.

use super::program::Program;

fn checked(files: &[(&str, &str)]) -> String {
    let program =
        files.iter().fold(Program::new(&["check"]), |program, (path, text)| program.file(path, text));
    program.output().stdout
}

fn in_recipe(text: &str) -> String {
    checked(&[("recipes/web.lua", text)])
}

fn is_clean(found: &str) {
    assert!(found.ends_with(": no problems found\n"), "{found}");
}

#[test]
fn locals_that_nothing_uses() {
    assert_eq!(
        in_recipe(
            "local port, user = 80, 'x'\nfile '/a' { owner = user }\nlocal function half(x) return x end\n"
        ),
        "warning: nothing uses the local `port`\n  --> recipes/web.lua:1\n1 | local port, user = 80, 'x'\n\
         hint: leave it out; `_port` says that it is not wanted\n\n\
         warning: nothing uses the local `half`\n  --> recipes/web.lua:3\n\
         3 | local function half(x) return x end\n\
         hint: leave it out; `_half` says that it is not wanted\n\n\
         checked 1 recipe with the facts of debian-12 and ubuntu-24.04: 2 warnings\n"
    );
    for used in [
        "local port = 80\nfile '/a' { content = `{port}` }\n",
        "local _port = 80\n",
        "for name, _ in { a = 1 } do file(`/{name}`) end\n",
        "local function f(unused) return 1 end\nfile(`/a{f()}`)\n",
        "local i = 0\nrepeat local done = i > 2; i += 1 until done\n",
        "local a\nif true then a = '/a' else a = '/b' end\nfile(a)\n",
        "local t = {}\nt.x = 1\n",
        "local x: string = '/a'\nfile(x)\n",
    ] {
        is_clean(&in_recipe(used));
    }
    // A field of the name is another thing, and so is a name in a comment or a text.
    for unused in [
        "local port = 80 -- port\nfile '/a' { content = tostring(node.cpu.port_count) }\n",
        "local name = 1\nfile(`/{node.hostname}`)\nlocal t = { x = 1 }\nprint(t.name, 'name')\n",
        "do local a = 1 end\nlocal a = '/x'\nfile(a)\n",
    ] {
        let found = in_recipe(unused);
        assert!(found.contains("warning: nothing uses the local `"), "{unused}: {found}");
    }
}

#[test]
fn names_that_hide_others() {
    assert_eq!(
        in_recipe("local path = '/a'\nfor _, path in { '/b' } do file(path) end\nfile(path)\n"),
        "warning: `path` hides the `path` of line 1\n  --> recipes/web.lua:2\n\
         2 | for _, path in { '/b' } do file(path) end\nhint: give one of them another name\n\n\
         checked 1 recipe with the facts of debian-12 and ubuntu-24.04: 1 warning\n"
    );
    for hiding in [
        "local x = '/a'\nlocal x = x .. 'b'\nfile(x)\n",
        "local x = '/a'\nlocal function f(x) return x end\nfile(f(x))\n",
        "local x = '/a'\nif true then local x = '/b'; file(x) end\nfile(x)\n",
    ] {
        let found = in_recipe(hiding);
        assert!(found.contains("warning: `x` hides the `x` of line 1\n"), "{hiding}: {found}");
    }
    for apart in [
        "do local x = '/a'; file(x) end\ndo local x = '/b'; file(x) end\n",
        "local f = function(x) return x end\nlocal g = function(x) return x end\nfile(f(g('/a')))\n",
        "for _, x in { '/a' } do file(x) end\nfor _, x in { '/b' } do file(x) end\n",
        "if true then local x = '/a'; file(x) else local x = '/b'; file(x) end\n",
    ] {
        is_clean(&in_recipe(apart));
    }
}

const MANIFEST: (&str, &str) = (
    "cookbooks/web/cookbook.toml",
    "name = \"web\"\nversion = \"1.0.0\"\n[dependencies]\nnginx = \"*\"\nhost = { cookbook = \"names\" }\n",
);

#[test]
fn what_a_cookbook_declares_and_nothing_uses() {
    let attributes = "return attributes {\n  port = attribute.integer { default = 80, doc = 'x' },\n  \
         tls = { key = attribute.string { default = 'k', doc = 'x' }, unread = attribute.string { default = 'c', doc = 'x' } },\n}\n";
    let resource = "return resource {\n  doc = 'x',\n  properties = {\n    domain = property.string { doc = 'x' },\n    \
         text = property.string { default = '', doc = 'x' },\n  },\n  \
         actions = { create = function(self) file(`/{self.name}`) { content = self.text } end },\n}\n";
    assert_eq!(
        checked(&[
            MANIFEST,
            ("cookbooks/web/attributes.lua", attributes),
            ("cookbooks/web/resources/page.lua", resource),
            (
                "cookbooks/web/recipes/default.lua",
                "file(`/{node.web.port}`)\nfile '/k' { content = node.web.tls.key }\n"
            ),
            ("recipes/own.lua", "local web = require '@web'\nweb.page 'x' {}\n"),
        ]),
        "warning: nothing reads the attribute `web.tls.unread`\n  --> cookbooks/web/attributes.lua:3\n\
         3 |   tls = { key = attribute.string { default = 'k', doc = 'x' }, unread = attribute.string { default = 'c', doc = 'x' } },\n\
         hint: leave it out, or use it in a recipe\n\n\
         warning: nothing reads the property `domain` of `web.page`\n  --> cookbooks/web/resources/page.lua:4\n\
         4 |     domain = property.string { doc = 'x' },\n\
         hint: leave it out, or use `self.domain` in an action\n\n\
         warning: nothing in the cookbook uses its dependency `host`\n  --> cookbooks/web/cookbook.toml:5\n\
         5 | host = { cookbook = \"names\" }\nhint: leave it out of `[dependencies]`\n\n\
         warning: nothing in the cookbook uses its dependency `nginx`\n  --> cookbooks/web/cookbook.toml:4\n\
         4 | nginx = \"*\"\nhint: leave it out of `[dependencies]`\n\n\
         checked 2 recipes with the facts of debian-12 and ubuntu-24.04: 4 warnings\n"
    );
    // Another cookbook reads an attribute, a template has a property, and all attributes are passed on.
    is_clean(&checked(&[
        MANIFEST,
        ("cookbooks/web/attributes.lua", attributes),
        ("cookbooks/web/templates/page.hbs", "{{domain}}"),
        ("cookbooks/web/resources/page.lua", resource),
        (
            "cookbooks/web/recipes/default.lua",
            "include_recipe 'nginx'\nlocal host = require '@host'\nprint(node.web, host)\n",
        ),
        ("recipes/own.lua", "local web = require '@web'\nweb.page 'x' {}\n"),
    ]));
}

#[test]
fn variables_that_a_template_does_not_use() {
    let recipe = "template '/a' { source = 'a.hbs', variables = { one = 1, two = 2, three = 3 } }\n";
    let with = |template: &str| checked(&[("templates/a.hbs", template), ("recipes/web.lua", recipe)]);
    let found = with("{{one}}");
    assert!(
        found.starts_with(
            "warning: template[/a]: `templates/a.hbs` does not use its variables `three` and `two`\n  --> recipes/web.lua:1\n"
        ),
        "{found}"
    );
    is_clean(&with("{{one}} {{#if two}}{{../three}}{{/if}}"));
    is_clean(&with("{{#each this}}{{this}}{{/each}}"));
}
