test "the distribution's packages, unless a version is named" {
  expect = function(run)
    equal(run:resource("package[nodejs, npm]").actions, { "install" })
    run:absent "link[/usr/local/bin/node]"
  end,
}

test "an archive has the digest that is declared" {
  attributes = { nodejs = { version = "22.11.0", archive = { checksum = ("0123456789abcdef"):rep(4) } } },
  expect = function(run)
    local archive = run:resource("remote_file[/var/cache/nodejs/22.11.0.tar.gz]").properties
    equal(archive.source, "https://nodejs.org/dist/v22.11.0/node-v22.11.0-linux-x64.tar.gz")
    equal(archive.checksum, ("0123456789abcdef"):rep(4))
    equal(run:resource("link[/usr/local/bin/npx]").properties.to, "/usr/local/lib/nodejs/bin/npx")
    equal(run:resources "package", {})
  end,
}

test "an archive without a digest is not unpacked" {
  attributes = { nodejs = { version = "22.11.0" } },
  expect_error = "nodejs.version needs nodejs.archive.checksum",
}

test "programs have their versions" {
  attributes = { nodejs = { programs = { pm2 = "5.4.3", yarn = "" }, registry = "https://npm.example" } },
  expect = function(run)
    equal(run:resource("npm_package[pm2]").properties.version, "5.4.3")
    equal(run:resource("npm_package[yarn]").properties.version, nil)
    equal(run:resource("npm_package[yarn]").properties.environment, { NPM_CONFIG_REGISTRY = "https://npm.example" })
  end,
}
