-- As many resources as a run may have.

for i = 1, 100000 do
  file(`/srv/bench/files/f{i}.conf`) { content = `line {i}\n`, mode = "0644" }
end
