file "/a" { content = { 1, nil, 3 } }
