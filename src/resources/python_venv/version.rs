//! Versions of Python packages, as far as two of them can be compared reliably.

use std::cmp::Ordering;

/// Whether a specifier accepts a version: `==2.0`, `>=1.4,<2`. Returns `true` if that can't be told.
pub(super) fn accepts(specifier: &str, version: &str) -> bool {
    specifier.split(',').map(str::trim).filter(|part| !part.is_empty()).all(|part| accepts_one(part, version))
}

fn accepts_one(part: &str, version: &str) -> bool {
    let operators = ["===", "==", "!=", "<=", ">=", "~=", "<", ">"];
    let Some((operator, wanted)) =
        operators.iter().find_map(|operator| Some((*operator, part.strip_prefix(operator)?.trim())))
    else {
        return true;
    };
    if let Some(prefix) = wanted.strip_suffix(".*") {
        let (Some(prefix), Some(version)) = (release(prefix), release(version)) else { return true };
        let is_within =
            (0..prefix.len()).all(|at| version.get(at).copied().unwrap_or_default() == prefix[at]);
        return if operator == "!=" { !is_within } else { is_within };
    }
    match (release(wanted), release(version)) {
        (Some(wanted), Some(version)) => {
            let order = compare(&version, &wanted);
            match operator {
                "==" | "===" => order == Ordering::Equal,
                "!=" => order != Ordering::Equal,
                "<=" => order != Ordering::Greater,
                ">=" => order != Ordering::Less,
                "<" => order == Ordering::Less,
                ">" => order == Ordering::Greater,
                // Like `>=2.2, ==2.*`.
                _ => {
                    let fixed = wanted.len().saturating_sub(1);
                    order != Ordering::Less
                        && (0..fixed).all(|at| version.get(at).copied().unwrap_or_default() == wanted[at])
                }
            }
        }
        // One of them is a release and the other is not.
        (Some(_), None) | (None, Some(_)) => !matches!(operator, "==" | "==="),
        (None, None) => true,
    }
}

/// The numbers of a release. Pre-releases are not compared; a local version counts as its release.
fn release(version: &str) -> Option<Vec<u64>> {
    let public = version.split('+').next().unwrap_or_default();
    let public = public.strip_prefix('v').unwrap_or(public);
    public.split('.').map(|number| number.parse().ok()).collect()
}

/// Treats `2.0` and `2.0.0` as equal.
fn compare(one: &[u64], other: &[u64]) -> Ordering {
    let number = |numbers: &[u64], at: usize| numbers.get(at).copied().unwrap_or_default();
    (0..one.len().max(other.len()))
        .map(|at| number(one, at).cmp(&number(other, at)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}
