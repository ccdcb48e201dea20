-- ends: error
file "/a" { content = table.concat({ contents "/a" }, "", 1, 2 ^ 60) }
