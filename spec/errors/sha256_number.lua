print(sha256(5))
