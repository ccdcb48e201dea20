//! Services: `service nginx, running, enabled, needs_reload`.

use chefrs::model::query::{Answer, Enabled, OfflineUnit, ServiceState};

use super::super::grammar::{Sentence, words};
use super::{NOT_THERE, unknown};

const ENABLED: [(&str, Enabled); 4] = [
    ("enabled", Enabled::Yes),
    ("disabled", Enabled::No),
    ("static", Enabled::Static),
    ("masked", Enabled::Masked),
];

pub fn read(clauses: &[Vec<String>]) -> Result<Answer, String> {
    let mut state = ServiceState::missing();
    state.exists = clauses[0] != NOT_THERE;
    for clause in clauses.iter().skip(usize::from(!state.exists)) {
        match words(clause).as_slice() {
            ["running"] => state.running = true,
            ["stopped"] => state.running = false,
            ["needs_reload"] => state.needs_reload = true,
            ["failed"] => state.failed = true,
            ["script"] => state.script = true,
            ["once"] => state.once = true,
            ["restarting"] => state.restarting = true,
            ["until_boot"] => state.until_boot = true,
            ["offline", "alone"] => state.offline = Some(OfflineUnit::Alone),
            ["offline", "with_script"] => state.offline = Some(OfflineUnit::WithScript),
            ["in", levels @ ..] => {
                state.run_levels = levels.iter().map(|level| (*level).to_owned()).collect();
            }
            ["course", json] => {
                state.course = serde_json::from_str(json).map_err(|error| error.to_string())?;
            }
            [word] => {
                let found = ENABLED.iter().find(|(name, _)| name == word);
                state.enabled = found.ok_or_else(|| unknown(clause))?.1;
            }
            _ => return Err(unknown(clause)),
        }
    }
    Ok(Answer::Service(state))
}

pub fn say(state: &ServiceState) -> Sentence {
    let enabled = ENABLED.iter().find(|(_, enabled)| *enabled == state.enabled).map_or("", |(word, _)| word);
    let mut said = Sentence::default();
    if !state.exists {
        said = Sentence::of(NOT_THERE);
        if *state == ServiceState::missing() {
            return said;
        }
    }
    said = said
        .clause([if state.running { "running" } else { "stopped" }])
        .clause([enabled])
        .clause_if(state.needs_reload, ["needs_reload"])
        .clause_if(state.failed, ["failed"])
        .clause_if(state.script, ["script"])
        .clause_if(state.once, ["once"])
        .clause_if(state.restarting, ["restarting"])
        .clause_if(state.until_boot, ["until_boot"]);
    if let Some(unit) = state.offline {
        said = said.clause(["offline", if unit == OfflineUnit::Alone { "alone" } else { "with_script" }]);
    }
    if !state.run_levels.is_empty() {
        said = said.clause(std::iter::once("in").chain(state.run_levels.iter().map(String::as_str)));
    }
    match &state.course {
        Some(course) => said.clause(["course", &super::json(course)]),
        None => said,
    }
}
