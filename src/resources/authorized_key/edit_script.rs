//! The edit of the keys of a user, as a script for exports.

/// Finds the file of a user's keys, `$path`, and its owner.
pub(super) const FIND: &str = r#"
user=$1 path=$2 exclusive=$3
owner=root group=root mode=0644
entry=$(getent passwd "$user" || grep "^$user:" /etc/passwd) || entry=
home=$(printf '%s\n' "$entry" | cut -d: -f6)
case ${path:-$home/.ssh/authorized_keys} in
"${home%/}"/*) owner=$user mode=0600 group=$(printf '%s\n' "$entry" | cut -d: -f4) ;;
esac
edited() {
  keys=$4 awk '
    BEGIN {
      number = split(ENVIRON["keys"], lines, "\n")
      for (i = 1; i <= number; i++) {
        split(lines[i], part, "\t")
        if (part[2] == "") continue
        kind[++count] = part[1]; key[count] = part[2]; options[count] = part[3]; comment[count] = part[4]
      }
    }
    function joined(one, two) { return one == "" ? two : two == "" ? one : one " " two }
    function plain(line) { $0 = line; $1 = $1; return $0 }
    function found(line,   fields, n, i, j) {
      n = split(line, fields, /[ \t]+/)
      for (i = 1; i <= n; i++) for (j = 1; j <= count; j++) if (fields[i] == key[j]) return j
      return 0
    }
    {
      line = $0
      at = found(line)
      if (!at) {
        if (ENVIRON["exclusive"] == "" || line ~ /^[ \t]*(#|$)/) print line
        next
      }
      if (ENVIRON["remove"] != "" || seen[at]++) next
      place = index(line, key[at])
      before = plain(substr(line, 1, place - 1))
      sub(/ ?[^ ]+$/, "", before)
      behind = plain(substr(line, place + length(key[at])))
      own = options[at] == "-" ? before : options[at]
      note = comment[at] == "-" ? behind : comment[at]
      wanted = joined(joined(own, kind[at] " " key[at]), note)
      print plain(line) == plain(wanted) ? line : wanted
    }
    END {
      for (i = 1; i <= count; i++) if (!seen[i] && ENVIRON["remove"] == "")
        print joined(joined(options[i] == "-" ? "" : options[i], kind[i] " " key[i]), comment[i] == "-" ? "" : comment[i])
    }' "$path"
}
export exclusive remove=$5
path=${path:-$home/.ssh/authorized_keys}
"#;

/// Whether nothing is to be done. sshd refuses a directory that others may write.
pub(super) const LOOK: &str = r#"
if [ -z "$remove" ] && [ "$path" = "$home/.ssh/authorized_keys" ]; then
  case $(stat -c '%A %U' -- "$home/.ssh" 2>/dev/null) in
  ?????w* | ????????w*) exit 1 ;;
  *" $user" | *" root") ;;
  *) exit 1 ;;
  esac
fi
if [ -n "$remove" ]; then [ -n "$entry" ] && [ -e "$path" ] || exit 0; fi
[ ! -L "$home/.ssh" ] && [ ! -L "$path" ] && [ -f "$path" ] && new=$(edited "$@" && echo .) && [ "$new" = "$(awk 1 "$path" && echo .)" ]
"#;

/// Writes the file.
pub(super) const ACT: &str = r#"
if [ -z "$home" ]; then
  echo "there is no user $user" >&2
  exit 1
fi
# The user could let a link lead to what belongs to others.
if [ -L "$home/.ssh" ] || [ -L "$path" ]; then
  printf '%s\n' "$path is behind a link" >&2
  exit 1
fi
if [ -z "$remove" ] && [ "$path" = "$home/.ssh/authorized_keys" ]; then
  case $(stat -c '%A %U' -- "$home/.ssh" 2>/dev/null) in
  '') mkdir -m 0700 -- "$home/.ssh" && chown "$user:$group" "$home/.ssh" || exit 1 ;;
  ?????w* | ????????w*) chown "$user:$group" "$home/.ssh" && chmod 0700 "$home/.ssh" || exit 1 ;;
  *" $user" | *" root") ;;
  *) chown "$user:$group" "$home/.ssh" && chmod 0700 "$home/.ssh" || exit 1 ;;
  esac
fi
draft=$(mktemp "$path.XXXXXX") || exit 1
if { [ -e "$path" ] || { : >"$path" && chown "$owner:$group" "$path" && chmod "$mode" "$path"; }; } &&
  cp -p -- "$path" "$draft" && edited "$@" >"$draft" && mv -f -- "$draft" "$path"; then exit 0; fi
rm -f -- "$draft"
exit 1
"#;
