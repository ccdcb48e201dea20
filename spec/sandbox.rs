//! The sandbox: hostile scripts end as an error or do no harm, in time, and the process lives on.

use std::time::{Duration, Instant};

use chefrs::compile::Limits;

use crate::{compile, goldens};

/// Short for what never ends; long for what must end by itself, so that a busy machine does not look like a stop.
fn limits(expected: &str) -> Limits {
    let time = if matches!(expected, "stopped" | "limit") { 150 } else { 15_000 };
    Limits { time: Duration::from_millis(time), memory: 64 << 20, resources: 1000 }
}

/// Each script says in its first line how it must end: `-- ends: error`, `-- ends: stopped`, `-- ends: memory`,
/// `-- ends: safe`, or `-- ends: limit` for either budget.
#[test]
fn every_hostile_script_is_stopped() {
    let mut wrong = Vec::new();
    let cases = goldens::files("sandbox", "lua");
    assert!(cases.len() >= 40, "the cases are not found");
    for case in cases {
        let text = std::fs::read_to_string(&case).expect("the case can be read");
        let expected =
            text.lines().next().and_then(|line| line.strip_prefix("-- ends: ")).unwrap_or("?").trim();
        let began = Instant::now();
        let result = compile::run(&case, limits(expected));
        let took = began.elapsed();
        let text = match &result {
            Ok(_) => String::new(),
            Err(errors) => errors.to_string(),
        };
        let stopped = text.contains("takes longer than");
        let memory = text.contains("more memory than");
        let ended = match expected {
            "safe" => result.is_ok(),
            "stopped" => stopped,
            "memory" => memory,
            "limit" => stopped || memory,
            "error" => result.is_err() && !stopped && !memory && !text.contains("panicked"),
            _ => false,
        };
        if !ended {
            wrong.push(format!(
                "{}: expected {expected}, got {}",
                case.display(),
                if text.is_empty() { "ok" } else { &text }
            ));
        }
        // Generous, for a machine that is busy: a hang takes for ever.
        if took > Duration::from_secs(20) {
            wrong.push(format!("{}: took {took:?}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
