//! Planning a resource from what is known of the target, and what a plan can't be sure of.

use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::journal::BegunAction;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, Query};
use crate::provider::Planner;

use super::{Knowledge, Planned};
use crate::converge::pending::is_absent;

/// Rounds of queries after which a provider is considered broken.
const ROUNDS: usize = 64;

impl Knowledge<'_> {
    /// The changes that a planner needs. Asks its queries until it wants no more.
    ///
    /// # Errors
    /// It can't be planned, at all or not yet, or the target was lost.
    pub(in crate::converge) fn plan(&mut self, planner: &dyn Planner, action: &str) -> Result<Planned, Stop> {
        self.plan_rest(planner, action, None)
    }

    /// The same for an action that was begun before, and broken off, if `begun` is set.
    ///
    /// # Errors
    /// See [`Self::plan`].
    pub(in crate::converge) fn plan_rest(
        &mut self,
        planner: &dyn Planner,
        action: &str,
        begun: Option<BegunAction>,
    ) -> Result<Planned, Stop> {
        self.begun = begun;
        let result = self.plan_watched(planner, action);
        self.begun = None;
        result
    }

    fn plan_watched(&mut self, planner: &dyn Planner, action: &str) -> Result<Planned, Stop> {
        self.view.watch();
        if !self.unmade.is_empty() {
            self.known.watch();
        }
        let settled = self.settle(planner, action);
        if self.pending().is_none() || self.lost.is_some() {
            return settled.map(Planned::certain);
        }
        match settled {
            Ok(changes) => {
                let until = self.unknown();
                let details_until = self.view.presumed_until().map(str::to_owned);
                Ok(Planned { changes, until, holds: true, details_until })
            }
            Err(Stop::Failed(failure)) => Err(self.hindered(failure)),
            Err(Stop::Unknown(until)) => match self.plan_as_now(planner, action) {
                Err(Stop::Failed(failure)) => Err(Stop::Hindered(until, failure)),
                Ok(changes) if !changes.is_empty() => {
                    Ok(Planned { changes, until: Some(until), holds: false, details_until: None })
                }
                _ => Err(Stop::Unknown(until)),
            },
            Err(stop) => Err(stop),
        }
    }

    fn settle(&mut self, planner: &dyn Planner, action: &str) -> Result<Vec<Change>, Stop> {
        self.ask(planner.observe(action))?;
        self.find_out(|known| planner.plan(action, known))
    }

    /// Calls `read` with the answers, and asks what it still wants, until it has a result.
    ///
    /// # Errors
    /// An answer is not known yet, or the target was lost.
    pub(in crate::converge) fn find_out<T>(
        &mut self,
        read: impl Fn(&Known) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let begun = self.begun;
        self.at_hand_mut().set_begun(begun);
        for _ in 0..ROUNDS {
            match read(self.at_hand()) {
                Err(Stop::Wanted(queries)) => self.ask(queries)?,
                settled => return settled,
            }
        }
        Err(Failure::new("it never stops asking for more; this is a bug in chefrs").into())
    }

    /// The changes that a planner would need if all that is uncertain stayed as it is now.
    fn plan_as_now(&mut self, planner: &dyn Planner, action: &str) -> Result<Vec<Change>, Stop> {
        let mut known = Known::default();
        known.set_begun(self.begun);
        for _ in 0..ROUNDS {
            let wanted = match planner.plan(action, &known) {
                Err(Stop::Wanted(wanted)) => wanted,
                settled => return settled,
            };
            self.ask(wanted.iter().cloned())?;
            for query in wanted {
                let answer = self.view.now(&query).or_else(|| self.view.peek(&query));
                let answer = answer.cloned().unwrap_or(Answer::Restart(None));
                known.insert(query, answer);
            }
        }
        Err(Stop::Wanted(Vec::new()))
    }

    /// Of the resources that decide an unknown answer that was read, the one that converges last.
    fn unknown(&self) -> Option<String> {
        let overlay = self.pending()?;
        let unknown = self.view.looked_at().filter_map(|(_, answer)| match answer {
            Answer::Unknown(until) | Answer::Present(until) => Some(until),
            _ => None,
        });
        unknown.max_by_key(|until| overlay.order(until)).cloned()
    }

    /// After a plan that failed: the failed resource that may have brought what was looked at and is not there.
    pub(in crate::converge) fn failed_before(&self) -> Option<&str> {
        if self.unmade.is_empty() || self.lost.is_some() {
            return None;
        }
        let looked_at = self.at_hand().looked_at().filter(|(_, answer)| is_absent(answer));
        let orders = looked_at.map(|(query, answer)| {
            self.unmade.alters(&self.unmade.by_name(query, self.known.links()), answer)
        });
        orders.max().filter(|order| *order > 0).map(|order| self.unmade.id(order))
    }

    /// Turns a failure into [`Stop::Hindered`] if a pending change may alter an answer that led to it.
    pub(in crate::converge) fn hindered(&self, failure: Failure) -> Stop {
        let Some(overlay) = self.pending().filter(|_| self.lost.is_none()) else {
            return Stop::Failed(failure);
        };
        let orders = self.view.looked_at().map(|(query, answer)| match answer {
            Answer::Unknown(until) | Answer::Present(until) => overlay.order(until),
            _ => overlay.alters(&overlay.by_name(query, self.known.links()), answer),
        });
        match orders.max().unwrap_or_default() {
            0 => Stop::Failed(failure),
            order => Stop::Hindered(overlay.id(order).to_owned(), failure),
        }
    }

    /// Like [`Self::hindered`], for a failure that came from one answer.
    pub(in crate::converge) fn hindered_at(&self, query: &Query, failure: Failure) -> Stop {
        let order = self.pending().map(|overlay| {
            let answer = self.view.peek(query).unwrap_or(&Answer::Restart(None));
            (overlay, overlay.alters(&overlay.by_name(query, self.known.links()), answer))
        });
        match order {
            Some((overlay, order)) if order > 0 => Stop::Hindered(overlay.id(order).to_owned(), failure),
            _ => Stop::Failed(failure),
        }
    }

    /// Plans from the answers at hand, or returns the queries that are missing. Asks nothing.
    pub(in crate::converge) fn plan_from_answers(
        &self,
        planner: &dyn Planner,
        action: &str,
    ) -> Result<Vec<Change>, Stop> {
        planner.plan(action, &self.known)
    }
}
