# Queries. Those about files are asked in the directory of the files, see `inside`. If they take many names, each
# program is started once for all of them.

# ask_stat NAME...: a mark for each, then a line for each that exists, then the text of symlinks.
ask_stat() {
  count=$# marks=
  while [ "$count" -gt 0 ]; do
    p=$1
    shift
    count=$((count - 1))
    if [ -e "./$p" ] || [ -L "./$p" ]; then
      marks=$marks+
      set -- "$@" "./$p"
    else
      marks=$marks-
    fi
  done
  put marks "$marks"
  [ $# -gt 0 ] || return 0
  stat -c '%f %u %g %s %Y %d %i' -- "$@" 2>/dev/null | stream stats
  for p do
    if [ -L "$p" ]; then
      to=$(readlink -n -- "$p" && printf .)
      put to "${to%.}"
    fi
  done
  ask_lists "$@"
}

# ask_lists NAME...: access control lists of those that exist, or whether there is one.
ask_lists() {
  case $acl in
  getfacl) getfacl -snpE -- "$@" 2>/dev/null | stream lists ;;
  ls) ls -qldU -- "$@" 2>/dev/null | sed 's/^..........+.*/+/; t; s/.*/-/' | stream flags ;;
  esac
}

# ask_resolve NAME...: a line for what each points to, or why there is none.
ask_resolve() {
  for p do
    if [ -L "./$p" ] || [ ! -e "./$p" ]; then (resolved "$p"); else
      # A symlink that has just appeared is no answer.
      put stat "$(stat -c '%f %u %g %s %Y %d %i' -- "./$p" 2>/dev/null)"
    fi
  done
}
# Nothing of it is read, so the owner of the last symlink gains nothing by its target.
resolved() {
  reach "$1"
  now=$(stat -c '%f %u %g %s %Y %d %i' -- "./$name" 2>/dev/null) || fail absent "$1"
  put stat "$now"
}

# ask_digest NAME...: a mark for each, then a digest for each regular file. Files that someone might exchange meanwhile
# are reported one by one, before the marks.
ask_digest() {
  count=$# marks= apart=
  while [ "$count" -gt 0 ]; do
    p=$1
    shift
    count=$((count - 1))
    mark=-
    if [ -L "./$p" ]; then
      mark=l
    elif [ -f "./$p" ]; then
      if [ -z "$apart" ]; then
        apart=no
        ! foreign || apart=yes
      fi
      mark=+
      if [ "$apart" = yes ]; then mark=l; elif [ ! -r "./$p" ]; then mark='!'; fi
    fi
    marks=$marks$mark
    case $mark in
    +) set -- "$@" "./$p" ;;
    l) (opened "$p" && put digest "$(sha256sum <&7)") ;;
    esac
  done
  put marks "$marks"
  [ $# -gt 0 ] || return 0
  case $* in
  # Not every sha256sum keeps a name with a newline on one line.
  *"$nl"*) for p do sha256sum <"$p"; done 2>/dev/null | stream digests ;;
  *) sha256sum -- "$@" 2>/dev/null | stream digests ;;
  esac
}
# opened NAME: opens it, with all symlinks followed, as descriptor 7.
opened() {
  reach "$1"
  hold "$name"
  [ -z "$chain" ] || judge "$(stat -L -c '%u' -- /proc/self/fd/7)"
}

# ask_read LIMIT NAME...: the content of each.
ask_read() {
  limit=$1
  shift
  for p do (opened "$p" && head -c "$limit" <&7 2>/dev/null | stream bytes); done
}

# ask_names: the names in the current directory.
ask_names() {
  [ -r . ] || fail refused list "$shown" 'Permission denied'
  put mark +
  set +f
  for f in ./* ./.[!.]* ./..?*; do
    if [ -e "$f" ] || [ -L "$f" ]; then put name "${f#./}"; fi
  done
  set -f
}

# ask_writable PATH...: whether the nearest directory above is writable. Not even root can replace an immutable or
# append-only file.
ask_writable() {
  count=$#
  while [ "$count" -gt 0 ]; do
    p=$1 dir=$1 mark=
    shift
    count=$((count - 1))
    # What root can't write is immutable, or mounted read-only.
    if [ "$me" = 0 ] && [ -e "$p" ] && [ ! -w "$p" ]; then mark=-; fi
    while [ -z "$mark" ] && [ "$dir" != / ]; do
      dir=${dir%/*}
      [ -n "$dir" ] || dir=/
      if [ -w "$dir" ] && [ -x "$dir" ]; then
        mark=+
      elif [ -e "$dir" ] || hidden "$dir"; then
        mark=-
      fi
    done
    set -- "$@" "${mark:--}" "$p" "$dir"
  done
  fixed=$nl$(fixed "$@")$nl
  while [ $# -gt 0 ]; do
    case $1$fixed in
    *"$nl$2$nl"* | *"$nl$3$nl"*) put mark - ;;
    *) put mark "$1" ;;
    esac
    shift 3
  done
}
# fixed [MARK PATH DIRECTORY]...: the paths and directories with such an attribute.
fixed() {
  have lsattr || return 0
  count=$# last=
  while [ "$count" -gt 0 ]; do
    p=$2 dir=$3
    case $1$2 in
    # lsattr would print a newline as it is, which looks like another name.
    -* | *"$nl"*) shift 3 ;;
    *)
      shift 3
      if [ -e "$p" ] && [ ! -L "$p" ]; then set -- "$@" "$p"; fi
      if [ "$dir" != "$last" ]; then set -- "$@" "$dir"; fi
      last=$dir
      ;;
    esac
    count=$((count - 3))
  done
  [ $# -eq 0 ] || lsattr -d -- "$@" 2>/dev/null | sed -n 's/^[^ ]*[ai][^ ]* //p'
}

# changed KEY STAMP FILE...: whether the files have another stamp than this, and prints the new one.
changed() {
  key=$1.stamp stamp=$2
  shift 2
  now=$(stat -L -c '%d %i %s %y %z' -- "$@" 2>/dev/null)
  now=$(printf %s "$now" | tr '\n' ' ')
  [ "$now" != "$stamp" ] || return 1
  put "$key" "$now"
}
# ask_text KEY PATTERN FILE...: the text of each file, or the lines of it that match.
ask_text() {
  key=$1 pattern=$2
  shift 2
  for p do
    if [ ! -r "$p" ]; then
      put "$key" ''
    elif [ -n "$pattern" ]; then
      grep -E "$pattern" <"$p" 2>/dev/null | stream "$key"
    else
      stream "$key" <"$p"
    fi
  done
}
# ask_entries KEY DIRECTORY BELOW: the names in it, a line for each; if BELOW is not empty, those in the directories in it.
ask_entries() {
  set +f
  for f in "$2"/*${3:+/*}; do
    if [ -e "$f" ] || [ -L "$f" ]; then printf '%s\n' "${f#"$2"/}"; fi
  done | stream "$1"
  set -f
}

ask_host() {
  init_system
  put init "$init"
  put offline "$offline"
  if have lsattr; then put attributes seen; else put attributes unseen; fi
  put uname "$(uname -snrvm)"
  put now "$(date +%s)"
  downloader
  put downloader "$by"
}
# ask_signs FILE...: those that are there.
ask_signs() {
  for p do [ ! -e "$p" ] || put sign "$p"; done
}

# downloader: the program for downloads, as $by: curl, a wget that reads URLs from its input, or one that shows them to
# everyone in its arguments.
downloader() {
  if have curl; then
    by=curl
  elif have wget; then
    case $(wget --version 2>/dev/null) in GNU*) by=gnu ;; *) by=open ;; esac
  else
    by=none
  fi
}

ask_interfaces() {
  have ip || return 0
  put ip yes
  ip -o link show 2>/dev/null | stream link
  ip -o addr show 2>/dev/null | stream addr
}

# told PROGRAM ARGUMENT...: its output and exit status.
told() {
  out=$("$@" 2>&1 </dev/null)
  put status "$?"
  printf '%s\n' "$out" | stream out
}

# ask_services PROPERTIES [NAME UNIT SHOWN]...: the service managers, and what the one that runs says of each service,
# which has that name as a script, and as a unit; SHOWN stands for the unit where an example is asked. Then the links in
# the run levels.
ask_services() {
  properties=$1 count=$#
  shift
  init_system
  put init "$init"
  put offline "$offline"
  case $init in
  systemd)
    while [ "$count" -gt 1 ]; do
      unit=$3
      shift 3
      set -- "$@" "$unit"
      count=$((count - 3))
    done
    told systemctl show --no-pager "$properties" -- "$@"
    ;;
  *) ask_scripts "$@" ;;
  esac
  set +f
  case $init:$offline in
  openrc:* | *:openrc)
    for f in /etc/runlevels/*/*; do
      f=${f#/etc/runlevels/}
      put link "$f"
    done
    ;;
  *) for f in /etc/rc[2-5].d/S*; do put link "${f##*/}"; done ;;
  esac
  set -f
}
# ask_scripts [NAME UNIT SHOWN]...: the exit status of each script's `status`, its first line if OpenRC does not run, and
# whether its unit is enabled if systemd does not run.
ask_scripts() {
  while [ $# -gt 0 ]; do
    p=/etc/init.d/$1 first='' unit=''
    case $offline in
    systemd) ! has_unit_file "$2" || unit=$(/usr/bin/systemctl --root=/ is-enabled -- "$2" 2>/dev/null </dev/null) ;;
    openrc) first=$(head -c 256 "$p" 2>/dev/null | head -n 1) ;;
    esac
    if [ ! -f "$p" ] || [ ! -x "$p" ]; then
      put script none
    elif [ "$init" = openrc ]; then
      briefly rc-service "$1" status
      put script "$?"
    else
      briefly "$p" status
      put script "$?"
    fi
    put first "$first"
    put unit "$unit"
    shift 3
  done
}
# briefly PROGRAM ARGUMENT...: runs it without output, and stops it after 10 s.
briefly() {
  if have timeout; then timeout 10 "$@"; else "$@"; fi </dev/null >/dev/null 2>&1
}
# tried PROGRAM ARGUMENT...: the same, but prints nothing if the program fails.
tried() {
  out=$("$@" 2>&1 </dev/null) || return 1
  put status 0
  printf '%s\n' "$out" | stream out
}
# newest FILE SOURCE...: whether the file is newer than its sources.
newest() {
  made=$1
  shift
  for p do [ ! -e "$p" ] || [ "$made" -nt "$p" ] || return 1; done
}

# ask_page: runs curl with the configuration on standard input. Prints the page and the error messages.
ask_page() {
  if have curl; then
    { said=$( (curl -K - | head -c 200000 | stream page >&4) 2>&1); } 4>&1
    put said "$said"
  else
    put missing curl
  fi
}

# ask_version ADDRESS SECONDS OPTION...: the headers of a page, by curl with the configuration on standard input, or by
# GNU wget, which shows its options to everyone.
ask_version() {
  downloader
  case $by in
  curl) { said=$( (curl -K - | head -c 32768 | stream page >&4) 2>&1); } 4>&1 ;;
  gnu)
    said= address=$1 seconds=$2
    shift 2
    # Its body is not read to the end.
    printf '%s\n' "$address" | {
      wget -S -O - --tries=1 --timeout="$seconds" --max-redirect=0 "$@" -i - 2>&5 | head -c 1 >/dev/null
    } 5>&1 | version_of_wget | stream page
    ;;
  *) put missing curl ;;
  esac
  put said "$said"
}
# version_of_wget: what it tells of the first answer, as curl does.
version_of_wget() {
  cr=$(printf '\r')
  head=$(sed -n 's/^  \([^ ]\)/\1/p' | tr -d '\r')
  [ -z "$head" ] || printf '%s\n' "$head" | sed "s/\$/$cr/"
  status=000
  [ -z "$head" ] || status=200
  printf '\r\n\nchefrs-status %s' "$status"
}

# ask_download ADDRESS SECONDS HIDES: what is there, with a status at its end, by curl with the configuration on standard
# input, or by wget. The wget of busybox takes the address as an argument, which everyone can read.
ask_download() {
  downloader
  case $by:$3 in
  none:*) put missing both ;;
  open:yes) put missing hiding ;;
  *) { said=$( (ask_address "$1" "$2" | head -c 1100000 | stream page >&4) 2>&1); } 4>&1 ;;
  esac
  put said "$said"
}
# ask_address ADDRESS SECONDS: the same, before it is put into a frame.
ask_address() {
  case $by in
  curl)
    curl -K -
    return
    ;;
  gnu) printf '%s\n' "$1" | wget -nv --tries=1 --timeout="$2" -O - -i - ;;
  *)
    case $(wget --help 2>&1) in
    *'-T '*) wget -q -T "$2" -O - "$1" ;;
    *) wget -q -O - "$1" ;;
    esac
    ;;
  esac
  if [ $? = 0 ]; then printf '\nchefrs-status 200'; else printf '\nchefrs-status 000'; fi
}
