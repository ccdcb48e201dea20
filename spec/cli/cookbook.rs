//! `chefrs cookbook show`: what lies in a cookbook, inside the program or in the project.

use super::program::Program;

#[test]
fn the_shipped_ones_are_listed() {
    let output = Program::new(&["cookbook", "show"]).output();
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    for name in ["base", "nginx", "python", "django_app"] {
        assert!(output.stdout.lines().any(|line| line.starts_with(&format!("{name} "))), "{}", output.stdout);
    }
}

#[test]
fn a_file_inside_the_program_is_printed_as_it_is() {
    let text = std::fs::read_to_string(crate::house::source::home().join("cookbooks/nginx/cookbook.toml"));
    Program::new(&["cookbook", "show", "nginx", "cookbook.toml"]).stdout(&text.unwrap()).check();
}

#[test]
fn the_files_of_a_cookbook_are_listed_with_size_and_first_comment() {
    Program::new(&["cookbook", "show", "blog"])
        .file(
            "cookbooks/blog/cookbook.toml",
            "name = \"blog\"\nversion = \"0.1.0\"\ndescription = \"A blog.\"\n[dependencies]\nnginx = \"*\"\n",
        )
        .file("cookbooks/blog/recipes/default.lua", "-- The whole blog.\nfile \"/x\"\n")
        .stdout(
            "blog 0.1.0\nA blog.\nUses: nginx\n\n\
             cookbook.toml            83 bytes\n\
             recipes/default.lua      29 bytes  The whole blog.\n",
        )
        .check();
}

#[test]
fn what_is_not_there_is_answered_with_the_nearest() {
    Program::new(&["cookbook", "show", "ngnix"])
        .stderr("error: there is no cookbook `ngnix`\nhint: did you mean `nginx`?\n")
        .status(64)
        .check();
    Program::new(&["cookbook", "show", "nginx", "cookbok.toml"])
        .stderr(
            "error: the cookbook `nginx` has no file `cookbok.toml`\nhint: did you mean `cookbook.toml`?\n",
        )
        .status(64)
        .check();
}
