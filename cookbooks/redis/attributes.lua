-- A quarter of the memory, in steps of 64 MB: the total differs a little from kernel to kernel.
local function quarter(node)
  local total = tonumber((node:get("memory.total", "0kB"):match("%d+"))) / 1024
  return `{math.max(64, total // 4 // 64 * 64)}mb`
end

return attributes {
  bind = attribute.strings {
    default = { "127.0.0.1", "-::1" },
    doc = "Addresses to listen on. One with `-` in front may be missing on the machine.",
  },
  port = attribute.integer { default = 6379, min = 1, max = 65535, doc = "Port to listen on." },
  password = attribute.map {
    default = {},
    keys = { secret = attribute.string { doc = "Name of the secret." } },
    doc = "Password of the user `default`: `{ secret = \"redis\" }`. Without it, that user needs none.",
  },
  maxmemory = attribute.string {
    default = quarter,
    pattern = "^[0-9]+(kb|mb|gb)?$",
    message = "it is a number with kb, mb or gb: \"512mb\", or \"0\" for no limit",
    doc = "Most memory for data. A quarter of the machine's unless it is set.",
  },
  policy = attribute.choice {
    values = {
      "noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random",
      "volatile-ttl",
    },
    default = "noeviction",
    doc = "What is dropped once the memory is full. `noeviction` refuses writes, as queues need it; a cache wants `allkeys-lru`.",
  },
  persistence = attribute.choice {
    values = { "snapshots", "log", "none" },
    default = "snapshots",
    doc = "What is kept across restarts: the last snapshot, every write, or nothing.",
  },
  settings = attribute.map {
    default = {},
    values = attribute.string { doc = "The value." },
    doc = "Further lines of redis.conf, by name: `{ timeout = \"300\" }`.",
  },
}
