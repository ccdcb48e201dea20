local layout = require "./site"

return task {
  doc = "Shows the processes of the site with their threads and memory; or gives it others, until the next run: `scale web=4 worker=2`.",
  arguments = {
    web = argument.integer { min = 1, doc = "Processes of the server. It goes on serving." },
    worker = argument.integer { min = 1, doc = "Tasks that celery's worker does at a time." },
  },
  run = function(self)
    local words, lines = {}, {}
    for name, attribute_name in { web = "workers", worker = "celery.concurrency" } do
      local number = self[name]
      if number then
        table.insert(words, `{name}={number}`)
        table.insert(lines, `{attribute_name} = {number}`)
      end
    end
    execute "scale" { command = layout.of(node).step("scale", unpack(words)) }
    if #words > 0 then
      local text = `until the next run. To keep it, write below [attributes.django_app] in chefrs.toml:\n{table.concat(lines, "\n")}`
      execute "lines" { command = { "printf", "%s\n", text } }
    end
  end,
}
