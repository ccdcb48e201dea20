file { "/a", "/b" }
