//! Cookbooks from directories and git repositories: `fetch`, `update`, `add`, `remove`, `lock`, `vendor`, `tree` and
//! `outdated`, and runs that fetch nothing. The repositories are bare ones on this disk, read by the real git.

mod commands;
mod ground;
mod interface;
mod locking;
mod refused;
