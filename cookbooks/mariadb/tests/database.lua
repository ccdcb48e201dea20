local mariadb = require "."

test "a database can hold every letter" {
  recipe = function() mariadb.database "shop" {} end,
  expect = function(run) equal(run:resource("setting[MariaDB database shop]").properties.value, "utf8mb4") end,
}

test "a collation is compared, too" {
  recipe = function() mariadb.database "shop" { collation = "utf8mb4_bin" } end,
  expect = function(run)
    equal(run:resource("setting[MariaDB database shop]").properties.value, "utf8mb4 utf8mb4_bin")
  end,
}
