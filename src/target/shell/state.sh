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
  put mark +
  if is_locked; then put held yes; else put held no; fi
  head -c 4096 <&7 | stream text
}
# is_locked: whether somebody holds the lock $f, which is open as 7.
is_locked() {
  if have flock; then
    ! flock -n -s 7 2>/dev/null
    return
  fi
  ! is_alive "$f.pid" || return 0
  node=$(stat -c '%i' -- "$f")
  while read -r f1 f2 f3 f4 f5 f6 f7; do
    case $f2:$f6 in FLOCK:*:"$node") return 0 ;; esac
  done 2>/dev/null </proc/locks
  return 1
}

# Where there is no flock(1), a file names the process that holds the lock, with the time of its start: one that is gone
# holds nothing.
# life PID: what tells a process from a later one of the same number.
life() {
  read -r f 2>/dev/null <"/proc/$1/stat" || return 1
  # shellcheck disable=SC2086 # its words, after the name
  set -- ${f##*) }
  printf %s "${20}"
}
# is_alive FILE
is_alive() {
  read -r f1 f2 2>/dev/null <"$1" || return 1
  [ "$(life "$f1")" = "$f2" ]
}
# name_holder: makes the file, over one of a process that is gone.
name_holder() {
  f=$state/lock.pid
  for f3 in once again; do
    (umask 077 && set -C && printf '%s %s\n' "$$" "$(life "$$")" >"$f") 2>/dev/null && return 0
    ! is_alive "$f" || return 1
    # Of several who find it at once, one takes it away.
    mv -- "$f" "$f.$$" 2>/dev/null && rm -f -- "$f.$$"
  done
  return 1
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
  (kept lock) || return 0
  f=$state/lock taken=
  if ! command exec 6<>"$f"; then
    (fail refused open "$f" 'Permission denied')
    return 0
  fi 2>/dev/null
  if have flock; then
    flock -n 6 2>/dev/null || taken=yes
  elif (found lock && is_locked) >/dev/null || ! name_holder; then
    taken=yes
  fi
  f=$state/lock
  if [ -n "$taken" ]; then
    exec 6<&-
    (fail held "$f")
    return 0
  fi
  if said=$( (printf '%s\n' "$1" | cat >"$f") 2>&1); then
    held=yes
    put done yes
  else
    held=yes
    give_back
    (fail refused write "$f" "$said")
  fi
}
# give_back: in good order; a session that is cut off leaves the words behind, which say so.
give_back() {
  [ -z "$held" ] || {
    : >"$state/lock"
    rm -f -- "$state/lock.pid"
  }
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

# restarts LINES: all that are kept from now on; on the disk before the machine goes down.
restarts() {
  kept restarts
  said=$( (umask 077 && printf %s "$1" >"$f.new" && flush "$f.new" && mv -f -- "$f.new" "$f" && flush "$state") 2>&1) ||
    fail refused write "$f" "$said"
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
