//! A Django project on a host, as people have one: a new project of Django, with what a spec adds to it.

use std::thread;

use super::super::Host;
use super::super::convergence::chefrs;
use crate::patience::until;

const STOCK: &[(&str, &str)] = &[
    ("manage.py", include_str!("stock/manage.py")),
    ("mysite/__init__.py", ""),
    ("mysite/settings.py", include_str!("stock/mysite/settings.py")),
    ("mysite/urls.py", include_str!("stock/mysite/urls.py")),
    ("mysite/wsgi.py", include_str!("stock/mysite/wsgi.py")),
    ("mysite/asgi.py", include_str!("stock/mysite/asgi.py")),
    ("requirements.txt", "django\n"),
];

/// A project in `/root/source`, deployed from `/root` as the site `shop`.
pub struct Project<'a> {
    pub host: &'a Host,
}

/// Ends the visits.
struct AtTheEnd<'a>(&'a Host);

impl Drop for AtTheEnd<'_> {
    fn drop(&mut self) {
        let _ = self.0.script("touch /root/enough");
    }
}

/// What a call of the program came to.
pub struct Said {
    pub status: i32,
    pub text: String,
}

impl Said {
    /// What it said, if it ended with this status and said this.
    #[track_caller]
    pub fn with(self, status: i32, part: &str) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(self.text.contains(part), "not said: {part}\n{}", self.text);
        self.text
    }
}

impl<'a> Project<'a> {
    /// A new project, with nothing set but what every one needs here: name, domain, source, and where packages are.
    pub fn stock(host: &'a Host) -> Self {
        let project = Self { host };
        project.renew();
        project.set("");
        project
    }

    /// The new project again, without what was added to it.
    pub fn renew(&self) {
        self.host.must("rm -rf /root/source");
        for (path, text) in STOCK {
            self.write(path, text);
        }
    }

    pub fn write(&self, path: &str, text: &str) {
        self.host.write(&format!("/root/source/{path}"), text.as_bytes());
    }

    /// Adds text to the end of one of its files.
    pub fn add(&self, path: &str, text: &str) {
        self.host.feed(&format!("cat >>/root/source/{path}"), text.as_bytes());
    }

    /// Sets attributes beside the three, as lines of TOML.
    pub fn set(&self, lines: &str) {
        let text = format!(
            "[attributes.django_app]\nname = \"shop\"\ndomain = \"shop.example\"\nsource.path = \"./source\"\n\
             wheels = \"/srv/repo/wheels\"\n{lines}\n"
        );
        self.host.write("/root/chefrs.toml", text.as_bytes());
    }

    pub fn call(&self, words: &str) -> Said {
        let output = chefrs(self.host, words);
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Said { status: output.status.code().unwrap_or(-1), text }
    }

    pub fn run(&self) -> Said {
        self.call("run -r django_app")
    }

    /// The status of a page, as a visitor of the domain gets it.
    pub fn status(&self, path: &str) -> String {
        let ask = "curl -s -m 60 -o /dev/null -w '%{http_code}' -H 'Host: shop.example'";
        self.host.must(&format!("{ask} http://127.0.0.1{path}"))
    }

    /// The name of the release that is `current` or `previous`.
    pub fn release(&self, link: &str) -> String {
        self.host.must(&format!("basename $(readlink /srv/shop/{link})")).trim().to_owned()
    }

    /// How often the server was started by systemd.
    pub fn starts(&self) -> usize {
        let count =
            "journalctl -u shop-web.service --output cat --no-pager | grep -c '^Starting shop-web' || true";
        self.host.must(count).trim().parse().unwrap()
    }

    /// The seconds that the slowest of the last visits took.
    pub fn slowest(&self) -> f64 {
        let seconds = self.host.must("cut -d ' ' -f 2 /root/answers | sort -g | tail -n 1");
        seconds.trim().parse().unwrap()
    }

    /// Visitors who ask for a page all the time while something is done: how many answers there were, by status.
    pub fn while_visited(&self, path: &str, deed: impl FnOnce()) -> Vec<(String, usize)> {
        self.while_visited_every(0.0, 1000, path, deed)
    }

    /// The same, with so many seconds between two visits, and so many visits at least.
    pub fn while_visited_every(
        &self,
        pause: f64,
        least: usize,
        path: &str,
        deed: impl FnOnce(),
    ) -> Vec<(String, usize)> {
        let visit = format!(
            "rm -f /root/enough /root/answers; while [ ! -e /root/enough ]; do curl -s -m 60 -o /dev/null -w \
             '%{{http_code}} %{{time_total}}\\n' -H 'Host: shop.example' http://127.0.0.1{path} >>/root/answers; sleep {pause}; done"
        );
        thread::scope(|scope| {
            let visitors = scope.spawn(|| self.host.script(&visit));
            // They go home even if the deed fails.
            let end = AtTheEnd(self.host);
            deed();
            let answers = || self.host.script("wc -l </root/answers").stdout;
            until("enough answers", || {
                String::from_utf8_lossy(&answers()).trim().parse().is_ok_and(|count: usize| count >= least)
            });
            drop(end);
            visitors.join().unwrap()
        });
        let counted = self.host.must("cut -d ' ' -f 1 /root/answers | sort | uniq -c");
        let pairs = counted.lines().map(|line| line.trim().split_once(' ').unwrap());
        pairs.map(|(count, status)| (status.to_owned(), count.parse().unwrap())).collect()
    }
}
