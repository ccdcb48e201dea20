//! Specs that are skipped for want of root or of a program: told at once, past what the harness hides, and counted.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;

/// Skips this spec, or a part of it. Where the whole suite must run, that is a failure.
pub fn skip(why: &str) {
    assert!(std::env::var_os("CHEFRS_SPEC_ALL").is_none(), "{why}");
    skip_anywhere(why);
}

/// The same for what a machine may lack although the whole suite must run: a browser, access control lists.
pub fn skip_anywhere(why: &str) {
    static TOLD: Mutex<(usize, String)> = Mutex::new((0, String::new()));
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("a spec");
    let Ok(mut told) = TOLD.lock() else { return };
    let (count, lines) = &mut *told;
    *count += 1;
    let _ = writeln!(lines, "{name}: {why}");
    // What a spec prints with a macro is only shown when it fails. That no line gets through is no failure either.
    let _ = writeln!(std::io::stderr(), "skipped, {count} so far: {name}: {why}");
    let place = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let _ = fs::create_dir_all(place).and_then(|()| fs::write(place.join("skipped"), lines));
}

/// Whether specs are wanted that take minutes each; where they are not, the spec is skipped.
pub fn is_patient() -> bool {
    let is_patient = std::env::var_os("CHEFRS_SPEC_LONG").is_some();
    if !is_patient {
        skip_anywhere("it takes minutes: CHEFRS_SPEC_LONG=1 asks for it");
    }
    is_patient
}

/// Whether this is root; where it is not, the spec is skipped.
pub fn is_root() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        skip("it needs root");
    }
    is_root
}
