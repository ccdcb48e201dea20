//! Servers that need long to start: the next one is started beside the one that serves.

use std::thread;

use super::super::convergence::converge_list;
use super::super::{Host, boot_patiently};
use super::killed::arm;
use super::project::Project;

/// Seconds that the server needs to read the project. Nobody waits half as long for a page.
const START: f64 = 8.0;
const PAGE: &str = "/admin/login/";

/// A page that takes longer than a switch, and one that fails behind nginx alone.
const SLOW: &str = "
import time
from django.http import HttpResponse
urlpatterns += [path('slow/', lambda request: time.sleep(5) or HttpResponse('slow'))]
";
const BROKEN: &str = "urlpatterns += [path('', lambda request: HttpResponse(status=500 if 'HTTP_X_REAL_IP' in request.META else 200))]\n";

/// Long requests one after the other, until there are enough others.
const LONG_REQUESTS: &str = "while [ ! -e /root/enough ]; do curl -s -m 60 -o /dev/null -w '%{http_code}\\n' -H \
                             'Host: shop.example' http://127.0.0.1/slow/; done";

fn slow(host: &Host) -> Project<'_> {
    let project = Project::stock(host);
    project.set("restart_mode = \"blue_green\"");
    prepare(&project);
    project
}

fn prepare(project: &Project) {
    project.renew();
    project.add("mysite/wsgi.py", &format!("import time\ntime.sleep({START})\n"));
    project.add("mysite/urls.py", SLOW);
}

/// The servers that are there, and whom nginx asks.
fn servers(host: &Host) -> (String, String) {
    let units = "systemctl list-units --all --plain --no-legend 'shop-web*' | awk '{ print $1, $3 }'";
    (host.must(units), host.must("readlink /srv/shop/servers/serving || true").trim().to_owned())
}

/// What [`servers`] gives while one of them serves, and the other one is stopped.
fn alone(colour: &str) -> (String, String) {
    let units = format!("shop-web@{colour}.service active\nshop-web@{colour}.socket active\n");
    (units, format!("/run/shop-web-{colour}.sock"))
}

#[test]
fn nobody_waits_for_a_server_that_starts() {
    let Some([host]) = boot_patiently() else { return };
    let project = slow(&host);
    converge_list(&host, "-r django_app");
    assert_eq!(servers(&host), alone("blue"));
    let first = project.release("current");

    thread::scope(|scope| {
        let mut long = None;
        let answers = project.while_visited(PAGE, || {
            long = Some(scope.spawn(|| host.must(LONG_REQUESTS)));
            // A variable is another release.
            project.set("restart_mode = \"blue_green\"\nenvironment = { COLOUR = \"red\" }");
            converge_list(&host, "-r django_app");
            assert_eq!(servers(&host), alone("green"));
            let second = project.release("current");
            assert_ne!(first, second);

            // What does not start, and what does not serve, leaves the one that does.
            project.add("mysite/wsgi.py", "import nothere\n");
            project.run().with(1, "No module named 'nothere'");
            assert_eq!(servers(&host), alone("green"));
            assert_eq!(project.release("current"), second);
            prepare(&project);
            project.add("mysite/urls.py", BROKEN);
            let said = project.run().with(1, "wait_for[pages of shop] failed to wait");
            assert!(said.contains("has gone back"), "{said}");
            assert_eq!(servers(&host), alone("green"));
            assert_eq!(project.release("current"), second);
            prepare(&project);

            // One word, and the release before is served.
            let back = format!("-r django_app --set django_app.release={first}");
            project.call(&format!("run {back}")).with(0, "0 failed");
            assert_eq!(servers(&host), alone("blue"));
            assert_eq!(project.release("current"), first);
            project.call(&format!("run {back}")).with(0, "0 updated");

            // How a server is started is no release of its own.
            project.set(
                "restart_mode = \"blue_green\"\nrequest_timeout = 20\nenvironment = { COLOUR = \"red\" }",
            );
            project.run().with(0, "0 failed");
            assert_eq!(servers(&host), alone("green"));
            assert_eq!(host.must("shop-run printenv COLOUR"), "red\n");
        });
        let long = long.unwrap().join().unwrap();
        assert!(long.lines().count() > 3 && long.lines().all(|status| status == "200"), "{long}");
        assert!(answers.iter().all(|(status, _)| status == "200"), "{answers:?}");
        assert!(project.slowest() < START / 2.0, "{}", project.slowest());
    });

    // The machine starts the one that served.
    host.reboot();
    assert_eq!(project.status(PAGE), "200");
    assert_eq!(servers(&host), alone("green"));
    project.run().with(0, "0 updated");
}

/// Where a run is killed: a step of the deployment, and a moment of it.
const PLACES: &[&str] = &[
    "trial begin",
    "trial 2.5",
    "trial behind",
    "switch begin",
    "switch end",
    "is-answered begin",
    "retire begin",
];

#[test]
fn a_killed_run_is_completed_and_one_mode_leaves_nothing_to_the_other() {
    let Some([host]) = boot_patiently() else { return };
    let project = Project::stock(&host);
    project.add("mysite/asgi.py", "import time\ntime.sleep(3)\n");
    // nginx keeps its connections to such a server.
    let (beside, anew) = ("server = \"uvicorn\"\nrestart_mode = \"blue_green\"", "server = \"uvicorn\"");
    project.set(beside);
    project.run().with(0, "0 failed");
    arm(&host);
    for (number, place) in PLACES.iter().enumerate() {
        let answers = project.while_visited_every(0.05, 20, PAGE, || {
            project.add("mysite/urls.py", &format!("# {number}\n"));
            let served = project.release("current");
            host.write("/root/kill", place.as_bytes());
            let said = project.run();
            assert!(
                !host.script("test -e /root/kill").status.success(),
                "{place}: not reached\n{}",
                said.text
            );
            project.run().with(0, "0 failed");
            assert_ne!(project.release("current"), served, "{place}");
            assert_eq!(servers(&host), alone(if number % 2 == 0 { "green" } else { "blue" }), "{place}");
            project.run().with(0, "0 updated");
        });
        assert!(answers.iter().all(|(status, _)| status == "200"), "{place}: {answers:?}");
    }

    // Somebody stopped it.
    host.must("systemctl stop shop-web@green.service shop-web@green.socket");
    assert_eq!(converge_list(&host, "-r django_app"), ["setting[server of shop] set"]);
    assert_eq!(servers(&host), alone("blue"));

    let left = "ls -d /etc/systemd/system/shop-web* /etc/systemd/system/*.wants/shop-web* /run/shop-web* /srv/shop/servers 2>/dev/null || true";
    let answers = project.while_visited(PAGE, || {
        project.set(anew);
        converge_list(&host, "-r django_app");
        let there = host.must(left);
        assert!(!there.contains("shop-web@") && !there.contains("servers"), "{there}");
        assert_eq!(there.lines().count(), 5, "{there}");
        project.set(beside);
        converge_list(&host, "-r django_app");
        let there = host.must(left);
        assert!(!there.contains("shop-web.") && !there.contains("green"), "{there}");
        assert_eq!(servers(&host), alone("blue"));
    });
    assert!(answers.iter().all(|(status, _)| status == "200"), "{answers:?}");

    project.call("run -r django_app::uninstall").with(0, "0 failed");
    assert_eq!(host.must(left), "");
    assert_eq!(servers(&host).0, "");
    project.call("run -r django_app::uninstall").with(0, "0 updated");
}
