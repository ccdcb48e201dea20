-- What the recipe sets up on each platform.

test "the service runs and starts with the machine" {
  expect = function(run) equal(run:resource("service[nginx]").actions, { "enable", "start" }) end,
}

test "a host that no site names gets no answer" {
  attributes = { nginx = { port = 8080 } },
  expect = function(run)
    local conf = run:resource "template[/etc/nginx/conf.d/unknown-hosts.conf]"
    contains(conf.content, "listen 8080 default_server;")
    contains(conf.notifies, { "reload", "service[nginx]", "delayed" })
  end,
}

test "every host gets an answer if that is wanted" {
  attributes = { nginx = { refuse_unknown_hosts = false } },
  expect = function(run)
    equal(run:resource("template[/etc/nginx/conf.d/unknown-hosts.conf]").actions, { "delete" })
  end,
}

-- The distribution's example site would answer for every host.
for facts, example in { ["debian-12"] = "link[/etc/nginx/sites-enabled/default]", ["alpine-3.21"] = "file[/etc/nginx/http.d/default.conf]" } do
  test(`the example site of {facts} is gone`) {
    facts = facts,
    expect = function(run) equal(run:resource(example).actions, { "delete" }) end,
  }
end

for facts in { ["rocky-9"] = true, ["fedora-42"] = true } do
  test(`the example server of {facts} listens where the sites do`) {
    facts = facts,
    attributes = { nginx = { port = 8080 } },
    expect = function(run)
      local example = run:resource("line[the example server of nginx.conf at [::]:8080]").properties
      equal(example.line, "        listen       [::]:8080;")
      equal(run:resource("line[the example server of nginx.conf at 8080]").properties.several, "first")
    end,
  }
end
