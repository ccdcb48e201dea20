# Keep-alives of the shell: a client that waits for an answer sees that we are working. A keep-alive is a NUL byte,
# which no answer contains, so it may be in the middle of a line.

# signs SECONDS: sends one at this interval, as long as the session lives.
heart=
signs() {
  trap leave EXIT
  trap 'exit 129' HUP
  trap 'exit 143' TERM
  (give_signs "$1") </dev/null 2>/dev/null 3<&- &
  heart=$!
}
give_signs() {
  trap 'kill -s KILL "$nap"; exit 0' TERM
  own=$(proc_group "$$") || exit 0
  while :; do
    sleep "$1" >/dev/null &
    nap=$!
    wait "$nap" || exit 0
    # The session has ended, even if some of its processes are left.
    proc_group "$$" >/dev/null || exit 0
    is_stopped "$$" || printf '\000' || exit 0
  done
}
# proc_group PID: the process group of a process that has not ended.
proc_group() {
  read -r f <"/proc/$1/stat" || return 1
  # shellcheck disable=SC2086 # its words, after the name
  set -- ${f##*) }
  case $1 in Z | X) return 1 ;; esac
  echo "$3"
}
# is_stopped PID: whether a signal has stopped it, or one of its subshells. A command has a process group of its own.
is_stopped() {
  read -r f <"/proc/$1/stat" || return 1
  kids=
  read -r kids <"/proc/$1/task/$1/children"
  # shellcheck disable=SC2086 # its words, after the name
  set -- ${f##*) }
  [ "$3" = "$own" ] || return 1
  case $1 in T | t) return 0 ;; esac
  # shellcheck disable=SC2086 # numbers
  set -- $kids
  for f; do
    ! is_stopped "$f" || return 0
  done
  return 1
}
