--- set: blog.domain=blog.example.org
file "/a" { content = `{node.hostname} {node.blog.domain} {node.memory.total}` }
for name, value in node.memory do
  file(`/{name}`) { content = tostring(value) }
end
for _, name in ipairs(node.network.interfaces) do
  file(`/{name}`)
end
if node:get("blog.port") == nil then
  file "/none" { content = node:get("blog.port", "80") }
end
for key in node do print(key) end
