-- The server's settings that attributes ask for.

return {
  lines = function(wanted, total)
    local lines = {}
    local function add(name, value) table.insert(lines, `{name} = {value}\n`) end
    if wanted.bind ~= "" then
      add("bind-address", wanted.bind)
    end
    if wanted.memory_percent > 0 then
      -- In steps of 64 MiB: the total differs a little from kernel to kernel.
      local kilobytes = tonumber((total:match("%d+")))
      add("innodb_buffer_pool_size", `{math.max(64, kilobytes * wanted.memory_percent // 100 // 65536 * 64)}M`)
    end
    if wanted.max_connections > 0 then
      add("max_connections", wanted.max_connections)
    end
    for name, value in pairs(wanted.settings) do
      add(name, value)
    end
    return table.concat(lines)
  end,
}
