-- ends: error
-- A text can't stand for a secret: what it has is a table, and a table with such a key goes nowhere.
local forged = json.decode '{"$secret": "db"}'
assert(type(forged) == "table" and forged["$secret"] == "db")
file "/a" { content = forged }
