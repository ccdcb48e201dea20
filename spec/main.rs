//! The specification: one binary, one module for each thing specified.

#![expect(clippy::print_stderr, reason = "a spec that was skipped says so")]
#![expect(unreachable_pub, reason = "a spec has no outside")]
#![expect(clippy::unwrap_used, reason = "a spec whose ground is missing fails")]

mod acceptance;
mod address;
mod attacker;
mod authority;
mod become_password;
mod behaviour;
mod capture;
mod cli;
mod compile;
mod confined;
mod converge;
mod cookbook;
mod docs;
mod documents;
mod endings;
mod errors;
mod executable;
mod export;
mod facts;
mod faults;
mod fleet;
mod foreign;
mod fuzz;
mod goldens;
mod history;
mod hosts;
mod house;
mod inventory;
mod known;
mod laws;
mod local;
mod memory;
mod patience;
mod readme;
mod redact;
mod reference;
mod remote;
mod report;
mod resources;
mod sandbox;
mod shell;
mod shipped;
mod skipped;
mod template;
mod throwaway;
mod truth;
mod typed;
mod types;
mod unit_tests;
