local text = json.encoded { 1 }
