//! A law is held on every case; where it is broken, on the smallest cookbook that still breaks it.

use super::case::{Case, cases, judged, smaller};
use super::item::Cookbook;
use super::machine::Machine;
use super::shrink::smallest;

/// Broken cookbooks that are made small and told of in full, unless `CHEFRS_SPEC_SHOWN` says how many.
const SHOWN: usize = 3;

/// Cookbooks that a law does not hold for yet, and what is in the way.
pub type NotYet = (&'static [u64], &'static str);

/// Fails with the smallest cookbooks in which a law does not hold, and for an exception that is none any more.
pub fn hold(law: fn(&Case) -> Vec<String>, not_yet: &[NotYet]) {
    let (broken, held): (Vec<&Case>, Vec<&Case>) =
        cases().iter().partition(|case| !judged(law, case).is_empty());
    let excepted = |case: &&Case| not_yet.iter().any(|(seeds, _)| seeds.contains(&case.seed));
    let needless: Vec<u64> = held.into_iter().filter(excepted).map(|case| case.seed).collect();
    let broken: Vec<&Case> = broken.into_iter().filter(|case| !excepted(case)).collect();
    let shown: Vec<String> = broken.iter().take(shown()).map(|case| told(law, case)).collect();
    let seeds: Vec<u64> = broken.iter().map(|case| case.seed).collect();
    let (number, all) = (seeds.len(), cases().len());
    assert!(
        broken.is_empty() && needless.is_empty(),
        "broken by {number} of {all}: {seeds:?}; exceptions that are none any more: {needless:?}\n\n{}",
        shown.join("\n")
    );
}

fn shown() -> usize {
    let said = std::env::var_os("CHEFRS_SPEC_SHOWN");
    said.and_then(|number| number.to_str()?.parse().ok()).unwrap_or(SHOWN)
}

fn told(law: fn(&Case) -> Vec<String>, case: &Case) -> String {
    let wrong = |cookbook: &Cookbook| {
        smaller(case.seed, cookbook.clone()).is_some_and(|case| !judged(law, &case).is_empty())
    };
    let least = smallest(&case.cookbook, wrong);
    let why = smaller(case.seed, least.clone()).map(|case| judged(law, &case)).unwrap_or_default();
    format!("seed {}, machine {}\n{}{}\n", case.seed, least.machine, least.text(), why.join("\n"))
}

/// The machine that a case begins on.
pub fn machine(case: &Case) -> Machine {
    Machine::new(case.cookbook.machine)
}
