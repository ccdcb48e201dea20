file "/a" "content"
