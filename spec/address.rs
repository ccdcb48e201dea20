//! Addresses of targets: what is understood, how it is written in full, and what is refused with which words.

use chefrs::model::address::Address;

#[test]
fn an_address_is_understood_and_written_in_full() {
    for (text, full) in [
        ("local", "local"),
        ("web1", "ssh://web1"),
        ("web1.example.org", "ssh://web1.example.org"),
        ("web_1-b.", "ssh://web_1-b."),
        ("web1:2222", "ssh://web1:2222"),
        ("deploy@web1", "ssh://deploy@web1"),
        ("deploy@web1:2222", "ssh://deploy@web1:2222"),
        ("deploy@corp.example@web1", "ssh://deploy@corp.example@web1"),
        ("192.0.2.7", "ssh://192.0.2.7"),
        ("2001:db8::1", "ssh://[2001:db8::1]"),
        ("::1", "ssh://[::1]"),
        ("fe80::1%eth0", "ssh://[fe80::1%eth0]"),
        ("dead::1", "ssh://[dead::1]"),
        ("[2001:db8::1]:2222", "ssh://[2001:db8::1]:2222"),
        ("root@[::1]", "ssh://root@[::1]"),
        ("ssh://web1", "ssh://web1"),
        ("ssh://root@web1:22", "ssh://root@web1:22"),
        ("ssh://local", "ssh://local"),
        ("ssh://container:22", "ssh://container:22"),
        ("container:web.1", "container:web.1"),
        ("chroot:/srv/image", "chroot:/srv/image"),
        ("chroot:/srv//./image/", "chroot:/srv/image"),
        ("chroot:/srv/an image", "chroot:/srv/an image"),
    ] {
        let address = Address::parse(text).unwrap_or_else(|wrong| panic!("{text}: {wrong}"));
        assert_eq!(address.to_string(), full, "{text}");
        assert_eq!(Address::parse(full).as_ref(), Ok(&address), "{full} reads as the same");
        let json = serde_json::to_string(&address).unwrap();
        assert_eq!(json, format!("\"{full}\""));
        assert_eq!(serde_json::from_str::<Address>(&json).unwrap(), address);
    }
}

#[test]
fn parts_are_told_apart() {
    assert_eq!(
        Address::parse("ssh://me@corp@[fe80::1%eth0]:2222").unwrap(),
        Address::Ssh { user: Some("me@corp".to_owned()), host: "fe80::1%eth0".to_owned(), port: Some(2222) }
    );
    assert_eq!(
        Address::parse("container:22").unwrap(),
        Address::Container { name: "22".to_owned() },
        "a container may have a number for a name"
    );
}

#[test]
fn what_is_no_address_is_refused() {
    let hosts = "hint: the name of a host is made of letters, digits, `.`, `_` and `-`";
    let users = "hint: the name of a user is made of letters, digits, `.`, `_` and `-`";
    let forms =
        "hint: a target is `local`, `HOST`, `ssh://USER@HOST:PORT`, `container:NAME` or `chroot:/PATH`";
    let ports = "hint: a port is a number from 1 to 65535. Default: 22";
    let option = "hint: an option takes its value after it";
    let path = "hint: give the absolute path of the directory: `chroot:/srv/image`";
    for (text, message, hint) in [
        ("", "the name of the host is empty", forms),
        ("ssh://", "the name of the host is empty", forms),
        ("@web1", "the name of the user is empty", forms),
        ("root@", "the name of the host is empty", forms),
        (":22", "the name of the host is empty", forms),
        ("-oProxyCommand=id", "`-oProxyCommand=id` begins with `-`, which a host can't", option),
        ("ssh://-oProxyCommand=id", "`-oProxyCommand=id` begins with `-`, which a host can't", option),
        ("-ofoo@web1", "`-ofoo` begins with `-`, which a user can't", option),
        ("root@-web1", "`-web1` begins with `-`, which a host can't", option),
        ("web1;id", "the host `web1;id` has a `;` in it", hosts),
        ("web$(id)", "the host `web$(id)` has a `$` in it", hosts),
        ("web1 web2", "the host `web1 web2` has a ` ` in it", hosts),
        ("web1\n", "the host `web1\\n` has a `\\n` in it", hosts),
        ("web1\u{1b}[2J", "the host `web1\\u{1b}[2J` has a `\\u{1b}` in it", hosts),
        ("ssh://web1/srv", "the host `web1/srv` has a `/` in it", hosts),
        ("wéb", "the host `wéb` has a `é` in it", hosts),
        ("we%h", "the host `we%h` has a `%` in it", hosts),
        ("a`id`@web1", "the user `a`id`` has a ``` in it", users),
        ("web1:0", "`0` is not a port", ports),
        ("web1:65536", "`65536` is not a port", ports),
        ("web1:+22", "`+22` is not a port", ports),
        ("web1:ssh", "`ssh` is not a port", ports),
        ("ssh://web1:", "`` is not a port", ports),
        ("[::1", "`[::1` has unbalanced brackets", BRACKETS),
        ("[::1]22", "`[::1]22` has unbalanced brackets", BRACKETS),
        ("1:2:3", "`1:2:3` is not an IPv6 address", IPV6),
        (
            "fe80::1%eth0;id",
            "the zone `eth0;id` has a `;` in it",
            "hint: the name of a zone is made of letters, digits, `.`, `_` and `-`",
        ),
        ("shh://web1", "`shh` is not a kind of target", "hint: did you mean `ssh://web1`?"),
        ("docker:web", "`docker` is not a kind of target", "hint: did you mean `container:web`?"),
        ("contianer:web", "`contianer` is not a kind of target", "hint: did you mean `container:web`?"),
        ("chrot:/srv/image", "`chrot` is not a kind of target", "hint: did you mean `chroot:/srv/image`?"),
        ("winrm://web1", "`winrm` is not a kind of target", forms),
        ("container:", "the name of the container is empty", forms),
        ("container:-it", "`-it` begins with `-`, which a container can't", option),
        (
            "container:a/b",
            "the container `a/b` has a `/` in it",
            "hint: the name of a container is made of letters, digits, `.`, `_` and `-`",
        ),
        ("chroot:image", "`chroot:image` is not an absolute path", path),
        ("chroot:", "`chroot:` is not an absolute path", path),
        ("chroot:/srv/../etc", "`chroot:/srv/../etc` has `..` in it", path),
        ("chroot:/a\u{7}", "`chroot:/a\\u{7}` has a control character in it", path),
        ("chroot:/", "`chroot:/` is this machine itself", "hint: call it `local`"),
        ("chroot://", "`chroot:/` is this machine itself", "hint: call it `local`"),
    ] {
        let wrong = Address::parse(text).expect_err(text).to_string();
        assert_eq!(wrong, format!("error: {message}\n{hint}"), "{text}");
    }
}

const BRACKETS: &str = "hint: an IPv6 address with a port is written `[2001:db8::1]:2222`";
const IPV6: &str = "hint: a host and its port are written `host:2222`, an IPv6 address `[2001:db8::1]:2222`";

#[test]
fn a_password_is_refused_and_not_repeated() {
    for text in ["ssh://root:hunter2@web1", "root:hunter2@web1:22"] {
        let wrong = Address::parse(text).expect_err(text).to_string();
        assert!(wrong.contains("has a password in it"), "{wrong}");
        assert!(!wrong.contains("hunter2"), "{wrong}");
    }
}
