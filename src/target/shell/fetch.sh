# Downloads by curl or wget: each mirror into a draft of its own.

# fresh SECONDS: an empty draft, and the time that is left as $left; fails when there is none.
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

# capped COMMAND...: what it writes ends a little behind the limit.
capped() {
  if [ "$limit" = 0 ]; then "$@"; else (ulimit -f "$((limit / 512 + 1))" && exec "$@"); fi
}
# too_large: whether the draft is larger than may be.
too_large() { [ "$limit" != 0 ] && [ "$(stat -L -c '%s' -- /proc/self/fd/8)" -gt "$limit" ]; }

# bring ADDRESS SECRET: by curl's configuration on our input, or by wget where there is nothing to hide.
bring() {
  if have curl; then
    said=$(capped curl --max-time "$left" -K - 2>&1 >&8)
  elif have wget && [ -z "$2" ]; then
    case $(wget --version 2>/dev/null) in
    GNU*) said=$(capped wget -nv --tries=1 --timeout="$left" -O - -- "$1" 2>&1 >&8) ;;
    *) said=$(capped wget -q -T "$left" -O - "$1" 2>&1 >&8) ;;
    esac
  else
    fail fetcher "$shown" "$2"
  fi
  code=$?
  if too_large; then
    put mirror large
    return 1
  fi
  [ "$code" != 0 ] || return 0
  put mirror "$code $said"
  return 1
}

# from_file PATH PARENT NAME: the same for a file of this machine.
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

# arrived STATUS CHECKSUM BACKUP: puts the draft in its place if it is what was wanted.
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
  if [ "$kind" = file ]; then keep "$shown" "$3"; fi
  finish
  exit 0
}
