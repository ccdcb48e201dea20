apt_preference "wall" { pin = "version 1.2*", pin_priority = 100 }
