# The state directory: the same files, in the same format, that chefrs itself keeps.

# trusted: anyone who can write to the state directory can make root run things.
trusted() {
  now=$(stat -L -c '%u %a' -- "$state" 2>/dev/null)
  case $now in
  "$me "*[2367]? | "$me "*[2367]) fail untrusted "$state" "$me" ;;
  "$me "*) ;;
  *) fail untrusted "$state" "$me" ;;
  esac
}

# kept NAME: the path of a file of the state directory, as $f. Creates both if they are missing.
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

# found NAME: opens it for reading as descriptor 7. Ends the answer if the file is missing.
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
  # Our own lock counts, too.
  mine=
  found lock
  put mark +
  if is_locked; then put held yes; else put held no; fi
  head -c 4096 <&7 | stream text
}
# is_locked: whether anyone holds the lock $f, which is open as 7.
is_locked() {
  ! shells || return 0
  if have flock; then
    ! flock -n -s 7 2>/dev/null
    return
  fi
  node=$(stat -c '%i' -- "$f")
  while read -r f1 f2 f3 f4 f5 f6 f7; do
    case $f2:$f6 in FLOCK:*:"$node") return 0 ;; esac
  done 2>/dev/null </proc/locks
  return 1
}

# A shell that wants the lock creates a file, then checks for the files of others: of two that start at the same time,
# at least one sees the other. Without flock(1) there is nothing else. With flock(1), the file is for shells without it:
# in a container, the kernel does not show them a lock that was taken by a program that has ended. The file of a dead
# process is ignored.
#
# life PID: a name for a process that no later process with the same id has.
life() {
  read -r f 2>/dev/null <"/proc/$1/stat" || return 1
  p=$1
  # shellcheck disable=SC2086 # its words, after the name
  set -- ${f##*) }
  case $1 in Z | X) return 1 ;; esac
  printf %s "$p.${20}.$boot"
}
# shells [TIDY]: whether another one has such a file. With TIDY, removes those of dead processes.
mine=
shells() {
  set +f
  for p in "$state"/lock.*.*.*; do
    set -f
    f1=${p#"$state/lock."}
    f2=${f1#*.}
    case ${f1%%.*}:${f2%%.*} in :* | *: | *[!0-9:]*) continue ;; esac
    [ "$p" != "$mine" ] || continue
    [ "$(life "${f1%%.*}")" != "$f1" ] || return 0
    [ -z "$1" ] || rm -f -- "$p"
  done
  set -f
  return 1
}

# ask_kept NAME: the whole file.
ask_kept() {
  found "$1"
  put mark +
  stream text <&7
}

# take_lock HOLDER SECONDS COUNT: takes the lock as long as the shell of the session lives, and gets a keep-alive within
# COUNT times SECONDS. Child processes do not inherit it.
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
  mine=$state/lock.$(life "$$")
  if have flock && ! flock -n 6 2>/dev/null; then
    mine= taken=yes
  elif ! said=$( (umask 077 && : >"$mine") 2>&1); then
    (fail refused make "$mine" "$said")
    drop
    return 0
  elif have flock; then
    ! shells tidy || taken=yes
  elif (found lock && is_locked) >/dev/null || shells tidy; then
    taken=yes
  fi
  f=$state/lock
  if [ -n "$taken" ]; then
    (fail held "$f")
    drop
    return 0
  fi
  if said=$( (printf '%s\n' "$1" | cat >"$f") 2>&1); then
    held=yes
    sweep_drafts
    [ -z "$W" ] || watched "$2" "$3"
    put done yes
  else
    (fail refused write "$f" "$said")
    held=yes
    give_back
  fi
}
# give_back: releases the lock. A session that is cut off leaves its name in the file.
give_back() {
  [ -z "$held" ] || : >"$state/lock"
  [ -z "$held" ] || printf %s "$stuck" >"$state/drafts"
  drop
}
drop() {
  [ -z "$mine" ] || rm -f -- "$mine"
  # A process that was just started may have it open for another moment.
  [ -z "$held" ] || ! have flock || flock -u 6
  exec 6<&-
  held= mine=
}

# watched SECONDS COUNT: from now on the pulse records whether we work, or when a keep-alive came. If the network drops
# all packets, nothing else tells a shell that waits for a request.
watched() {
  pulse=0
  busy() {
    { echo busy >"$W/pulse"; } 2>/dev/null
    # The lock was given up a moment ago. Start nothing without it.
    [ ! -e "$W/gone" ] || exit 1
  }
  beat() {
    pulse=$((pulse + 1))
    { echo "$pulse" >"$W/pulse"; } 2>/dev/null
  }
  born=$(life "$$")
  [ -n "$born" ] || return 0
  # In parentheses: a shell that calls a function keeps its redirections open, and would hold the lock.
  (watch_over "$1" "$2") </dev/null >/dev/null 2>&1 3<&- 6<&- &
  guard=$!
}
# watch_over SECONDS COUNT: ends the session if no keep-alive came for this long, and cleans up after it.
watch_over() {
  trap 'kill -s KILL "$nap"; exit 0' TERM
  was= silent=0
  while :; do
    sleep "$1" &
    nap=$!
    wait "$nap"
    [ "$(life "$$")" = "$born" ] || break
    heard
    # If nothing can be written, nothing is known.
    if [ -z "$now" ] || [ "$now" = busy ] || [ "$now" != "$was" ]; then
      was=$now silent=0
      continue
    fi
    silent=$((silent + 1))
    [ "$silent" -ge "$2" ] || continue
    silent=0
    : >"$W/gone"
    heard
    if [ -e "$W/gone" ] && [ "$now" = "$was" ]; then
      # It is reading, so no weaker signal works.
      kill -s KILL "$$"
      break
    fi
    rm -f "$W/gone"
  done
  [ -z "$mine" ] || rm -f -- "$mine"
  rm -rf -- "$W"
}
heard() {
  now=
  read -r now <"$W/pulse"
}

# ended FILE: whether its last line is complete.
ended() { [ ! -s "$1" ] || [ "$(tail -c 1 -- "$1" | tr '\nn' 'nx')" = n ]; }

# add NAME LINES: appends lines, over an incomplete last line.
add() {
  kept "$1"
  if ! ended "$f"; then
    said=$( (umask 077 && sed '$d' <"$f" >"$f.new" && mv -f -- "$f.new" "$f") 2>&1) || fail refused write "$f" "$said"
  fi
  said=$( (printf %s "$2" | cat >>"$f") 2>&1) || fail refused write "$f" "$said"
}

# owe LINES: adds owed notifications. They are on disk before the change that triggers them.
owe() {
  add journal "$1"
  flush "$f"
  put done yes
}
# strike LINES: removes notifications that have run. Without lines, the journal is emptied.
strike() {
  if [ -n "$1" ]; then
    add journal "$1"
  else
    kept journal
    said=$( (: >"$f") 2>&1) || fail refused write "$f" "$said"
  fi
  put done yes
}

# restarts LINES: replaces the recorded restarts. They are on disk before the machine goes down.
restarts() {
  kept restarts
  said=$( (umask 077 && printf %s "$1" >"$f.new" && flush "$f.new" && mv -f -- "$f.new" "$f" && flush "$state") 2>&1) ||
    fail refused write "$f" "$said"
  put done yes
}

# downloads: replaces the memory of downloaded files by standard input.
downloads() {
  kept downloads
  said=$( (umask 077 && cat >"$f.new" && mv -f -- "$f.new" "$f") 2>&1) || fail refused write "$f" "$said"
  put done yes
}

# ran LINE KEPT SLACK: adds a run to the history. The file is rewritten if it has SLACK lines more than KEPT.
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
