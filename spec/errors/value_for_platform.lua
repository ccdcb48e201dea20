pcall(value_for_platform, { debain = "misspelt" })
pcall(value_for_platform, { rhel = "nothing for this one" })
pcall(value_for_platform, { "a list" })
pcall(value_for_platform, "debian")
