-- Redis, running with its own settings on top of the distribution's, and with exactly the declared users.

local redis = require "./layout"
local wanted = node.redis

local password = node:get("redis.password.secret")
for _, address in ipairs(wanted.bind) do
  if password == nil and not address:match("^%-?127%.") and not address:match("^%-?::1$") then
    error(`redis.bind has {address}, where others can reach it, and redis.password is not set`, 0)
  end
end

package(node.names.redis.packages)

if value_for_platform { suse = true, default = false } then
  execute "configuration of Redis" {
    command = { "cp", "-p", "/etc/redis/default.conf.example", redis.config },
    creates = redis.config,
  }
end

cookbook_file(redis.program) {
  source = "redis-setting",
  mode = "0755",
  diff = false,
  why = "users and settings are verified and asked with it",
}

execute "password of Redis' user root" {
  command = `umask 077; head -c 32 /dev/urandom | sha256sum | cut -c-64 >{redis.key}`,
  creates = redis.key,
}

service(node.names.redis.service) { action = { "enable", "start" } }

if wanted.persistence == "log" then
  -- A server that starts with a log for the first time would start without the data that it had.
  setting "Redis' log of writes" {
    get = { redis.program, "get", "appendonly", redis.drop_in },
    set = { redis.program, "set", "appendonly", redis.drop_in },
    value = "yes",
    timeout = 3600,
  }
end

local load = execute "users of Redis" {
  command = { redis.program, "load", redis.drop_in },
  action = "nothing",
}

fragment "Redis' user root" {
  into = redis.users,
  content = `user root on #{output { redis.program, "hash", redis.key }} {redis.everything}`,
  order = 1,
}

fragment "Redis' user default" {
  into = redis.users,
  content = `user default on {if password ~= nil then `#{output(redis.hash(secret(password)))}` else "nopass"} {redis.everything}`,
  order = 2,
}

file(redis.users) {
  content = fragments(redis.users),
  group = node.names.redis.user,
  mode = "0640",
  sensitive = true,
  verify = { redis.program, "verify", "--aclfile", "{path}" },
  notifies = { "run", load, "immediately" },
}

template(redis.drop_in) {
  source = "redis.conf.hbs",
  variables = {
    bind = wanted.bind,
    port = wanted.port,
    maxmemory = wanted.maxmemory,
    policy = wanted.policy,
    persistence = wanted.persistence,
    users = redis.users,
    settings = wanted.settings,
  },
  group = node.names.redis.user,
  mode = "0640",
  verify = { redis.program, "verify", "{path}" },
  notifies = { "restart", `service[{node.names.redis.service}]`, "immediately" },
}

line(`include {redis.drop_in}`) {
  path = redis.config,
  notifies = { "restart", `service[{node.names.redis.service}]`, "immediately" },
}
