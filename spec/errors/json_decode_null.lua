local list = json.decode '{ "hosts": [{ "ports": [1, null] }] }'
