//! What package managers say, as text; the locks of apt.

use std::io::{BufRead as _, BufReader};

use chefrs::model::package_manager::{
    InstalledPackages, PACKAGE_MANAGERS, PackageLock, PackageManager, PackageOffer, distributions, named,
    of_machine,
};
use chefrs::model::query::{Answer, PackageState, Query};
use chefrs::target::local::package_lock::holder;

use super::Ground;

use crate::patience::{EndInTime as _, Patient};

mod apk;
mod fedora;
mod pacman;
mod portage;
mod rpm;

fn paragraph(name: &str, status: &str, more: &str) -> String {
    format!(
        "Package: {name}\nStatus: {status}\nArchitecture: amd64\nVersion: 1.0-1\n{more}Description: x\n Version: 9\n\n"
    )
}

fn apt() -> &'static PackageManager {
    named("apt").unwrap()
}

fn installed(text: &str) -> InstalledPackages {
    (apt().installed.parse)(&[text.to_owned()])
}

fn state(status: &str) -> PackageState {
    installed(&paragraph("p", status, "")).state("p")
}

#[test]
fn installed_is_what_is_installed_entirely() {
    assert_eq!(state("install ok installed").version.as_deref(), Some("1.0-1"));
    let held = state("hold ok installed");
    assert_eq!((held.version.as_deref(), held.held), (Some("1.0-1"), true));
    for (status, residue) in [
        ("deinstall ok config-files", "configuration files"),
        ("install ok half-configured", "half-configured"),
        ("install reinstreq half-installed", "half-installed"),
        ("install ok unpacked", "unpacked"),
        ("install reinstreq installed", "installed, but must be reinstalled"),
        ("deinstall ok installed", "installed, but marked for deinstall"),
    ] {
        let state = state(status);
        assert_eq!((state.version, state.residue.as_deref()), (None, Some(residue)), "{status}");
    }
    assert_eq!(state("unknown ok not-installed"), PackageState::default());
    assert_eq!(installed("").state("p"), PackageState::default());
}

#[test]
fn an_interrupted_database_is_told() {
    let half_done = |status: &str| installed(&paragraph("p", status, "")).is_half_done();
    assert!(half_done("install ok half-configured"));
    assert!(half_done("install ok triggers-pending"));
    assert!(half_done("deinstall reinstreq half-installed"));
    assert!(!half_done("install ok installed"));
    assert!(!half_done("deinstall ok config-files"));
}

#[test]
fn virtual_packages_name_who_provides_them() {
    let provides = "Provides: mta, mail (= 2),\n";
    let text = paragraph("postfix", "install ok installed", provides)
        + &paragraph("exim", "install ok installed", "Provides: mta\n")
        + &paragraph("gone", "deinstall ok config-files", "Provides: mta\n");
    let packages = installed(&text);
    assert_eq!(packages.state("mta").provided_by, ["exim", "postfix"]);
    assert_eq!(packages.state("mail").provided_by, ["postfix"]);
    assert_eq!(packages.state("mta").version, None);
}

#[test]
fn architectures_are_told_apart() {
    let packages = installed(&paragraph("p", "install ok installed", ""));
    assert!(packages.state("p:amd64").version.is_some());
    assert_eq!(packages.state("p:i386").version, None);
}

#[test]
fn candidates() {
    let text = "bash:\n  Installed: 5.2-1\n  Candidate: 5.2-3\n  Version table:\n     5.2-3 500\n        500 http://deb.example.org bookworm/main amd64 Packages\n *** 5.2-2 500\n        500 http://deb.example.org old/main amd64 Packages\n        100 /var/lib/dpkg/status\n     5.2-1 100\n        100 /var/lib/dpkg/status\nmta:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\n";
    let found = (apt().offered.versions.parse)(text);
    assert_eq!(found["bash"].candidate.as_deref(), Some("5.2-3"));
    assert_eq!(found["bash"].versions, ["5.2-3", "5.2-2"], "one that is only installed is not on offer");
    assert_eq!(found["mta"], PackageOffer::default());
    assert_eq!(found.len(), 2);
}

#[test]
fn providers_of_a_virtual_package() {
    let text = "Package: httpd\nVersions: \n\nReverse Depends: \n  awstats,httpd\nDependencies: \nProvides: \nReverse Provides: \nnginx 1.22.1-9 (= )\nnginx 1.22.1-9 (= )\napache2:i386 2.4.5 (= 2)\nPackage: bash\nVersions: \n5.2-1 (/var/lib/dpkg/status)\n\nReverse Depends: \n  a,bash 5\nDependencies: \n5.2-1 - libc6 (2 2.36) \nProvides: \n5.2-1 - \nReverse Provides: \n";
    let found = (apt().offered.providers.parse)(text);
    let named = |name: &str| -> Vec<String> {
        found[name].iter().map(|one| format!("{} {}", one.name, one.version)).collect()
    };
    assert_eq!(named("httpd"), ["nginx 1.22.1-9", "apache2:i386 2.4.5"]);
    assert!(named("bash").is_empty());
    assert_eq!(found.len(), 2);
}

#[test]
fn names_and_managers_that_can_not_be_are_refused() {
    let mut ground = Ground::new();
    let candidate =
        |manager: &str, name: &str| Query::Candidate { manager: manager.into(), name: name.into() };
    let Answer::Failed(failure) = ground.ask(candidate("apt", "--option")) else { panic!("answered") };
    assert_eq!(failure.message, "`--option` can't be the name of a package");
    let Answer::Failed(failure) = ground.ask(candidate("yast", "bash")) else { panic!("answered") };
    assert_eq!(failure.message, "there is no package manager `yast` here");
}

#[test]
fn whoever_holds_a_lock_is_named() {
    const HOLD: &str = "CHEFRS_SPEC_HOLD";
    if let Some(path) = std::env::var_os(HOLD) {
        // This is the other process: it holds the lock until its input ends.
        let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        rustix::fs::fcntl_lock(&file, rustix::fs::FlockOperation::LockExclusive).unwrap();
        println!("held");
        std::io::stdin().read_line(&mut String::new()).unwrap();
        return;
    }
    let ground = Ground::new();
    let lock = ground.put("lock", "");
    let kernel = PackageLock::Kernel(lock.to_string().leak());
    assert_eq!(holder(&kernel), None);
    let mut other = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "local::packages::whoever_holds_a_lock_is_named", "--nocapture"])
        .env(HOLD, &lock)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(Patient::new(other.stdout.take().unwrap())).lines();
    assert!(lines.any(|line| line.unwrap().contains("held")));
    let told = holder(&kernel).unwrap();
    assert!(told.ends_with(&format!(" (pid {})", other.id())), "{told}");
    drop(other.stdin.take());
    assert!(other.wait_in_time().unwrap().success());
    assert_eq!(holder(&kernel), None);
    assert_eq!(holder(&PackageLock::Kernel("/no/such/lock")), None);
}

#[test]
fn a_lock_may_be_the_number_of_a_process() {
    let ground = Ground::new();
    let lock = ground.put("zypp.pid", &format!("{}\n", std::process::id()));
    let number = PackageLock::Number(lock.to_string().leak());
    let told = holder(&number).unwrap();
    assert!(told.ends_with(&format!(" (pid {})", std::process::id())), "{told}");
    // No process has a number above the kernel's limit.
    for nobody in ["", "4194305\n", "-1\n", "1/..\n"] {
        ground.put("zypp.pid", nobody);
        assert_eq!(holder(&number), None, "{nobody}");
    }
}

#[test]
fn a_lock_may_be_a_file_that_a_process_has_open() {
    let ground = Ground::new();
    let lock = ground.put("db.lck", "");
    let open = PackageLock::Open(lock.to_string().leak());
    assert_eq!(holder(&open), None, "it was left behind");
    let file = std::fs::File::open(&lock).unwrap();
    let told = holder(&open).unwrap();
    assert!(told.ends_with(&format!(" (pid {})", std::process::id())), "{told}");
    drop(file);
    assert_eq!(holder(&open), None);
    assert_eq!(holder(&PackageLock::Open("/no/such/lock")), None);
}

#[test]
fn a_machine_has_the_package_manager_of_its_distribution() {
    let all: Vec<&str> = PACKAGE_MANAGERS.iter().flat_map(|manager| manager.signs.iter().copied()).collect();
    let of = |os_release: &str, there: &[&str]| {
        of_machine(|path| there.contains(&path), || distributions(os_release)).map(|manager| manager.name)
    };
    assert_eq!(of("ID=debian\n", &all), Some("apt"));
    assert_eq!(of("NAME=x\nID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", &all), Some("dnf"));
    assert_eq!(of("ID=pop\nID_LIKE='ubuntu debian'\n", &all), Some("apt"));
    assert_eq!(of("ID=\"sles\"\nID_LIKE=\"suse\"\n", &all), Some("zypper"));
    assert_eq!(of("ID=fedora\n", &all), Some("dnf5"));
    assert_eq!(of("ID=arch\n", &all), Some("pacman"));
    assert_eq!(of("ID=gentoo\n", &all), Some("portage"));
    assert_eq!(of("ID=alpine\n", &all), Some("apk"));
    // What is there alone needs no name, and what is only half there is not in use.
    assert_eq!(of("ID=strange\n", named("dnf").unwrap().signs), Some("dnf"));
    assert_eq!(of("ID=debian\n", &["/usr/bin/apt-get"]), None);
}
