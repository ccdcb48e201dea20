timezone "Etc/UTC"
