//! The sandbox: hostile scripts end as an error or do no harm, in time, and the process lives on.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chefrs::compile::Limits;

use crate::patience::PATIENCE;
use crate::{compile, goldens};

/// Short for what never ends; long for what must end by itself, so that a slow machine does not look like a stop.
fn limits(expected: &str) -> Limits {
    let time = if matches!(expected, "stopped" | "limit") { 150 } else { 120_000 };
    Limits { time: Duration::from_millis(time), wall: PATIENCE, memory: 64 << 20, resources: 1000 }
}

fn endless() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/sandbox/loop.lua")
}

#[test]
fn the_budget_is_processor_time_so_a_busy_machine_fails_no_compile() {
    let time = Duration::from_millis(50);
    let limits = Limits { time, wall: PATIENCE, ..Limits::default() };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..cores * 16 {
            scope.spawn(|| {
                let errors = compile::run(&endless(), limits).unwrap_err().to_string();
                assert!(
                    errors.contains("the compile takes longer than 0.05 seconds of processor time\n"),
                    "{errors}"
                );
            });
        }
    });
    // Sixteen shared each processor, so none may have been stopped by the clock on the wall. Where processors are meted
    // out by time, many run at once for a moment; so all that is asked is more than one would have taken alone.
    assert!(began.elapsed() >= time * 2, "{:?}", began.elapsed());
}

#[test]
fn a_compile_ends_by_the_clock_too() {
    let limits =
        Limits { time: Duration::from_secs(60), wall: Duration::from_millis(100), ..Limits::default() };
    let errors = compile::run(&endless(), limits).unwrap_err().to_string();
    assert!(errors.contains("the compile takes longer than 0.1 seconds\n"), "{errors}");
}

/// What a cookbook can find out never depends on where things lie in memory, however it tries.
#[test]
fn a_hostile_script_ends_the_same_whatever_the_memory_looks_like() {
    let mut cases = goldens::files("sandbox", "lua");
    // Where a budget ends a script, is not for the script to say.
    cases.retain(|case| {
        let text = std::fs::read_to_string(case).expect("the case can be read");
        text.starts_with("-- ends: safe") || text.starts_with("-- ends: error")
    });
    cases.extend(goldens::files("errors", "lua"));
    cases.extend(goldens::files("compile", "lua"));
    assert!(cases.len() >= 100, "the cases are not found");
    let ended = |case: &Path| match compile::run(case, limits("safe")) {
        Ok(compiled) => compile::show(&compiled),
        Err(errors) => errors.to_string(),
    };
    let mut wrong = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let first = ended(case);
        // Blocks of all sizes move what comes after them.
        let held: Vec<Vec<u8>> = (0..500).map(|size| vec![1; 16 + (size * (number + 7)) % 5000]).collect();
        let kept: Vec<Vec<u8>> = held.into_iter().step_by(3).collect();
        if ended(case) != first {
            wrong.push(case.display().to_string());
        }
        drop(kept);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
        if took > PATIENCE {
            wrong.push(format!("{}: took {took:?}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
