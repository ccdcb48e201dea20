apt_update "lists"
