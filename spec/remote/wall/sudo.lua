sudo "wall" { users = "deploy", commands = "/usr/bin/true" }
