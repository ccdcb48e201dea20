# Steps on files. Each runs in a subshell, in the directory of the path or in a private directory inside of it; see
# `walk` and `settle`.

# settle DRAFT VERB: sets $draft to the name for a draft, and $D to the way from here to the directory that was entered.
# If others can write to that directory, drafts are made in a private directory in it. Others may rename that, but `..`
# still leads back.
settle() {
  draft=$1
  record -
  if foreign; then
    said=$(made "./$draft" 2>&1) || fail refused "$2" "$shown" "$said"
    command cd -P -- "./$draft" 2>/dev/null && where
    now=$(stat -c '%d:%i %u %a' -- .)
    case $here:${now#* } in
    "$at/$draft:$me 700" | "$at/$draft:$me 2700") D=.. ;;
    *) fail swapped "$shown" ;;
    esac
    record "${now%% *}"
  fi
  trap tidy EXIT
  trap 'exit 129' HUP
  trap 'exit 143' TERM
}
# record ID [PATH]: records the draft, so that the next run removes it if this one is killed. ID is the inode of a
# directory, or `-`. Errors are ignored: on a full disk, the step itself may need no space.
stuck=
record() {
  [ -n "$held" ] || return 0
  f=${2:-$at/$draft}
  case $f in *\\* | *"$nl"*) f=$(printf %s "$f" | sed 's/\\/\\\\/g;$!s/$/\\n/' | tr -d '\n') ;; esac
  # The draft of the previous step is in place by now.
  [ "$1$2" != - ] || printf %s "$stuck" 2>/dev/null >"$state/drafts"
  printf '%s %s\n' "$1" "$f" 2>/dev/null >>"$state/drafts"
}
# tidy: removes what was made and is not in its place.
tidy() {
  for f in "./$draft" "./$draft.pin" "./$draft.archive" "./$draft.in" "./$draft.old"; do
    if [ -L "$f" ] || [ -f "$f" ]; then rm -f -- "$f"; elif [ -d "$f" ]; then (clear "$f"); fi
  done
  [ "$D" = .. ] || return 0
  # By its present name.
  cd -P . && where
  cd -P .. && rmdir -- "./${here##*/}" 2>/dev/null
}

# wanted OWNER GROUP: looks up both numbers, as $wu and $wg. Empty if not given.
wanted() {
  wu= wg=
  if [ -n "$1" ]; then
    if account_named "$1"; then wu=$au; else fail user "$1"; fi
  fi
  if [ -n "$2" ]; then
    if gid_of "$2"; then wg=$gid; else fail group "$2"; fi
  fi
}
# account_named: unlike `account`, accepts a number without an account.
account_named() {
  account "$1" && [ "$an" = "$1" ] && return 0
  au=$1
  case $1 in '' | *[!0-9]*) return 1 ;; esac
}

# made NAME: makes a private directory. GNU mkdir does that even if the parent has a default access control list; others
# would set the mode by name.
made() {
  if [ -n "$gnu" ]; then mkdir -m 700 -- "$1"; else (umask 077 && mkdir -- "$1"); fi
}

# dress FILE MODE: sets $wu, $wg and a mode if they differ. The file is open, or its name is private. If a mode is
# given, access control lists are removed. A new owner clears setuid, so the mode comes last. In between, nobody has
# more rights than before or after.
dress() {
  [ -z "$2" ] || bare "$1"
  now=$(stat -L -c '%u %g %a' -- "$1") || fail refused 'look at' "$shown" 'No such file or directory'
  has=${now#* } bits=${now##* }
  become=${2:-$bits}
  owned=
  if [ -n "$wu" ] && [ "$wu" != "${now%% *}" ]; then owned=$wu; fi
  if [ -n "$wg" ] && [ "$wg" != "${has% *}" ]; then owned=$owned:$wg; fi
  if [ -n "$owned" ]; then
    narrow=$((0$bits & 0$become & 0777))
    [ "$narrow" = "$((0$bits))" ] || try 'set the mode of' "$shown" chmod "00$(printf %o "$narrow")" -- "$1"
    try 'set the owner of' "$shown" chown -- "$owned" "$1"
    try 'set the mode of' "$shown" chmod "00$become" -- "$1"
  elif [ "$((0$become))" != "$((0$bits))" ]; then
    try 'set the mode of' "$shown" chmod "00$become" -- "$1"
  fi
}
# listed FILE: whether it has an access control list, as far as that can be found out.
listed() {
  case $acl in
  getfacl) [ -n "$(getfacl -scnpE -- "$1" 2>/dev/null)" ] ;;
  ls) case $(ls -Lld -- "$1") in ??????????+*) return 0 ;; *) return 1 ;; esac ;;
  *) return 1 ;;
  esac
}
# bare FILE: removes all lists, and the group's rights with them, because the mask may be larger than what the list
# granted.
bare() {
  listed "$1" || return 0
  [ "$acl" = getfacl ] || fail list "$shown"
  try 'remove the access control list of' "$shown" setfacl -b -m g::--- -- "$1"
}

# kind NAME: the type of what is there.
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

# move NAME: renames the draft into place.
move() {
  if [ -d "$D/$1" ] && [ ! -L "$D/$1" ]; then fail directory "$shown"; fi
  rename "./$draft" "$D/$1" replace
  flush "$D"
}
# rename FROM TO VERB: may replace what is there, but never moves into it.
rename() {
  if [ ! -L "$2" ]; then
    flags=-fT
    [ "$D" = .. ] || flags=-f
    try "$3" "$shown" mv "$flags" -- "$1" "$2"
    # Without -T, mv would move into a symlink to a directory. With -T, busybox does not replace one.
  elif ! said=$(mv -fT -- "$1" "$2" 2>&1); then
    [ -d "$2" ] || fail refused "$3" "$shown" "$said"
    try "$3" "$shown" rm -f -- "$2"
    try "$3" "$shown" mv -fT -- "$1" "$2"
  fi
}
# flush NAME: syncs the content to disk before anything depends on it.
flush() { sync -- "$1" 2>/dev/null || sync; }

# keep PATH COUNT: copies descriptor 7 to the backups, and keeps the newest COUNT.
keep() {
  [ "$2" -gt 0 ] || return 0
  place=$state/backup${1%/*} base=${1##*/}
  # The name is too long for a number.
  if [ "${#base}" -gt 230 ]; then
    base=$(printf %s "$base" | sha256sum)
    base=${base%% *}
  fi
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
  # An incomplete copy must not look like a complete one.
  record - "$place/$draft"
  if ! (umask 077 && set -C && cat <&7 >"$place/$draft" && flush "$place/$draft" && mv -f -- "$place/$draft" "$copy") 2>/dev/null; then
    rm -f -- "$place/$draft"
    fail refused 'write the backup' "$copy" 'Input/output error'
  fi
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

# replace PATH PARENT NAME DRAFT OWNER GROUP MODE UNLINK: opens what a draft will replace as descriptor 7.
replace() {
  walk "$1" "$2" ''
  name=$3 mode=$7 list=
  wanted "$5" "$6"
  kind "./$name"
  case $kind in
  directory) fail directory "$shown" ;;
  link | other) [ -n "$8" ] || fail "$kind" "$shown" ;;
  esac
  settle "$4" write
  [ "$kind" = file ] || return 0
  hold "$name"
  has=$(stat -L -c '%u %g %a' -- /proc/self/fd/7)
  if listed /proc/self/fd/7; then inherit "$wu$wg$mode"; fi
  wu=${wu:-${has%% *}}
  [ -n "$mode" ] || mode=${has##* }
  has=${has#* }
  wg=${wg:-${has% *}}
}
# inherit SAID: decides about the list of the old file. If no attribute is given, the new file gets it. Otherwise it is
# dropped, and its mask, which the mode shows, does not become the rights of the group.
inherit() {
  if [ "$acl" != getfacl ]; then
    [ -n "$mode" ] || fail list "$shown"
    return 0
  fi
  list=$(getfacl -cnpE -- /proc/self/fd/7 2>/dev/null)
  bits=${has##* }
  if [ -z "$1" ]; then
    whole=$bits
    # Only the owner has access until the list is set.
    mode=$(printf %o $((0$bits & 0600)))
  elif [ -z "$mode" ]; then
    group=$(printf '%s\n' "$list" | sed -n 's/^group::\(...\).*/\1/p')
    mask=$(printf '%s\n' "$list" | sed -n 's/^mask::\(...\).*/\1/p')
    rights=0
    case $group${mask:-rwx} in r??r??) rights=4 ;; esac
    case $group${mask:-rwx} in ?w??w?) rights=$((rights + 2)) ;; esac
    case $group${mask:-rwx} in ??x??x) rights=$((rights + 1)) ;; esac
    mode=$(printf %o $(((0$bits & 07707) | (rights << 3))))
    list=
  else
    list=
  fi
}
# draft_anew: makes an empty draft that nobody else can read, as descriptor 8.
draft_anew() {
  umask 077
  set -C
  said=$( (: >"./$draft") 2>&1) || fail refused write "$shown" "$said"
  rm -f -- "./$draft"
  command exec 8>"./$draft" || fail swapped "$shown"
  set +C
  umask 022
  # It may have inherited a list from the directory.
  bare /proc/self/fd/8
  [ "$kind" != file ] || labels
}
# labels: copies security labels and user attributes. Before the content, because writing clears capabilities of the old
# file.
labels() {
  [ -n "$gnu" ] || return 0
  said=$(cp --attributes-only --preserve=xattr -- /proc/self/fd/7 /proc/self/fd/8 2>&1) && return 0
  case $me:$said in 0:*'not supported'*) ;; 0:*) fail refused label "$shown" "$said" ;; esac
}
# attire FILE: sets owner and mode of the draft, or the list of the old file.
attire() {
  dress /proc/self/fd/8 "${mode:-644}"
  [ -n "$list" ] || return 0
  said=$(printf '%s\n' "$list" | setfacl --set-file=- -- /proc/self/fd/8 2>&1) || fail refused label "$shown" "$said"
  try label "$shown" chmod "00$whole" -- /proc/self/fd/8
}
# verified: runs `check` on the draft.
verified() {
  drafted=$at/$draft
  # Its path is not private.
  [ "$D" = . ] || drafted=/proc/self/fd/8
  check
}
# finish: puts the draft in place.
finish() {
  flush "./$draft"
  exec 7<&- 8>&-
  move "$name"
  put done yes
}

# write PATH PARENT NAME DRAFT OWNER GROUP MODE UNLINK DIGEST BACKUP: content is our input; `check` verifies $drafted.
write() {
  replace "$@"
  shift 8
  draft_anew
  said=$(cat 2>&1 >&8) || fail refused write "$shown" "$said"
  [ "$(sha256sum </proc/self/fd/8)" = "$1  -" ] || fail incomplete "$shown"
  attire
  verified
  if [ "$kind" = file ]; then keep "$shown" "$2"; fi
  finish
}
