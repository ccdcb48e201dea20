# What this machine keeps of its runs: the same files, in the same form, that chefrs itself keeps.

# trusted: whoever can write to the state directory can make root run things.
trusted() {
  now=$(stat -L -c '%u %a' -- "$state" 2>/dev/null)
  case $now in
  "$me "*[2367]? | "$me "*[2367]) fail untrusted "$state" "$me" ;;
  "$me "*) ;;
  *) fail untrusted "$state" "$me" ;;
  esac
}

# kept NAME: a file of the state directory as $f; both are made where they are missing.
kept() {
  f=$state/$1
  if [ ! -d "$state" ]; then
    said=$( (umask 077 && mkdir -p -- "$state") 2>&1) || fail state "$state" "$said"
  fi
  trusted
  [ ! -L "$f" ] || fail refused open "$f" 'Too many levels of symbolic links'
  [ ! -e "$f" ] || return 0
  said=$( (umask 077 && : >>"$f") 2>&1) || fail refused make "$f" "$said"
  flush "$state"
}

# found NAME: the same for reading, as descriptor 7; ends the answer where the file is missing.
found() {
  f=$state/$1
  put path "$f"
  if [ ! -e "$f" ] && [ ! -L "$f" ]; then
    ! hidden "$f" || fail refused read "$f" 'Permission denied'
    put mark -
    exit 0
  fi
  [ ! -L "$f" ] || fail refused read "$f" 'Too many levels of symbolic links'
  command exec 7<"$f" 2>/dev/null || fail refused read "$f" 'Permission denied'
  trusted
}

ask_lock() {
  found lock
  have flock || fail flock "$f"
  put mark +
  if flock -n -s 7 2>/dev/null; then put held no; else put held yes; fi
  head -c 4096 <&7 | stream text
}

# ask_kept NAME: all that is in it.
ask_kept() {
  found "$1"
  put mark +
  stream text <&7
}

# take_lock HOLDER: for as long as the session's shell lives. What it starts does not inherit it.
held=
take_lock() {
  if [ -n "$held" ]; then
    put done yes
    return 0
  fi
  (kept lock && { have flock || fail flock "$f"; }) || return 0
  f=$state/lock
  if ! command exec 6<>"$f"; then
    (fail refused open "$f" 'Permission denied')
    return 0
  fi 2>/dev/null
  if ! flock -n 6 2>/dev/null; then
    exec 6<&-
    (fail held "$f")
    return 0
  fi
  if said=$( (printf '%s\n' "$1" | cat >"$f") 2>&1); then
    held=yes
    put done yes
  else
    exec 6<&-
    (fail refused write "$f" "$said")
  fi
}
# give_back: in good order; a session that is cut off leaves the words behind, which say so.
give_back() {
  [ -z "$held" ] || : >"$state/lock"
  exec 6<&-
  held=
}

# ended FILE: whether its last line is whole.
ended() { [ ! -s "$1" ] || [ "$(tail -c 1 -- "$1" | tr '\nn' 'nx')" = n ]; }

# add NAME LINES: whole lines, over what a write that was cut off has left of another.
add() {
  kept "$1"
  if ! ended "$f"; then
    said=$( (umask 077 && sed '$d' <"$f" >"$f.new" && mv -f -- "$f.new" "$f") 2>&1) || fail refused write "$f" "$said"
  fi
  said=$( (printf %s "$2" | cat >>"$f") 2>&1) || fail refused write "$f" "$said"
}

# owe LINES: on the disk before the change that earns them.
owe() {
  add journal "$1"
  flush "$f"
  put done yes
}
# strike LINES: what has run; without lines nothing is owed any more.
strike() {
  if [ -n "$1" ]; then
    add journal "$1"
  else
    kept journal
    said=$( (: >"$f") 2>&1) || fail refused write "$f" "$said"
  fi
  put done yes
}

# ran LINE KEPT SLACK: one more run; the file is written anew when it has so many lines more than are kept.
ran() {
  kept history
  gap=
  ended "$f" || gap=$nl
  if [ "$(wc -l <"$f")" -lt "$(($2 + $3))" ]; then
    said=$( (printf '%s' "$gap$1" | cat >>"$f") 2>&1) || fail refused write "$f" "$said"
  else
    said=$( (umask 077 && { tail -n "$(($2 - 1))" -- "$f"; printf '%s' "$gap$1"; } >"$f.new" && flush "$f.new" && mv -f -- "$f.new" "$f") 2>&1) ||
      fail refused write "$f" "$said"
  fi
  put done yes
}
