file { content = "x" }
