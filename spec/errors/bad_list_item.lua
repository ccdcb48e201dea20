package { "a", 5 }
