//! The days of a password, the day on which an account expires, and how both are set.

use super::difference::{Difference, readable};
use super::{UserAccount, expiry};
use crate::model::english::count;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{self, PasswordAging};
use crate::model::step::{Command, Step};

/// The number that removes a limit.
const NEVER: i64 = -1;

/// A limit as the shadow file has it; none for -1.
fn limit(days: i64) -> Option<i64> {
    (days >= 0).then_some(days)
}

impl UserAccount {
    /// The limits that are declared, each with its option of chage(1) and its words.
    fn limits(&self) -> impl Iterator<Item = (AgeLimit, i64)> {
        let declared = [
            (AgeLimit::Min, self.password_min_days),
            (AgeLimit::Max, self.password_max_days),
            (AgeLimit::Warn, self.password_warn_days),
        ];
        declared.into_iter().filter_map(|(limit, days)| Some((limit, days?)))
    }

    /// Fails for a number of days that means nothing.
    ///
    /// # Errors
    /// A sentence that names the property.
    pub(super) fn check_aging(&self) -> Result<(), Failure> {
        let days = self.limits().map(|(limit, days)| (limit.property(), days));
        for (property, days) in days.chain(self.inactive.map(|days| ("inactive", days))) {
            if days < NEVER {
                return Err(Failure::new(format!("`{property}` is a number of days, or -1 for never")));
            }
        }
        if let (Some(min), Some(max)) = (self.password_min_days, self.password_max_days)
            && limit(max).is_some_and(|max| min > max)
        {
            return Err(Failure::new(format!(
                "a password that may be changed after {} and must be changed after {} can't be changed in time",
                count(usize::try_from(min).unwrap_or_default(), "day"),
                count(usize::try_from(max).unwrap_or_default(), "day")
            )));
        }
        if let Some(date) = &self.expire_date {
            expiry::parse(date)?;
        }
        Ok(())
    }

    /// The step that sets limits, if there are any.
    fn set_limits(&self, limits: &[(AgeLimit, i64)]) -> Option<Step> {
        if limits.is_empty() {
            return None;
        }
        let mut command = Command::new(["chage"]);
        for (limit, days) in limits {
            command.argv.extend([limit.option().to_owned(), days.to_string()]);
        }
        command.argv.extend(["--".into(), self.username.clone()]);
        Some(Step::Run(command))
    }

    /// The step that sets the limits of a new account.
    pub(super) fn new_limits(&self) -> Option<Step> {
        self.set_limits(&self.limits().collect::<Vec<_>>())
    }

    /// The declared limits over those that are there.
    pub(super) fn aged(&self, mut aging: PasswordAging) -> PasswordAging {
        for (which, days) in self.limits() {
            *which.field(&mut aging) = limit(days);
        }
        aging
    }

    /// The limits for the summary of a new account.
    pub(super) fn limits_in_words(&self) -> Option<String> {
        let words: Vec<String> = self.limits().map(|(limit, days)| limit.words(days)).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// Adds what differs for usermod. Returns the step that sets the limits that differ.
    ///
    /// # Errors
    /// The shadow file can't be read.
    pub(super) fn aging_differs(
        &self,
        found: &mut Difference,
        user: &query::User,
        known: &Known,
    ) -> Result<Option<Step>, Stop> {
        if self.expire_date.is_some() || self.inactive.is_some() || self.limits().next().is_some() {
            readable(user, known)?;
        }
        if let Some(date) = &self.expire_date {
            let day = expiry::parse(date)?;
            if day != user.expires {
                found
                    .add(format!("day of expiry to {date}"), ["--expiredate".into(), expiry::argument(date)]);
                found.after.expires = day;
            }
        }
        if let Some(days) = self.inactive {
            // -1 and an empty field both mean never.
            if limit(days) != user.inactive.filter(|days| *days >= 0) {
                found.add(format!("inactive days to {days}"), ["--inactive".into(), days.to_string()]);
                found.after.inactive = limit(days);
            }
        }
        let mut aging = user.aging;
        let differs = |(which, days): &(AgeLimit, i64)| {
            limit(*days) != which.field(&mut aging).filter(|days| *days >= 0)
        };
        let differing: Vec<(AgeLimit, i64)> = self.limits().filter(differs).collect();
        found.words.extend(differing.iter().map(|(which, days)| format!("{} to {days}", which.noun())));
        found.after.aging = self.aged(user.aging);
        Ok(self.set_limits(&differing))
    }
}

/// A limit of a password.
#[derive(Debug, Clone, Copy)]
enum AgeLimit {
    Min,
    Max,
    Warn,
}

impl AgeLimit {
    fn property(self) -> &'static str {
        match self {
            Self::Min => "password_min_days",
            Self::Max => "password_max_days",
            Self::Warn => "password_warn_days",
        }
    }

    fn option(self) -> &'static str {
        match self {
            Self::Min => "--mindays",
            Self::Max => "--maxdays",
            Self::Warn => "--warndays",
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Min => "minimum password age",
            Self::Max => "maximum password age",
            Self::Warn => "warning days",
        }
    }

    fn field(self, aging: &mut PasswordAging) -> &mut Option<i64> {
        match self {
            Self::Min => &mut aging.min,
            Self::Max => &mut aging.max,
            Self::Warn => &mut aging.warn,
        }
    }

    fn words(self, days: i64) -> String {
        let Ok(days) = usize::try_from(days) else {
            return match self {
                Self::Min => "may change its password at any time".to_owned(),
                Self::Max => "with a password that does not end".to_owned(),
                Self::Warn => "without a warning before its password ends".to_owned(),
            };
        };
        let days = count(days, "day");
        match self {
            Self::Min => format!("may change its password after {days}"),
            Self::Max => format!("must change its password after {days}"),
            Self::Warn => format!("warned {days} before that"),
        }
    }
}
