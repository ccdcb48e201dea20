# Says something to the person who watches.
say() {
  printf '%s\n' "$1"
}

# Says what is wrong, and fails.
fail() {
  printf '%s\n' "error: ${current:+$current: }$1" >&2
  return 1
}

# Begins a resource.
resource() {
  count_resource
  current=$1 start=$changes
}

# Counts the resource that ends.
count_resource() {
  if [ -z "$current" ]; then return 0; fi
  if has_changed; then updated=$((updated + 1)); else same=$((same + 1)); fi
  current=
}

# Whether the resource has changed something.
has_changed() {
  [ "$changes" -gt "$start" ]
}

# Says a change of the resource. Fails if it is not to be made: with --check.
change() {
  changes=$((changes + 1))
  if [ "$check" = 1 ]; then
    say "would change: $current: $1"
    return 1
  fi
  say "$current: $1"
}

# Notes that something would be at a path. With --check, what follows counts on it.
would_be() {
  made="$made
$1
"
}

# Whether something is at a path.
exists() {
  [ -e "$1" ] || case $made in *"
$1
"*) [ "$check" = 1 ] ;; *) false ;; esac
}

# With --check: whether what is missing may be there once that is done which comes before.
may_come() {
  [ "$check" = 1 ] && [ "$((changes + counted))" -gt 0 ]
}

# Whether something is at a path that may be a link to nothing.
is_taken() {
  [ -e "$1" ] || [ -L "$1" ]
}

# Whether one user could lead us by a link to what belongs to another.
leads_astray() {
  [ "$1" != 0 ] && [ "$1" != "$(id -u)" ] && [ "$1" != "$2" ]
}

# Fails if a link on the way to a path belongs to another user than what it leads to, or than its directory.
require_own_links() {
  way=$1
  while [ -n "$way" ]; do
    above=${way%/*}
    if [ -L "$way" ] && { leads_astray "$(stat -c %u -- "$way")" "$(stat -L -c %u -- "$way" 2>/dev/null)" ||
      { [ ! -k "${above:-/}" ] && leads_astray "$(stat -L -c %u -- "${above:-/}")" "$(stat -c %u -- "$way")"; }; }; then
      fail "the link $way is one of another user: it is not followed"
      return
    fi
    if [ "$way" = "$above" ]; then break; fi
    way=$above
  done
}

# Fails unless there is a directory for a path.
require_parent() {
  parent=${1%/*}
  exists "${parent:-/}" || may_come || fail "the directory $parent is not there"
}

# Reads the options of a file, directory or link.
options() {
  mode= owner= group= verify= parent_mode= parent_owner= parent_group=
  recursive= replace= limit= list= follow= keep= only_if_missing= base64= private= dot= newline=yes
  for option do
    case $option in
    mode=*) mode=${option#*=} ;;
    owner=*) owner=${option#*=} ;;
    group=*) group=${option#*=} ;;
    verify=*) verify=${option#*=} ;;
    parent_mode=*) parent_mode=${option#*=} ;;
    parent_owner=*) parent_owner=${option#*=} ;;
    parent_group=*) parent_group=${option#*=} ;;
    timeout=*) limit=${option#*=} ;;
    recursive) recursive=1 ;;
    replace) replace=1 ;;
    follow) follow=1 ;;
    keep) keep=1 ;;
    only_if_missing) only_if_missing=1 ;;
    base64) base64=1 ;;
    private) private=1 ;;
    no_newline) newline= ;;
    to_dot) dot=1 ;;
    esac
  done
}

# Sets `path` to where a path leads, if the last link is to be followed.
follow_way() {
  if [ -n "$follow" ] && [ -L "$1" ]; then
    require_own_links "$1" && path=$(readlink -f -- "$1")
  else
    require_own_links "${1%/*}"
  fi
}

# Whether a path has an owner, by name or number.
has_owner() {
  case " $(stat -c '%U %u' -- "$1") " in *" $2 "*) ;; *) false ;; esac
}

# Whether a path has a group, by name or number.
has_group() {
  case " $(stat -c '%G %g' -- "$1") " in *" $2 "*) ;; *) false ;; esac
}

# Whether a path has a mode.
has_mode() {
  [ "$(stat -c %a -- "$1")" = "$(printf %o "$2")" ]
}

# Whether a path has an access control list, as far as that can be found out.
is_listed() {
  if command -v getfacl >/dev/null; then
    [ -n "$(getfacl -scnpE -- "$1" 2>/dev/null)" ]
  else
    case $(ls -ld -- "$1") in ??????????+*) ;; *) false ;; esac
  fi
}

# Removes the access control list of a path, and the group's rights with it: the mask may be larger than they are.
bare() {
  is_listed "$1" || return 0
  if ! command -v setfacl >/dev/null; then
    fail "$1 has an access control list, or its directory hands one down, and there is no setfacl to remove it"
    return
  fi
  setfacl -b -m g::--- -- "$1"
}

# Gives a path an owner, a group and a mode, as far as they are said.
set_attributes() {
  if [ -n "$2" ]; then chown -h -- "$2" "$1" || return 1; fi
  if [ -n "$3" ]; then chgrp -h -- "$3" "$1" || return 1; fi
  if [ -n "$4" ]; then chmod -- "$4" "$1" || return 1; fi
}

# The owner, group and mode of a path are those that are said.
attributes() {
  set -- "$1" "$(stat -c %a -- "$1")"
  if [ -n "$owner" ] && ! has_owner "$1" "$owner" && change "owner $owner"; then
    chown -h -- "$owner" "$1" || return 1
  fi
  if [ -n "$group" ] && ! has_group "$1" "$group" && change "group $group"; then
    chgrp -h -- "$group" "$1" || return 1
  fi
  if [ -L "$1" ]; then return 0; fi
  if [ -n "$mode" ] && is_listed "$1" && change "mode $mode, without an access control list"; then
    bare "$1" && chmod -- "0$mode" "$1" || return 1
  elif [ -n "$mode" ] && ! has_mode "$1" "$mode" && change "mode $mode"; then
    # With less than five digits, a directory keeps its setgid.
    chmod -- "0$mode" "$1" || return 1
  elif [ -z "$mode" ] && [ "$(stat -c %a -- "$1")" != "$2" ]; then
    # A new owner takes setuid and setgid away.
    chmod -- "$2" "$1" || return 1
  fi
}

# file PATH [OPTION...]: a file with the content of standard input.
file() {
  path=$1
  shift
  options "$@"
  follow_way "$path" || return 1
  if [ -n "$keep" ]; then
    : >"$scratch/content"
  elif [ -n "$base64" ]; then
    base64 -d >"$scratch/content" || return 1
  elif [ -n "$dot" ]; then
    content=$(cat) && printf %s "${content%.}" >"$scratch/content" || return 1
  elif [ -n "$newline" ]; then
    cat >"$scratch/content" || return 1
  else
    printf %s "$(cat)" >"$scratch/content" || return 1
  fi
  if [ -f "$path" ] && [ ! -L "$path" ]; then
    if [ -n "$only_if_missing" ]; then return 0; fi
    if [ -n "$private" ] && [ -z "$owner" ]; then owner=$(own_of "$path"); fi
    if [ -n "$keep" ] || cmp -s -- "$scratch/content" "$path"; then
      attributes "$path"
      return
    fi
    change "new content" || return 0
  elif is_taken "$path"; then
    if [ -z "$replace" ] || { [ -d "$path" ] && [ ! -L "$path" ]; }; then
      fail "$path is not a regular file"
      return
    fi
    change "replace what is there by a file" || return 0
  else
    require_parent "$path" || return
    change "create file" || {
      would_be "$path"
      return 0
    }
  fi
  put_in_place
}

# The owner of a file with a secret: what is there may belong to somebody else.
own_of() {
  of=$(stat -c %u -- "$1")
  if [ "$of" = 0 ]; then echo 0; else id -u; fi
}

# What is not said of a file stays when it is replaced: owner, group, and mode. Its access control list stays if nothing is
# said. Otherwise the group keeps what it had by itself.
stay_as_is() {
  had=$(stat -c %a -- "$1")
  if [ -z "$mode" ] && is_listed "$1"; then
    list=$(getfacl -cnpE -- "$1") || fail "$1 has an access control list, and there is no getfacl" || return 1
    if [ -n "$owner$group" ]; then
      of_group=$(printf '%s\n' "$list" | sed -n 's/^group:://p')
      of_mask=$(printf '%s\n' "$list" | sed -n 's/^mask:://p')
      rights=0
      for right in r4 w2 x1; do
        case $of_group/${of_mask:-rwx} in *"${right%?}"*/*"${right%?}"*) rights=$((rights + ${right#?})) ;; esac
      done
      had=$(printf %o $((0$had & 07707 | rights << 3)))
      list=
    fi
  fi
  owner=${owner:-$(stat -c %u -- "$1")}
  group=${group:-$(stat -c %g -- "$1")}
  mode=${mode:-0$had}
}

# Gives a draft its owner, group, and mode, or the access control list of the file that it replaces.
dress() {
  if [ -z "$list" ]; then
    set_attributes "$1" "$owner" "$group" "0${mode:-0644}"
  else
    set_attributes "$1" "$owner" "$group" "" && printf '%s\n' "$list" | setfacl --set-file=- -- "$1" &&
      chmod -- "$mode" "$1"
  fi
}

# Writes the content beside its place, with its owner and mode, checks it, and renames it.
put_in_place() {
  if [ -f "$path" ] && [ ! -L "$path" ]; then stay_as_is "$path" || return 1; fi
  draft=$(mktemp "${path%/*}/.new.XXXXXX") || return 1
  if bare "$draft" && cat "$scratch/content" >"$draft" && dress "$draft" &&
    { [ -z "$verify" ] || "$verify" "$draft" </dev/null || fail "the check of the new content failed"; } &&
    mv -f -- "$draft" "$path"; then
    draft=
    return 0
  fi
  rm -f -- "$draft"
  draft=
  return 1
}

# directory PATH [OPTION...]
directory() {
  path=$1
  shift
  options "$@"
  require_own_links "${path%/*}" || return 1
  if [ -L "$path" ] || { [ -e "$path" ] && [ ! -d "$path" ]; }; then
    fail "$path is not a directory"
  elif [ -d "$path" ]; then
    attributes "$path"
  else
    if [ -z "$recursive" ]; then require_parent "$path" || return; fi
    change "create directory" || {
      would_be "$path"
      return 0
    }
    if [ -n "$recursive" ]; then make_parents "${path%/*}" || return 1; fi
    mkdir -m 0700 -- "$path" && bare "$path" && set_attributes "$path" "$owner" "$group" "${mode:+0}${mode:-0755}"
  fi
}

# Makes the directories of a path that are missing.
make_parents() {
  if [ -z "$1" ] || [ -d "$1" ]; then return 0; fi
  make_parents "${1%/*}" && mkdir -m 0700 -- "$1" && bare "$1" &&
    set_attributes "$1" "$parent_owner" "$parent_group" "${parent_mode:+0}${parent_mode:-0755}"
}

# link PATH TO [OPTION...]: a symbolic link.
link() {
  path=$1 to=$2
  shift 2
  options "$@"
  require_own_links "${path%/*}" || return 1
  if [ -L "$path" ]; then
    if [ "$(readlink -- "$path" && echo .)" = "$to
." ]; then
      attributes "$path"
      return
    fi
    change "lead to $to" || return 0
  elif [ -e "$path" ]; then
    if [ -z "$replace" ] || [ -d "$path" ]; then
      fail "$path is there, and is not a link"
      return
    fi
    change "replace what is there by a link to $to" || return 0
  else
    require_parent "$path" || return
    change "create link to $to" || {
      if exists "$to"; then would_be "$path"; fi
      return 0
    }
  fi
  ln -sfn -- "$to" "$path" && set_attributes "$path" "$owner" "$group" ""
}

# hard_link PATH TO [OPTION...]: another name of a file.
hard_link() {
  path=$1 to=$2
  shift 2
  options "$@"
  require_own_links "${path%/*}" && require_own_links "$to" || return 1
  if [ "$path" -ef "$to" ]; then return 0; fi
  if is_taken "$path"; then
    if [ -z "$replace" ] || { [ -d "$path" ] && [ ! -L "$path" ]; }; then
      fail "$path is there, and is not a name of $to"
      return
    fi
  else
    require_parent "$path" || return
  fi
  change "create hard link to $to" || {
    would_be "$path"
    return 0
  }
  ln -f -- "$to" "$path"
}

# absent PATH KIND [recursive]: nothing is there.
absent() {
  require_own_links "${1%/*}" || return 1
  if ! is_taken "$1"; then return 0; fi
  case $2 in
  link) [ -L "$1" ] ;;
  file) [ -f "$1" ] && [ ! -L "$1" ] ;;
  directory) [ -d "$1" ] && [ ! -L "$1" ] ;;
  *) [ ! -d "$1" ] || [ -L "$1" ] ;;
  esac || {
    fail "$1 is something else, and stays"
    return
  }
  change "delete" || return 0
  case $2${3:-} in
  directory) rmdir -- "$1" ;;
  *) rm -rf -- "$1" ;;
  esac
}

# run COMMAND...: changes something.
run() {
  change "run" || return 0
  "$@" </dev/null || fail "the command ended with status $?"
}

# creating PATH COMMAND...: runs a command that makes a path, unless it is there.
creating() {
  if exists "$1"; then return 0; fi
  would_be "$1"
  path=$1
  shift
  run "$@" || return 1
  exists "$path" || fail "the command did not make $path"
}

# quietly COMMAND...: its output may have a secret in it.
quietly() {
  "$@" >/dev/null 2>&1
}

# run_with_input COMMAND...: the same, with standard input.
run_with_input() {
  change "run" || return 0
  "$@" || fail "the command ended with status $?"
}

# Whether a command that changes nothing succeeds. It is quiet.
succeeds() {
  "$@" </dev/null >/dev/null 2>&1
}

# Whether a command succeeds that waits for something. With --check, that may not be there yet.
awaits() {
  [ "$check" = 1 ] || succeeds "$@"
}

# Whether the command of a guard succeeds. One that can't be run is an error.
when() {
  status=0
  succeeds "$@" || status=$?
  guard_failed
  [ "$status" = 0 ] || [ "$status" -ge 126 ]
}

# The opposite.
unless() {
  status=0
  succeeds "$@" || status=$?
  guard_failed
  [ "$status" != 0 ]
}

# What the status of a failed guard means. With --check, something may be missing that would be there by now.
guard_failed() {
  if [ "$status" -lt 126 ] || [ "$check" = 1 ]; then return 0; fi
  fail "the guard could not be run: status $status"
  exit 1
}

# in_directory PATH COMMAND...
in_directory() (
  cd -- "$1" && shift && "$@"
)

# with_environment NAME=VALUE... -- COMMAND...: unlike env, it shows no value in the list of processes.
with_environment() (
  while [ "$1" != -- ]; do
    export "$1"
    shift
  done
  shift
  "$@"
)

# with_umask MASK COMMAND...
with_umask() (
  umask "$1" && shift && "$@"
)

# accept STATUSES COMMAND...: succeeds with one of these exit statuses.
accept() {
  accepted=$1
  shift
  "$@"
  case " $accepted " in *" $? "*) ;; *) return 1 ;; esac
}

# as_user USER GROUP COMMAND...: without a group, the user's own.
as_user() {
  user=$1 of_group=$2
  shift 2
  if [ "$(id -un)" = "$user" ] && [ -z "$of_group" ]; then
    "$@"
  elif [ -z "$of_group" ]; then
    su -s /bin/sh -c 'exec "$0" "$@"' -- "$user" "$@"
  else
    su -g "$of_group" -s /bin/sh -c 'exec "$0" "$@"' -- "$user" "$@"
  fi
}

# as_group GROUP COMMAND...
as_group() {
  as_user "$(id -un)" "$@"
}

# attempt RETRIES SECONDS FUNCTION: calls a function until it succeeds.
attempt() {
  until "$3"; do
    if [ "$1" -le 0 ]; then return 1; fi
    sleep "$2"
    set -- "$(($1 - 1))" "$2" "$3"
  done
}

# Whether a function would change something.
would_change() (
  check=1 changes=0 start=0
  "$1" </dev/null >/dev/null 2>&1 || exit 1
  [ "$changes" -gt 0 ]
)

# now FUNCTION: an action that was notified.
now() {
  set -- "$1" "$changes" "$counted"
  "$1" || return 1
  count_resource
  counted=$(($3 + changes - $2)) changes=$2
}

# later FUNCTION [unless_failed]: an action that runs once, at the end.
later() {
  case " $owed " in *" $1 "* | *" $1/unless_failed "*) return 0 ;; esac
  owed="$owed $1${2:+/$2}"
}

# Runs what was notified for the end, in that order. What a failed run does not owe is left out.
pay() {
  paid=0
  while [ -n "${owed# }" ]; do
    owed=${owed# }
    next=${owed%% *}
    owed=${owed#"$next"}
    case $next in
    */unless_failed)
      next=${next%/*}
      if [ "$1" != 0 ]; then continue; fi
      ;;
    esac
    now "$next" || paid=1
  done
  return "$paid"
}

# Ends the script, whether something failed or not.
finish() {
  status=$?
  trap - EXIT
  if [ "$status" != 0 ] && [ "$status" -lt 128 ]; then status=1; fi
  if [ "$status" != 0 ] && [ -n "$current" ]; then
    printf '%s\n' "failed: $current" >&2
    current=
  fi
  count_resource
  pay "$status" || status=1
  count_resource
  rm -rf -- "$scratch"
  if [ -n "$draft" ]; then rm -f -- "$draft"; fi
  if [ "$check" = 1 ]; then
    say "$updated would change, $same up to date"
    if [ "$status" = 0 ] && [ "$((changes + counted))" -gt 0 ]; then status=2; fi
  else
    say "$updated updated, $same up to date"
  fi
  exit "$status"
}

# Notes that the resource failed, and that the script knows what follows.
failed_resource() {
  printf '%s\n' "failed: $current" >&2
  current= failed="$failed $1 "
}

# Whether a resource has failed, by its number.
has_failed() {
  case $failed in *" $1 "*) ;; *) false ;; esac
}

# left_out REASON: something that this script can't do.
left_out() {
  printf '%s\n' "left out: $1" >&2
}

# The text of a file, with a dot behind it that keeps its last newlines.
text_of() {
  require_own_links "$1" || return 1
  if [ "$check" = 1 ] && [ ! -e "$1" ]; then echo .; else cat -- "$1" && echo .; fi
}

# A text as it stands between single quotes of a shell, with a dot behind it that keeps its last newlines.
for_shell() {
  rest=$1 quoted=
  while [ "$rest" != "${rest#*\'}" ]; do
    quoted=$quoted${rest%%\'*}"'\\''"
    rest=${rest#*\'}
  done
  printf '%s.' "$quoted$rest"
}

# A text as it stands between double quotes of JSON, with a dot behind it.
for_json() {
  printf '%s\n' "$1" | awk '
    BEGIN { short[8] = "\\b"; short[9] = "\\t"; short[12] = "\\f"; short[13] = "\\r" }
    {
      gsub(/[\\"]/, "\\\\&")
      for (i = 1; i < 32; i++) gsub(sprintf("%c", i), (i in short) ? short[i] : sprintf("\\u%04x", i))
      printf "%s%s", (NR > 1) ? "\\n" : "", $0
    }
    END { printf "." }'
}

# A text for a line of an INI file, in double quotes if necessary, with a dot behind it.
for_ini() {
  case $1 in
  *'
'* | *"$(printf '\r')"*)
    fail "a value for a line of an INI file has several lines"
    ;;
  '' | [[:space:]]* | *[[:space:]] | *[\"\'\;\#\\]*)
    printf '%s\n' "$1" | sed -e 's/[\\"]/\\&/g' -e 's/.*/"&"./'
    ;;
  *) printf '%s.' "$1" ;;
  esac
}

# The output of a command that changes nothing.
output_of() {
  "$@" </dev/null || [ "$check" = 1 ]
}

# install_missing COMMAND NAME...: what is not installed, in one transaction.
install_missing() {
  command=$1 names=
  shift
  for name do
    is_installed "$name" || names="$names $name"
  done
  if [ -z "$names" ]; then return 0; fi
  change "install$names" || return 0
  "$command" $names
}

# upgrade_outdated COMMAND NAME...: what is not installed, or has a newer version on offer.
upgrade_outdated() {
  command=$1 names=
  shift
  for name do
    if ! is_installed "$name" || is_outdated "$name"; then names="$names $name"; fi
  done
  if [ -z "$names" ]; then return 0; fi
  change "install or upgrade$names" || return 0
  "$command" $names
}

# install_version COMMAND NAME VERSION ARGUMENT: a version, or a pattern of it.
install_version() {
  versions_of "$2" >"$scratch/versions" || :
  while read -r version; do
    case $version in $3) return 0 ;; esac
  done <"$scratch/versions"
  change "install $2 in version $3" || return 0
  "$1" "$4"
}

# remove_installed COMMAND NAME...
remove_installed() {
  command=$1 names=
  shift
  # A package that another one provides is not there itself.
  for name do
    if [ -n "$(versions_of "$name")" ]; then names="$names $name"; fi
  done
  if [ -z "$names" ]; then return 0; fi
  change "remove$names" || return 0
  "$command" $names
}

# remove_version COMMAND NAME VERSION: removes a package if it has this version, or one of this pattern.
remove_version() {
  versions_of "$2" >"$scratch/versions" || :
  while read -r version; do
    case $version in
    $3)
      change "remove $2 $version" || return 0
      "$1" "$2"
      return
      ;;
    esac
  done <"$scratch/versions"
}

# hold_free COMMAND NAME...: holds packages at their version.
hold_free() {
  command=$1 names=
  shift
  for name do
    is_held "$name" || names="$names $name"
  done
  if [ -z "$names" ]; then return 0; fi
  change "hold$names" || return 0
  "$command" $names
}

# free_held COMMAND NAME...: lets packages move again.
free_held() {
  command=$1 names=
  shift
  for name do
    if is_held "$name"; then names="$names $name"; fi
  done
  if [ -z "$names" ]; then return 0; fi
  change "let move$names" || return 0
  "$command" $names
}

# systemd ACT UNIT
systemd() {
  systemd_unit "$1" "$2" systemctl
}

# systemd_of USER ACT UNIT: a unit of a user's own systemd.
systemd_of() {
  systemd_unit "$2" "$3" systemctl --user "--machine=$1@.host"
}

# systemd_unit ACT UNIT SYSTEMCTL...
systemd_unit() {
  act=$1 unit=$2
  shift 2
  case $act in
  start) if "$@" --quiet is-active -- "$unit"; then return 0; fi ;;
  stop | reload | try-*) "$@" --quiet is-active -- "$unit" || return 0 ;;
  enable) if "$@" --quiet is-enabled -- "$unit" 2>/dev/null; then return 0; fi ;;
  disable) case $("$@" is-enabled -- "$unit" 2>/dev/null) in enabled*) ;; *) return 0 ;; esac ;;
  mask) case $("$@" is-enabled -- "$unit" 2>/dev/null) in masked*) return 0 ;; esac ;;
  unmask) case $("$@" is-enabled -- "$unit" 2>/dev/null) in masked*) ;; *) return 0 ;; esac ;;
  esac
  change "$act" || return 0
  if [ "$("$@" show --property=NeedDaemonReload -- "$unit" 2>/dev/null)" = NeedDaemonReload=yes ]; then
    "$@" daemon-reload || return 1
  fi
  "$@" --quiet "$act" -- "$unit" </dev/null || fail "systemctl $act ended with status $?"
}

# openrc ACT SERVICE [RUNLEVEL...]
openrc() {
  act=$1 service=$2
  shift 2
  case $act in
  enable)
    if [ $# = 0 ]; then set -- default; fi
    for level do
      if [ -e "/etc/runlevels/$level/$service" ]; then continue; fi
      change "enable in $level" || continue
      rc-update --quiet add "$service" "$level" || return 1
    done
    return 0
    ;;
  disable)
    for link in /etc/runlevels/*/"$service"; do
      if [ ! -L "$link" ]; then continue; fi
      change "disable" || return 0
      rc-update --quiet --all del "$service"
      return
    done
    return 0
    ;;
  start) if rc-service --quiet "$service" status >/dev/null 2>&1; then return 0; fi ;;
  stop | reload | try-*) rc-service --quiet "$service" status >/dev/null 2>&1 || return 0 ;;
  esac
  change "$act" || return 0
  rc-service "$service" "$(service_word "$act")" </dev/null
}

# sysv ACT SERVICE
sysv() {
  act=$1 service=$2
  case $act in
  enable) for link in /etc/rc[2345].d/S[0-9][0-9]"$service"; do if [ -e "$link" ]; then return 0; fi; done ;;
  disable)
    linked=
    for link in /etc/rc[2345].d/S[0-9][0-9]"$service"; do if [ -e "$link" ]; then linked=1; fi; done
    if [ -z "$linked" ]; then return 0; fi
    ;;
  start) if "/etc/init.d/$service" status >/dev/null 2>&1; then return 0; fi ;;
  stop | reload | try-*) "/etc/init.d/$service" status >/dev/null 2>&1 || return 0 ;;
  esac
  change "$act" || return 0
  case $act in
  enable | disable)
    if command -v update-rc.d >/dev/null; then
      if [ "$act" = enable ]; then update-rc.d "$service" defaults || return 1; fi
      update-rc.d "$service" "$act"
    elif [ "$act" = enable ]; then
      chkconfig "$service" on
    else
      chkconfig "$service" off
    fi
    ;;
  *) "/etc/init.d/$service" "$(service_word "$act")" </dev/null ;;
  esac
}

# The word of a service script for an act.
service_word() {
  case $1 in
  reload-or-restart | try-restart | try-reload-or-restart) echo restart ;;
  *) echo "$1" ;;
  esac
}

# The entry of a user or group: entry passwd NAME.
entry() {
  if command -v getent >/dev/null; then getent "$1" "$2"; else grep "^$2:" "/etc/$1"; fi
}

# A field of such an entry.
field() {
  printf '%s\n' "$2" | cut -d: -f"$1"
}

# group ACT NAME [OPTION...]
group() {
  act=$1 name=$2 gid= members=- append= excluded= system= non_unique=
  shift 2
  for option do
    case $option in
    gid=*) gid=${option#*=} ;;
    members=*) members=${option#*=} ;;
    excluded=*) excluded=${option#*=} ;;
    append) append=1 ;;
    system) system=1 ;;
    non_unique) non_unique=1 ;;
    esac
  done
  found=$(entry group "$name" || :)
  case $act/$found in
  remove/ | manage/) return 0 ;;
  modify/) may_come || fail "there is no group $name"; return ;;
  remove/*)
    change "remove group" || return 0
    if command -v groupdel >/dev/null; then groupdel -- "$name"; else delgroup "$name"; fi
    return
    ;;
  */)
    change "create group" || return 0
    if command -v groupadd >/dev/null; then
      set -- ${system:+--system} ${gid:+--gid "$gid"} ${non_unique:+--non-unique}
      groupadd "$@" -- "$name" || return 1
    else
      addgroup ${system:+-S} ${gid:+-g "$gid"} "$name" || return 1
    fi
    found=$(entry group "$name") || fail "the change did not hold" || return 1
    ;;
  esac
  if [ -n "$gid" ] && [ "$(field 3 "$found")" != "$gid" ] && change "number $gid"; then
    groupmod --gid "$gid" ${non_unique:+--non-unique} -- "$name" || return 1
  fi
  have=$(field 4 "$found" | tr , '\n' | sort -u)
  wanted=$have
  if [ "$members" != - ]; then wanted=$(printf '%s\n' $members ${append:+$have} | sort -u); fi
  for member in $excluded; do
    wanted=$(printf '%s\n' $wanted | grep -vxF -e "$member" || :)
  done
  set -- $have
  have="$*"
  set -- $wanted
  wanted="$*"
  if [ "$have" = "$wanted" ]; then return 0; fi
  change "members: $wanted" || return 0
  if command -v gpasswd >/dev/null; then
    gpasswd -M "$(printf %s "$wanted" | tr ' ' ,)" "$name"
    return
  fi
  for member in $wanted; do
    case " $have " in *" $member "*) ;; *) addgroup "$member" "$name" || return 1 ;; esac
  done
  for member in $have; do
    case " $wanted " in *" $member "*) ;; *) delgroup "$member" "$name" || return 1 ;; esac
  done
}

# user ACT NAME [OPTION...]
user() {
  act=$1 name=$2 uid= gid= groups=- append= home= shell= comment= password= system= manage_home=
  non_unique= expire=- inactive= min_days= max_days= warn_days= force= has_comment=
  shift 2
  for option do
    case $option in
    uid=*) uid=${option#*=} ;;
    gid=*) gid=${option#*=} ;;
    groups=*) groups=${option#*=} ;;
    append) append=1 ;;
    home=*) home=${option#*=} ;;
    shell=*) shell=${option#*=} ;;
    comment=*) comment=${option#*=} has_comment=1 ;;
    password=*) password=${option#*=} ;;
    system) system=1 ;;
    manage_home) manage_home=1 ;;
    non_unique) non_unique=1 ;;
    expire=*) expire=${option#*=} ;;
    inactive=*) inactive=${option#*=} ;;
    min_days=*) min_days=${option#*=} ;;
    max_days=*) max_days=${option#*=} ;;
    warn_days=*) warn_days=${option#*=} ;;
    force) force=1 ;;
    esac
  done
  case $password in
  *[[:space:]:]*) hash= ;;
  '' | '*' | '!'* | '$'*'$'*'$'*) hash=yes ;;
  *) hash= ;;
  esac
  if [ -z "$hash" ]; then
    fail "the password must be a crypt(3) hash, and this is not one"
    return
  fi
  found=$(entry passwd "$name" || :)
  case $act/$found in
  remove/ | manage/) return 0 ;;
  modify/ | lock/ | unlock/) may_come || fail "there is no user $name"; return ;;
  remove/*)
    change "remove user" || return 0
    if command -v userdel >/dev/null; then
      userdel ${force:+--force} ${manage_home:+--remove} -- "$name"
    else
      deluser ${manage_home:+--remove-home} "$name"
    fi
    return
    ;;
  lock/*)
    case $(password_of "$name") in '!'*) return 0 ;; esac
    change "lock the password" || return 0
    usermod --lock -- "$name"
    return
    ;;
  unlock/*)
    case $(password_of "$name") in '!'*) ;; *) return 0 ;; esac
    change "unlock the password" || return 0
    usermod --unlock -- "$name"
    return
    ;;
  */)
    change "create user" || return 0
    make_user || return 1
    found=$(entry passwd "$name") || fail "the change did not hold" || return 1
    ;;
  esac
  bring_user
}

# The password hash of a user.
password_of() {
  entry shadow "$1" | cut -d: -f2
}

# Makes the user. What is not said here is compared afterwards.
make_user() {
  if ! command -v useradd >/dev/null; then
    adduser -D ${system:+-S} ${uid:+-u "$uid"} ${gid:+-G "$gid"} ${home:+-h "$home"} ${shell:+-s "$shell"} \
      ${comment:+-g "$comment"} $([ -n "$manage_home" ] || echo -H) "$name"
    return
  fi
  set -- ${system:+--system} ${uid:+--uid "$uid"} ${non_unique:+--non-unique}
  if [ -n "$gid" ]; then
    set -- "$@" --gid "$gid"
  elif entry group "$name" >/dev/null; then
    set -- "$@" --gid "$name"
  else
    set -- "$@" --user-group
  fi
  if [ -n "$manage_home" ]; then set -- "$@" --create-home; else set -- "$@" --no-create-home; fi
  useradd "$@" ${home:+--home-dir "$home"} ${shell:+--shell "$shell"} ${comment:+--comment "$comment"} -- "$name"
}

# Changes what differs in an account that is there.
bring_user() {
  set --
  if [ -n "$uid" ] && [ "$(field 3 "$found")" != "$uid" ]; then
    set -- "$@" --uid "$uid" ${non_unique:+--non-unique}
  fi
  if [ -n "$gid" ]; then
    number=$(entry group "$gid" | cut -d: -f3)
    if [ "$(field 4 "$found")" != "${number:-$gid}" ]; then set -- "$@" --gid "$gid"; fi
  fi
  if [ -n "$has_comment" ] && [ "$(field 5 "$found")" != "$comment" ]; then
    set -- "$@" --comment "$comment"
  fi
  old_home=$(field 6 "$found")
  if [ -n "$home" ] && [ "${old_home%/}" != "$home" ]; then
    set -- "$@" --home "$home"
    if [ -n "$manage_home" ] && [ -d "$old_home" ] && [ ! -e "$home" ]; then set -- "$@" --move-home; fi
  fi
  if [ -n "$shell" ] && [ "$(field 7 "$found")" != "$shell" ]; then set -- "$@" --shell "$shell"; fi
  if [ "$groups" != - ]; then
    have=$(supplementary_groups)
    wanted=$(printf '%s\n' $groups ${append:+$have} | sort -u | tr '\n' ' ')
    if [ "$wanted" != "$(printf '%s\n' $have | sort -u | tr '\n' ' ')" ]; then
      set -- "$@" --groups "$(printf %s "$wanted" | sed 's/ $//; s/^ //; s/ /,/g')"
    fi
  fi
  shadow=$(entry shadow "$name" || :)
  if [ "$expire" != - ]; then
    day=
    if [ -n "$expire" ]; then day=$(($(date -u -d "$expire" +%s) / 86400)); fi
    if [ "$(field 8 "$shadow")" != "$day" ]; then set -- "$@" --expiredate "$expire"; fi
  fi
  if [ -n "$inactive" ]; then
    days=$(field 7 "$shadow")
    if [ "${days:--1}" != "$inactive" ]; then set -- "$@" --inactive "$inactive"; fi
  fi
  if [ $# -gt 0 ] && change "change account"; then usermod "$@" -- "$name" || return 1; fi
  set --
  for limit in "4 min $min_days" "5 max $max_days" "6 warn $warn_days"; do
    days=${limit##* }
    if [ -z "$days" ]; then continue; fi
    had=$(field "${limit%% *}" "$shadow")
    if [ "${had:--1}" != "$days" ]; then
      case $limit in *min*) set -- "$@" -m ;; *max*) set -- "$@" -M ;; *) set -- "$@" -W ;; esac
      set -- "$@" "$days"
    fi
  done
  if [ $# -gt 0 ] && change "days of the password"; then chage "$@" -- "$name" || return 1; fi
  if [ -n "$password" ] && [ "$(password_of "$name")" != "$password" ] && change "set the password"; then
    printf '%s:%s\n' "$name" "$password" | chpasswd -e || return 1
  fi
  home=${home:-$old_home}
  if [ -n "$manage_home" ] && [ ! -e "$home" ] && change "make the home directory"; then
    cp -R /etc/skel "$home" && chmod 0755 "$home" && chown -R "$name:$(id -g "$name")" "$home"
  fi
}

# The supplementary groups of the user.
supplementary_groups() {
  awk -F: -v name="$name" '{ n = split($4, who, ","); for (i = 1; i <= n; i++) if (who[i] == name) print $1 }' /etc/group
}

# Whether a file has a SHA-256, or its first digits.
has_sha256() {
  case $(sha256sum <"$1") in "$2"*) ;; *) false ;; esac
}

# download PATH SHA256 [OPTION...] -- [ARGUMENT...] URL...: a file from one of these addresses.
download() {
  path=$1 sha256=$2 given=
  shift 2
  options "$@"
  while [ "$1" != -- ]; do
    case $1 in refresh) given=1 ;; esac
    shift
  done
  shift
  follow_way "$path" || return 1
  if [ -f "$path" ] && [ ! -L "$path" ]; then
    if [ -n "$only_if_missing" ]; then return 0; fi
    if [ -n "$private" ] && [ -z "$owner" ]; then owner=$(own_of "$path"); fi
    if [ -z "$given" ] && { [ -z "$sha256" ] || has_sha256 "$path" "$sha256"; }; then
      attributes "$path"
      return
    fi
  elif is_taken "$path"; then
    if [ -z "$replace" ] || { [ -d "$path" ] && [ ! -L "$path" ]; }; then
      fail "$path is not a regular file"
      return
    fi
  else
    require_parent "$path" || return
  fi
  # Another version is only seen when it is there.
  if [ -z "$given" ] || [ ! -f "$path" ]; then
    change "download" || {
      would_be "$path"
      return 0
    }
  fi
  for url do
    if fetch "$url" "$scratch/content"; then
      if [ -n "$given" ] && [ -f "$path" ]; then
        if cmp -s -- "$scratch/content" "$path"; then
          attributes "$path"
          return
        fi
        change "download" || return 0
      fi
      if [ -z "$sha256" ] || has_sha256 "$scratch/content" "$sha256"; then
        put_in_place
        return
      fi
      if [ -n "$private" ]; then url="a secret address"; fi
      fail "what $url brings has another SHA-256" || :
    fi
  done
  fail "no address brought the file"
}

# fetch URL PATH: every user could read an address that is an argument, so programs read it from their standard input.
fetch() {
  case $1 in file://*) require_own_links "${1#file://}" && cat -- "${1#file://}" >"$2"; return ;; esac
  case $1 in *[[:space:]]*) fail "an address has a space in it"; return ;; esac
  set -- "$1" "$2" ${limit:+timeout "$limit"}
  url=$1 to=$2
  shift 2
  if command -v curl >/dev/null; then
    printf 'url = %s\n' "$url" | {
      hushed "$@" curl --fail --silent --show-error --globoff --location --output "$to" --config -
    }
    return
  fi
  case $(wget --version 2>/dev/null)$private in
  GNU*) printf '%s\n' "$url" | "$@" wget -q -O "$to" --input-file=- ;;
  *1) fail "a secret address needs curl or the wget of GNU: others show it to every user" ;;
  *) "$@" wget -q -O "$to" -- "$url" ;;
  esac
}

# hushed COMMAND...: what goes wrong may name an address with a secret in it.
hushed() {
  if [ -n "$private" ]; then "$@" 2>/dev/null; else "$@"; fi
}

# unpack ARCHIVE SHA256 DIRECTORY STRIP OWNER GROUP MODE [replace]: the content of an archive, unpacked once.
unpack() {
  archive=$1 sha256=$2 destination=$3 strip=$4 owner=$5 group=$6 mode=$7 replace=${8:-}
  require_own_links "$archive" && require_own_links "$destination" || return 1
  if [ ! -e "$archive" ] && exists "$archive"; then
    change "unpack" || would_be "$destination"
    return 0
  fi
  if [ ! -f "$archive" ]; then
    fail "there is no archive $archive"
    return
  fi
  if [ -n "$sha256" ] && ! has_sha256 "$archive" "$sha256"; then
    fail "$archive has another SHA-256"
    return
  fi
  stamp="${destination%/*}/.${destination##*/}.unpacked"
  now_is="$(sha256sum <"$archive") $strip $owner $group"
  if [ -d "$destination" ] && [ "$(cat -- "$stamp" 2>/dev/null)" = "$now_is" ]; then
    attributes "$destination"
    return
  fi
  if [ -e "$destination" ] && [ ! -e "$stamp" ] && [ -z "$replace" ] && [ -n "$(ls -A -- "$destination")" ]; then
    fail "$destination has files in it that no archive brought"
    return
  fi
  change "unpack" || {
    would_be "$destination"
    return 0
  }
  draft=$(mktemp -d "${destination%/*}/.new.XXXXXX") || return 1
  if bare "$draft" && unpack_into "$archive" "$draft" "$strip" &&
    { [ -z "$owner" ] || chown -R -- "$owner" "$draft"; } && { [ -z "$group" ] || chgrp -R -- "$group" "$draft"; } &&
    chmod -- "$mode" "$draft" && printf '%s\n' "$now_is" >"$stamp" && rm -rf -- "$destination" &&
    mv -- "$draft" "$destination"; then
    draft=
    return 0
  fi
  rm -rf -- "$draft"
  draft=
  fail "$archive can't be unpacked"
}

# unpack_into ARCHIVE DIRECTORY STRIP
unpack_into() {
  case $(od -An -tx1 -N4 -- "$1" | tr -d ' ') in
  504b*)
    if command -v unzip >/dev/null; then unzip -q "$1" -d "$2"; else python3 -m zipfile -e "$1" "$2"; fi || return 1
    set -- "$1" "$2" "$3"
    while [ "$3" -gt 0 ]; do
      for inner in "$2"/*; do
        if [ -d "$inner" ]; then mv -- "$inner" "$scratch/inner" || return 1; else rm -f -- "$inner"; fi
      done
      cp -a -- "$scratch/inner/." "$2/" && rm -rf -- "$scratch/inner" || return 1
      set -- "$1" "$2" "$(($3 - 1))"
    done
    ;;
  *) tar -xf "$1" -C "$2" --strip-components="$3" --no-same-owner ;;
  esac
}

# checkout ACT REPOSITORY REVISION DIRECTORY REMOTE DEPTH SUBMODULES DISCARD GIT...: a working copy of a repository.
checkout() {
  act=$1 repository=$2 revision=$3 destination=$4 remote=$5 depth=$6 submodules=$7 discard=$8
  shift 8
  if [ "$act" = checkout ] && [ -e "$destination/.git" ]; then return 0; fi
  if [ "$act" = export ] && [ -d "$destination" ] && [ -n "$(ls -A -- "$destination")" ]; then return 0; fi
  there=$("$@" ls-remote -- "$repository" "$revision" "refs/tags/$revision^{}" | sort -k 2 | awk '
    /\^\{\}$/ { tag = $1 } { last = last ? last : $1 } END { print tag ? tag : last }')
  case ${#revision}/$revision in
  40/*[!0-9a-f]*) ;;
  40/*) there=$revision ;;
  esac
  if [ -z "$there" ] && ! may_come; then
    fail "$repository has no $revision"
    return
  fi
  if [ -e "$destination/.git" ]; then
    at=$("$@" -C "$destination" rev-parse HEAD 2>/dev/null || :)
    dirty=$("$@" -C "$destination" status --porcelain --untracked-files=no)
    if [ -n "$dirty" ] && [ -z "$discard" ]; then
      fail "$destination has local changes"
      return
    fi
    if [ -z "$dirty" ] && { [ "$at" = "$there" ] || [ "$at" = "$revision" ]; }; then return 0; fi
    known="--glob=refs/remotes --glob=refs/tags --glob=refs/chefrs"
    if [ -z "$discard" ] && [ -n "$("$@" -C "$destination" rev-list -n 1 $known)" ] &&
      [ -n "$("$@" -C "$destination" rev-list -n 1 HEAD --not $known)" ]; then
      fail "$destination has local commits"
      return
    fi
  fi
  change "check out $revision" || {
    would_be "$destination"
    return 0
  }
  if [ ! -e "$destination/.git" ]; then
    mkdir -p -- "$destination" && "$@" -C "$destination" init --quiet || return 1
    "$@" -C "$destination" remote add "$remote" "$repository" || return 1
  else
    "$@" -C "$destination" remote set-url "$remote" "$repository" || return 1
  fi
  "$@" -C "$destination" fetch --quiet ${depth:+"--depth=$depth"} "$remote" "$revision" ||
    "$@" -C "$destination" fetch --quiet --tags "$remote" "+refs/heads/*:refs/remotes/$remote/*" || return 1
  case $revision in
  *[!0-9a-f]* | ?????????????????????????????????????????*) wanted=FETCH_HEAD ;;
  ????????????????????????????????????????) wanted=$revision ;;
  *) wanted=FETCH_HEAD ;;
  esac
  "$@" -C "$destination" checkout --quiet --force --detach "$wanted" &&
    "$@" -C "$destination" update-ref refs/chefrs/checked-out HEAD || return 1
  if [ -n "$submodules" ]; then "$@" -C "$destination" submodule --quiet update --init --recursive || return 1; fi
  if [ "$act" = export ]; then rm -rf -- "$destination/.git"; fi
}
