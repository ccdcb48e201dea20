# Checks the list of an archive before the first entry is unpacked: names stay inside, nothing is below a symlink or
# file, symlinks point to the inside, and hard links to earlier files.

# look_ahead: refuses the archive in descriptor 7 if an entry is invalid. Whether the archive is complete shows when it
# is unpacked.
look_ahead() {
  needs awk
  case $form in
  zip) said=$(names_of_zip | examine 1) ;;
  *) said=$({ $unpacked </proc/self/fd/7 | head -c "$room" | list_tar | examine "$fields"; } 2>/dev/null) ;;
  esac
  case $said in
  fine) return 0 ;;
  # Unpack nothing unless the whole list was checked.
  '') bad damaged 'its list can not be read' ;;
  esac
  IFS='	'
  # shellcheck disable=SC2086 # the words are meant to fall apart
  set -- $said
  IFS=' 	
'
  bad "$@"
}

# names_of_zip: one name on each line. Directories end with a slash.
names_of_zip() {
  if [ "$zipper" = python3 ]; then
    python3 -c "$python" names 2>/dev/null </dev/null
    return
  fi
  unzip -Z1 /proc/self/fd/7 2>/dev/null </dev/null && return
  unzip -l /proc/self/fd/7 2>/dev/null </dev/null |
    sed -n 's/^ *[0-9][0-9]*  *[0-9-][0-9-]*  *[0-9][0-9]:[0-9][0-9]  *//p'
}

# Replaces unzip with python3, which more machines have. The names were checked before.
python='
import os, stat, sys, zipfile
archive = zipfile.ZipFile("/proc/self/fd/7")
entries = archive.infolist()
if sys.argv[1] == "names":
    for entry in entries:
        print(entry.filename.replace("\n", "?"))
    sys.exit()
if sum(entry.file_size for entry in entries) > int(sys.argv[2]):
    sys.exit("grows")
links = []
for entry in entries:
    path = "/".join(part for part in entry.filename.split("/") if part not in ("", "."))
    mode = entry.external_attr >> 16
    if not path:
        continue
    if entry.is_dir():
        os.makedirs(path, exist_ok=True)
        continue
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    if stat.S_ISLNK(mode):
        links.append((archive.read(entry), path))
        continue
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        sys.exit("it holds a device, which no archive should bring")
    with archive.open(entry) as content, open(path, "wb") as file:
        for piece in iter(lambda: content.read(1 << 16), b""):
            file.write(piece)
    os.chmod(path, (mode & 0o755) | 0o644)
for target, path in links:
    if os.path.lexists(path):
        os.remove(path)
    os.symlink(target, os.fsencode(path))
'

# list_tar: one entry on each line. GNU tar escapes blanks in names, busybox does not.
list_tar() {
  case $fields in
  gnu) tar -tv -P --numeric-owner --quoting-style=escape --quote-chars=' >' -f - ;;
  *) tar -tv -f - ;;
  esac
}

# examine FORM: the first invalid entry with a reason, separated by tabs; or `fine`.
examine() {
  awk -v form="$1" -v strip="${strip:-0}" -v most="$most" '
    # Escapes a name for messages. Keeps blanks and letters of all alphabets.
    function show(name, out, n) {
      gsub(/\001/, "\\134", name)
      gsub(/\002/, " ", name)
      gsub(/\003/, ">", name)
      out = ""
      while (match(name, /\\(134|[2-3][0-7][0-7])/)) {
        n = substr(name, RSTART + 1, 3)
        out = out substr(name, 1, RSTART - 1)
        out = out sprintf("%c", substr(n, 1, 1) * 64 + substr(n, 2, 1) * 8 + substr(n, 3, 1))
        name = substr(name, RSTART + RLENGTH)
      }
      return out name
    }
    function refuse(what, name, more) {
      printf "%s\t%s\t%s\n", what, show(name), show(more)
      over = 1
      exit
    }
    # Whether the bytes are UTF-8.
    function utf8(name, n, i, byte, need, low, high) {
      n = length(name)
      for (i = 1; i <= n; i++) {
        byte = number[substr(name, i, 1)] + 0
        if (need) {
          if (byte < low || byte > high) return 0
          need--
          low = 128
          high = 191
          continue
        }
        if (!byte) continue
        low = byte == 224 ? 160 : byte == 240 ? 144 : 128
        high = byte == 237 ? 159 : byte == 244 ? 143 : 191
        if (byte >= 194 && byte <= 223) need = 1
        else if (byte >= 224 && byte <= 239) need = 2
        else if (byte >= 240 && byte <= 244) need = 3
        else return 0
      }
      return !need
    }
    function spell(name) {
      if (form == "gnu") name = show(name)
      if (name ~ wide && !utf8(name)) refuse("utf8")
    }
    # Adds a file with this size.
    function weigh(bytes) {
      if (most == "") return
      sum += bytes
      if (sum > most + 0) refuse("grows", most)
    }
    # Splits a name into part[1..], without the stripped components. Returns their number.
    function split_up(path, n, i, all, count) {
      if (path ~ /^\// || index(path, form == "gnu" ? "..\001" : "..\\")) refuse("outside", path)
      n = split(path, all, "/")
      count = 0
      for (i = 1; i <= n; i++) {
        if (all[i] == "..") refuse("outside", path)
        if (all[i] != "" && all[i] != ".") part[++count - strip] = all[i]
      }
      return count > strip ? count - strip : 0
    }
    # Joins the components. Everything above the name is a directory, or becomes one.
    function place(count, i, at) {
      at = part[1]
      for (i = 1; i < count; i++) {
        if (!(at in kind)) kind[at] = "d"
        else if (kind[at] != "d") refuse("below", at)
        at = at "/" part[i + 1]
      }
      return at
    }
    function room_for(at) {
      if (at in kind && kind[at] == "d") refuse("once", at)
    }
    # A symlink may only start with `..`, and must not leave the tree.
    function leaves(target, depth, n, i, all, up, down) {
      if (target == "" || target ~ /^\//) return 1
      n = split(target, all, "/")
      for (i = 1; i <= n; i++) {
        if (all[i] == "" || all[i] == ".") continue
        if (all[i] != "..") down = 1
        else if (down || ++up > depth) return 1
      }
      return 0
    }
    function entry(type, path, target, count, at, far, old) {
      if (path == "") refuse("nameless")
      spell(path)
      spell(target)
      count = split_up(path)
      if (!count) return
      at = place(count)
      if (type == "d") {
        if (at in kind && kind[at] != "d") refuse("below", at)
        kind[at] = "d"
      } else if (type == "l") {
        if (leaves(target, count - 1)) refuse("link", path, target)
        room_for(at)
        kind[at] = "l"
      } else if (type == "h") {
        far = split_up(target)
        if (!far) refuse("hard", target)
        old = place(far)
        if (!(old in kind)) refuse("hard", target, "not in it")
        if (kind[old] != "-") refuse("hard", target, "no file")
        room_for(at)
        kind[at] = "-"
      } else if (type == "-" || type == "C") {
        room_for(at)
        kind[at] = "-"
      } else refuse("device", path)
    }
    # With busybox, an entry extends to the next line that looks like one.
    function finish(type, name, at, words) {
      if (line == "") return
      type = substr(line, 1, 1)
      match(line, when)
      name = substr(line, RSTART + RLENGTH)
      at = index(name, " -> ")
      if (type == "-") {
        split(line, words, " ")
        weigh(words[3])
      }
      if (type == "l" && at) entry(type, substr(name, 1, at - 1), substr(name, at + 4))
      # A hard link to an earlier file looks like this. Anything below it is still detected.
      else if (at) entry("-", line ~ empty ? substr(name, 1, at - 1) : name)
      else entry(type, name)
      line = ""
    }
    BEGIN {
      for (byte = 128; byte < 256; byte++) number[sprintf("%c", byte)] = byte
      wide = "[" sprintf("%c", 128) "-" sprintf("%c", 255) "]"
      day = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9] "
      when = " " day
      empty = " 0 " day
    }
    NR > 1000000 { refuse("many") }
    form == "1" { entry($0 ~ /\/$/ ? "d" : "-", $0); next }
    form == "gnu" {
      # This character does not occur on its own.
      gsub(/\\\\/, "\001")
      gsub(/\\ /, "\002")
      gsub(/\\>/, "\003")
      type = substr($0, 1, 1)
      # Behind the time comes the name, if there is one.
      match($0, / [0-9][0-9]:[0-9][0-9] /)
      if (substr($0, RSTART + RLENGTH) ~ /^( |$)/) refuse("nameless")
      if (type == "l" && $NF == "->") entry(type, $(NF - 1), "")
      else if (type == "l") entry(type, $(NF - 2), $NF)
      else if (type == "h" && $(NF - 1) == "to" && $(NF - 2) == "link") entry(type, $(NF - 3), $NF)
      else if (type == "h") entry(type, $(NF - 2), "")
      else entry(type, $NF)
      if (type == "-") weigh($3)
      next
    }
    /^[-dlbcps][-rwxsStT]+ / && $0 ~ when { finish(); line = $0; next }
    { line = line "\n" $0 }
    END {
      if (over) exit
      if (form == "busybox") finish()
      print "fine"
    }'
}
