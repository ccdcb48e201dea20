-- Node.js, of the distribution or of an archive, and programs that npm installs.

local wanted = node.nodejs
local folder = "/usr/local/lib/nodejs"

if wanted.version == "" then
  package(node.names.nodejs.packages)
else
  if wanted.archive.checksum == "" then
    error("nodejs.version needs nodejs.archive.checksum, the SHA-256 of the archive", 0)
  end
  local archive = `/var/cache/nodejs/{wanted.version}.tar.gz`

  directory "/var/cache/nodejs" { mode = "0755" }
  remote_file(archive) { source = wanted.archive.url, checksum = wanted.archive.checksum, mode = "0644" }
  archive_file(archive) { destination = folder, strip_components = 1, owner = "root", group = "root" }

  -- Another version replaces the directory. What npm installs is elsewhere, and stays.
  file(`{folder}/lib/node_modules/npm/npmrc`) { content = "prefix=/usr/local\n", mode = "0644" }

  for _, name in ipairs({ "node", "npm", "npx" }) do
    link(`/usr/local/bin/{name}`) { to = `{folder}/bin/{name}` }
  end
end

for name, version in pairs(wanted.programs) do
  npm_package(name) {
    version = if version ~= "" then version else nil,
    environment = if wanted.registry ~= "" then { NPM_CONFIG_REGISTRY = wanted.registry } else {},
  }
end
