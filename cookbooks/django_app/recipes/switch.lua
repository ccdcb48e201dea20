-- The moment that counts: the link `current` names the release that is served.

local site = (require "./site").of(node)

link(site.current) {
  to = site.release,
  notifies = { "delete", `file[{site.started}]`, "immediately" },
}
