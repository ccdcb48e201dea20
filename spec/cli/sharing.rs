//! Cookbooks from directories, git repositories, registries and archives: `fetch`, `update`, `add`, `remove`, `lock`, `vendor`, `tree` and
//! `outdated`, and runs that fetch nothing. The repositories are bare ones on this disk, read by the real git; the
//! OCI registry is the real one of Debian.

mod archives;
mod asked;
mod author;
mod cache;
mod choice;
mod commands;
mod declared;
mod grants;
mod ground;
mod interface;
mod locking;
mod names;
mod oci;
mod oci_registry;
mod published;
mod publishing;
mod refused;
mod registries;
mod registry_web;
mod signatures;
mod web;
