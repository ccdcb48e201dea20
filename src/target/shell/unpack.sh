# Archives: unpacked in a private directory, checked, and renamed into place.

# needs PROGRAM
needs() { have "$1" || fail program "$shown" "$1"; }

# bad WORDS [NAME [TARGET]]: the archive is invalid.
bad() { fail archive "$archive" "$@"; }

# unpack PATH PARENT NAME DRAFT OWNER GROUP MODE REPLACE ARCHIVE PARENT NAME CHECKSUM STRIP LIMIT
unpack() {
  target=$1 parent=$2 name=$3 draft=$4 wanted_mode=$7 over=$8
  most=
  wanted "$5" "$6"
  shift 8
  archive=$1 checksum=$4 strip=$5 limit=$6
  walk "$1" "$2" ''
  kind "./$3"
  case $kind in
  '') fail absent "$archive" ;;
  link) fail linked "$archive" ;;
  file) ;;
  *) fail irregular "$archive" ;;
  esac
  hold "$3"
  walk "$target" "$parent" ''
  occupied
  settle "$draft" make
  umask 077
  try make "$target" mkdir -- "./$draft"
  # The name belongs to something else in our private directory.
  [ "$D" = .. ] || record "$(stat -c '%d:%i' -- "./$draft")"
  # It may have inherited a list from its parent.
  bare "./$draft"
  chmod 700 -- "./$draft"
  # Anyone who can write the archive could change it between check and use.
  case $(stat -L -c '%u %a' -- /proc/self/fd/7) in
  *[2367]? | *[2367]) theirs=yes ;;
  "0 "* | "$me "*) theirs= ;;
  *) theirs=yes ;;
  esac
  if [ -n "$theirs" ]; then
    said=$(cat 2>&1 <&7 >"./$draft.archive") || fail refused write "$target" "$said"
    command exec 7<"./$draft.archive"
  fi
  umask 022
  if [ -n "$checksum" ]; then
    sum=$(sha256sum </proc/self/fd/7)
    sum=${sum%% *}
    case $sum in "$checksum"*) ;; *) fail checksum "$archive" "$sum" "$checksum" ;; esac
  fi
  size=$(stat -L -c '%s' -- /proc/self/fd/7)
  room=$((size * 200 + 134217728))
  # A tar is larger than its content, so limit its list.
  [ "$limit" = 0 ] || [ "$limit" -ge "$room" ] || most=$limit
  form
  reader
  look_ahead
  (cd -P "./$draft" && fill) || exit 1
  [ "$form" != zip ] || peel "$strip"
  look_through
  [ -z "$wu$wg" ] || try 'set the owner of' "$target" chown -hR -- "$wu${wg:+:$wg}" "./$draft"
  try 'set the mode of' "$target" chmod -- "00${wanted_mode:-755}" "./$draft"
  sync
  occupied
  exchange
  put done yes
}

# occupied: whether something is there that must not be replaced. $kind is its type.
occupied() {
  kind "$D/$name"
  case $kind in
  '') ;;
  directory)
    [ -z "$over" ] || return 0
    set +f
    for f in "$D/$name"/* "$D/$name"/.[!.]* "$D/$name"/..?*; do
      if [ -e "$f" ] || [ -L "$f" ]; then fail occupied "$target"; fi
    done
    set -f
    ;;
  *) fail elsewhere "$target" ;;
  esac
}

# exchange: moves the old tree aside and the new one in.
exchange() {
  if [ -n "$kind" ]; then
    mounts "${at%/}/$name"
    rename "$D/$name" "./$draft.old" replace
  fi
  if ! said=$(rename "./$draft" "$D/$name" replace); then
    [ -z "$kind" ] || rename "./$draft.old" "$D/$name" replace
    printf '%s\n' "$said"
    exit 1
  fi
  [ -z "$kind" ] || clear "./$draft.old"
  flush "$D"
}

# form: the format of the archive by its first bytes, as $form.
form() {
  case $(head -c 6 </proc/self/fd/7 | od -An -v -tx1 | tr -d ' \n') in
  1f8b*) form=gzip ;;
  fd377a585a00) form=xz ;;
  425a68*) form=bzip2 ;;
  377abcaf271c) bad seven ;;
  28b52ffd*) form=zstd ;;
  504b0304* | 504b0506*) form=zip ;;
  *) form=tar ;;
  esac
}
# reader: the program that can read it, as $zipper, or as $unpacked and $fields.
reader() {
  if [ "$form" = zip ]; then
    zipper=unzip
    if ! have unzip && have python3 && python3 -c 'import zipfile, zlib' 2>/dev/null; then
      zipper=python3
    else
      needs unzip
    fi
    return
  fi
  needs tar
  case $form in tar) unpacked=cat ;; *) needs "$form" && unpacked="$form -dc" ;; esac
  case $(tar --version 2>&1; tar --help 2>&1) in
  # Before 1.28, it followed symlinks from the archive itself.
  *'BusyBox v1.'[0-9].* | *'BusyBox v1.1'[0-9].* | *'BusyBox v1.2'[0-7].*) fail old "$target" ;;
  *BusyBox*) fields=busybox ;;
  *'GNU tar'*) fields=gnu ;;
  *) fail strange "$target" ;;
  esac
}
# fill: unpacks it here. A message about a stripped or skipped name is enough to refuse the archive.
fill() {
  if [ "$form" = zip ] && [ "$zipper" = python3 ]; then
    said=$(python3 -c "$python" fill "${most:-$room}" 2>&1 </dev/null) || {
      said=$(printf '%s\n' "$said" | tail -n 1)
      [ "$said" != grows ] || bad grows "$most"
      bad damaged "$said"
    }
  elif [ "$form" = zip ]; then
    said=$(unzip -l /proc/self/fd/7 2>&1 </dev/null) || bad damaged "$said"
    bytes=$(printf '%s\n' "$said" | tail -n 1)
    # shellcheck disable=SC2086 # its first word
    set -- $bytes
    case $1 in '' | *[!0-9]*) bad damaged "$bytes" ;; esac
    [ "$1" -le "${most:-$room}" ] || bad grows "$most"
    said=$( (ulimit -f "$((room / 512))" && unzip -qq -o /proc/self/fd/7) 2>&1 </dev/null) || { outside && bad damaged "$said"; }
  else
    set -- --strip-components="$strip"
    [ "$strip" != 0 ] || shift
    [ "$form" != tar ] || [ $((size % 512)) = 0 ] || bad damaged 'it is cut off'
    # The decompressor must succeed: the output until an error may look complete.
    said=$(
      {
        { $unpacked </proc/self/fd/7 || echo 'it is cut off' >&2; } | head -c "$room" | {
          tar -x -m -o "$@" -f -
          code=$?
          cat >/dev/null
          exit "$code"
        }
      } 2>&1
    ) || {
      outside
      used=$(du -sk . | tr -dc '0-9')
      [ "$((used * 1024))" -lt "$((room / 2))" ] || bad grows
      bad damaged "$said"
    }
    case $said in *'it is cut off'*) bad damaged "$said" ;; esac
  fi
  outside
}
# outside: whether a message tells of names that were changed to stay inside.
outside() {
  case $said in
  *emoving\ leading* | *"contains '..'"* | *'skipped "../"'* | *'stripped absolute'* | *'unsafe'*) bad outside ;;
  esac
}

# peel COUNT: removes leading directories.
peel() {
  count=$1
  while [ "$count" -gt 0 ]; do
    count=$((count - 1))
    try make "$target" mkdir -m 700 -- "./$draft.in"
    set +f
    for f in "./$draft"/* "./$draft"/.[!.]* "./$draft"/..?*; do
      [ -d "$f" ] && [ ! -L "$f" ] || continue
      for p in "$f"/* "$f"/.[!.]* "$f"/..?*; do
        if [ ! -e "$p" ] && [ ! -L "$p" ]; then continue; fi
        if [ -e "./$draft.in/${p##*/}" ] || [ -L "./$draft.in/${p##*/}" ]; then bad twice "${p##*/}"; fi
        try replace "$target" mv -- "$p" "./$draft.in"
      done
    done
    set -f
    rm -rf -- "./$draft"
    try replace "$target" mv -- "./$draft.in" "./$draft"
  done
}

# look_through: accepts only files, directories and symlinks that stay inside, and sets modes as in a fresh checkout.
look_through() {
  # The content of a directory that its owner can't enter would not be seen.
  find "./$draft" -type d -exec chmod 0755 {} \;
  odd=$(find "./$draft" ! -type f ! -type d ! -type l -print | head -n 1)
  [ -z "$odd" ] || bad device "${odd#"./$draft/"}"
  find "./$draft" -type f -exec chmod u+rw,go+r,go-w,ug-s,-t {} +
  astray=$(find "./$draft" -type l -exec /bin/sh -c '
    for p do
      to=$(readlink -n -- "$p" && printf .)
      to=${to%.}
      rest=$to/ up=0 down= depth=-2 leads=
      path=$p/
      while [ -n "$path" ]; do
        path=${path#*/}
        depth=$((depth + 1))
      done
      case $to in "" | /*) leads=out ;; esac
      while [ -n "$rest" ]; do
        part=${rest%%/*}
        rest=${rest#*/}
        case $part in
        "" | .) ;;
        ..)
          up=$((up + 1))
          if [ -n "$down" ] || [ "$up" -ge "$depth" ]; then leads=out; fi
          ;;
        *) down=yes ;;
        esac
      done
      [ -z "$leads" ] || printf "%s\n%s" "$p" "$to"
    done' sh {} + | head -n 2)
  [ -z "$astray" ] || {
    p=${astray%%"$nl"*}
    bad link "${p#"./$draft/"}" "${astray#*"$nl"}"
  }
}
