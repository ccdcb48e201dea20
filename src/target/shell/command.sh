# Commands: output is sent in frames as it comes, with a timeout and an exit status.

# run SECONDS CHUNKS DIRECTORY USER GROUP MASK PATH ARGUMENT...: runs a command with our input. `with` exports its
# variables.
run() {
  secs=$1 chunks=$2 dir=$3 user=$4 group=$5 mask=$6 path=$7
  shift 7
  late= ended=none
  identity || return 255
  if [ ! -d "$dir" ]; then
    put not directory
    return 255
  fi
  # Another user has only their own rights; for our own user, walk to the directory safely.
  [ -n "$groups" ] || (walk "$dir" "$dir" '') || return 255
  program "$1" || return 255
  runs=$((runs + 1))
  o=$W/$runs.o e=$W/$runs.e
  if ! mkfifo -m 600 "$o" "$e" 2>/dev/null; then
    put not pipe
    return 255
  fi
  relay o "$chunks" "$o.moved" <"$o" 2>/dev/null 3<&- 6<&- &
  ro=$!
  relay e "$chunks" "$e.moved" <"$e" 2>/dev/null 3<&- 6<&- &
  re=$!
  exec 5<&0
  (start "$@") <&5 3<&- 5<&- 6<&- >"$o" 2>"$e" &
  pid=$!
  exec 5<&-
  # The watcher ends with the process that it watches: if we are killed, nothing stops it, and process ids are reused.
  setsid sh -c 'n=0; while [ "$n" -lt "$1" ]; do kill -0 "$3" || exit; sleep 1; n=$((n + 1)); done
    kill -0 "$3" || exit; : >"$2"; kill -s TERM -- "-$3"; sleep 5; kill -s KILL -- "-$3"' \
    sh "$secs" "$W/$runs.late" "$pid" </dev/null >/dev/null 2>&1 3<&- 6<&- &
  dog=$!
  ear=
  if [ -z "$bound" ]; then
    # The next request comes only after this one is answered, so any line now is an interrupt.
    (
      read -r f <&3 || exit 0
      : >"$W/$runs.stopped"
      kill -s TERM -- "-$pid"
      sleep 5
      kill -s KILL -- "-$pid"
    ) </dev/null >/dev/null 2>&1 6<&- &
    ear=$!
  fi
  wait "$pid" 2>/dev/null
  ended=$?
  kill -s KILL -- "-$dog" "$dog" 2>/dev/null
  wait "$dog" 2>/dev/null
  if [ -n "$ear" ]; then
    kill -s KILL "$ear" 2>/dev/null
    wait "$ear" 2>/dev/null
  fi
  if [ -e "$W/$runs.late" ]; then
    late=late
    kill -s KILL -- "-$pid" 2>/dev/null
  elif [ -e "$W/$runs.stopped" ]; then
    late=stopped
  fi
  # A child process may keep the pipes open for any time. Read on while there is output.
  rm -f "$o.moved" "$e.moved"
  (
    rounds=0
    while sleep 1 && [ "$rounds" -lt 10 ] && { [ -e "$o.moved" ] || [ -e "$e.moved" ]; }; do
      rm -f "$o.moved" "$e.moved"
      rounds=$((rounds + 1))
    done
    kill -s KILL "$ro" "$re"
  ) </dev/null >/dev/null 2>&1 3<&- 6<&- &
  grace=$!
  wait "$ro" "$re" 2>/dev/null
  # Not catchable: a subshell that has just started would still run the traps of the step around it.
  kill -s KILL "$grace" 2>/dev/null
  wait "$grace" 2>/dev/null
  rm -f "$o" "$e" "$o.moved" "$e.moved" "$W/$runs.late" "$W/$runs.stopped"
  put ended "$ended $late"
  bound=
  [ -z "$late" ] || return 255
  return "$ended"
}

# identity: the user to run the command as: $au, and $groups if that is not our own user.
identity() {
  groups= au=
  if [ -n "$user" ]; then
    if ! account "$user"; then
      put not user
      return 1
    fi
  else
    account_of "$me" || :
  fi
  if [ -z "$user$group" ]; then return 0; fi
  au=${au:-$me}
  name=$an home=$ah own=${ag:-$mygid}
  gid=$own
  if [ -n "$group" ] && ! gid_of "$group"; then
    put not group
    return 1
  fi
  if [ "$me" != 0 ]; then
    if [ "$au" = "$me" ] && { [ -z "$group" ] || [ "$gid" = "$mygid" ]; }; then return 0; fi
    put not root
    return 1
  fi
  groups=$own
  while IFS=: read -r f1 f2 f3 f4 || [ -n "$f1" ]; do
    [ "$f3" != "$own" ] || continue
    case ",$f4," in *",$name,"*) groups=$groups,$f3 ;; esac
  done 2>/dev/null </etc/group
  if setpriv_takes || { [ -z "$group" ] && [ -n "$name" ] && have su; }; then return 0; fi
  put not identity
  return 1
}

# setpriv_takes: finds a setpriv that can switch users, as $setpriv. The one of busybox can't.
setpriv=
setpriv_takes() {
  [ -z "$setpriv" ] || return 0
  for setpriv in /usr/bin/setpriv /bin/setpriv /usr/sbin/setpriv; do
    [ -x "$setpriv" ] || continue
    case $("$setpriv" --help 2>&1) in *--reuid*) return 0 ;; esac
  done
  setpriv=
  return 1
}

# program WORD: whether the program is in the command's own PATH, and has its interpreter.
program() {
  found=
  case $1 in
  /*) found=$1 ;;
  */*) found=$dir/$1 ;;
  *)
    IFS=:
    for f in $path; do
      [ -n "$f" ] || continue
      case $f in /*) ;; *) f=$dir/$f ;; esac
      if [ -f "$f/$1" ] && [ -x "$f/$1" ]; then
        found=$f/$1
        break
      fi
    done
    IFS=' 	
'
    if [ -z "$found" ]; then
      put not program
      return 1
    fi
    ;;
  esac
  if [ ! -e "$found" ]; then
    put not there
    put path "$found"
    return 1
  fi
  if [ -d "$found" ] || [ ! -x "$found" ]; then
    put not executable
    put path "$found"
    return 1
  fi
  first=
  case $(head -c 2 <"$found" 2>/dev/null | tr -d '\000') in '#!') IFS= read -r first <"$found" ;; esac
  # shellcheck disable=SC2086 # the interpreter ends at a blank
  set -- ${first#'#!'}
  if [ -n "$first" ] && [ $# -gt 0 ] && [ ! -e "$1" ]; then
    put not interpreter
    put path "$found"
    return 1
  fi
}

# start ARGUMENT...: sets user, umask and directory, in this order, and executes the program.
start() {
  HOME=/
  if [ -n "$an" ]; then
    HOME=$ah USER=$an LOGNAME=$an
    export USER LOGNAME
  fi
  PATH=$path LANG=C.UTF-8
  export HOME PATH LANG
  unset LC_ALL
  with
  if [ -z "$groups" ]; then
    walk "$dir" "$dir" '' >/dev/null
    dir=
  fi
  enter='[ -z "$1" ] || cd -- "$1" || exit 126; [ -z "$2" ] || umask "$2"; shift 2; unset PWD OLDPWD; exec "$@"'
  set -- /bin/sh -c "$enter" sh "$dir" "$mask" "$@"
  if [ -n "$groups" ]; then
    if setpriv_takes; then
      set -- "$setpriv" "--reuid=$au" "--regid=$gid" "--groups=$groups" -- "$@"
    else
      set -- su -s /bin/sh "$name" -c 'exec "$@"' sh "$@"
    fi
  fi
  # In its own process group, so that it can be stopped with its children. Our own tools, whatever the command's PATH
  # is.
  PATH=$path exec "$(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin command -v setsid)" "$@"
}

# relay KEY CHUNKS MARK: passes on the output as it comes, and after this many pieces only its end.
relay() {
  i=0
  while [ "$i" -lt "$2" ]; do
    piece=$(dd bs="$B" count=1 2>/dev/null | enc)
    [ -n "$piece" ] || exit 0
    : >"$3"
    line "$1" "$piece"
    i=$((i + 1))
  done
  tail -c 16384 | {
    while piece=$(dd bs="$B" count=1 2>/dev/null | enc) && [ -n "$piece" ]; do
      : >"$3"
      line "$1.end" "$piece"
    done
  }
}

# wait_for_lock SECONDS [KIND FILE]...: waits until the package locks are free, and reports who holds them.
wait_for_lock() {
  # A package manager is never stopped half-way.
  bound=packages
  secs=$1 waited=0
  shift
  while holder "$@"; do
    if [ "$waited" -ge "$secs" ]; then
      put locked "$lock"
      put holder "$who"
      return 1
    fi
    [ $((waited % 5)) -ne 0 ] || put waiting "$who"
    waited=$((waited + 1))
    sleep 1
  done
}
# holder [KIND FILE]...: whether one of these locks is held, as $lock, and by which process, as $who.
holder() {
  while [ $# -gt 0 ]; do
    worker='' kind=$1 lock=$2
    shift 2
    [ -e "$lock" ] || continue
    case $kind in
    kernel)
      node=$(stat -c '%i' -- "$lock" 2>/dev/null) || continue
      while read -r f1 f2 f3 f4 f5 f6 f7; do
        case $f2:$f6 in
        POSIX:*:"$node") worker=$f5 ;;
        esac
      done 2>/dev/null </proc/locks
      ;;
    number)
      read -r worker 2>/dev/null <"$lock"
      case $worker in
      '' | *[!0-9]*) continue ;;
      esac
      [ -d "/proc/$worker" ] || continue
      ;;
    open)
      set +f
      for f in /proc/[0-9]*/fd/*; do
        if [ "$f" -ef "$lock" ]; then
          worker=${f#/proc/}
          worker=${worker%%/*}
          break
        fi
      done
      set -f
      ;;
    esac
    [ -n "$worker" ] || continue
    who=$(cat "/proc/$worker/comm" 2>/dev/null)
    who="${who:-a process} (pid $worker)"
    return 0
  done
  return 1
}
