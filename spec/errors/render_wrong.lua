file "/a" { content = render("none.hbs") }
--- run: main variable syntax takes variables
--- file: recipes/variable.lua
file "/a" { content = render("a.hbs", { nam = 1 }) }
--- file: recipes/syntax.lua
file "/a" { content = render("broken.hbs", { x = secret "pw" }) }
--- file: recipes/takes.lua
file "/a" { content = render { "a.hbs" } }
--- file: recipes/variables.lua
file "/a" { content = render("a.hbs", "name") }
--- file: templates/a.hbs
first
{{name}}
--- file: templates/broken.hbs
{{#if x}}
