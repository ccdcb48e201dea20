-- Many files of 1 KB, as `shell/files.sh` writes them.

local line = "key = the quick brown fox jumps over the lazy dog 0123456789\n"
local body = line:rep(16)

directory "/srv/bench/files"

for i = 1, node.bench.files do
  file(`/srv/bench/files/f{i}.conf`) {
    content = `# file {i}\n{body}`,
    owner = "root",
    mode = "0644",
  }
end
