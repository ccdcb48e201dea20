-- The moment that counts: the link `current` names the release that is served.

local site = (require "./site").of(node)

execute(`switch of {site.name}`) {
  command = site.step("switch"),
  creates = `{site.steps}/switched`,
}

local told = message(`{site.name} has gone back`) {
  message = `the release before is served again: {output { "readlink", "-f", site.current }}`,
  level = "warn",
  action = "nothing",
}

execute(`way back of {site.name}`) {
  command = site.step("back"),
  action = "nothing",
  notifies = { "write", told, "immediately" },
  why = "a release that does not serve gives its place to the one before it",
}
