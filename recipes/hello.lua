-- The first thing to try: chefrs run -r hello
-- It needs no rights, writes into one directory below /tmp, and changes nothing when it runs again.

local folder = `/tmp/chefrs-hello-{node.current_user}`

directory(folder)

-- What a notification finds later has to be declared first; "nothing" makes it wait.
local first_time = file(`{folder}/first-time.txt`) {
  content = "This file was written because hello.txt had changed.\n",
  action = "nothing",
}

-- `node` holds what chefrs knows of the machine (see `chefrs facts`), and the attributes that you set.
file(`{folder}/hello.txt`) {
  content = `Hello {node.current_user}, this is {node.hostname}.\n`
    .. `It runs {node.platform} {node.platform_version} on {node.cpu.total} processors.\n`,
  mode = "0644",
  notifies = { "create", first_time, "immediately" },
}

-- A command runs each time, unless something says that its work is done: here the file that it makes.
execute "count the words" {
  command = "wc -w hello.txt > words.txt",
  cwd = folder,
  creates = `{folder}/words.txt`,
}

-- A guard: where first-time.txt is gone, this is skipped.
link(`{folder}/newest.txt`) {
  to = `{folder}/first-time.txt`,
  only_if = exists(`{folder}/first-time.txt`),
}
