-- A release of a whole family, where the platform itself is not named.
file "/etc/release" { content = value_for_platform { ["rhel 10"] = "ten", rhel = "other", default = "none" } }
file "/etc/family" { content = value_for_platform { ["rhel 9"] = "nine", rhel = "other", default = "none" } }
file "/etc/platform" { content = value_for_platform { ["rocky 10"] = "rocky", ["rhel 10"] = "ten", default = "none" } }
--- facts: { "platform": "rocky", "platform_version": "10.1", "platform_family": "rhel" }
