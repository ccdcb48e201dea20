//! chefrs: cookbooks in sandboxed Lua, compiled into one resource collection, converged on a machine.
//!
//! # The map
//!
//! Floors, from the bottom; imports go down only, and neighbours on one floor do not know each other.
//!
//! | floor | modules | what happens there |
//! | --- | --- | --- |
//! | 0 | [`model`] | plain words: rows, queries, steps, changes, events; no I/O |
//! | 1 | [`target`], [`template`] | a machine behind two verbs; Handlebars to text |
//! | 2 | [`provider`] | what every resource type must be able to say |
//! | 3 | [`resources`] | the roster; one file per resource type |
//! | 4 | [`cookbook`], [`facts`], [`history`] | what lies on disk; what the machine says; the runs started here |
//! | 5 | [`compile`], [`converge`] | the two phases, strangers to each other |
//! | 6 | [`report`], [`hold`], [`confined`], [`reference`] | events to text, JSON and reports; a run held on its target: lock, rows, history, restart; the compile in a process of its own; the reference as pages, made from what the code reads |
//! | 7 | [`remote`], [`docs`] | the control side of a remote run; the documentation as a site |
//! | 8 | [`run`], [`agent`] | one run on one page; its other half on a remote target |
//! | 9 | [`fleet`] | many targets side by side |
//! | 10 | [`cli`] | words typed to a request; exit code out |
//!
//! # The doors
//!
//! Files, sockets and processes are opened here alone, whatever crate does it.
//!
//! | door | what it opens |
//! | --- | --- |
//! | `target/local` | this machine: its files, programs, sockets and addresses |
//! | `target/channel` | the programs that lead to another machine, and what they read |
//! | `target/outgoing`, `target/store` | bytes that go to another machine, and those that came here |
//! | `cookbook` | the project, its cookbooks, and the programs that it names |
//! | `confined` | this program once more, to compile where nothing can be opened |
//! | `history` | the runs started here |
//! | `cli` | what is named or found by the words typed |
//!
//! # Invariants
//!
//! - After compile everything is data: no Lua, no function, no open file is left in a [`model::collection::Collection`].
//! - A provider never touches a machine; `ask` never writes; `plan` writes nothing on the target.
//! - `mlua` appears only under `compile`; `compile` knows no target, `converge` no Lua and no cookbook.
//! - Only `cli` and `report` print.
//! - No name is ever looked up through libc: the binary is static, and runs where no libc is.
//! - What a target printed is data: no control character of it reaches a terminal raw.

pub mod agent;
pub mod cli;
pub mod compile;
pub mod confined;
pub mod converge;
pub mod cookbook;
pub mod docs;
pub mod facts;
pub mod fleet;
pub mod history;
pub mod hold;
pub mod model;
pub mod provider;
pub mod reference;
pub mod remote;
pub mod report;
pub mod resources;
pub mod run;
pub mod target;
pub mod template;
