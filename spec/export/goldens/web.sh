#!/bin/sh
# Written by `chefrs export` [VERSION] from the run list main, for debian 12.
# It needs no chefrs. The code is yours now: read it, keep it, change it.
#
#   sh SCRIPT           changes what differs
#   sh SCRIPT --check   changes nothing; ends with 2 if something would change

set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C.UTF-8

check=0 changes=0 counted=0 updated=0 same=0 current= start=0 owed= made= draft= failed=
case ${1:-} in
'') ;;
--check) check=1 ;;
*)
  echo "usage: sh $0 [--check]" >&2
  exit 64
  ;;
esac
if [ "$(id -u)" != 0 ]; then
  echo "run it as root: sudo sh $0" >&2
  exit 1
fi

# It was made for this system; on another one it may do the wrong thing.
if [ "$(VERSION_ID= && . /etc/os-release && echo "$ID ${VERSION_ID%%.*}")" != 'debian 12' ]; then
  echo "this script is for debian 12" >&2
  exit 1
fi
command -v apt-get >/dev/null || {
  echo "this script needs apt-get" >&2
  exit 1
}
command -v systemctl >/dev/null || {
  echo "this script needs systemctl" >&2
  exit 1
}

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

# run COMMAND...: changes something.
run() {
  change "run" || return 0
  "$@" </dev/null || fail "the command ended with status $?"
}

# Whether a command that changes nothing succeeds. It is quiet.
succeeds() {
  "$@" </dev/null >/dev/null 2>&1
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

# systemd ACT UNIT
systemd() {
  systemd_unit "$1" "$2" systemctl
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

# The entry of a user or group: entry passwd NAME.
entry() {
  if command -v getent >/dev/null; then getent "$1" "$2"; else grep "^$2:" "/etc/$1"; fi
}

# A field of such an entry.
field() {
  printf '%s\n' "$2" | cut -d: -f"$1"
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

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | sort -u)" = installed ] ||
  dpkg-query -W -f '${db:Status-Status} ${Provides}\n' | awk -v name="$1" '
    $1 == "installed" { for (i = 2; i <= NF; i++) { sub(/,$/, "", $i); if ($i == name) found = 1 } }
    END { exit !found }'
}

apt_get_install() {
  with_environment APT_LISTCHANGES_FRONTEND=none DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l NEEDRESTART_SUSPEND=1 UCF_FORCE_CONFFOLD=1 -- apt-get --yes -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install "$@" </dev/null
}

check_etc_nginx_conf_d_site_conf() {
  sh -c 'nginx -t'
}

service_nginx_reload() {
  # recipes/main.lua:9
  resource 'service[nginx]'
  systemd reload nginx || return 1
}

umask 022
scratch=$(mktemp -d)
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- recipe main ----

# recipes/main.lua:2
# recipes/main.lua:3
resource 'package[nginx, curl], package[git]'
install_missing apt_get_install nginx curl git

# recipes/main.lua:5
resource 'user[deploy]'
user create deploy home=/srv/site shell=/usr/sbin/nologin system

# recipes/main.lua:7: The pages are deployed by their own user.
resource 'directory[/srv/site]'
directory /srv/site mode=0755 owner=deploy

# recipes/main.lua:9
resource 'service[nginx]'
systemd enable nginx
systemd start nginx

# recipes/main.lua:11
resource 'file[/etc/nginx/conf.d/site.conf]'
file /etc/nginx/conf.d/site.conf verify=check_etc_nginx_conf_d_site_conf <<'END'
server {
  listen 80;
  root /srv/site;
}
END
if has_changed; then
  later service_nginx_reload
fi

# recipes/main.lua:17
resource 'file[/srv/site/index.html]'
file /srv/site/index.html owner=deploy no_newline <<'END'
<h1>It's $HOME</h1>
END

# recipes/main.lua:19
resource 'execute[build]'
if succeeds in_directory /srv/site with_environment LANG=C -- as_user deploy '' sh -c 'command -v make' && ! exists /srv/site/built; then
  run in_directory /srv/site with_environment LANG=C -- as_user deploy '' make site
fi
