--- set: blog.domain=x
print(node.blog.domian)
