//! What the machines in memory keep of their runs, each in its own way of being a machine, and all alike in this.

use chefrs::model::journal::{Journal, Record, Restarts, RunRecord};
use chefrs::model::step::Restart;

/// Takes a record in.
pub fn record(journal: &mut Journal, history: &mut Vec<RunRecord>, record: &Record) {
    match record {
        Record::Owed(debts) => debts.iter().cloned().for_each(|debt| journal.owe(debt)),
        Record::Struck(debts) => debts.iter().for_each(|debt| journal.strike(debt)),
        Record::Run(run) => history.push(run.clone()),
        Record::Settled => journal.restarts.retain(|restarted| !restarted.made),
    }
}

/// A restart is asked for, or taken back: the resource for which it will be.
pub fn ask_for_restart(journal: &mut Journal, restart: Option<&Restart>, run: &str) -> Option<String> {
    let mut restarts = Restarts::from(std::mem::take(&mut journal.restarts));
    restarts.take_back();
    if let Some(restart) = restart {
        restarts.ask(restart.asked_by(run, ""));
    }
    journal.restarts = restarts.into_list();
    restart.map(|restart| restart.by.clone())
}

/// The machine has started anew.
pub fn restarted(journal: &mut Journal) {
    for restarted in &mut journal.restarts {
        restarted.made = true;
    }
}
