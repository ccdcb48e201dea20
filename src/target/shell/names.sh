# Steps on names: attributes, directories, links, and removal.

# adorn NAME MODE: sets owner and mode of an existing directory.
adorn() {
  if [ "$me" = 0 ] || foreign; then
    make=
    enter "$1"
    set -- . "$2"
  else
    # Its owner may not be allowed to enter it.
    set -- "./$1" "$2"
  fi
  dress "$1" "$2"
}

# attributes PATH PARENT NAME DRAFT OWNER GROUP MODE
attributes() {
  wanted "$5" "$6"
  walk "$1" "$2" ''
  kind "./$3"
  case $kind in
  '') fail absent "$1" ;;
  directory) adorn "$3" "$7" ;;
  *)
    holder=$(stat -c '%u' -- .)
    settle "$4" 'set the attributes of'
    it=./$3 names=1
    if [ "$D" = .. ]; then pin "$3"; fi
    if [ "$kind" = link ]; then
      [ -z "$wu$wg" ] || try 'set the owner of' "$1" chown -h -- "$wu${wg:+:$wg}" "$it"
    else
      now=$(stat -L -c '%h %u' -- "$it")
      if [ "${now% *}" -gt "$names" ] && [ "$holder" != 0 ] && [ "$holder" != "${now#* }" ]; then
        fail planted "$1" "$(called "${now#* }")" "$(called "$holder")"
      fi
      dress "$it" "$7"
    fi
    ;;
  esac
  put done yes
}
# pin NAME: a hard link to it in a private directory, as $it; or the open file if there can be none.
pin() {
  if link "../$1" "./$draft.pin"; then
    it=./$draft.pin names=2
    kind "$it"
  else
    hold "$1"
    it=/proc/self/fd/7 kind=file
  fi
}

# directory PATH PARENT NAME DRAFT OWNER GROUP MODE PARENTS
directory() {
  wanted "$5" "$6"
  walk "$1" "$2" "$8"
  kind "./$3"
  case $kind in
  directory) adorn "$3" "$7" ;;
  '')
    settle "$4" make
    try make "$1" made "./$draft"
    mode=$7
    case $(stat -c '%a' -- "./$draft") in
    [2367]???) mode=${mode:-2755} ;;
    esac
    dress "./$draft" "${mode:-755}"
    kind "$D/$3"
    [ -z "$kind" ] || fail exists "$1"
    rename "./$draft" "$D/$3" make
    flush "$D"
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
  settle "$4" make
  try make "$1" ln -s -- "$5" "./$draft"
  if [ -n "$wu$wg" ]; then try 'set the owner of' "$1" chown -h -- "$wu${wg:+:$wg}" "./$draft"; fi
  move "$3"
  put done yes
}

# hardlink PATH PARENT NAME DRAFT TO TO-PARENT TO-NAME
hardlink() {
  walk "$5" "$6" ''
  # The directory that was entered, even if it is renamed later.
  if { command exec 9<.; } 2>/dev/null; then source=/proc/self/fd/9/$7; else source=$at/$7; fi
  walk "$1" "$2" ''
  kind "$source"
  [ -n "$kind" ] || fail source "$5"
  kind "./$3"
  [ "$kind" != directory ] || fail replaced "$1"
  if [ -n "$kind" ] && [ "$(stat -c '%d %i' -- "./$3")" = "$(stat -c '%d %i' -- "$source")" ]; then
    put done yes
    return 0
  fi
  settle "$4" make
  said=$(ln -P -- "$source" "./$draft" 2>&1 || ln -- "$source" "./$draft" 2>&1) || fail hardlink "$1" "$5" "$said"
  move "$3"
  put done yes
}

# remove PATH PARENT NAME RECURSIVE BACKUP DRAFT
remove() {
  draft=$6
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
      mounts "$at/$3"
      clear "./$3"
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
      hold "$3"
      keep "$1" "$5"
    fi
    try remove "$1" rm -f -- "./$3"
    ;;
  esac
  flush .
  put done yes
}
# mounts PATH: fails if something is mounted at it or below.
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
# clear NAME: removes a directory and its content.
clear() {
  case $(rm --version 2>/dev/null) in
  # rm holds each directory open that it is in.
  *'GNU coreutils'*) try remove "$shown" rm -rf --one-file-system -- "$1" ;;
  *) (sweep "$1") || exit 1 ;;
  esac
}
# sweep NAME: like `clear`, if rm works by path names: enters each directory and goes up again. Its depth is limited by
# the longest path of the kernel.
sweep() {
  last=${1##*/}
  case $1 in ../*) cd -P .. ;; *) cd -P . ;; esac
  where
  above=$here
  down
  until [ "$here" = "$above" ]; do
    if sweep_here; then up; else down; fi
  done
}
down() {
  was=${here%/}
  command cd -P -- "./$last" 2>/dev/null || fail refused remove "$shown" 'Permission denied'
  where
  [ "$here" = "$was/$last" ] || fail swapped "$shown"
}
up() {
  last=${here##*/} was=${here%/*}
  cd -P .. && where
  [ "$here" = "${was:-/}" ] || fail swapped "$shown"
  try remove "$shown" rmdir -- "./$last"
}
# sweep_here: removes files and empty directories. The first directory that is not empty is $last.
sweep_here() {
  find . ! -name . -prune ! -type d -exec rm -f -- {} +
  set +f
  for f in ./* ./.[!.]* ./..?*; do
    if [ ! -e "$f" ] && [ ! -L "$f" ]; then continue; fi
    rmdir -- "$f" 2>/dev/null && continue
    last=${f#./}
    set -f
    return 1
  done
  set -f
}

# touched PATH PARENT NAME DRAFT
touched() {
  walk "$1" "$2" ''
  kind "./$3"
  if [ -z "$kind" ]; then
    settle "$4" make
    umask 077
    set -C
    said=$( (: >"./$draft") 2>&1) || fail refused make "$1" "$said"
    set +C
    wu= wg=
    dress "./$draft" 644
    move "$3"
  elif [ "$kind" = link ] || foreign; then
    try 'set the times of' "$1" touch -c -h -- "./$3"
  else
    try 'set the times of' "$1" touch -c -- "./$3"
  fi
  put done yes
}
