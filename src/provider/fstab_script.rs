//! A line of `/etc/fstab`, as a script for exports.

use crate::model::portable::{Portable, PortableCommand, Portables, script};
use crate::model::query::Init;
use crate::provider::edit_script::{EditScript, MissingFile};

/// Replaces the line about a place, or adds it: `$2` is the number of the field that names it, `$3` the name, `$4` whether
/// it is swap, `$5` the line. Without a line it is removed.
const EDIT: &str = r#"
field=$2 name=$3 swap=$4 wanted=$5 awk '
  function plain(line) { $0 = line; $1 = $1; return $0 }
  /^[ \t]*#/ || NF < 3 { print; next }
  {
    line = $0
    is_it = $ENVIRON["field"] == ENVIRON["name"] && ($3 == "swap") == (ENVIRON["swap"] != "")
    if (!is_it) { print line; next }
    if (ENVIRON["wanted"] == "") next
    if (!done++) print plain(line) == ENVIRON["wanted"] ? line : ENVIRON["wanted"]
  }
  END { if (!done && ENVIRON["wanted"] != "") print ENVIRON["wanted"] }'
"#;

/// Makes systemd read the file, where it runs.
const RELOAD: &str = "[ ! -d /run/systemd/system ] || systemctl daemon-reload";

/// Adds the edit. `line` is nothing where it is removed.
pub fn add(is_swap: bool, name: &str, line: Option<&str>, into: &mut Portables) {
    let field = if is_swap { "1" } else { "2" };
    let swap = if is_swap { "yes" } else { "" };
    let arguments = ["/etc/fstab", field, name, swap, line.unwrap_or_default().trim_end()];
    EditScript {
        names: if line.is_some() {
            ["fstab_has", "set_in_fstab"]
        } else {
            ["fstab_lacks", "remove_from_fstab"]
        },
        edit: EDIT.into(),
        missing: if line.is_some() { MissingFile::IsMade } else { MissingFile::IsFine },
        arguments: arguments.map(str::to_owned).to_vec(),
    }
    .add(into);
    if into.machine.init == Init::Systemd {
        let none: [&str; 0] = [];
        into.after_change(Portable::Command(PortableCommand::always(script("reload_systemd", RELOAD, none))));
    }
}
