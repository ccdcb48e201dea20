local id = json.decode('{ "id": 9007199254740993 }').id
