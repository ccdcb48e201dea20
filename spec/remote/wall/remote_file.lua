remote_file "/srv/wall/release" { source = "file:///srv/repo/Release" }
