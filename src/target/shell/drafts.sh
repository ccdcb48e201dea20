# Drafts of a killed run. Each was recorded before it was made: see `record`.

# each_draft COMMAND: calls it for each draft, with its path as $p, the inode of a directory as $id, and its line as
# $entry.
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

# ask_drafts: the drafts that still exist.
ask_drafts() {
  found drafts
  put mark +
  each_draft tell_draft <&7
}
tell_draft() { if [ -e "$p" ] || [ -L "$p" ]; then put draft "$p"; fi; }

# sweep_drafts: removes them. Those that can't be removed stay recorded.
sweep_drafts() {
  stuck=
  if [ -L "$state/drafts" ] || ! (umask 077 && : >>"$state/drafts"); then return 0; fi 2>/dev/null
  [ -s "$state/drafts" ] || return 0
  stuck=$(each_draft sweep_draft <"$state/drafts")
  stuck=${stuck:+$stuck$nl}
  printf %s "$stuck" >"$state/drafts"
}
sweep_draft() { (take_away "${p%/*}") </dev/null >/dev/null 2>&1 || printf '%s\n' "$entry"; }

# take_away DIRECTORY: removes the draft $p in it, and everything that is made beside a draft.
take_away() {
  # If the directory was removed or replaced by a symlink, the draft is no longer ours to remove.
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
    # If others can rename files in the directory, a matching name alone justifies only removing an empty directory.
    directory:*) (command cd -P -- "$it" && [ "$(stat -c '%d:%i' -- .)" = "$id" ] && hollow) && rmdir -- "$it" || rmdir -- "$it" || : ;;
    *) rm -f -- "$it" || exit 1 ;;
    esac
  done
}
# hollow: removes the content of the current directory.
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
