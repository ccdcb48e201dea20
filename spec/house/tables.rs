//! Environment variables are read only through the table that the reference prints.

use super::source::sources;

#[test]
fn variables_are_read_through_their_table() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in sources("src") {
        for (line, code) in file.code() {
            for read in ["env::var(", "env::var_os("] {
                let Some((_, rest)) = code.split_once(read) else { continue };
                seen += 1;
                // `STATE.name`, where `STATE` is from `model::variables`.
                let argument = rest.split(')').next().unwrap_or_default();
                if argument.rsplit('.').next() != Some("name") {
                    wrong.push(format!("{}:{line} {}", file.path, code.trim()));
                }
            }
        }
        let makes = file.code().any(|(_, code)| code.contains("Variable {"));
        assert!(!makes || file.path == "src/model/variables.rs", "{} has variables of its own", file.path);
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(seen >= 7, "only {seen} variables are read");
}
