-- The first recipe on every machine: package lists that are not stale, and the few packages that all others count on.

apt_update "the lists of packages" {
  frequency = node.base.update_every,
  only_if = node.platform_family == "debian",
  why = "an old list names versions that the mirrors no longer have",
}

-- pacman's lists are read together with an upgrade of everything, or not at all: that is for the people of the machine.
package_lists "the lists of other package managers" {
  frequency = node.base.update_every,
  only_if = node.platform_family ~= "debian" and node.platform_family ~= "arch",
}

package(node.base.packages)
