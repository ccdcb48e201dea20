hostname "wall1" { ipaddress = "" }
