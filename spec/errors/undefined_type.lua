fiel "/a"
