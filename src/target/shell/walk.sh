# The walk to the directory of a path. Checks are made on the directory that was entered, never on its name, which may
# mean something else the next time. From there on, names are looked up only in that directory. Going on from it needs
# `cd -P`, because a plain `cd` starts at the root again, by name.

# fail WHAT ARGUMENT...: reports a failure and ends the step.
fail() {
  put fail "$1"
  shift
  for f do put word "$f"; done
  exit 1
}
# try VERB PATH COMMAND...: runs it, or reports the error message.
try() {
  verb=$1 about=$2
  shift 2
  said=$("$@" 2>&1) || fail refused "$verb" "$about" "$said"
}

# where: the kernel's path of the directory that we have just entered, as $here. These shells ask the kernel at each `cd
# -P`; others compute the path.
case $(readlink "/proc/$$/exe" 2>/dev/null) in
*/dash | */busybox | */busybox.static) where() { here=$PWD; } ;;
*)
  where() {
    here=$(readlink -n /proc/self/cwd && printf .)
    here=${here%.}
  }
  ;;
esac

# unsafe UID UID: whether the first owner could have arranged a step to a file of the second.
unsafe() { [ "$1" != 0 ] && [ "$1" != "$me" ] && [ "$1" != "$2" ]; }

# foreign: whether anyone but us and root can write to the current directory, or see files before they are complete.
foreign() {
  # shellcheck disable=SC2046 # the words are meant to fall apart
  set -- $(ls -ldn -- .)
  case ${1-} in ?????w* | ????????w* | ??????????+*) return 0 ;; esac
  case ${3-} in 0 | "$me") return 1 ;; esac
}

# walk PATH DIRECTORY MAKE: enters the directory of a path.
walk() {
  shown=$1 make=$3 links=0 D=.
  if command cd -P -- "$2" 2>/dev/null && where && [ "$here" = "$2" ]; then
    at=${2%/}
    return 0
  fi
  cd -P /
  at=
  descend "$2"
}
# descend PATH: goes on from the current directory, symlink by symlink.
descend() {
  while [ -n "$1" ]; do
    part=${1%%/*}
    case $1 in */*) set -- "${1#*/}" ;; *) set -- '' ;; esac
    case $part in
    '' | .) ;;
    ..)
      at=${at%/*}
      cd -P .. && where
      [ "$here" = "${at:-/}" ] || fail swapped "$shown"
      ;;
    *) if [ -L "./$part" ]; then follow "$part"; else enter "$part"; fi ;;
    esac
  done
}
# enter NAME: enters a directory of the current one.
enter() {
  if [ -n "$make" ] && [ ! -e "./$1" ]; then
    mkdir -- "./$1" 2>/dev/null || [ -d "./$1" ] || try make "$at/$1" mkdir -- "./$1"
  else
    set -- "$1" there
  fi
  if ! command cd -P -- "./$1" 2>/dev/null; then
    [ ! -d "./$1" ] || fail refused open "$at/$1" 'Permission denied'
    [ ! -e "./$1" ] || fail obstacle "$at/$1" "$shown"
    fail missing "$at/$1"
  fi
  where
  [ "$here" = "$at/$1" ] || fail swapped "$shown"
  at=$here
  # A directory that we make inherits no mode bits from its parent.
  if [ -z "${2-}" ]; then
    case $(stat -c '%u %a' -- .) in "$me 2755") try 'set the mode of' "$at" chmod 00755 . ;; esac
  fi
}
# follow NAME: follows a symlink, unless someone could have made it as a trap.
follow() {
  consult "$1"
  set -- "$at/$1" "$to" "$owner" "$make"
  # Parents are never created behind a symlink: a dangling one is a mistake.
  make=
  case $to in /*) cd -P / && at= ;; esac
  descend "$to"
  make=$4
  end=$(stat -c '%u' -- .)
  ! unsafe "$3" "$end" || fail unsafe "$1" "$2" "$(called "$3")" "$(called "$end")"
}
# consult NAME: the owner and text of a symlink, as $owner and $to. Whoever can change it between the two reads owns it
# or its directory, and gains nothing: its target is checked once we are there.
consult() {
  links=$((links + 1))
  [ "$links" -le 40 ] || fail circle "$shown"
  holder=$(stat -c '%u %a' -- .)
  owner=$(stat -c '%u' -- "./$1" 2>/dev/null)
  to=$(readlink -n -- "./$1" && printf .)
  to=${to%.}
  # The link names the process that reads it.
  [ "$at/$1" != /proc/self ] || read -r to f2 </proc/self/stat
  if [ -z "$holder" ] || [ -z "$owner" ] || [ -z "$to" ]; then fail swapped "$shown"; fi
  case ${holder#* } in
  # In a sticky directory only the owner of the symlink can replace it.
  [1357]???) ;;
  *) ! unsafe "${holder% *}" "$owner" || fail unsafe "$at/$1" "$to" "$(called "${holder% *}")" "$(called "$owner")" ;;
  esac
}

# reach NAME: goes to what a name points to, with all symlinks followed. $name is its name there. The caller checks it.
reach() {
  name=$1 chain=
  while [ -L "./$name" ]; do
    consult "$name"
    [ -n "$chain" ] || astray=$at/$name said=$to
    chain="$chain $owner"
    case $to in /*) cd -P / && at= ;; esac
    case $to in
    */ | . | .. | */. | */..)
      descend "$to"
      name=.
      ;;
    */*)
      name=${to##*/}
      descend "${to%/*}"
      ;;
    *) name=$to ;;
    esac
  done
}
# judge UID: whether all symlinks that led here may lead to a file of this user.
judge() {
  for f in $chain; do
    ! unsafe "$f" "$1" || fail unsafe "$astray" "$said" "$(called "$f")" "$(called "$1")"
  done
}

# hold NAME: opens a regular file as descriptor 7. The name is looked up only once, so what is open is what was there.
hold() {
  it=$D/$1
  # In a private directory nobody can put a pipe in its place, which would block.
  if [ "$D" = .. ] && link "../$1" "./$draft.pin"; then it=./$draft.pin; fi
  seen=$(stat -c '%d %i %f' -- "$it" 2>/dev/null)
  case $seen in
  *' 8'???) ;;
  '') fail absent "$shown" ;;
  *' a'???) fail swapped "$shown" ;;
  *) fail irregular "$shown" ;;
  esac
  { command exec 7<"$it"; } 2>/dev/null || fail refused read "$shown" 'Permission denied'
  [ "$seen" = "$(stat -L -c '%d %i %f' -- /proc/self/fd/7)" ] || fail swapped "$shown"
  [ "$it" != "./$draft.pin" ] || rm -f -- "$it"
}
# link FROM TO: makes a hard link, also to a symlink itself.
link() { ln -P -- "$1" "$2" 2>/dev/null || ln -- "$1" "$2" 2>/dev/null; }

# inside DIRECTORY QUESTION WORD...: asks about names in a directory, or reports why it can't be entered.
inside() {
  dir=$1
  shift
  if command cd -P -- "$dir" 2>/dev/null && where && [ "$here" = "$dir" ]; then
    shown=$dir at=${dir%/} links=0 make='' D=.
    put inside yes
    "$@"
    cd -P /
  else
    (walk "$dir" "$dir" '' && put inside yes && "$@")
  fi
}
