test "without attributes the server is as the distribution has it" {
  expect = function(run) equal(run:resource("file[/etc/mysql/mariadb.conf.d/zz-chefrs.cnf]").actions, { "delete" }) end,
}

test "buffers have their part of the memory" {
  attributes = { mariadb = { memory_percent = 50, bind = "10.0.0.7", settings = { slow_query_log = "ON" } } },
  expect = function(run)
    local settings = run:resource "file[/etc/mysql/mariadb.conf.d/zz-chefrs.cnf]"
    contains(settings.content, "[mariadbd]\nbind-address = 10.0.0.7\ninnodb_buffer_pool_size = 960M\nslow_query_log = ON\n")
    equal(settings.notifies, { { "restart", "service[mariadb]", "immediately" } })
  end,
}
