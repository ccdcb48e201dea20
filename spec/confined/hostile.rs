//! Hostile scripts in a process of its own: each ends, and neither takes more time or memory than it may.

use std::time::{Duration, Instant};

use chefrs::compile::Limits;

use super::compiler;
use crate::patience::PATIENCE;
use crate::{compile, goldens};

/// Every script of the sandbox, in a process that is allowed little. What it must end with stands in its first line; here
/// it only must end as one of the ends that are told, and leave the next one alone.
#[test]
fn every_hostile_script_ends() {
    let limits =
        Limits { time: Duration::from_millis(300), wall: PATIENCE, memory: 64 << 20, resources: 1000 };
    let mut wrong = Vec::new();
    for case in goldens::files("sandbox", "lua") {
        let script = std::fs::read_to_string(&case).unwrap();
        let wanted =
            script.lines().next().and_then(|line| line.strip_prefix("-- ends: ")).unwrap_or("?").trim();
        let began = Instant::now();
        let result = compile::given(&case, |input| compiler(limits).compile(input));
        let took = began.elapsed();
        let said = result.as_ref().map_or_else(ToString::to_string, |_| String::new());
        let crashed = ["crashed", "without a result", "panicked", "protocol error", "was killed"];
        if let Some(word) = crashed.iter().find(|word| said.contains(**word)) {
            wrong.push(format!("{}: {word}\n{said}", case.display()));
        }
        // What is to be stopped is; with so little time and memory others may be.
        if matches!(wanted, "stopped" | "memory" | "limit" | "error") && said.is_empty() {
            wrong.push(format!("{}: {wanted} wanted, and it compiles", case.display()));
        }
        if took > PATIENCE {
            wrong.push(format!("{}: took {took:?}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
