-- ends: error
newproxy(true)
