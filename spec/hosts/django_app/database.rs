//! PostgreSQL on the same machine, migrations, secrets, backups, and the end of old releases.

use super::super::boot;
use super::project::Project;

/// An application with one table.
const NOTES: &[(&str, &str)] = &[
    ("notes/__init__.py", ""),
    ("notes/migrations/__init__.py", ""),
    (
        "notes/models.py",
        "from django.db import models\nclass Note(models.Model):\n    text = models.TextField()\n",
    ),
    (
        "notes/migrations/0001_initial.py",
        "from django.db import migrations, models\nclass Migration(migrations.Migration):\n    initial = True\n    operations = \
         [migrations.CreateModel('Note', [('id', models.BigAutoField(primary_key=True)), ('text', models.TextField())])]\n",
    ),
];
const SECOND: &str = "from django.db import migrations, models\nclass Migration(migrations.Migration):\n    dependencies = \
     [('notes', '0001_initial')]\n    operations = [migrations.AddField('Note', 'by', models.TextField(default=''))]\n";
const SET: &str =
    "database = \"postgres\"\nkeep_releases = 2\nenvironment = { API_KEY = { secret = \"api_key\" } }";
const KEY: &str = "it's-a-key-of-this-spec";

#[test]
fn a_site_with_postgresql_is_migrated_backed_up_and_restored() {
    let Some([host]) = boot() else { return };
    let project = Project::stock(&host);
    for (path, text) in NOTES {
        project.write(path, text);
    }
    project.add("mysite/settings.py", "INSTALLED_APPS.append('notes')\n");
    project.set(SET);
    host.write("/root/.key", KEY.as_bytes());
    let run = || {
        let said = project.call("run -r django_app 2>&1");
        assert!(!said.text.contains(KEY), "{}", said.text);
        said
    };
    project.run().with(1, "the secret `api_key` is not known");
    host.must("mkdir -p /root/secrets && cd /root && chefrs secret keygen >secrets/recipients.txt 2>/dev/null && chefrs secret set api_key </root/.key");
    let said = run().with(0, "0 failed");
    assert!(said.contains("postgresql_database[shop]"), "{said}");
    assert_eq!(host.must("shop-run printenv API_KEY").trim_end(), KEY);
    assert_eq!(project.status("/admin/login/"), "200");
    run().with(0, "0 updated");

    let shell = |code: &str| {
        host.must(&format!("shop-manage shell -v 0 -c \"from notes.models import Note; {code}\""))
    };
    shell("Note.objects.create(text='kept')");
    host.must("echo picture >/srv/shop/shared/media/picture.txt");
    let backup = host.must("shop-backup").trim().to_owned();
    shell("Note.objects.all().delete()");
    host.must("rm /srv/shop/shared/media/picture.txt");
    let said = host.must(&format!("shop-restore {backup}"));
    assert!(said.contains(&format!("restored {backup}")), "{said}");
    assert_eq!(shell("print([note.text for note in Note.objects.all()])"), "['kept']\n");
    assert_eq!(host.must("cat /srv/shop/shared/media/picture.txt"), "picture\n");
    // nginx still gets at them.
    assert_eq!(host.must("stat -c %a /srv/shop/shared/media"), "755\n");
    assert_eq!(project.status("/admin/login/"), "200");

    // A migration is backed up first, and a release task that fails leaves the old code.
    let served = project.release("current");
    project.write("notes/migrations/0002_by.py", SECOND);
    project.add("notes/models.py", "    by = models.TextField(default='')\n");
    project.set(&format!("{SET}\nrelease_task = \"echo no way; exit 7\""));
    run().with(1, "django_app.release_task: echo no way; exit 7 failed with the exit status 7");
    assert_eq!(project.release("current"), served);
    assert!(host.must("ls /srv/shop/shared/backups").contains("-before-local-"));
    project.set(&format!("{SET}\ndeploy_check = \"fail\""));
    run().with(1, "has objections, and django_app.deploy_check is \"fail\"");

    project.set(SET);
    run().with(0, "0 failed");
    // Two are kept, and the environment that both use.
    assert_eq!(host.must("ls /srv/shop/releases | wc -l").trim(), "2");
    assert_eq!(host.must("ls /srv/shop/environments | wc -l").trim(), "1");
}
