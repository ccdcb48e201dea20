//! The account files, read by our own parser.

use chefrs::model::query::{Answer, Group, Query};
use chefrs::target::local::accounts::{parse_group, parse_passwd, parse_shadow};

use super::Ground;

#[test]
fn passwd() {
    let text =
        "root:x:0:0:root:/root:/bin/bash\n+nis::::::\nbroken:x:one:1:::\n# no:x:1:1:a:b:c\nu:x:7:8::/h:\n";
    let accounts = parse_passwd(text);
    let names: Vec<&str> = accounts.iter().map(|account| account.name.as_str()).collect();
    assert_eq!(names, ["root", "u"]);
    assert_eq!((accounts[1].uid, accounts[1].gid, accounts[1].home.as_str()), (7, 8, "/h"));
    assert_eq!(accounts[0].shell, "/bin/bash");
}

#[test]
fn group() {
    let groups = parse_group("root:x:0:\nweb:x:33:zoe,adam,,zoe\nbad:x:y:\n");
    let members = vec!["adam".to_owned(), "zoe".to_owned()];
    assert_eq!(
        groups,
        [
            ("root".to_owned(), Group { gid: 0, members: vec![] }),
            ("web".to_owned(), Group { gid: 33, members })
        ]
    );
}

#[test]
fn shadow() {
    let shadow = parse_shadow("root:*:19000:0:99999:7:::\nold:!:1:::::20000:\n");
    assert_eq!((shadow["root"].password.as_str(), shadow["root"].expires), ("*", None));
    assert_eq!((shadow["old"].password.as_str(), shadow["old"].expires), ("!", Some(20000)));
}

#[test]
fn root_is_found_by_name() {
    let mut ground = Ground::new();
    let Answer::User(Some(root)) = ground.ask(Query::User("root".into())) else { panic!("no root") };
    assert_eq!((root.uid, root.gid, root.group.as_str()), (0, 0, "root"));
    assert_eq!(ground.ask(Query::User("no-such-user".into())), Answer::User(None));
    assert_eq!(ground.ask(Query::Group("no-such-group".into())), Answer::Group(None));
}
