file "/a" {
  content = json.encode { db = { host = "a", password = secret "db" } },
}
