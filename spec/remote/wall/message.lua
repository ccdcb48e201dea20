message "hello"
