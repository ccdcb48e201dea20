locale "C.UTF-8"
