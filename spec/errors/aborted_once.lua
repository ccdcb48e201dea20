service "x" { notifies = { "create", "file[/later]" } }
print(node.hostnmae)
file "/later"
