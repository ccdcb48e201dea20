# Drafts that a killed run has left. Each was written down before it was made: see `record`.

# each_draft COMMAND: calls it for each of them: its path is $p, the number of a directory $id, its line $entry.
each_draft() {
  while IFS= read -r entry; do
    id=${entry%% *} p=${entry#* }
    case $p in *\\*)
      p=$(printf '%b.' "$p")
      p=${p%.}
      ;;
    esac
    case $p in /*) ;; *) continue ;; esac
    case ${p##*/} in
    .chefrs-*[!0-9a-f]*) ;;
    .chefrs-????????????) "$1" ;;
    esac
  done
}

# ask_drafts: those that are still there.
ask_drafts() {
  found drafts
  put mark +
  each_draft tell_draft <&7
}
tell_draft() { if [ -e "$p" ] || [ -L "$p" ]; then put draft "$p"; fi; }

# sweep_drafts: takes them away. What can't be taken away stays written down.
sweep_drafts() {
  stuck=
  if [ -L "$state/drafts" ] || ! (umask 077 && : >>"$state/drafts"); then return 0; fi 2>/dev/null
  [ -s "$state/drafts" ] || return 0
  stuck=$(each_draft sweep_draft <"$state/drafts")
  stuck=${stuck:+$stuck$nl}
  printf %s "$stuck" >"$state/drafts"
}
sweep_draft() { (take_away "${p%/*}") </dev/null >/dev/null 2>&1 || printf '%s\n' "$entry"; }

# take_away DIRECTORY: the draft $p in it, with all that is made beside one.
take_away() {
  # Whoever took the directory away, or put a link in its place, has the draft now.
  (walk "$p" "${1:-/}" '') || exit 0
  walk "$p" "${1:-/}" ''
  draft=${p##*/}
  theirs=
  ! foreign || theirs=yes
  kind "./$draft"
  set -- '' .pin .archive .in
  # Until the new tree is in place, the old one may be the only one.
  [ -n "$kind" ] || set -- "$@" .old
  for more do
    it=./$draft$more
    kind "$it"
    case $kind:$theirs in
    :*) ;;
    directory:) clear "$it" ;;
    # Where others may rename what is ours, a name alone is no reason to remove more than an empty directory.
    directory:*) (command cd -P -- "$it" && [ "$(stat -c '%d:%i' -- .)" = "$id" ] && hollow) && rmdir -- "$it" || rmdir -- "$it" || : ;;
    *) rm -f -- "$it" || exit 1 ;;
    esac
  done
}
# hollow: removes all that is in this directory.
hollow() {
  set +f
  for f in ./* ./.[!.]* ./..?*; do
    set -f
    kind "$f"
    case $kind in
    '') ;;
    directory) clear "$f" ;;
    *) rm -f -- "$f" || exit 1 ;;
    esac
  done
}
