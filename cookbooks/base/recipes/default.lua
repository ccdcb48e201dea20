-- The first recipe on every machine: package lists that are not stale, and the few packages that all others count on.

apt_update "the lists of packages" {
  frequency = node.base.update_every,
  only_if = node.platform_family == "debian",
  why = "an old list names versions that the mirrors no longer have",
}

package(node.base.packages)
