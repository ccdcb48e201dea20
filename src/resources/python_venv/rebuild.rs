//! Rebuilds an environment in place. The old one is kept inside it, so that it can be put back.
//!
//! It can't be built elsewhere and moved, because the programs in an environment contain its path. The old one can't be
//! moved out either, because its user may not be allowed to write to the parent directory.

use camino::Utf8PathBuf;

use crate::model::known::{Known, Stop};
use crate::model::step::Command;

use super::PythonVenv;

/// The complete old environment.
const OLD: &str = ".chefrs-old";
/// A part of it, while it is moved there or back; the rest is in its place.
const PART: &str = ".chefrs-part";
/// The old environment once it is no longer needed.
const GONE: &str = ".chefrs-gone";

/// Whether a name is one of those.
pub(super) fn is_kept(name: &str) -> bool {
    [OLD, PART, GONE].contains(&name)
}

/// Runs `$2` for each name except `$1`. The stamp comes first, so that an incomplete environment has none.
const EACH: &str = "for f in .chefrs * .[!.]* ..?*; do
  [ \"$f\" != \"$1\" ] || continue
  if [ -e \"$f\" ] || [ -L \"$f\" ]; then $2 -- \"$f\" $3; fi
done";

/// Moves the old environment to `.chefrs-old`, or clears a new one that was interrupted.
const SET_ASIDE: &str = "rm -rf .chefrs-gone
if [ -d .chefrs-old ]; then each .chefrs-old 'rm -rf' ''
else
  mkdir -p .chefrs-part
  each .chefrs-part mv .chefrs-part/
  mv .chefrs-part .chefrs-old
fi";

/// Moves the old environment back.
const PUT_BACK: &str = "each .chefrs-old 'rm -rf' ''
mv .chefrs-old .chefrs-part
cd .chefrs-part
each .chefrs mv ..
[ ! -e .chefrs ] || mv .chefrs ..
cd ..
rmdir .chefrs-part";

/// Removes the old environment.
const DROP: &str = "mv .chefrs-old .chefrs-gone
rm -rf .chefrs-gone";

impl PythonVenv {
    /// Whether the old environment, or a part of it, is still there: a rebuild was interrupted.
    ///
    /// # Errors
    /// An answer is missing.
    pub(super) fn keeps_old(&self, known: &Known) -> Result<bool, Stop> {
        let names = known.list(&self.path)?.unwrap_or_default();
        Ok(names.iter().any(|name| name == OLD || name == PART))
    }

    /// Remains of an old environment whose removal was interrupted.
    pub(super) fn leftover(&self, known: &Known) -> Option<Utf8PathBuf> {
        let names = known.list(&self.path).ok().flatten().unwrap_or_default();
        names.iter().any(|name| name == GONE).then(|| self.inside(GONE))
    }

    /// The command that moves the old environment aside.
    pub(super) fn set_aside(&self) -> Command {
        self.of_ours(SET_ASIDE)
    }

    /// Makes the old environment come back if the command fails.
    pub(super) fn or_put_back(&self, command: Command) -> Command {
        Command { undo: Some(self.script(PUT_BACK).into()), ..command }
    }

    /// The command that removes the old environment.
    pub(super) fn drop_old(&self) -> Command {
        self.of_ours(DROP)
    }

    fn of_ours(&self, text: &str) -> Command {
        Command { user: self.user.clone(), ..Command::new(self.script(text)) }
    }

    /// Runs a script in the directory of the environment.
    fn script(&self, text: &str) -> Vec<String> {
        let text = format!("set -e\ncd -P -- \"$0\"\neach() {{\n{EACH}\n}}\n{text}");
        ["/bin/sh", "-c", &text, self.path.as_str()].map(str::to_owned).into()
    }
}
