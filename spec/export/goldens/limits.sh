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

# now FUNCTION: an action that was notified.
now() {
  set -- "$1" "$changes" "$counted"
  "$1" || return 1
  count_resource
  counted=$(($3 + changes - $2)) changes=$2
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

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | sort -u)" = installed ] ||
  dpkg-query -W -f '${db:Status-Status} ${Provides}\n' | awk -v name="$1" '
    $1 == "installed" { for (i = 2; i <= NF; i++) { sub(/,$/, "", $i); if ($i == name) found = 1 } }
    END { exit !found }'
}

versions_of() {
  dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$1" 2>/dev/null | sed -n 's/^installed //p' |
  sed -n 'p; s/^[0-9]*://p'
}

apt_get_install() {
  with_environment APT_LISTCHANGES_FRONTEND=none DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l NEEDRESTART_SUSPEND=1 UCF_FORCE_CONFFOLD=1 -- timeout 900 apt-get --yes -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install "$@" </dev/null
}

apt_get_remove() {
  with_environment APT_LISTCHANGES_FRONTEND=none DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l NEEDRESTART_SUSPEND=1 UCF_FORCE_CONFFOLD=1 -- apt-get --yes -o Dpkg::Use-Pty=0 remove "$@" </dev/null
}

umask 022
scratch=$(mktemp -d)
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- recipe main ----

# recipes/main.lua:2
resource 'package[nginx]'
install_missing apt_get_install nginx

# recipes/main.lua:3
resource 'package[old]'
remove_version apt_get_remove old '1.*'

# recipes/main.lua:4
resource 'service[nginx]'
systemd_unit start nginx timeout 120 systemctl

# recipes/main.lua:5
resource 'remote_file[/srv/data]'
download /srv/data b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c timeout=60 -- https://example.org/data

# recipes/main.lua:10
resource 'git[/srv/src]'
checkout sync https://example.org/src.git HEAD /srv/src origin '' '' '' with_environment 'GIT_SSH_COMMAND=ssh -o BatchMode=yes -o StrictHostKeyChecking=yes' GIT_TERMINAL_PROMPT=0 -- timeout 600 git -c protocol.ext.allow=never -c advice.detachedHead=false

# recipes/main.lua:11
resource 'execute[build]'
creating /srv/src/made in_directory /srv/src timeout 300 sh -c make

# recipes/main.lua:12
resource 'message[the page takes a minute]'
say 'the page takes a minute'
