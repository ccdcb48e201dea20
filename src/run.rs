//! Floor 7: one run on one page: facts, compile, converge, report.
