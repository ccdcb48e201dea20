file "/etc/nftables.conf" {}
firewall_rule "wall" { action = "remove" }
