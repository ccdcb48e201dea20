//! Floor 1: a machine that exists in memory, for specs.
