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
  # Our own counts, too.
  mine=
  found lock
  put mark +
  if is_locked; then put held yes; else put held no; fi
  head -c 4096 <&7 | stream text
}
# is_locked: whether somebody holds the lock $f, which is open as 7.
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

# Each shell that wants the lock makes a file of its own, and then looks at all that others may have: of two that come at
# once, one sees the other at least. Where there is no flock(1) that is all there is; where there is, it says so to those
# that have none: in a container the kernel does not show them the lock that a program took which has ended. A file whose
# process is gone counts for nothing.
# life PID: the name of a process that no later one of the same number has.
life() {
  read -r f 2>/dev/null <"/proc/$1/stat" || return 1
  p=$1
  # shellcheck disable=SC2086 # its words, after the name
  set -- ${f##*) }
  case $1 in Z | X) return 1 ;; esac
  printf %s "$p.${20}.$boot"
}
# shells [TIDY]: whether another one has such a file; those of dead ones are removed if that is wanted.
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

# ask_kept NAME: all that is in it.
ask_kept() {
  found "$1"
  put mark +
  stream text <&7
}

# take_lock HOLDER SECONDS COUNT: for as long as the session's shell lives, and hears somebody within so many seconds so
# many times. What it starts does not inherit it.
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
# give_back: in good order; a session that is cut off leaves the words behind, which say so.
give_back() {
  [ -z "$held" ] || : >"$state/lock"
  [ -z "$held" ] || printf %s "$stuck" >"$state/drafts"
  drop
}
drop() {
  [ -z "$mine" ] || rm -f -- "$mine"
  # Whoever was just started may have it open for another moment.
  [ -z "$held" ] || ! have flock || flock -u 6
  exec 6<&-
  held= mine=
}

# watched SECONDS COUNT: from now on the pulse tells whether we work, or how often somebody was heard while we waited.
# Whoever waits for a request that never comes, behind a network that swallows everything, is not told by anybody else.
watched() {
  pulse=0
  busy() {
    { echo busy >"$W/pulse"; } 2>/dev/null
    # Given up a moment ago: nothing is begun without the lock.
    [ ! -e "$W/gone" ] || exit 1
  }
  beat() {
    pulse=$((pulse + 1))
    { echo "$pulse" >"$W/pulse"; } 2>/dev/null
  }
  born=$(life "$$")
  [ -n "$born" ] || return 0
  # In parentheses: a shell that calls a function keeps what it redirects, and the lock would be held by that.
  (watch_over "$1" "$2") </dev/null >/dev/null 2>&1 3<&- 6<&- &
  guard=$!
}
# watch_over SECONDS COUNT: ends the session when nobody was heard for so long, and tidies up behind one that was ended.
watch_over() {
  trap 'kill -s KILL "$nap"; exit 0' TERM
  was= silent=0
  while :; do
    sleep "$1" &
    nap=$!
    wait "$nap"
    [ "$(life "$$")" = "$born" ] || break
    heard
    # Where nothing can be written, nothing is known.
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
      # It reads, so nothing gentler reaches it.
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
