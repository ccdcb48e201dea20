//! The edit of known_hosts, as scripts for exports.

/// Adds keys: `$2` are the names, `$3` is the mark, `$4` has a kind and a key in each line.
pub(super) const ADD: &str = r#"
names=$2 mark=$3 keys=$4 awk '
  BEGIN {
    count = split(ENVIRON["names"], own, ",")
    number = split(ENVIRON["keys"], lines, "\n")
    for (i = 1; i <= number; i++) { split(lines[i], part, " "); kind[i] = part[1]; key[i] = part[2] }
  }
  function is_own(name,   i) {
    for (i = 1; i <= count; i++) if (tolower(own[i]) == tolower(name)) return 1
    return 0
  }
  function others(text,   all, n, i, left) {
    n = split(text, all, ",")
    for (i = 1; i <= n; i++) if (!is_own(all[i])) left = left == "" ? all[i] : left "," all[i]
    return left
  }
  function has_all(text,   i) {
    for (i = 1; i <= count; i++) if (index("," tolower(text) ",", "," tolower(own[i]) ",") == 0) return 0
    return 1
  }
  {
    at = $1 ~ /^@/ ? 2 : 1
    if ((at == 2 ? $1 : "") != ENVIRON["mark"] || others($at) == $at || NF < at + 2) { print; next }
    place = 0
    of_kind = 0
    for (i = 1; i <= number; i++) {
      if (key[i] == $(at + 2)) place = i
      if (kind[i] == $(at + 1)) of_kind = 1
    }
    if (place && !seen[place] && has_all($at)) { seen[place] = 1; print; next }
    if (!place && !of_kind) { print; next }
    left = others($at)
    if (left != "") { line = $0; sub(/[^ \t]*,[^ \t]*/, left, line); print line }
  }
  END {
    for (i = 1; i <= number; i++) if (!seen[i])
      print (ENVIRON["mark"] == "" ? "" : ENVIRON["mark"] " ") ENVIRON["names"] " " kind[i] " " key[i]
  }'
"#;

/// Removes these keys, or without keys all of the names.
pub(super) const REMOVE: &str = r#"
names=$2 mark=$3 keys=$4 awk '
  BEGIN { count = split(ENVIRON["names"], own, ",") }
  function is_own(name,   i) {
    for (i = 1; i <= count; i++) if (tolower(own[i]) == tolower(name)) return 1
    return 0
  }
  function others(text,   all, n, i, left) {
    n = split(text, all, ",")
    for (i = 1; i <= n; i++) if (!is_own(all[i])) left = left == "" ? all[i] : left "," all[i]
    return left
  }
  {
    at = $1 ~ /^@/ ? 2 : 1
    is_meant = ENVIRON["keys"] == "" || index("\n" ENVIRON["keys"] "\n", " " $(at + 2) "\n") > 0
    if ((at == 2 ? $1 : "") != ENVIRON["mark"] || others($at) == $at || !is_meant) { print; next }
    left = others($at)
    if (left != "") { line = $0; sub(/[^ \t]*,[^ \t]*/, left, line); print line }
  }'
"#;
