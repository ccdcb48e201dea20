//! The rules of convergence, on a machine that exists in memory.

mod machine;
