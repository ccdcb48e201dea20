//! What is found in a source, and said before anything is installed that serves it.

use super::super::{boot, boot_patiently};
use super::project::Project;

#[test]
fn what_is_wrong_with_a_source_is_said_first() {
    let Some([host]) = boot() else { return };
    let project = Project::stock(&host);
    let wrong = |part: &str| {
        project.run().with(1, part);
        assert!(!host.script("command -v nginx").status.success(), "{part}: nginx was installed");
        // The plan knows it, too, once the source is there.
        project.call("plan -r django_app").with(1, part);
        project.renew();
    };
    let remove = |path: &str| host.must(&format!("rm -r /root/source/{path}"));

    remove("requirements.txt");
    wrong("the source lists no packages: it needs one of requirements.txt, uv.lock");
    host.must("mkdir /root/source/requirements && mv /root/source/requirements.txt /root/source/requirements/base.txt");
    wrong("say which one counts with django_app.requirements = \"requirements/base.txt\"");
    project.write("uv.lock", "");
    wrong(
        "the source has uv.lock and requirements.txt: say which one counts with django_app.installer = \"uv\" or \"pip\"",
    );
    remove("requirements.txt");
    project.write("pyproject.toml", "[project\n");
    wrong("pyproject.toml of the source can't be read");
    remove("manage.py");
    wrong("the source has no manage.py, and no directory down to 3 levels has one");
    host.must("cd /root/source && mkdir one two && cp manage.py one && mv manage.py two");
    wrong("the source has a manage.py in one and two: say which with django_app.project_dir");
    host.must("cd /root/source/mysite && mv settings.py settings.example.py");
    wrong("django_app.pre_build = \"cp mysite/settings.example.py mysite/settings.py\" makes the file");
    host.must("cd /root/source && sed -i 's/\"mysite.settings\"/NAME/' manage.py mysite/*.py");
    wrong(
        "names the settings module in plain text: say it with django_app.settings_module = \"PROJECT.settings\"",
    );
    project.write(".python-version", "3.99.1\n");
    wrong(": django_app.python = \"managed\" has uv install it. Or name one that is there");
    project.write("pyproject.toml", "[project]\nname = \"x\"\nrequires-python = \">=3.98\"\n");
    wrong("pyproject.toml asks for Python >=3.98, and this machine has 3.");
    project.set("requirements = \"nothere.txt\"");
    wrong("the source has no file nothere.txt");
}

/// Writes a lock with the names, versions and digests of the wheels of Django.
const LOCK: &str = r#"
import glob, hashlib, json, os, re
found = {}
for path in glob.glob("/srv/repo/wheels/*.whl"):
    name, version = re.match(r"([^-]+)-([^-]+)-", os.path.basename(path)).groups()
    if name in ("django", "asgiref", "sqlparse"):
        found[name] = (version, "sha256:" + hashlib.sha256(open(path, "rb").read()).hexdigest())
pipenv = {name: {"version": "==" + version, "hashes": [digest]} for name, (version, digest) in found.items()}
json.dump({"default": pipenv, "develop": {"nothere": {"version": "==1"}}}, open("/root/Pipfile.lock", "w"))
with open("/root/poetry.lock", "w") as lock:
    for name, (version, digest) in [*found.items(), ("nothere", ("1", "sha256:00"))]:
        lock.write(f'[[package]]\nname = "{name}"\nversion = "{version}"\nfiles = [{{file = "x", hash = "{digest}"}}]\n')
        if name == "django":
            lock.write('[package.dependencies]\nasgiref = ">=3"\nsqlparse = ">=0.3"\n')
"#;

#[test]
fn a_project_is_installed_as_its_own_tool_would() {
    let Some([host]) = boot() else { return };
    let project = Project::stock(&host);
    let deployed = |kind: &str| {
        project.run().with(0, "0 failed");
        assert_eq!(project.status("/admin/login/"), "200", "{kind}");
        let about = host.must("cat /srv/shop/current/about");
        assert!(about.contains(&format!("PACKAGES_KIND={kind}\n")), "{about}");
        // Nothing of the tools, and nothing of other groups.
        let packages = host.must("ls /srv/shop/current/venv/lib/python3*/site-packages");
        assert!(packages.contains("django") && !packages.contains("nothere"), "{packages}");
        project.renew();
    };
    // The project's own server counts.
    project.write("requirements.txt", "django\ngunicorn>=26\n");
    deployed("pip");
    let server = host.must("ls -d /srv/shop/current/venv/lib/python3*/site-packages/gunicorn-*");
    assert!(server.contains("gunicorn-26."), "{server}");

    host.feed("python3 -", LOCK.as_bytes());
    host.must("rm /root/source/requirements.txt && mv /root/Pipfile.lock /root/source");
    deployed("pipenv");
    host.must("rm /root/source/requirements.txt && mv /root/poetry.lock /root/source");
    project.write("pyproject.toml", "[tool.poetry.dependencies]\npython = \"^3.9\"\ndjango = \"^5.2\"\n");
    deployed("poetry");
    host.must("rm /root/source/requirements.txt");
    project.write(
        "pyproject.toml",
        "[project]\nname = \"x\"\nversion = \"1\"\ndependencies = [\"django>=5\"]\n",
    );
    deployed("pyproject");

    // Modules in src/, as packages lay them out.
    host.must("cd /root/source && rm requirements.txt && mkdir src && mv mysite src/");
    project.write(
        "pyproject.toml",
        "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = [\"django>=5\"]\n\
         [dependency-groups]\ndev = [\"celery\"]\n[tool.uv]\npackage = false\n",
    );
    host.must(
        "python3 -m venv /root/uv && /root/uv/bin/pip install -q --no-index --find-links /srv/repo/wheels uv && \
         cd /root/source && /root/uv/bin/uv lock -q --offline --no-index --find-links /srv/repo/wheels",
    );
    deployed("uv");
    assert!(!host.must("ls /srv/shop/current/venv/lib/python3*/site-packages").contains("celery"));
}

/// An interpreter in the form in which uv gets one, and a list that names it and its digest.
const MIRROR: &str = r#"
set -e
mkdir -p /root/mirror/python/bin /root/mirror/python/lib /srv/mirror
version=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
patch=$(python3 -c 'import sys; print(sys.version_info[2])')
cp /usr/bin/python$version /root/mirror/python/bin/
ln -s python$version /root/mirror/python/bin/python3
cp -aL /usr/lib/python$version /root/mirror/python/lib/
tar -C /root/mirror -czf /srv/mirror/python.tar.gz python
sum=$(sha256sum /srv/mirror/python.tar.gz | cut -d' ' -f1)
cat >/srv/mirror/list.json <<J
{"cpython-$version.$patch-linux-x86_64-gnu": {"name": "cpython", "arch": {"family": "$(uname -m)", "variant": null},
 "os": "linux", "libc": "gnu", "major": 3, "minor": ${version#3.}, "patch": $patch, "prerelease": "", "variant": null,
 "url": "file:///srv/mirror/python.tar.gz", "sha256": "$sum", "build": "1"}}
J
sed "s/$sum/$(echo | sha256sum | cut -d' ' -f1)/" /srv/mirror/list.json >/srv/mirror/wrong.json
echo $version >/root/source/.python-version
"#;

#[test]
fn uv_installs_the_python_that_a_project_asks_for() {
    let Some([host]) = boot_patiently() else { return };
    let project = Project::stock(&host);
    // All of Python's library comes with what makes environments.
    host.must("apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null 2>&1");
    host.must(MIRROR);
    project.set("python = \"managed\"\npython_mirror = \"/srv/mirror/wrong.json\"");
    let said = project.run().with(1, "uv python install 3.");
    assert!(said.contains("Hash mismatch") && said.contains(": nothing is served yet"), "{said}");
    project.set("python = \"managed\"\npython_mirror = \"/srv/mirror/list.json\"");
    project.run().with(0, "0 failed");
    assert_eq!(project.status("/admin/login/"), "200");
    let prefix = || host.must("shop-run python -c 'import sys; print(sys.base_prefix)'");
    assert!(prefix().starts_with("/srv/shop/environments/tool-python-"), "{}", prefix());
    assert_eq!(host.must("find /srv/shop/environments -user shop | head -n 1"), "");
    project.run().with(0, "0 updated");
    // It goes with the last release that it serves.
    project.set("keep_releases = 2\nenvironment = { A = \"1\" }");
    project.run().with(0, "0 failed");
    assert_eq!(prefix(), "/usr\n");
    project.set("keep_releases = 2\nenvironment = { A = \"2\" }");
    project.run().with(0, "0 failed");
    assert_eq!(host.must("ls /srv/shop/environments | grep -c python || true"), "0\n");
}
