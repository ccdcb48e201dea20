-- One small file: what a run costs before it does anything worth while.

file "/srv/bench/hello.conf" {
  content = "hello world\n",
  owner = "root",
  mode = "0644",
}
