# Steps on files. Each runs in a subshell of its own, whose directory is the one that holds the path: once it is
# entered, names are looked up in it alone, and nobody can swap a link above.

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

# unsafe UID UID: whether the first owner could have arranged a step to the second's thing.
unsafe() { [ "$1" != 0 ] && [ "$1" != "$me" ] && [ "$1" != "$2" ]; }

# walk PATH PARENT MAKE: enters the directory, link by link.
walk() {
  shown=$1 rest=$2/ make=$3 at= links=0
  while [ -n "$rest" ]; do
    part=${rest%%/*}
    rest=${rest#*/}
    case $part in
    '' | .) continue ;;
    ..)
      at=${at%/*}
      continue
      ;;
    esac
    if [ -L "$at/$part" ]; then
      follow "${at:-/}" "$at/$part"
      continue
    fi
    if [ ! -e "$at/$part" ]; then
      ! hidden "$at/$part" || fail refused open "$at/$part" 'Permission denied'
      [ -n "$make" ] || fail missing "$at/$part"
      mkdir -- "$at/$part" 2>/dev/null || [ -d "$at/$part" ] || try make "$at/$part" mkdir -- "$at/$part"
      try 'set the mode of' "$at/$part" chmod 00755 -- "$at/$part"
    elif [ ! -d "$at/$part" ]; then
      fail obstacle "$at/$part" "$shown"
    fi
    at=$at/$part
  done
  cd -P -- "${at:-/}" 2>/dev/null || fail refused open "${at:-/}" 'Permission denied'
  [ "$(pwd -P; printf .)" = "${at:-/}$nl." ] || fail swapped "$shown"
}
# follow DIRECTORY LINK: goes on with what the link says, if nobody could lead us astray with it.
follow() {
  links=$((links + 1))
  [ "$links" -le 40 ] || fail circle "$shown"
  to=$(readlink -n -- "$2" && printf .)
  to=${to%.}
  holder=$(stat -c '%u %a' -- "$1")
  owner=$(stat -c '%u' -- "$2")
  case ${holder#* } in
  [1357]???) ;;
  *) ! unsafe "${holder% *}" "$owner" || fail unsafe "$2" "$to" "${holder% *}" "$owner" ;;
  esac
  if end=$(stat -L -c '%u' -- "$2" 2>/dev/null); then
    ! unsafe "$owner" "$end" || fail unsafe "$2" "$to" "$owner" "$end"
  else
    # Parents are never made behind a link: a dangling one is a mistake.
    make=
  fi
  case $to in /*) at= ;; esac
  rest=$to/$rest
}

# wanted OWNER GROUP: numbers of both as $wu and $wg, empty where nothing is said.
wanted() {
  wu= wg=
  if [ -n "$1" ]; then
    if account_named "$1"; then wu=$au; else fail user "$1"; fi
  fi
  if [ -n "$2" ]; then
    if gid_of "$2"; then wg=$gid; else fail group "$2"; fi
  fi
}
# account_named: a number need not be an account's here.
account_named() {
  account "$1" && [ "$an" = "$1" ] && return 0
  au=$1
  case $1 in '' | *[!0-9]*) return 1 ;; esac
}

# dress FILE MODE: sets $wu, $wg and a mode where they differ; a new owner takes setuid away, so the mode comes last.
dress() {
  now=$(stat -L -c '%u %g %a' -- "$1") || fail refused 'look at' "$shown" 'No such file or directory'
  has=${now#* }
  owned=
  if [ -n "$wu" ] && [ "$wu" != "${now%% *}" ]; then owned=$wu; fi
  if [ -n "$wg" ] && [ "$wg" != "${has% *}" ]; then owned=$owned:$wg; fi
  [ -z "$owned" ] || try 'set the owner of' "$shown" chown -- "$owned" "$1"
  if [ -n "$2" ]; then
    try 'set the mode of' "$shown" chmod "00${2#00}" -- "$1"
  elif [ -n "$owned" ]; then
    try 'set the mode of' "$shown" chmod "00${has#* }" -- "$1"
  fi
}

# kind NAME: what is there.
kind() {
  if [ -L "$1" ]; then
    kind=link
  elif [ -f "$1" ]; then
    kind=file
  elif [ -d "$1" ]; then
    kind=directory
  elif [ -e "$1" ]; then
    kind=other
  else
    kind=
  fi
}

# move DRAFT NAME: by one rename.
move() {
  if [ -d "./$2" ] && [ ! -L "./$2" ]; then fail directory "$shown"; fi
  # Without -T a link to a directory would be entered.
  if [ -L "./$2" ] && [ -d "./$2" ]; then
    try replace "$shown" mv -fT -- "./$1" "./$2"
  else
    try replace "$shown" mv -f -- "./$1" "./$2"
  fi
  flush .
}
# flush NAME: what was written is on the disk before anything depends on it.
flush() { sync -- "$1" 2>/dev/null || sync; }

# keep PATH COUNT: a copy of descriptor 7 among the backups, the newest few kept.
keep() {
  [ "$2" -gt 0 ] || return 0
  place=$state/backup${1%/*} base=${1##*/}
  (umask 077 && mkdir -p -- "$place") 2>/dev/null || try 'make the backup directory' "$place" mkdir -p -- "$place"
  next=1
  set +f
  for f in "$place/$base.~"*'~'; do
    f=${f#"$place/$base.~"}
    f=${f%'~'}
    case $f in '' | *[!0-9]*) continue ;; esac
    [ "$f" -lt "$next" ] || next=$((f + 1))
  done
  copy=$place/$base.~$next~
  if ! (umask 077 && set -C && cat <&7 >"$copy") 2>/dev/null; then
    rm -f -- "$copy"
    fail refused 'write the backup' "$copy" 'Input/output error'
  fi
  flush "$copy"
  for f in "$place/$base.~"*'~'; do
    old=$f
    f=${f#"$place/$base.~"}
    f=${f%'~'}
    case $f in '' | *[!0-9]*) continue ;; esac
    later=0
    for g in "$place/$base.~"*'~'; do
      g=${g#"$place/$base.~"}
      g=${g%'~'}
      case $g in '' | *[!0-9]*) continue ;; esac
      [ "$g" -le "$f" ] || later=$((later + 1))
    done
    [ "$later" -lt "$2" ] || try 'remove the old backup' "$old" rm -f -- "$old"
  done
  set -f
}

# replace PATH PARENT NAME DRAFT OWNER GROUP MODE UNLINK: what a draft is to take the place of; its bytes as descriptor 7.
replace() {
  walk "$1" "$2" ''
  name=$3 draft=$4 mode=$7
  wanted "$5" "$6"
  kind "./$name"
  case $kind in
  directory) fail directory "$shown" ;;
  link | other) [ -n "$8" ] || fail "$kind" "$shown" ;;
  file)
    command exec 7<"./$name" || fail refused read "$shown" 'Permission denied'
    if [ -L "./$name" ] || [ ! "./$name" -ef /proc/self/fd/7 ]; then fail swapped "$shown"; fi
    has=$(stat -c '%u %g %a' -- "./$name")
    wu=${wu:-${has%% *}}
    [ -n "$mode" ] || mode=${has##* }
    has=${has#* }
    wg=${wg:-${has% *}}
    ;;
  esac
  trap 'rm -rf -- "./$draft"' EXIT
  trap 'exit 129' HUP
  trap 'exit 143' TERM
}
# draft_anew: an empty draft that nobody else can read, as descriptor 8.
draft_anew() {
  umask 077
  set -C
  said=$( (: >"./$draft") 2>&1) || fail refused write "$shown" "$said"
  rm -f -- "./$draft"
  command exec 8>"./$draft" || fail swapped "$shown"
  set +C
  umask 022
}
# finish: puts the draft in its place.
finish() {
  flush "./$draft"
  exec 7<&- 8>&-
  move "$draft" "$name"
  trap - EXIT
  put done yes
}

# write PATH PARENT NAME DRAFT OWNER GROUP MODE UNLINK DIGEST BACKUP: content is our input; `check` judges the draft.
write() {
  replace "$@"
  shift 8
  draft_anew
  said=$(cat 2>&1 >&8) || fail refused write "$shown" "$said"
  [ "$(sha256sum </proc/self/fd/8)" = "$1  -" ] || fail incomplete "$shown"
  dress /proc/self/fd/8 "${mode:-644}"
  check
  if [ "$kind" = file ]; then keep "$shown" "$2"; fi
  finish
}

# attributes PATH PARENT NAME OWNER GROUP MODE
attributes() {
  wanted "$4" "$5"
  walk "$1" "$2" ''
  kind "./$3"
  case $kind in
  '') fail absent "$1" ;;
  link) [ -z "$wu$wg" ] || try 'set the owner of' "$1" chown -h -- "$wu${wg:+:$wg}" "./$3" ;;
  *)
    now=$(stat -c '%h %u' -- "./$3")
    holder=$(stat -c '%u' -- .)
    if [ "$kind" != directory ] && [ "${now% *}" -gt 1 ] && [ "$holder" != 0 ] && [ "$holder" != "${now#* }" ]; then
      fail planted "$1" "${now#* }" "$holder"
    fi
    dress "./$3" "$6"
    ;;
  esac
  put done yes
}

# directory PATH PARENT NAME DRAFT OWNER GROUP MODE PARENTS
directory() {
  wanted "$5" "$6"
  walk "$1" "$2" "$8"
  kind "./$3"
  case $kind in
  directory) dress "./$3" "$7" ;;
  '')
    draft=$4
    try make "$1" mkdir -m 700 -- "./$draft"
    trap 'rmdir -- "./$draft" 2>/dev/null' EXIT
    mode=$7
    case $(stat -c '%a' -- "./$draft") in
    [2367]???) mode=${mode:-2755} ;;
    esac
    dress "./$draft" "${mode:-755}"
    kind "./$3"
    [ -z "$kind" ] || fail exists "$1"
    try make "$1" mv -- "./$draft" "./$3"
    trap - EXIT
    flush .
    ;;
  *) fail exists "$1" ;;
  esac
  put done yes
}

# symlink PATH PARENT NAME DRAFT TO OWNER GROUP
symlink() {
  wanted "$6" "$7"
  walk "$1" "$2" ''
  kind "./$3"
  [ "$kind" != directory ] || fail replaced "$1"
  draft=$4
  try make "$1" ln -s -- "$5" "./$draft"
  trap 'rm -f -- "./$draft"' EXIT
  if [ -n "$wu$wg" ]; then try 'set the owner of' "$1" chown -h -- "$wu${wg:+:$wg}" "./$draft"; fi
  move "$draft" "$3"
  trap - EXIT
  put done yes
}

# hardlink PATH PARENT NAME DRAFT TO TO-PARENT TO-NAME
hardlink() {

  walk "$5" "$6" ''
  source=$at/$7
  walk "$1" "$2" ''
  kind "$source"
  [ -n "$kind" ] || fail source "$5"
  kind "./$3"
  [ "$kind" != directory ] || fail replaced "$1"
  if [ -n "$kind" ] && [ "$(stat -c '%d %i' -- "./$3")" = "$(stat -c '%d %i' -- "$source")" ]; then
    put done yes
    return 0
  fi
  draft=$4
  said=$(ln -P -- "$source" "./$draft" 2>&1 || ln -- "$source" "./$draft" 2>&1) || fail hardlink "$1" "$5" "$said"
  trap 'rm -f -- "./$draft"' EXIT
  move "$draft" "$3"
  trap - EXIT
  put done yes
}

# remove PATH PARENT NAME RECURSIVE BACKUP
remove() {
  kind "$1"
  if [ -z "$kind" ] && ! hidden "$1"; then
    put done yes
    return 0
  fi
  walk "$1" "$2" ''
  kind "./$3"
  case $kind in
  '') ;;
  directory)
    if [ -n "$4" ]; then
      mounts "${at}/$3"
      try remove "$1" rm -rf -- "./$3"
    else
      set +f
      for f in "./$3"/* "./$3"/.[!.]* "./$3"/..?*; do
        if [ -e "$f" ] || [ -L "$f" ]; then fail full "$1"; fi
      done
      set -f
      try remove "$1" rmdir -- "./$3"
    fi
    ;;
  *)
    if [ "$kind" = file ] && [ "$5" -gt 0 ]; then
      command exec 7<"./$3" || fail refused read "$1" 'Permission denied'
      keep "$1" "$5"
    fi
    try remove "$1" rm -f -- "./$3"
    ;;
  esac
  flush .
  put done yes
}
# mounts PATH: nothing may be mounted at it or below.
mounts() {
  while read -r f1 f2 f3 f4 f5 f6; do
    case $f5 in
    *\\*)
      f5=$(printf '%b.' "$(printf %s "$f5" | sed 's/\\\([0-7]\)/\\0\1/g')")
      f5=${f5%.}
      ;;
    esac
    case $f5/ in "$1"/*) fail mounted "$f5" ;; esac
  done 2>/dev/null </proc/self/mountinfo
}

# touched PATH PARENT NAME
touched() {
  walk "$1" "$2" ''
  kind "./$3"
  if [ -z "$kind" ]; then
    set -C
    said=$( (: >"./$3") 2>&1) || fail refused make "$1" "$said"
    set +C
    try 'set the mode of' "$1" chmod 00644 -- "./$3"
    flush .
  elif [ "$kind" = link ]; then
    try 'set the times of' "$1" touch -h -- "./$3"
  else
    try 'set the times of' "$1" touch -c -- "./$3"
  fi
  put done yes
}
