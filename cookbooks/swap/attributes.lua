return attributes {
  path = attribute.path { default = "/swapfile", doc = "The swap file." },
  size = attribute.string {
    default = function(node)
      local memory = (tonumber(node.memory.total:match("^%d+")) or 0) / 1024
      return `{math.clamp(math.ceil(memory / 256) * 256, 512, 4096)}M`
    end,
    pattern = "^[0-9]+[MG]?$",
    doc = "Its size: `2G`, `512M`. Default: that of the memory in steps of 256 MiB, at least 512 MiB and at most 4 GiB. `0`: none.",
  },
  swappiness = attribute.integer {
    default = 10,
    min = 0,
    max = 200,
    doc = "How eagerly the kernel swaps. Its own default is 60; with 10 programs stay in memory while there is some.",
  },
}
