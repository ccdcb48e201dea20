package { "git", "nginx", "python3-venv" }
