# one_file.sh: the same state as recipes/one_file.lua, by hand.
f=/srv/bench/hello.conf
[ "$(cat $f 2>/dev/null)" = "hello world" ] || echo "hello world" >$f
[ "$(stat -c %a:%U $f)" = 644:root ] || { chmod 644 $f; chown root $f; }
