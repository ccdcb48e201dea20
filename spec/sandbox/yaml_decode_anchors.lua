-- ends: error
yaml.decode("- &a " .. string.rep("x", 5e5) .. string.rep("\n- *a", 1e5))
