//! What dnf 5 and yum 3 print.

use chefrs::model::package_manager::named;

#[test]
fn packages_of_dnf5() {
    let held = "version = \"1.0\"\n\n[[packages]]\nname = \"bash\"               # name of the package\ncomment = \"why\"\n\
                [[packages.conditions]]\nkey = \"evr\"\ncomparator = \"=\"\nvalue = \"0:5.2.15-5.fc39\"\n\n[[packages]]\n\
                name = \"iftop\"\n[[packages.conditions]]\nkey = \"evr\"\ncomparator = \"!=\"\nvalue = \"1.2.3-7.fc38\"\n";
    let installed = "bash x86_64 0:5.2.15-5.fc39\niftop x86_64 0:1.2-1\n";
    let packages = (named("dnf5").unwrap().installed.parse)(&[installed.to_owned(), held.to_owned()]);
    assert!(packages.state("bash").held && !packages.state("iftop").held);
    let question = &named("dnf5").unwrap().offered.versions;
    let found = (question.parse)("@bash x86_64 5.2.15-5.fc39\n@bash x86_64 5.2.26-1.fc39\n");
    assert_eq!(found["bash"].candidate.as_deref(), Some("5.2.26-1.fc39"));
}

#[test]
fn packages_of_yum() {
    let yum = named("yum").unwrap();
    let held = "\n# Added locks\n0:bash-4.2.46-31.el7.*\n!1:nginx-1.20.1-10.el7.*\n";
    let installed = "bash x86_64 0:4.2.46-31.el7\nnginx x86_64 1:1.20.1-10.el7\n";
    let packages = (yum.installed.parse)(&[installed.to_owned(), held.to_owned()]);
    assert!(packages.state("bash").held && !packages.state("nginx").held);
    let table = "Available Packages\nnginx.x86_64                    1:1.20.1-9.el7           epel   \nnginx.x86_64                    \
                 1:1.20.1-10.el7          epel   \na-package-with-quite-a-long-name-of-its-own.noarch\n                                \
                 2.0-1.el7                base   \n";
    let found = (yum.offered.versions.parse)(table);
    assert_eq!(found["nginx"].versions, ["1:1.20.1-10.el7", "1:1.20.1-9.el7"]);
    let long = &found["a-package-with-quite-a-long-name-of-its-own"];
    assert_eq!(long.candidate.as_deref(), Some("2.0-1.el7"));
    assert!((yum.offered.versions.parse)("Error: No matching Packages to list\n").is_empty());
    let text = "2:postfix-2.10.1-9.el7.x86_64 : Postfix Mail Transport Agent\nRepo        : base\nMatched from:\nProvides    : mta\n\n\n\n\
                exim-4.96-1.el7.x86_64 : The exim mail transfer agent\nRepo        : @epel\nMatched from:\nProvides    : mta = 4\n\n";
    let found = (yum.offered.providers.parse)(text);
    let named: Vec<String> = found["mta"].iter().map(|one| format!("{} {}", one.name, one.version)).collect();
    assert_eq!(named, ["postfix 2:2.10.1-9.el7"], "one that is only installed is not on offer");
}
