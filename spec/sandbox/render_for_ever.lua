-- ends: limit
local list = {}
for at = 1, 1000 do list[at] = "text" end
while true do render("a.hbs", { list = list }) end
--- file: templates/a.hbs
{{#each list as |item|}}{{item}} {{/each}}
