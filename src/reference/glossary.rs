//! The glossary: the terms of chefrs with their meanings, and synonyms that are not used.

/// A term.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    pub word: &'static str,
    pub means: &'static str,
    /// Synonyms that must not be used in texts for people. A spec searches for them.
    pub losers: &'static [&'static str],
}

const fn term(word: &'static str, means: &'static str, losers: &'static [&'static str]) -> Term {
    Term { word, means, losers }
}

/// All terms, sorted.
pub const GLOSSARY: &[Term] = &[
    term("action", "What a resource does: `create`, `restart`. Each type has a default.", &[]),
    term(
        "agent",
        "chefrs itself, copied to a target, where it does the work.",
        &["minion", "daemon process"],
    ),
    term("attribute", "A setting that recipes read from `node`.", &["grain", "pillar"]),
    term("change", "A difference between the actual and the declared state of a target.", &[]),
    term("compile", "Turning recipes into a list of resources. No machine is touched.", &[]),
    term("converge", "Bringing a target to the state that the resources declare.", &[]),
    term(
        "cookbook",
        "Recipes, custom resources, templates, files and attributes that belong together.",
        &["playbook"],
    ),
    term("custom resource", "A resource type that a cookbook writes.", &["lightweight resource", "LWRP"]),
    term(
        "deferred value",
        "A value that is only known when the resource converges: a secret, the contents of a file, the output of a command, \
         or text that is made of these.",
        &["lazy value"],
    ),
    term("facts", "Properties of a machine: its platform, its kernel, its addresses.", &["ohai"]),
    term("fleet", "The targets of one run, if there are several.", &[]),
    term("guard", "A condition for an action: `only_if`, `not_if`.", &[]),
    term("handler", "A program that gets the events of a run or plan when it has ended.", &[]),
    term("node", "A machine that the inventory knows by name.", &[]),
    term("notification", "It makes a resource act when another one was updated.", &[]),
    term(
        "owed",
        "Of a notification: not delivered yet, for example because a run was killed. The next run delivers it.",
        &[],
    ),
    term("partial", "A template that another template includes: `{{> head}}`.", &[]),
    term("plan", "What a run would change. Nothing is changed.", &["check mode", "noop"]),
    term("project", "A directory with recipes, cookbooks and an inventory, each optional.", &["chef repo"]),
    term("property", "A setting of a resource.", &[]),
    term("recipe", "A file that declares resources.", &[]),
    term("resource", "One thing that is declared: a file, a package, a service.", &[]),
    term("run", "Converging one or more targets once.", &[]),
    term(
        "run list",
        "The recipes of a run, in order: what `-r` names, or else `run_list` of the node and its groups.",
        &["runlist", "run-list"],
    ),
    term("skipped", "Of a resource: a guard kept it from acting, or it waits for a notification.", &[]),
    term(
        "target",
        "The machine that a run works on: this one, one behind ssh, a container, a directory with a system.",
        &[],
    ),
    term("unreachable", "Of a target: no connection to it could be made.", &["not reached", "not reachable"]),
    term("up to date", "Of a resource: there was nothing to change.", &["up-to-date"]),
    term("updated", "Of a resource: it was changed.", &[]),
];
