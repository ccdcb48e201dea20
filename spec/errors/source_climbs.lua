cookbook_file "/a" { source = "../../etc/passwd" }
