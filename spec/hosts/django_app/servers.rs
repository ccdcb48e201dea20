//! Servers for ASGI: pages, websockets, and the way from one server to another and back; celery beside them.

use super::super::boot;
use super::project::Project;

/// A project with a websocket that says what it hears.
pub(super) const CHANNELS: &str = r#"
import os
from django.core.asgi import get_asgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
pages = get_asgi_application()
from channels.generic.websocket import WebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path
class Echo(WebsocketConsumer):
    def connect(self):
        self.accept()
        self.send(text_data=f"hello {self.scope['client'][0] if self.scope['client'] else ''}")
application = ProtocolTypeRouter({"http": pages, "websocket": URLRouter([path("ws/", Echo.as_asgi())])})
"#;
/// What a browser sends to open one.
const OPEN: &str = "curl -s -i -N -m 3 -H 'Host: shop.example' -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H \
                    'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' http://127.0.0.1/ws/ | \
                    tr -d '\\r\\0' || true";

#[test]
fn websockets_are_served_by_every_server_for_them() {
    let Some([host]) = boot() else { return };
    let project = Project::stock(&host);
    project.write("requirements.txt", "django\nchannels==4.2.0\n");
    project.write("mysite/asgi.py", CHANNELS);
    project.add("mysite/settings.py", "ASGI_APPLICATION = 'mysite.asgi.application'\n");
    for server in ["uvicorn", "daphne", "gunicorn+asgi"] {
        project.set(&format!("server = \"{server}\""));
        project.run().with(0, "0 failed");
        assert_eq!(project.status("/admin/login/"), "200", "{server}");
        let answer = String::from_utf8_lossy(&host.script(OPEN).stdout).into_owned();
        assert!(answer.contains(" 101 ") && answer.contains("hello"), "{server}: {answer}");
        // Nobody but nginx gets in.
        assert_eq!(host.must("stat -c '%a %U:%G' /run/shop-web.sock"), "660 shop:www-data\n", "{server}");
        project.run().with(0, "0 updated");
    }
    let before = project.release("previous");
    project.call(&format!("run -r django_app --set django_app.release={before}")).with(0, "0 failed");
    let process = "tr '\\0' ' ' </proc/$(systemctl show -p MainPID --value shop-web.service)/cmdline";
    assert!(host.must(process).contains("daphne"), "{}", host.must(process));
    assert_eq!(project.status("/admin/login/"), "200");
}

const CELERY: &str = "import os\nfrom celery import Celery\napp = Celery('mysite', broker=os.environ['CELERY_BROKER_URL'], \
                      backend=os.environ['REDIS_URL'])\n@app.task\ndef add(a, b): return a + b\n";

#[test]
fn celery_runs_while_it_is_wanted() {
    let Some([host]) = boot() else { return };
    let project = Project::stock(&host);
    project.write("requirements.txt", "django\ncelery\nredis\n");
    project.write("mysite/celery.py", CELERY);
    project.write("mysite/__init__.py", "from .celery import app\n");
    let timer = "timers = [{ name = \"report\", schedule = \"*-*-* 04:00\", command = \"python manage.py check >$HOME/report\" }]";
    project.set(&format!("broker = \"redis\"\ncelery.worker = true\ncelery.beat = true\n{timer}"));
    project.run().with(0, "0 failed");
    let sum = "from mysite.celery import add; print(add.delay(2, 3).get(timeout=60))";
    assert_eq!(host.must(&format!("shop-run python -c '{sum}'")), "5\n");
    host.must("systemctl is-active shop-worker shop-beat shop-report.timer shop-nightly-backup.timer");
    host.must("systemctl start shop-report shop-clearsessions shop-nightly-backup");
    assert!(host.must("cat /srv/shop/shared/data/report").contains("no issues"));
    assert_eq!(host.must("ls /srv/shop/shared/backups | wc -l").trim(), "1");
    project.run().with(0, "0 updated");
    // They run the release that is served.
    let running =
        "tr '\\0' '\\n' </proc/$(systemctl show -p MainPID --value shop-worker)/environ | grep ^RELEASE=";
    project.add("mysite/urls.py", "# another release\n");
    project.run().with(0, "0 failed");
    assert_eq!(
        host.must(running).trim(),
        format!("RELEASE=/srv/shop/releases/{}", project.release("current"))
    );

    // Other numbers of processes hold until the next run.
    let processes = || {
        let said = project.call("do django_app scale").with(0, "MEMORY");
        ["shop-web", "shop-worker"].map(|unit| said.lines().filter(|line| line.starts_with(unit)).count())
    };
    project
        .set(&format!("workers = 3\nbroker = \"redis\"\ncelery.worker = true\ncelery.beat = true\n{timer}"));
    project.run().with(0, "0 failed");
    let main = host.must("systemctl show -p MainPID --value shop-web");
    for numbers in [[2, 3], [4, 1]] {
        let words = format!("do django_app scale web={} worker={}", numbers[0], numbers[1]);
        project
            .call(&words)
            .with(0, &format!("workers = {}\ncelery.concurrency = {}", numbers[0], numbers[1]));
        assert_eq!(processes(), numbers.map(|number| number + 1));
    }
    project.call("plan -r django_app").with(2, "1 would change");
    project.run().with(0, "1 updated");
    assert_eq!(processes(), [4, 3]);
    project.run().with(0, "0 updated");
    assert_eq!(host.must("systemctl show -p MainPID --value shop-web"), main);

    // Each goes when its attribute does, and nothing that is somebody else's.
    host.must("cp /etc/systemd/system/shop-report.service /etc/systemd/system/shopkeeper.service");
    host.must("printf '[Service]\\nExecStart=true\\n' >/etc/systemd/system/shop-own.service");
    project.set("workers = 3\nbroker = \"redis\"\nbackup.schedule = \"\"");
    let plan = project.call("plan -r django_app").with(2, "1 would change");
    assert!(plan.contains("was \"shop-beat.service shop-nightly-backup.service"), "{plan}");
    project.run().with(0, "1 updated");
    let left = host.must("ls /etc/systemd/system /etc/systemd/system/*.wants | grep shop | sort -u");
    let kept = "shop-clearsessions.service\nshop-clearsessions.timer\nshop-own.service\nshop-web.service\nshop-web.socket\n\
                shopkeeper.service\n";
    assert_eq!(left, kept);
    host.must("! pgrep -f '[c]elery' && rm /etc/systemd/system/shop-own.service /etc/systemd/system/shopkeeper.service");
    project.run().with(0, "0 updated");

    project.call("run -r django_app::uninstall").with(0, "0 failed");
    assert!(host.must("ls /srv/shop").trim() == "shared", "{}", host.must("ls /srv/shop"));
    host.must("test -e /srv/shop/shared/data/db.sqlite3 && test -e /etc/shop/secret_key");
    assert!(!host.must("ls /etc/systemd/system /etc/nginx/sites-enabled").contains("shop"));
    project.call("run -r django_app::uninstall").with(0, "0 updated");
    // Where another site has brought the program, the plan of a new one holds, too.
    project.call("plan -r django_app").with(2, "0 would fail");
}
