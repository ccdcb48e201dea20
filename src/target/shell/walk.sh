# The walk over a path, into the directory that holds it. What is judged is the directory that was entered, never its
# name: a name may mean something else at a second look. From there on names are looked up in that directory alone; to
# go on from it takes `cd -P`, for a plain `cd` begins at the root again, by names.

# fail WHAT ARGUMENT...: tells what is the matter and ends the step.
fail() {
  put fail "$1"
  shift
  for f do put word "$f"; done
  exit 1
}
# try VERB PATH COMMAND...: runs it, or tells what the system said.
try() {
  verb=$1 about=$2
  shift 2
  said=$("$@" 2>&1) || fail refused "$verb" "$about" "$said"
}

# where: what the kernel calls the directory that we have just entered, as $here. These shells ask it at each `cd -P`;
# others put together what they believe.
case $(readlink "/proc/$$/exe" 2>/dev/null) in
*/dash | */busybox | */busybox.static) where() { here=$PWD; } ;;
*)
  where() {
    here=$(readlink -n /proc/self/cwd && printf .)
    here=${here%.}
  }
  ;;
esac

# unsafe UID UID: whether the first owner could have arranged a step to the second's thing.
unsafe() { [ "$1" != 0 ] && [ "$1" != "$me" ] && [ "$1" != "$2" ]; }

# foreign: whether anybody but us and root may put things into this directory, or see them before they are done.
foreign() {
  # shellcheck disable=SC2046 # the words are meant to fall apart
  set -- $(ls -ldn -- .)
  case ${1-} in ?????w* | ????????w* | ??????????+*) return 0 ;; esac
  case ${3-} in 0 | "$me") return 1 ;; esac
}

# walk PATH DIRECTORY MAKE: enters the directory that holds a path.
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
# descend PATH: goes on from here, link by link.
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
# enter NAME: a directory of this one.
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
  # What we have made takes no bit over from the directory above.
  if [ -z "${2-}" ]; then
    case $(stat -c '%u %a' -- .) in "$me 2755") try 'set the mode of' "$at" chmod 00755 . ;; esac
  fi
}
# follow NAME: goes on with what a link says, if nobody could lead us astray with it.
follow() {
  consult "$1"
  set -- "$at/$1" "$to" "$owner" "$make"
  # Parents are never made behind a link: a dangling one is a mistake.
  make=
  case $to in /*) cd -P / && at= ;; esac
  descend "$to"
  make=$4
  end=$(stat -c '%u' -- .)
  ! unsafe "$3" "$end" || fail unsafe "$1" "$2" "$(called "$3")" "$(called "$end")"
}
# consult NAME: whose a link is and what it says, as $owner and $to. Whoever may change it between the two looks owns it
# or its directory, and nothing is gained by that: where it leads is judged when we are there.
consult() {
  links=$((links + 1))
  [ "$links" -le 40 ] || fail circle "$shown"
  holder=$(stat -c '%u %a' -- .)
  owner=$(stat -c '%u' -- "./$1" 2>/dev/null)
  to=$(readlink -n -- "./$1" && printf .)
  to=${to%.}
  # It names whoever asks.
  [ "$at/$1" != /proc/self ] || read -r to f2 </proc/self/stat
  if [ -z "$holder" ] || [ -z "$owner" ] || [ -z "$to" ]; then fail swapped "$shown"; fi
  case ${holder#* } in
  # A sticky directory lets nobody but the link's owner move it.
  [1357]???) ;;
  *) ! unsafe "${holder% *}" "$owner" || fail unsafe "$at/$1" "$to" "$(called "${holder% *}")" "$(called "$owner")" ;;
  esac
}

# reach NAME: what a name in this directory stands for, behind all links: $name where we are then. Whoever opens it judges it.
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
# judge UID: whether all the links that led here may lead to what is this user's.
judge() {
  for f in $chain; do
    ! unsafe "$f" "$1" || fail unsafe "$astray" "$said" "$(called "$f")" "$(called "$1")"
  done
}

# hold NAME: opens the regular file of that name as 7. What is open is what was there: a name is looked at once.
hold() {
  it=$D/$1
  # In a directory of ours nobody puts a pipe in its place, which would keep us waiting.
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
# link FROM TO: another name, of a link itself where it is one.
link() { ln -P -- "$1" "$2" 2>/dev/null || ln -- "$1" "$2" 2>/dev/null; }

# inside DIRECTORY QUESTION WORD...: asks about names in a directory, or tells why nobody goes there.
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
