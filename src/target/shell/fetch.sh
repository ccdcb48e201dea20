# Downloads with curl or wget, each mirror into a new draft.

# fresh SECONDS: makes an empty draft, and sets $left to the remaining time. Fails if there is none.
fresh() {
  [ -n "$deadline" ] || deadline=$(($(date +%s) + $1))
  left=$((deadline - $(date +%s)))
  if [ "$left" -le 0 ]; then
    put mirror '28 the time was over before its turn'
    return 1
  fi
  exec 8>&-
  rm -f -- "./$draft"
  draft_anew
}

# capped COMMAND...: cuts its output a little above the limit.
capped() {
  if [ "$limit" = 0 ]; then "$@"; else (ulimit -f "$((limit / 512 + 1))" && exec "$@"); fi
}
# too_large: whether the draft is larger than the limit.
too_large() { [ "$limit" != 0 ] && [ "$(stat -L -c '%s' -- /proc/self/fd/8)" -gt "$limit" ]; }

# origin ADDRESS: sets $origin, and $login to the login in the address.
origin() {
  origin=${1#*://}
  origin=${origin%%[/?#]*}
  login=
  case $origin in *@*) login=${origin%@*}@ ;; esac
  origin=${1%%://*}://${origin##*@}
}

# redirected ADDRESS DUMP: runs curl with the configuration on standard input. Headers and passwords are only sent to this
# origin, not to others that it redirects to. With DUMP, $said holds the headers of the last answer.
redirected() {
  configuration=$(cat)
  at=$1
  hops=0
  blank=$(printf '\r\n\r\n.')
  blank=${blank%.}
  while :; do
    said=$(printf '%s\n' "$configuration" |
      capped curl --max-time "$left" ${2:+-D -} -o /proc/self/fd/8 -w 'redirect %{redirect_url}' -K - 2>&1)
    code=$?
    next=${said##*redirect }
    said=${said%redirect *}
    if [ "$code" != 0 ]; then
      said=${said##*"$blank"}
      return "$code"
    fi
    case $next in
    http://* | https://*) ;;
    *) return 0 ;;
    esac
    hops=$((hops + 1))
    left=$((deadline - $(date +%s)))
    case $next in *[\"\\]*) hops=99 ;; esac
    if [ "$hops" -gt 10 ] || [ "$left" -le 0 ]; then
      said='curl: (47) it is redirected too often'
      return 47
    fi
    origin "$next"
    there=$origin
    origin "$at"
    if [ "$origin" = "$there" ]; then
      case ${next#*://} in "$login"*) ;; *) next=${next%%://*}://$login${next#*://} ;; esac
    fi
    configuration=$(printf '%s\n' "$configuration" | while IFS= read -r line; do
      case $line in
      'url = '*) printf 'url = "%s"\n' "$next" ;;
      'header = '*) [ "$origin" != "$there" ] || printf '%s\n' "$line" ;;
      *) printf '%s\n' "$line" ;;
      esac
    done)
    at=$next
  done
}

# bring ADDRESS HIDES HIDES_ADDRESS REMEMBERS: runs curl with the configuration on standard input, or wget if there are no headers
# and passwords. The URL is passed on standard input too, because a query may contain a token; busybox's wget can't read
# it from there. With REMEMBERS, the headers of the answer and the address that gave it are told.
bring() {
  downloader
  version= at=
  case $by:$2:$3:$4 in
  curl::*:) said=$(capped curl --max-time "$left" -K - 2>&1 >&8) ;;
  curl:*)
    redirected "$1" "$4"
    code=$?
    [ -z "$4" ] || [ "$code" != 0 ] || version=$said
    (exit "$code")
    ;;
  none:*) fail fetcher "$shown" ;;
  *:yes:*:*) fail fetcher "$shown" hiding ;;
  gnu:*)
    said=$(printf '%s\n' "$1" | capped wget -nv ${4:+-S} --tries=1 --timeout="$left" -O - -i - 2>&1 >&8)
    code=$?
    if [ -n "$4" ]; then
      [ "$code" != 0 ] || version=$said at=${said##*URL:}
      at=${at%% \[*}
      said=$(printf '%s\n' "$said" | sed '/^  /d')
    fi
    (exit "$code")
    ;;
  open::yes:*) fail fetcher "$shown" address ;;
  *)
    # Not every busybox has `-T`, and some that have it do not stop.
    set -- wget -q -O - "$1"
    case $(wget --help 2>&1) in *'-T '*) set -- "$@" -T "$left" ;; esac
    if timeout 9 true 2>/dev/null; then set -- timeout "$left" "$@"; fi
    said=$(capped "$@" 2>&1 >&8)
    ;;
  esac
  code=$?
  case $by:$code in open:124 | open:143) said='timed out' ;; esac
  if too_large; then
    put mirror large
    return 1
  fi
  if [ "$code" = 0 ]; then
    if [ -n "$version" ]; then
      put from "$1"
      put at "$at"
      put version "$version"
    fi
    return 0
  fi
  put mirror "$code $said"
  return 1
}

# from_file PATH PARENT NAME: copies a local file.
from_file() {
  told=$(
    walk "$1" "$2" ''
    opened "$3"
    [ "$limit" = 0 ] || [ "$(stat -L -c '%s' -- /proc/self/fd/7)" -le "$limit" ] || fail large
    said=$(cat 2>&1 <&7 >&8) || fail refused read "$1" "$said"
  ) && return 0
  put mirror walk
  printf '%s\n' "$told"
  return 1
}

# arrived STATUS CHECKSUM BACKUP: puts the draft in place if it is the expected file.
arrived() {
  [ "$1" = 0 ] || return 0
  sum=$(sha256sum </proc/self/fd/8)
  sum=${sum%% *}
  case $sum in
  "$2"*) ;;
  *)
    put mirror "0 the checksum is $sum, not $2"
    return 0
    ;;
  esac
  attire
  verified
  if [ "$kind" = file ]; then keep "$shown" "$3"; fi
  put sum "$sum"
  finish
  exit 0
}

# published STATUS: prints the draft, a list of checksums.
published() {
  [ "$1" = 0 ] || return 0
  stream list </proc/self/fd/8
  exit 0
}
