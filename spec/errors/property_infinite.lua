file "/a" { backup = 1/0 }
