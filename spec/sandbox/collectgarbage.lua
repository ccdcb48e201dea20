-- ends: error
collectgarbage("stop")
