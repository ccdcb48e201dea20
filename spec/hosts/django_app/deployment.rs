//! Releases that fail and releases that succeed, while visitors come all the time.

use std::time::{Duration, Instant};

use super::super::{boot, boot_patiently};
use super::project::Project;

/// Asked for the whole time; nobody may see that anything happens.
const PAGE: &str = "/admin/login/";

/// A page that is made of a static file that is nowhere.
const BROKEN_LOGIN: &str = "
from django.http import HttpResponse
from django.templatetags.static import static
def login(request): return HttpResponse(static('missing.css'))
urlpatterns += [path('', lambda request: HttpResponse('hello')), path('login/', login)]
";
const MANIFEST: &str = "
LOGIN_URL = '/login/'
STORAGES = {
    'default': {'BACKEND': 'django.core.files.storage.FileSystemStorage'},
    'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'},
}
";

#[test]
fn visitors_notice_nothing_of_releases_that_fail_and_releases_that_serve() {
    let Some([host]) = boot() else { return };
    let project = Project::stock(&host);
    project.run().with(0, "0 failed");
    assert_eq!(project.status(PAGE), "200");
    let first = project.release("current");

    let answers = project.while_visited(PAGE, || {
        let fails = |part: &str| {
            project.run().with(1, part);
            assert_eq!(project.release("current"), first);
            project.renew();
        };
        project.add("mysite/settings.py", "import nothere\n");
        fails("No module named 'nothere'");
        // What dies under the real server alone.
        project.add("mysite/wsgi.py", "import sys\nif 'gunicorn' in sys.modules: raise SystemExit(3)\n");
        fails("its server ended with the status 3. So the release");
        project.add("mysite/urls.py", BROKEN_LOGIN);
        project.add("mysite/settings.py", MANIFEST);
        fails("/login/ is answered with 500 Internal Server Error");
        // What writes beside its source, as many do on the machine of their author.
        project.add("mysite/wsgi.py", "open('mysite/log.txt', 'a')\n");
        fails("Permission denied: 'mysite/log.txt'");
        // What no trial can foresee: it fails where systemd starts it, and goes back by itself.
        project.add("mysite/wsgi.py", "if os.environ.get('INVOCATION_ID'): os._exit(3)\n");
        fails("is served again");
        project.set("environment = { DJANGO_SETTINGS_MODULE = \"nothere\" }");
        fails("No module named 'nothere'");

        // A variable is another release, and one restart.
        project.set("environment = { COLOUR = \"blue\" }");
        let before = project.starts();
        project.run().with(0, "0 failed");
        assert_eq!(project.starts(), before + 1);
        assert_eq!(project.release("previous"), first);
        assert_eq!(host.must("shop-run printenv COLOUR"), "blue\n");
        project.run().with(0, "0 updated");

        // One word, and the release before is served.
        let begin = Instant::now();
        project.call(&format!("run -r django_app --set django_app.release={first}")).with(0, "0 failed");
        assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
        assert_eq!(project.release("current"), first);
        project.run().with(0, "0 failed");
    });
    assert!(answers.iter().all(|(status, _)| status == "200"), "{answers:?}");
}

/// Configuration of a project that decides what is the machine's to decide.
const OWN_CONFIGURATION: &str =
    "bind = '127.0.0.1:9'\nreuse_port = True\npreload_app = True\nreload = True\nmax_requests = 500\n";

#[test]
fn a_project_keeps_what_is_its_own_to_say() {
    let Some([host]) = boot() else { return };
    let project = Project::stock(&host);
    project.write("gunicorn.conf.py", OWN_CONFIGURATION);
    project.add(
        "mysite/settings.py",
        "import os\nif os.environ.get('ENVIRONMENT') == 'production':\n    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = True\n\
         DATABASES['default'].update(ATOMIC_REQUESTS=True, CONN_MAX_AGE=60)\n\
         DATABASES['second'] = {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}\n\
         STATIC_ROOT = BASE_DIR / 'built'\n",
    );
    project.write("built/app.css", "body {}\n");
    project.set("pre_build = \"echo made >built/made.css\"\nshared.directories = \"notes\"\npost_deploy = \"echo done >notes/done\"");
    let said = project.run().with(0, "0 failed");
    assert!(said.contains("the site shop has no TLS"), "{said}");
    assert_eq!(project.status("/admin/login/"), "200");
    // What was built beforehand, and what a hook has built, are served.
    assert_eq!(project.status("/static/app.css"), "200");
    assert_eq!(project.status("/static/made.css"), "200");
    assert_eq!(host.must("cat /srv/shop/shared/directories/notes/done"), "done\n");
    let ask = "from django.db import connections as c; d = c['default'].settings_dict; \
               print(d['ATOMIC_REQUESTS'], d['CONN_MAX_AGE'], d['NAME'], sorted(c))";
    let database = host.must(&format!("shop-manage shell -v 0 -c \"{ask}\""));
    assert_eq!(database, "True 60 /srv/shop/shared/data/db.sqlite3 ['default', 'second']\n");
    project.run().with(0, "0 updated");
    // Nobody who breaks into the site rewrites it.
    let ours = host.must("find -L /srv/shop/current -user shop | head");
    assert_eq!(ours, "/srv/shop/current/src/notes\n/srv/shop/current/src/notes/done\n");
}

const OWN_STYLE: &str = "
from django.http import HttpResponse
from django.templatetags.static import static
urlpatterns += [path('', lambda request: HttpResponse(static('app.css')))]
";

#[test]
fn a_page_that_is_open_still_finds_its_files_once_another_release_is_served() {
    let Some([host]) = boot_patiently() else { return };
    let project = Project::stock(&host);
    project.add("mysite/settings.py", MANIFEST);
    project.add("mysite/settings.py", "STATICFILES_DIRS = [BASE_DIR / 'css']\n");
    project.add("mysite/urls.py", OWN_STYLE);
    let style = |text: &str| {
        project.write("css/app.css", text);
        project.run().with(0, "0 failed");
        host.must("curl -s -H 'Host: shop.example' http://127.0.0.1/")
    };
    project.write("css/plain.txt", "of the first alone\n");
    let first = style("body { color: red }\n");
    let release = project.release("current");
    host.must("rm /root/source/css/plain.txt");
    let second = style("body { color: blue }\n");
    let third = style("body { color: green }\n");
    assert!(first != second && second != third && first.starts_with("/static/app."), "{first}");
    // Two releases back, and after the way back those that came later.
    let all = |of: &str| {
        for path in [&first, &second, &third] {
            assert_eq!(project.status(path), "200", "{path} of {of}");
        }
    };
    all("the third");
    assert_eq!(
        host.must(&format!("curl -s -H 'Host: shop.example' http://127.0.0.1{first}")),
        "body { color: red }\n"
    );
    project.call(&format!("run -r django_app --set django_app.release={release}")).with(0, "0 failed");
    all("the first");
    // A name without a digest tells nothing of its content. And what is a week old goes with the next release.
    assert_eq!(project.status("/static/plain.txt"), "200");
    project.run().with(0, "0 failed");
    assert_eq!(project.status("/static/plain.txt"), "404");
    host.must("sed -i -E 's/: [0-9.]+/: 1.0/g' /srv/shop/current/carried.json");
    let fourth = style("body { color: black }\n");
    assert_eq!(project.status(&first), "404");
    assert_eq!(project.status(&third), "200");
    assert_eq!(project.status(&fourth), "200");
    project.run().with(0, "0 updated");
}
