file "/a" { content = `{output "id"}` }
