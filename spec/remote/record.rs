//! The control side's history of runs on other machines.

use chefrs::history::{History, RecordedRun};

use super::server::Server;

use crate::patience::CallInTime as _;

#[test]
fn a_run_has_one_id_here_and_on_its_target() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("one", "file \"[DIR]/made\" { content = \"x\\n\" }\n");
    let (status, reported, stderr) = server.call("run", &["-r", "one"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{reported}");
    let run = last(&server);
    let [target] = run.targets.as_slice() else { panic!("{run:?}") };
    assert_eq!((target.target.as_str(), target.exit, run.exit), ("target", Some(0), Some(0)));
    let own = target.run.as_deref().unwrap();
    assert_eq!(own, run.run);
    assert_eq!(target.counts.unwrap().updated, 1);

    let (status, shown, stderr) = server.told(words(&server, &["show", "last"]));
    assert_eq!((status, stderr.as_str()), (0, ""));
    assert_eq!(shown.split_once('\n').unwrap().1, reported);
}

#[test]
fn a_target_that_was_not_reached_is_told_of_as_it_was() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("one", "file \"[DIR]/made\"\n");
    let run = server.command("run", "shut", &["-r", "one"]).output_in_time().unwrap();
    let (status, _, reported) = server.told(run);
    assert_eq!(status, 4, "{reported}");
    let (_, logged, _) = server.told(words(&server, &["log"]));
    assert!(logged.ends_with(" one on shut: unreachable\n"), "{logged}");
    let (_, shown, _) = server.told(words(&server, &["show", "last"]));
    assert_eq!(shown.split_once('\n').unwrap().1, reported);
    assert_eq!(last(&server).exit, Some(4));
}

fn last(server: &Server) -> RecordedRun {
    let directory = server.path("control");
    let history = History::look(camino::Utf8Path::from_path(&directory).unwrap()).unwrap().unwrap();
    history.run("last").unwrap()
}

/// `chefrs …` at the client, without a target.
fn words(server: &Server, words: &[&str]) -> std::process::Output {
    let like = server.command("run", "target", &[]);
    let mut command = std::process::Command::new(like.get_program());
    command.args(words).current_dir(server.path("")).env_clear();
    for (name, value) in like.get_envs() {
        command.env(name, value.unwrap());
    }
    command.output_in_time().unwrap()
}
