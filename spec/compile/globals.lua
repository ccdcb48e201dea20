-- Globals that are not meant as properties.
content = "x"
file "/a" { content = content }
content = "y"
rows = { "b", "c" }
for _, name in rows do file(`/{name}`) { content = content } end
function path(name) return `/srv/{name}` end
file(path("d")); last = "e"
file(`/{last}`)
