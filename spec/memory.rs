//! What the machines in memory keep of their runs, each in its own way of being a machine, and all alike in this.

use chefrs::model::journal::{Journal, Record, Restarted, RunRecord};
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
pub fn ask_for_restart(journal: &mut Journal, restart: Option<&Restart>) -> Option<String> {
    let restarts = &mut journal.restarts;
    restarts.retain(|known| known.made);
    let Restart { by, action, .. } = restart?;
    restarts.retain(|known| known.by != *by);
    let (by, action, run) = (by.clone(), action.clone(), "this".to_owned());
    restarts.push(Restarted { by: by.clone(), action, run, boot: String::new(), made: false });
    Some(by)
}

/// The machine has started anew.
pub fn restarted(journal: &mut Journal) {
    for restarted in &mut journal.restarts {
        restarted.made = true;
    }
}
