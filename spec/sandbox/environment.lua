-- ends: error
getfenv(1).x = 1
