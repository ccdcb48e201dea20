//! chefrs compiles cookbooks, written in sandboxed Lua, to a resource collection and converges machines with it.
//!
//! # The map
//!
//! The modules are on floors, listed from the bottom. A module imports from lower floors only, never from its own.
//!
//! | floor | modules | what happens there |
//! | --- | --- | --- |
//! | 0 | [`model`] | the shared data types: rows, queries, steps, changes, events; no I/O |
//! | 1 | [`target`], [`template`] | a machine with its two verbs, `ask` and `apply`; rendering of Handlebars templates |
//! | 2 | [`provider`] | the trait that every resource type implements |
//! | 3 | [`resources`] | the list of resource types, one file each |
//! | 4 | [`cookbook`], [`facts`], [`history`] | the project on disk; facts about a machine; the record of runs started on this machine |
//! | 5 | [`compile`], [`scope`], [`secrets`], [`converge`] | the two phases, which don't know each other, and between them the part of a collection that a run is about, and the secrets that it needs |
//! | 6 | [`report`], [`locked_run`], [`confined`], [`reference`], [`export`], [`capture`] | events as text, JSON and report files; a run on its target with lock, history and restart; the compile in a sandboxed process; the reference pages, generated from the tables that the code uses; a collection in other forms; a machine as a cookbook |
//! | 7 | [`remote`], [`docs`] | the controlling side of a remote run; the documentation site |
//! | 8 | [`run`], [`agent`] | one run, start to end; its other half on a remote target |
//! | 9 | [`fleet`] | runs on many targets in parallel |
//! | 10 | [`cli`] | the command line: arguments in, exit code out |
//!
//! # The doors
//!
//! Only these modules open files and sockets and start processes, with whatever crate.
//!
//! | door | what it opens |
//! | --- | --- |
//! | `target/local` | this machine: its files, programs, sockets and addresses |
//! | `target/channel` | the programs that connect to another machine, and the files that these read |
//! | `target/outgoing`, `target/store` | files to send to another machine, and files received from one |
//! | `cookbook` | the project, its cookbooks, those from elsewhere with their cache, `git`, registries and credentials, and the programs that the project names |
//! | `secrets` | the private keys of the user |
//! | `confined` | a second process of this program, which compiles and can't open anything |
//! | `history` | the record of runs started on this machine |
//! | `cli` | what the command line names |
//!
//! # Invariants
//!
//! - After the compile everything is data. A [`model::collection::Collection`] holds no Lua, no function, no open file.
//! - A provider never touches a machine, `ask` never writes, and `plan` writes nothing on the target.
//! - Only `compile` uses `mlua`. `compile` knows no target; `converge` knows neither Lua nor cookbooks.
//! - Only `cli` and `report` print.
//! - No user, group or host name is looked up through libc, because the binary is static.
//! - Output of a target is data. Its control characters never reach a terminal unescaped.

pub mod agent;
pub mod capture;
pub mod cli;
pub mod compile;
pub mod confined;
pub mod converge;
pub mod cookbook;
pub mod docs;
pub mod export;
pub mod facts;
pub mod fleet;
pub mod history;
pub mod locked_run;
pub mod model;
pub mod provider;
pub mod reference;
pub mod remote;
pub mod report;
pub mod resources;
pub mod run;
pub mod scope;
pub mod secrets;
pub mod target;
pub mod template;
