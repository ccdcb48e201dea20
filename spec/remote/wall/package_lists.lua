package_lists "lists"
