//! The programs take turns, so that whatever drifts on the machine drifts for all of them.

use std::fs;

use anyhow::{Context, Result};

use crate::measure::{self, LOG, Sample};
use crate::state;
use crate::table;
use crate::work::{Against, HOME, Program, State, Work};

/// One program's runs.
#[derive(Debug)]
pub(crate) struct Runs {
    pub(crate) program: Program,
    /// What each run took.
    pub(crate) samples: Vec<Sample>,
}

/// Measures each work and prints its part of the table as soon as it is known.
///
/// # Errors
/// A program failed, or did not make the state that it was to make: then no number is worth anything.
pub(crate) fn all(works: &[Work]) -> Result<()> {
    state::guard()?;
    let size = fs::metadata(format!("{HOME}/chefrs"))?.len();
    table::head(size);
    for work in works {
        if let Some(reason) = state::missing(work.state) {
            println!("\n{}: not measured, {reason}", work.title);
            continue;
        }
        let again = again(work).with_context(|| work.name)?;
        let phase = if work.state == State::Nothing { "" } else { ", nothing to change" };
        table::part(work, phase, &again, work.goal);
        if work.first > 0 {
            let first = first(work).with_context(|| work.name)?;
            table::part(
                work,
                ", from nothing (chefrs syncs to disk what it writes, a script does not)",
                &first,
                None,
            );
        }
    }
    Ok(())
}

fn again(work: &Work) -> Result<Vec<Runs>> {
    let mut programs = programs(work);
    state::reset()?;
    // Twice, so that what the second run finds is what every run finds; and the caches are warm.
    for runs in programs.iter().filter(|runs| matches!(runs.program.against, None | Some(Against::Before))) {
        for _ in 0..2 {
            measure::run(&runs.program)?;
        }
    }
    state::check(work.state)?;
    let before = state::fingerprint()?;
    for _ in 0..work.again {
        for Runs { program, samples } in &mut programs {
            samples.push(measure::run(program)?);
            if work.state != State::Nothing && before != state::fingerprint()? {
                anyhow::bail!(
                    "{} changed something where there was nothing to change:\n{}",
                    program.name,
                    fs::read_to_string(LOG)?
                );
            }
        }
    }
    Ok(programs)
}

fn first(work: &Work) -> Result<Vec<Runs>> {
    let mut programs = programs(work);
    // The loop reads; it makes nothing.
    programs.retain(|runs| runs.program.against != Some(Against::Floor));
    for _ in 0..work.first {
        for Runs { program, samples } in &mut programs {
            state::reset()?;
            samples.push(measure::run(program)?);
            state::check(work.state).with_context(|| program.name)?;
        }
    }
    Ok(programs)
}

fn programs(work: &Work) -> Vec<Runs> {
    work.programs().into_iter().map(|program| Runs { program, samples: Vec::new() }).collect()
}
