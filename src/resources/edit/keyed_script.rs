//! The edit of a file with one key a line, as a script for exports.

use crate::provider::edit_script::{EditScript, MissingFile};

/// What both scripts read of a line. `what` is then `section`, `pair` or nothing.
const READ: &str = r#"
  function trim(text) { sub(/^[ \t]+/, "", text); sub(/[ \t\r]+$/, "", text); return text }
  function same(one, other) { return keyword ? tolower(one) == tolower(other) : one == other }
  function read(line,   at) {
    what = name = value = ""
    line = trim(line)
    if (line == "" || index(ENVIRON["comments"], substr(line, 1, 1))) return
    if (ENVIRON["sections"] == "brackets" && line ~ /^\[.*\]$/) {
      what = "section"
      name = trim(substr(line, 2, length(line) - 2))
      return
    }
    if (ENVIRON["sections"] == "match" && tolower(line) ~ /^match[ \t]/) {
      what = "section"
      name = "match " trim(substr(line, 7))
      return
    }
    at = match(line, keyword ? /[= \t]/ : /=/)
    if (!at) return
    what = "pair"
    name = trim(substr(line, 1, at - 1))
    value = trim(substr(line, at))
    sub(/^=[ \t]*/, "", value)
  }
  function scan() {
    keyword = ENVIRON["keyword"] != ""
    wanted = ENVIRON["section"]
    if (ENVIRON["sections"] == "match" && wanted != "") wanted = "match " trim(substr(wanted, 7))
    inside = wanted == ""
    is_there = inside
    for (i = 1; i <= NR; i++) {
      read(all[i])
      if (what == "section") {
        if (inside && wanted == "") top = i - 1
        inside = wanted != "" && name == wanted
        if (inside) { is_there = 1; if (!heading) heading = i }
        if (name == ENVIRON["key"] && wanted == "") named = 1
        else if (named == 1) named = 2
        if (named == 1) gone[i] = 1
        ended = 1
        continue
      }
      if (named == 1) gone[i] = 1
      if (what == "pair" && !like) like = i
      if (!inside) continue
      if (what == "pair" && same(name, ENVIRON["key"])) { number++; found = i; now = value; is_key[i] = 1 }
      if (what == "pair") { last = i; if (!like_here) like_here = i }
      text = trim(all[i])
      if (index(ENVIRON["comments"], substr(text, 1, 1)) && text != "") {
        read(substr(text, 2))
        if (what == "pair" && same(name, ENVIRON["key"]) && !commented) commented = i
      }
    }
    if (wanted == "" && !ended) top = NR
  }
"#;

/// Sets the key.
const SET: &str = r#"
  { all[NR] = $0 }
  END {
    scan()
    if (number > 1) {
      print "the key is there more than once" >"/dev/stderr"
      exit 1
    }
    separator = ENVIRON["separator"]
    if (number) {
      line = all[found]
      sub(/[ \t\r]+$/, "", line)
      start = substr(line, 1, length(line) - length(now))
      if (start ~ /[[:alnum:]]$/) start = start separator
      if (now != ENVIRON["value"]) all[found] = start ENVIRON["value"]
    } else {
      indent = wanted != "" && ENVIRON["sections"] == "match" ? "    " : ""
      model = like_here ? like_here : like
      if (model) {
        read(all[model])
        line = all[model]
        sub(/[ \t\r]+$/, "", line)
        match(line, /^[ \t]*/)
        if (like_here) indent = substr(line, 1, RLENGTH)
        between = substr(line, RLENGTH + length(name) + 1, length(line) - RLENGTH - length(name) - length(value))
        if (between != "" && trim(between) == trim(separator)) separator = between
      }
      added = indent ENVIRON["key"] separator ENVIRON["value"]
      sub(/[ \t]+$/, "", added)
      place = commented ? commented : last ? last : wanted == "" ? top : heading
      if (!is_there) {
        place = NR
        blank = NR && trim(all[NR]) != "" ? "\n" : ""
        shown = ENVIRON["sections"] == "brackets" ? "[" wanted "]" : ENVIRON["section"]
        added = blank shown "\n" added
      }
      if (!place) print added
    }
    for (i = 1; i <= NR; i++) {
      print all[i]
      if (!number && i == place) print added
    }
  }
"#;

/// Removes the key, or the section of that name.
const REMOVE: &str = r"
  { all[NR] = $0 }
  END {
    scan()
    for (i = 1; i <= NR; i++) if (number ? !is_key[i] : !gone[i]) print all[i]
  }
";

/// How the shell gives the words to awk.
const WORDS: &str = "section=$2 key=$3 comments=$4 sections=$5 keyword=$6 separator=$7 value=${8-}";

/// The edit that sets a key, whose value is the last argument, or removes it. The first argument is the file.
pub(super) fn script(arguments: Vec<String>, sets: bool) -> EditScript {
    let (end, names, missing) = if sets {
        (SET, ["has_value", "set_value"], MissingFile::Fails)
    } else {
        (REMOVE, ["value_is_gone", "remove_value"], MissingFile::IsFine)
    };
    EditScript { names, edit: format!("{WORDS} awk '{READ}{end}'").into(), missing, arguments }
}
