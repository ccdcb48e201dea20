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

# It was made for this system; on another one it may do the wrong thing.
if [ "$(VERSION_ID= && . /etc/os-release && echo "$ID ${VERSION_ID%%.*}")" != 'debian 12' ]; then
  echo "this script is for debian 12" >&2
  exit 1
fi

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

# run COMMAND...: changes something.
run() {
  change "run" || return 0
  "$@" </dev/null || fail "the command ended with status $?"
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

file_etc_app() {
  file /etc/app <<'END' || return 1
new
END
}

execute_stop_it_run() {
  # recipes/main.lua:2
  resource 'execute[stop it]'
  run sh -c 'app stop' || return 1
}

execute_mend_run() {
  # recipes/main.lua:4
  resource 'execute[mend]'
  run sh -c 'app mend' || return 1
}

execute_fetch() {
  run sh -c 'app fetch' || return 1
}

execute_warn_run() {
  # recipes/main.lua:3
  resource 'execute[warn]'
  run sh -c 'logger failed' || return 1
}

execute_try() {
  run sh -c 'app try' || return 1
}

umask 022
scratch=$(mktemp -d)
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- recipe main ----

# recipes/main.lua:6
resource 'file[/etc/app]'
if would_change file_etc_app; then
  now execute_stop_it_run
  resource 'file[/etc/app]'
fi
file_etc_app
if has_changed; then
  now execute_mend_run
fi

# recipes/main.lua:11
resource 'execute[fetch]'
if ! attempt 3 5 execute_fetch; then
  failed_resource 4
  now execute_warn_run || :
  exit 1
fi

# recipes/main.lua:18
resource 'execute[try]'
if ! execute_try; then
  failed_resource 5
fi
