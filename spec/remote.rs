//! Remote runs: an agent at the end of one connection, what it costs, and what a lying target can do (nothing).

#![expect(clippy::unwrap_used, reason = "specs may panic")]

mod asked;
mod chroot;
mod connections;
mod container;
mod copied;
mod failures;
mod frames;
mod lasting;
mod lies;
mod password;
mod probe;
mod probes;
mod record;
mod runs;
mod saved_plans;
mod scope;
mod server;
mod shell;
mod steered;
mod stepped;
mod typed_command;
mod unwritten_secrets;
mod wall;
