//! What only real machines can show: systemd, sshd, apt, a network that fails. The machines are in `spec/hosts/`.

mod accounts;
mod backup;
mod capture;
mod captured_packages;
mod captured_story;
mod certificates;
pub mod convergence;
mod databases;
mod django_app;
mod driver;
mod exported;
mod facts;
mod faults;
mod five;
mod fleet;
mod lab;
mod lasting;
mod openrc;
mod package;
mod package_managers;
mod rabbitmq;
mod redis;
mod runbook;
mod service;
mod shell;
mod site;
mod small_server;
mod sudo;
mod sysctl;
mod systemd_unit;
mod tls_certificates;
mod upstream;
mod user_units;

use driver::boot_with;
pub use driver::{Host, boot, image, layered};
