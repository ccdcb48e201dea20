print(node.hostnmae)
