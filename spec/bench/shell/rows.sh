# rows.sh: as many calls as recipes/rows.lua has resources.
file() { :; }
i=0
while [ $((i += 1)) -le 100000 ]; do
  file "/srv/bench/files/f$i.conf" "line $i" 0644
done
