-- ends: error
table.unpack({}, 1, 1e8)
