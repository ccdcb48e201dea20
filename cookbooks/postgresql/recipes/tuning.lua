-- The server's part of the machine's memory.

local postgresql = require "."
local wanted = node.postgresql.tuning

include_recipe "::default"

local total = tonumber((node:get("memory.total", "0"):match("%d+"))) // 1024
if total == 0 then
  error("the facts do not say how much memory the machine has", 0)
end

-- In steps of 64 MB: the total differs a little from kernel to kernel.
local buffers = math.max(64, total * wanted.memory_percent // 100 // 64 * 64)
local restart = { "restart", `service[{node.names.postgresql.service}]` }

postgresql.parameter "shared_buffers" { value = `{buffers}MB`, notifies = restart }
postgresql.parameter "max_connections" { value = tostring(wanted.max_connections), notifies = restart }
postgresql.parameter "effective_cache_size" { value = `{buffers * 2}MB` }
postgresql.parameter "maintenance_work_mem" { value = `{math.max(64, math.min(1024, buffers // 8))}MB` }
