//! `chefrs do`: the tasks of a project and its cookbooks.

use super::program::Program;

const ECHO: &str = "return task {
  doc = \"Says its arguments.\",
  arguments = {
    lines = argument.integer { default = 2, min = 1, doc = \"Number of lines.\" },
    loud = argument.boolean { default = false, doc = \"Whether to shout.\" },
    marks = argument.list { items = argument.string {}, doc = \"What to mark it with.\" },
    to = argument.string { required = true, doc = \"Who is told.\" },
    words = argument.strings { default = {}, doc = \"What is said.\" },
  },
  run = function(self)
    local tags = table.concat(self.marks or {}, \"+\")
    execute \"it\" { command = { \"echo\", self.to, tostring(self.lines), tostring(self.loud), tags, unpack(self.words) } }
    execute \"then\" { command = \"pwd\", cwd = \"/\" }
  end,
}
";

/// A project with the task `say`, and a cookbook with the task `name`.
fn project(words: &[&str]) -> Program {
    Program::new(words)
        .file("tasks/say.lua", ECHO)
        .file("cookbooks/web/cookbook.toml", "name = \"web\"\nversion = \"1.0.0\"\n")
        .file(
            "cookbooks/web/attributes.lua",
            "return attributes { port = attribute.integer { default = 80 } }\n",
        )
        .file(
            "cookbooks/web/tasks/port.lua",
            "return task { doc = \"Prints the port.\", run = function(self)\n  \
             execute \"it\" { command = { \"echo\", tostring(node.web.port) } }\nend }\n",
        )
}

#[test]
fn tasks_are_listed_with_their_arguments() {
    let all = project(&["do"]).output();
    assert_eq!(all.status, 0, "{}", all.stderr);
    let line = |name: &str| all.stdout.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    assert_eq!(line(". say "), Some("Says its arguments."), "{}", all.stdout);
    assert_eq!(line("web port "), Some("Prints the port."), "{}", all.stdout);
    // Those of the cookbooks of the program are among them.
    assert_eq!(line("django_app releases "), Some("Lists the releases, newest first."), "{}", all.stdout);
    project(&["do", "."])
        .stdout(
            "chefrs do . say [lines=…] [loud=…] [marks=…] to=… [-- …]
  Says its arguments.
    lines  Number of lines. Default: 2.
    loud   Whether to shout. Default: false.
    marks  What to mark it with.
    to     Who is told. Required.
    words  What is said. Default: [].
",
        )
        .check();
    project(&["do", "web"]).stdout("chefrs do web port\n  Prints the port.\n").check();
}

#[test]
fn arguments_have_types_and_reach_the_commands_as_they_are() {
    let words =
        ["do", ".", "say", "to=$(id) '", "lines=3", "loud=true", "marks=a", "marks=b c", "--", "-n", "x  y"];
    project(&words).stdout("$(id) ' 3 true a+b c -n x  y\n/\n").check();
    project(&["do", ".", "say", "to=you"]).stdout("you 2 false \n/\n").check();
}

#[test]
fn attributes_count_as_in_a_run() {
    project(&["do", "web", "port"]).stdout("80\n").check();
    project(&["do", "web", "port", "--set", "web.port=81"]).stdout("81\n").check();
}

#[test]
fn what_is_typed_wrongly_is_told_before_anything_runs() {
    for (words, told) in [
        (&["do", "wb"][..], "error: `wb` has no tasks\nhint: did you mean `web`?\n"),
        (&["do", "web", "prt"], "error: `web` has no task `prt`\nhint: did you mean `port`?\n"),
        (&["do", "web", "port", "x=1"], "error: the task `port` has no argument `x`\nhint: it takes none\n"),
        (
            &["do", ".", "say", "line=1"],
            "error: the task `say` has no argument `line`\nhint: did you mean `lines`?\n",
        ),
        (&["do", ".", "say", "lines=many"], "error: `lines` of `say` is a whole number"),
        (&["do", ".", "say", "to=a", "to=b"], "error: `to` is given twice\n"),
        (&["do", ".", "say", "you"], "error: an argument of a task is `NAME=VALUE`, not `you`\n"),
        (&["do", "web", "port", "--", "x"], "error: the task `port` takes no words after `--`\n"),
    ] {
        project(words).stderr_has(told).status(64).check();
    }
    let needs = "error: the task `say` needs `to=…`: a string\n";
    project(&["do", ".", "say"]).stderr_has(needs).status(64).check();
}

#[test]
fn a_failure_is_that_of_the_command_and_what_follows_is_not_run() {
    Program::new(&["do", ".", "broken"])
        .file(
            "tasks/broken.lua",
            "return task { run = function(self)\n  execute \"it\" { command = \"echo one; exit 7\" }\n  \
             execute \"then\" { command = \"echo two\" }\nend }\n",
        )
        .stdout("one\n")
        .stderr_has("status 7")
        .status(1)
        .check();
}

#[test]
fn a_task_declares_commands_alone() {
    for (body, told) in [
        (
            "file \"/tmp/x\" { content = \"\" }",
            "file[/tmp/x] can't be part of a task: a task declares `execute` alone",
        ),
        (
            "execute \"x\" { command = \"true\", only_if = \"true\" }",
            "execute[x] has a guard, a notification or an action",
        ),
        ("execute \"x\" { command = \"true\", creates = \"/tmp/x\" }", "execute[x] has `creates`"),
        (
            "execute \"x\" { command = \"true\", sensitive = true }",
            "execute[x] has `sensitive`, which a task does not have",
        ),
        ("execute \"x\" { command = \"true\", retries = 2 }", "execute[x] has `retries`"),
        (
            "execute \"x\" { command = \"true\", environment = { A = secret \"a\" } }",
            "has a value that is not known yet, or a secret",
        ),
    ] {
        Program::new(&["do", ".", "wrong"])
            .file("tasks/wrong.lua", &format!("return task {{ run = function(self)\n  {body}\nend }}\n"))
            .stderr_has("tasks/wrong.lua:2: ")
            .stderr_has(told)
            .status(1)
            .check();
    }
}

#[test]
fn mistakes_in_the_file_are_told_with_their_place() {
    for (text, told) in [
        ("return 1\n", "the file returns the number 1, not a task\n  --> tasks/wrong.lua\n"),
        ("return task { rn = function() end }\n", "`task` has no key `rn`"),
        ("return task { doc = \"x\" }\n", "a task needs `run`"),
        (
            "return task { arguments = { a = property.string {} }, run = function() end }\n",
            "`property` is not defined",
        ),
    ] {
        let said = Program::new(&["do", ".", "wrong"]).file("tasks/wrong.lua", text).output();
        assert_ne!(said.status, 0);
        assert!(said.stderr.contains(told), "{told}\n{}", said.stderr);
        let checked = Program::new(&["check"])
            .file("tasks/wrong.lua", text)
            .file("recipes/a.lua", "file \"/tmp/a\" { content = \"\" }\n")
            .output();
        assert!(checked.stdout.contains(told) || checked.stderr.contains(told), "{told}\n{}", checked.stderr);
    }
}

#[test]
fn a_task_with_a_terminal_takes_the_place_of_the_program() {
    let text = "return task { terminal = true, run = function(self)\n  \
                execute \"it\" { command = { \"sh\", \"-c\", \"pwd; echo $WHO; exit 5\" }, cwd = \"/usr\", environment = { WHO = \"a b\" } }\n\
                end }\n";
    Program::new(&["do", ".", "shell"]).file("tasks/shell.lua", text).stdout("/usr\na b\n").status(5).check();
}

#[test]
fn a_guard_of_a_custom_resource_is_not_passed_over() {
    Program::new(&["do", ".", "wrong"])
        .file(
            "resources/step.lua",
            "return resource { actions = { go = function(self) execute \"it\" { command = \"echo ran\" } end } }\n",
        )
        .file(
            "tasks/wrong.lua",
            "local own = require \".\"\nreturn task { run = function(self)\n  own.step \"x\" { only_if = \"false\" }\nend }\n",
        )
        .stderr_has("tasks/wrong.lua:3: step[x] has a guard, a notification or an action, which a task does not have")
        .status(1)
        .check();
}
