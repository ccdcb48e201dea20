setting "wall" { get = "cat /srv/wall/setting", not_set = { 1 }, value = "x", set = "cat >/srv/wall/setting" }
