//! The first promise, on a fresh machine with real apt, pip, nginx, supervisor and Django: a site from one command, a plan
//! that told the truth, and a second run that changes nothing.

use std::collections::BTreeSet;
use std::net::TcpListener;

use serde_json::Value;

use crate::{throwaway, truth};

/// One script, because processes end with it: plan, run, look, run again.
const SCRIPT: &str = r#"
set -e
mkdir /tmp/out && cd /tmp/out
sum() { find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp \) -prune -o -type f -printf '%p %s %T@\n' | sort | sha256sum; }
before=$(sum)
chefrs() { /usr/local/bin/chefrs "$@" --set nginx.port=PORT --set django_app.port=PORT; }
chefrs plan -r django_app --format json >plan.json || [ $? = 2 ]
[ "$before" = "$(sum)" ] || { echo 'the plan wrote to the machine'; exit 1; }
chefrs run -r django_app --format json >run.json || { cat run.json; exit 1; }
apt-get install -y -q curl >/dev/null
curl -fsS http://localhost:PORT/ >page.html
curl -fsS http://localhost:PORT/static/guestbook/style.css >style.css
chefrs run -r django_app --format json >again.json
chefrs plan -r django_app --format json >nothing.json
"#;

fn events(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("an event is a line of JSON")).collect()
}

/// Resources that ended an action with this outcome; custom resources are their rows.
fn outcome(events: &[Value], wanted: &str) -> BTreeSet<String> {
    let finished = events.iter().filter(|event| event["event"] == "action_finished");
    finished
        .filter(|event| event["outcome"]["outcome"] == wanted)
        .map(|event| format!("{} {}", event["resource"]["id"].as_str().unwrap_or_default(), event["action"]))
        .collect()
}

/// 80, or another where this machine, whose network the fresh one shares, has something there already.
fn port() -> u16 {
    let free = TcpListener::bind(("0.0.0.0", 80)).or_else(|_| TcpListener::bind(("0.0.0.0", 0)));
    free.and_then(|listener| listener.local_addr()).expect("a port is free").port()
}

#[test]
fn a_fresh_machine_serves_a_django_site_after_one_command() {
    let Some(machine) = throwaway::machine("django") else { return };
    machine.must(&SCRIPT.replace("PORT", &port().to_string()));
    let read = |name: &str| machine.must(&format!("cat /tmp/out/{name}"));

    assert!(read("page.html").contains("<html"), "{}", read("page.html"));
    assert!(!read("style.css").trim().is_empty());

    let (plan, run) = (events(&read("plan.json")), events(&read("run.json")));
    assert_eq!(truth::lies(&plan, &run), Vec::<String>::new());
    let may = outcome(&plan, "unknown");
    // A plan leaves open what a package may bring (services, accounts, files in the system's directories), packages
    // until the lists that offer them were read for the first time, and the look at the page. Nothing else: whatever is
    // below /srv and /usr/local is certain.
    let open = [
        "service[",
        "wait_for[",
        "setting[source of guestbook]",
        "setting[server of guestbook]",
        "package[",
        "group[",
        "user[",
        "directory[/etc/",
        "file[/etc/",
        "template[/etc/",
        "link[/etc/",
        "execute[secret key of guestbook]",
        "execute[end of the certificate of guestbook]",
        "nginx_site[",
    ];
    let more: Vec<&String> = may.iter().filter(|id| !open.iter().any(|head| id.starts_with(head))).collect();
    assert!(more.is_empty(), "left open without need: {more:?}");

    let again = events(&read("again.json"));
    let end = again.last().expect("a run has an end");
    assert_eq!(end["counts"]["updated"], 0, "{:?}", outcome(&again, "updated"));
    assert_eq!(end["counts"]["failed"], 0);
    assert!(outcome(&events(&read("nothing.json")), "updated").is_empty());
}
