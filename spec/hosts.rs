//! What only real machines can show: systemd, sshd, apt, a network that fails. The machines are in `spec/hosts/`.

mod accounts;
pub mod convergence;
mod django_app;
mod driver;
mod facts;
mod fleet;
mod lab;
mod package;
mod service;
mod sudo;
mod systemd_unit;

pub use driver::{Host, boot, image};
