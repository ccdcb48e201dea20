//! The rules of convergence, on a machine that exists in memory.

mod authority;
mod composed;
mod custom;
mod dependencies;
mod doubts;
mod early_answers;
mod fragments;
mod guards;
mod journal;
mod last;
mod list;
mod machine;
mod mounts;
mod notifications;
mod on_failure;
mod packages;
mod plan;
mod privileges;
mod programs;
mod restarts;
mod scope;
mod secrets;
mod story;
mod unfinished;
mod verification;
