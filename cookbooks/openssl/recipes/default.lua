-- The program openssl, and the one that the custom resources ask and change keys and certificates with.

package(node.names.openssl.packages)

cookbook_file "/usr/local/sbin/openssl-setting" {
  source = "openssl-setting",
  mode = "0755",
  diff = false,
  why = "the custom resources ask what is in a key or certificate with it, and make new ones",
}
