user "ada" { groups = { "docker", "www" }, append = true }
user "bob" { groups = {} }
user "carl" { groups = "www" }
group "docker" { members = { "bob", "carl" } }
group "www" { members = { "ada" }, append = true }
group "adm" { excluded_members = "ada" }
group "video" { action = "remove" }
user "dora" { groups = { "adm", "video" } }
group "adm" { members = {}, excluded_members = "dora", append = true }
