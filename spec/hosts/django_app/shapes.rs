//! Projects as people have them. Each is deployed with three attributes at most.

use super::super::{Host, boot_patiently};
use super::project::Project;
use super::servers::CHANNELS;

/// Deploys `/root/source` with these attributes alone. The hosts have no index of packages.
fn deployed(project: &Project, domain: &str, attributes: &[&str]) {
    assert!(attributes.len() <= 3, "{attributes:?}");
    let text = format!("[attributes.django_app]\n{}\n", attributes.join("\n"));
    project.host.write("/root/chefrs.toml", text.as_bytes());
    let words = "-r django_app --set django_app.wheels=/srv/repo/wheels";
    project.call(&format!("run {words}")).with(0, "0 failed");
    assert_eq!(status(project.host, domain, "/admin/login/"), "200", "{attributes:?}");
    project.call(&format!("run {words}")).with(0, "0 updated");
}

fn status(host: &Host, domain: &str, path: &str) -> String {
    host.must(&format!(
        "curl -s -m 60 -o /dev/null -w '%{{http_code}}' -H 'Host: {domain}' http://127.0.0.1{path}"
    ))
}

const SOURCE: &str = "source.path = \"./source\"";
const DOMAIN: &str = "domain = \"shop.example\"";

/// Settings in a package, which take from the environment what the machine decides.
const BASE: &str = "
import environ
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
SECRET_KEY = env('SECRET_KEY')
ALLOWED_HOSTS = env.list('ALLOWED_HOSTS')
DATABASES = {'default': env.db('DATABASE_URL')}
";

#[test]
fn every_shape_of_a_project_is_deployed_with_three_attributes() {
    let Some([host]) = boot_patiently() else { return };
    let project = Project::stock(&host);
    let must = |script: &str| host.must(&format!("cd /root/source && {script}"));

    // A new project.
    deployed(&project, "shop.example", &["name = \"shop\"", DOMAIN, SOURCE]);
    project.call("run -r django_app::uninstall").with(0, "0 failed");

    // Settings in a package, with django-environ and PostgreSQL.
    project.write("requirements.txt", "django\ndjango-environ\nwhitenoise\n");
    project.write("mysite/settings/__init__.py", "");
    must(
        "sed -e '/^BASE_DIR/d' -e '/^SECRET_KEY/d' -e '/^ALLOWED_HOSTS/d' -e '/^DATABASES/d' mysite/settings.py >rest && rm mysite/settings.py",
    );
    let rest = must("cat rest");
    project.write("mysite/settings/base.py", &format!("{BASE}{rest}"));
    project.write(
        "mysite/settings/production.py",
        "from .base import *\nSECURE_SSL_REDIRECT = env.bool('REDIRECT', False)\n",
    );
    must(
        "rm rest && sed -i 's/mysite.settings/mysite.settings.production/' manage.py mysite/wsgi.py mysite/asgi.py",
    );
    deployed(&project, "shop.example", &["database = \"postgres\"", DOMAIN, SOURCE]);
    let engine =
        host.must("guestbook-manage shell -v 0 -c 'from django.db import connection as c; print(c.vendor)'");
    assert_eq!(engine, "postgresql\n");

    // celery and redis.
    project.renew();
    project.write("requirements.txt", "django\ncelery\nredis\n");
    project.write("mysite/__init__.py", "from .celery import app\n");
    project.write(
        "mysite/celery.py",
        "from celery import Celery\napp = Celery('mysite')\napp.config_from_object('django.conf:settings', namespace='CELERY')\n\
         app.autodiscover_tasks()\n@app.task\ndef note(text): open('/srv/guestbook/shared/data/noted', 'w').write(text)\n",
    );
    deployed(&project, "localhost", &["broker = \"redis\"", "celery.worker = true", SOURCE]);
    host.must("guestbook-run python -c 'from mysite.celery import note; note.delay(\"done\")'");
    host.must("for try in $(seq 300); do [ ! -s /srv/guestbook/shared/data/noted ] || exit 0; sleep 0.2; done; echo no task was done; exit 1");

    // channels.
    project.renew();
    project.write("requirements.txt", "django\nchannels==4.2.0\n");
    project.write("mysite/asgi.py", CHANNELS);
    project.add("mysite/settings.py", "ASGI_APPLICATION = 'mysite.asgi.application'\n");
    deployed(&project, "shop.example", &["server = \"uvicorn\"", DOMAIN, SOURCE]);
    host.must("! systemctl is-active guestbook-worker");

    // A lock of uv, and modules in src/.
    project.renew();
    must("rm requirements.txt && mkdir src && mv mysite src/");
    project.write(
        "pyproject.toml",
        "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = [\"django>=5\"]\n[tool.uv]\npackage = false\n",
    );
    must(
        "python3 -m venv /root/uv && /root/uv/bin/pip install -q --no-index --find-links /srv/repo/wheels uv",
    );
    must("/root/uv/bin/uv lock -q --offline --no-index --find-links /srv/repo/wheels");
    deployed(&project, "shop.example", &[DOMAIN, SOURCE]);

    // A front-end build, and what the project ships in a directory that has the name of npm's.
    project.renew();
    front_end(&project);
    project.write("lib/node_modules/old/old.js", "// shipped\n");
    project.write("frontend/node_modules/tool/left.js", "// the author's own\n");
    deployed(&project, "shop.example", &[DOMAIN, SOURCE]);
    assert_eq!(status(&host, "shop.example", "/static/app.js"), "200");
    assert_eq!(status(&host, "shop.example", "/static/node_modules/old/old.js"), "200");
    host.must("! test -e /srv/guestbook/current/src/frontend/node_modules/tool");

    // What is wrong with it is said, and the release before goes on.
    must("mv frontend/package-lock.json frontend/yarn.lock");
    let run = || project.call("run -r django_app --set django_app.wheels=/srv/repo/wheels");
    run().with(1, "frontend/yarn.lock is not a lock file of npm: say how it is built with django_app.pre_build = [\"yarn install");
    must("rm frontend/yarn.lock");
    project.write("web/package.json", "{\"scripts\": {\"build\": \"true\"}}\n");
    run().with(1, "in frontend and web: say which one counts with django_app.frontend = \"frontend\", or that none does with \"off\"");
    must("rm -r web");
    project.write("frontend/build.js", "process.exit(3);\n");
    run().with(1, "npm run build failed with the exit status 3: the release before it goes on serving. package.json asks for Node >=16, and this machine has v");
    project.write("frontend/package.json", "{\n");
    run().with(1, "package.json of the source can't be read");
    assert_eq!(status(&host, "shop.example", "/static/app.js"), "200");
}

/// A front end that takes node alone, with a lock, in a directory of its own.
fn front_end(project: &Project) {
    project.write(
        "frontend/package.json",
        "{\"name\": \"front\", \"version\": \"1.0.0\", \"engines\": {\"node\": \">=16\"}, \"scripts\": {\"build\": \"node build.js\"}}\n",
    );
    project.write(
        "frontend/package-lock.json",
        "{\"name\": \"front\", \"version\": \"1.0.0\", \"lockfileVersion\": 3, \"packages\": {\"\": {\"name\": \"front\", \"version\": \"1.0.0\"}}}\n",
    );
    project.write(
        "frontend/build.js",
        "const fs = require('fs');\nif (process.env.STATIC_URL !== '/static/') process.exit(4);\nfs.mkdirSync('dist', {recursive: true});\n\
         fs.writeFileSync('dist/app.js', '// built');\n",
    );
    project.add("mysite/settings.py", "STATICFILES_DIRS = [BASE_DIR / 'frontend/dist', BASE_DIR / 'lib']\n");
}
