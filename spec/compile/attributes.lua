--- set: nginx.port=8080
include_recipe "nginx"
--- file: chefrs.toml
[attributes]
free.thing = [1, 2]
[attributes.nginx]
listen = ["*"]
limits.rate = 5
[attributes.nginx.tls]
mode = "on"
--- file: cookbooks/nginx/cookbook.toml
name = "nginx"
version = "1.0.0"
--- file: cookbooks/nginx/attributes.lua
return attributes {
  port = attribute.integer { default = 80, doc = "Port to listen on." },
  url = attribute.string {
    default = function(node) return `http://{node.hostname}:{node.nginx.port}/{node.nginx.tls.mode}` end,
    doc = "Where it is reached.",
  },
  listen = attribute.list { default = { "a", "b" } },
  limits = attribute.map { default = { burst = 10, rate = 1 } },
  optional = attribute.string {},
  asked = attribute.string {
    default = function(node)
      return node:get("nginx.tls.mode") .. node:get("nginx.optional", "-") .. node:get("free.thing.x", "-")
    end,
  },
  tls = { mode = attribute.choice { values = { "on", "off" }, default = "off" } },
}
--- file: cookbooks/nginx/recipes/default.lua
file "/a" { content = `{node.nginx.port} {node.nginx.url} {#node.nginx.listen} {node.nginx.limits.burst} {node.nginx.asked}` }
