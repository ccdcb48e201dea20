//! An environment that is built anew: the old one is kept inside, so that it can be put back.
//!
//! It can't be built beside the old one and moved: the path of an environment is in its programs. Nor can the old one be
//! moved away whole: its user need not be allowed to write to the directory that holds it.

use camino::Utf8PathBuf;

use crate::model::known::{Known, Stop};
use crate::model::step::Command;

use super::PythonVenv;

/// Where the old environment is, whole.
const OLD: &str = ".chefrs-old";
/// Where a part of it is, on the way to there or back; the rest is in its place.
const PART: &str = ".chefrs-part";
/// Where it is once nobody wants it any more.
const GONE: &str = ".chefrs-gone";

/// Whether a name is one of those.
pub(super) fn is_kept(name: &str) -> bool {
    [OLD, PART, GONE].contains(&name)
}

/// For each name here but one, the stamp first: what is not whole has none.
const EACH: &str = "for f in .chefrs * .[!.]* ..?*; do
  [ \"$f\" != \"$1\" ] || continue
  if [ -e \"$f\" ] || [ -L \"$f\" ]; then $2 -- \"$f\" $3; fi
done";

/// Moves the old environment into a directory, or clears what was built in its place when that was cut off.
const SET_ASIDE: &str = "rm -rf .chefrs-gone
if [ -d .chefrs-old ]; then each .chefrs-old 'rm -rf' ''
else
  mkdir -p .chefrs-part
  each .chefrs-part mv .chefrs-part/
  mv .chefrs-part .chefrs-old
fi";

/// Moves it back.
const PUT_BACK: &str = "each .chefrs-old 'rm -rf' ''
mv .chefrs-old .chefrs-part
cd .chefrs-part
each .chefrs mv ..
[ ! -e .chefrs ] || mv .chefrs ..
cd ..
rmdir .chefrs-part";

/// Removes it.
const DROP: &str = "mv .chefrs-old .chefrs-gone
rm -rf .chefrs-gone";

impl PythonVenv {
    /// Whether the old environment, or a part of it, is still kept: it was being built anew.
    ///
    /// # Errors
    /// A look-up that has no answer yet.
    pub(super) fn keeps_old(&self, known: &Known) -> Result<bool, Stop> {
        let names = known.list(&self.path)?.unwrap_or_default();
        Ok(names.iter().any(|name| name == OLD || name == PART))
    }

    /// What a removal that was cut off has left of the old environment.
    pub(super) fn leftover(&self, known: &Known) -> Option<Utf8PathBuf> {
        let names = known.list(&self.path).ok().flatten().unwrap_or_default();
        names.iter().any(|name| name == GONE).then(|| self.inside(GONE))
    }

    /// The command that keeps the old environment.
    pub(super) fn set_aside(&self) -> Command {
        self.of_ours(SET_ASIDE)
    }

    /// The same command in a place where the old environment is kept: what fails puts it back.
    pub(super) fn or_put_back(&self, command: Command) -> Command {
        Command { undo: Some(self.script(PUT_BACK).into()), ..command }
    }

    /// The command that drops the old environment.
    pub(super) fn drop_old(&self) -> Command {
        self.of_ours(DROP)
    }

    fn of_ours(&self, text: &str) -> Command {
        Command { user: self.user.clone(), ..Command::new(self.script(text)) }
    }

    /// The shell that does it in the environment's directory.
    fn script(&self, text: &str) -> Vec<String> {
        let text = format!("set -e\ncd -P -- \"$0\"\neach() {{\n{EACH}\n}}\n{text}");
        ["/bin/sh", "-c", &text, self.path.as_str()].map(str::to_owned).into()
    }
}
