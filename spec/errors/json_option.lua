local text = json.encode({ 1 }, { indent = 2 })
