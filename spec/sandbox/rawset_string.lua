-- ends: error
rawset(string, "upper", 1)
