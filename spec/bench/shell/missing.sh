# missing.sh COUNT: which of the files of recipes/files.lua are missing.
i=0 missing=0
while [ $((i += 1)) -le "$1" ]; do
  [ -e "/srv/bench/files/f$i.conf" ] || missing=$((missing + 1))
done
echo "$missing"
