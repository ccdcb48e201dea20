local a = file "/a"
print(a.content)
