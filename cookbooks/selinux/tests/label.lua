local selinux = require "."

test "the type alone is set" {
  facts = "rocky-9",
  recipe = function() selinux.label "/srv/www" { type = "httpd_sys_content_t" } end,
  expect = function(run)
    local label = run:resource "setting[SELinux type of /srv/www]"
    contains(label.properties.set, "--type")
    equal(label.properties.value, "httpd_sys_content_t")
  end,
}

test "a label and a type are too much" {
  recipe = function() selinux.label "/srv/www" { type = "etc_t", label = "system_u:object_r:etc_t:s0" } end,
  expect_error = "needs either label or type",
}
