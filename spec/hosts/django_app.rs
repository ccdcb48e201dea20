//! `django_app` on a machine with systemd and without a way to PyPI.

mod blue_green;
mod database;
mod deployment;
mod killed;
mod network;
mod project;
mod red_hat;
mod servers;
mod shapes;
mod source;

use super::boot;
use super::convergence::converge_list;

const WORDS: &str = "-r django_app --set django_app.wheels=/srv/repo/wheels";

#[test]
fn a_site_is_served_through_its_socket() {
    let Some([host]) = boot() else { return };
    let updated = converge_list(&host, WORDS);
    assert!(updated.iter().any(|action| action == "service[guestbook-web] restart"), "{updated:?}");
    // Another machine sees it, under the name that it has by itself.
    let page = || host.fetch("/").unwrap_or_else(|why| panic!("{why}"));
    assert!(page().contains("Guest book"), "{}", page());
    // systemd holds the socket: without the server a request waits for it, and starts it.
    host.must("systemctl stop guestbook-web.service");
    assert_eq!(host.script("systemctl is-active guestbook-web.service").stdout, b"inactive\n");
    assert!(page().contains("Guest book"));
    host.must("systemctl is-active guestbook-web.service guestbook-web.socket");
    // All of it comes back with the machine.
    host.reboot();
    assert!(page().contains("Guest book"));
    host.must(&format!("cd /root && chefrs plan {WORDS}"));
}
