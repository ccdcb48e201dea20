//! The files of the cookbook that a capture writes.

use std::collections::{BTreeMap, BTreeSet};

use super::captured::Capture;
use super::declaration::CapturedResource;
use super::recipes::{PACKAGES, Recipe, in_order};
use crate::model::english::{count, list};

/// The recipe that removes what the base has and the machine has not.
pub const PRUNE: &str = "prune";

impl Capture {
    /// The files of the cookbook: their path in it, and their bytes. The same capture gives the same bytes.
    #[must_use]
    pub fn cookbook(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let (recipes, attributes) = self.with_attributes(name);
        files.extend(attributes.map(|text| ("attributes.lua".to_owned(), text.into_bytes())));
        let order = in_order(&recipes);
        let mut default = format!("-- {name}, as it was captured.\n\n");
        for recipe in &order {
            default.extend(["include_recipe \"", name, "::", recipe, "\"\n"]);
        }
        for (recipe, content) in &recipes {
            let text = if recipe == PACKAGES {
                self.with_versions(content.lua(recipe))
            } else {
                content.lua(recipe)
            };
            files.insert(format!("recipes/{recipe}.lua"), text.into_bytes());
            for declaration in content.declarations() {
                files.extend(declaration.files.iter().cloned());
            }
        }
        files.insert("recipes/default.lua".into(), default.into_bytes());
        if !self.removed.is_empty() {
            let removed: String = self.removed.iter().map(CapturedResource::lua).collect();
            let text = format!(
                "-- What the base has and this machine had not. No other recipe includes this one: `{name}::{PRUNE}` in a run\n\
                 -- list removes it.\n\n{removed}"
            );
            files.insert(format!("recipes/{PRUNE}.lua"), text.into_bytes());
        }
        let needed = self.cookbooks();
        files.insert("cookbook.toml".into(), manifest(name, &needed).into_bytes());
        files.insert("README.md".into(), self.readme(name, &order).into_bytes());
        files
    }

    /// All resources, recipe by recipe.
    pub fn declarations(&self) -> impl Iterator<Item = &CapturedResource> {
        self.recipes.values().flat_map(Recipe::declarations)
    }

    /// One recipe with the resources that are chosen by type and name, and the files that they need.
    #[must_use]
    pub fn recipe_of(&self, name: &str, chosen: &dyn Fn(&str, &str) -> bool) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut text = "-- What the machine had beyond this cookbook.\n".to_owned();
        let mut requires = BTreeSet::new();
        for declaration in self.declarations() {
            let r#type = declaration.r#type.replace('.', "_");
            if !chosen(&r#type, &declaration.names.join(", ")) {
                continue;
            }
            if let Some((cookbook, _)) = declaration.r#type.split_once('.')
                && requires.insert(cookbook)
            {
                text.extend(["\nlocal ", cookbook, " = require \"@", cookbook, "\"\n"]);
            }
            text.push('\n');
            text.push_str(&declaration.lua());
            files.extend(declaration.files.iter().cloned());
        }
        files.insert(format!("recipes/{name}.lua"), text.into_bytes());
        files
    }

    /// The cookbooks whose resources it uses.
    #[must_use]
    pub fn cookbooks(&self) -> BTreeSet<&str> {
        self.recipes.values().flat_map(|recipe| recipe.requires.iter().map(String::as_str)).collect()
    }

    /// How many resources it has.
    #[must_use]
    pub fn resources(&self) -> usize {
        self.recipes.values().map(|recipe| recipe.declarations().count()).sum()
    }

    /// The lines of all recipes, without empty ones and comments.
    #[must_use]
    pub fn lines(&self) -> usize {
        let text = self.recipes.iter().map(|(name, recipe)| recipe.lua(name));
        text.map(|text| {
            text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("--")).count()
        })
        .sum()
    }

    /// The list of packages with the versions that they had, as a comment.
    fn with_versions(&self, text: String) -> String {
        let listed: Vec<String> = self
            .versions
            .iter()
            .filter(|(name, _)| text.contains(&format!("\"{name}\"")))
            .map(|(name, version)| format!("--   {name} {version}\n"))
            .collect();
        if listed.is_empty() { text } else { format!("{text}\n-- The versions were:\n{}", listed.concat()) }
    }

    fn readme(&self, name: &str, order: &[&str]) -> String {
        let mut parts = vec![format!(
            "# {name}\n\nA machine that was set up by hand, captured.\n\n| recipe | resources |\n| --- | --- |\n"
        )];
        for recipe in order {
            let number = self.recipes.get(*recipe).map_or(0, |recipe| recipe.declarations().count());
            parts.push(format!("| `{recipe}` | {number} |\n"));
        }
        if !self.secrets.is_empty() {
            parts.push(format!(
                "\n## Secrets\n\nNot stored: {}. Give what is missing before the first run; see `chefrs help secret`.\n\n",
                count(self.secrets.len(), "value")
            ));
            for (secret, path) in &self.secrets {
                parts.push(format!("- `{secret}`, from `{path}`\n"));
            }
        }
        let programs: Vec<String> = self
            .cookbooks()
            .iter()
            .map(|cookbook| format!("`/usr/local/sbin/{cookbook}-setting`, of the cookbook `{cookbook}`"))
            .collect();
        if !programs.is_empty() {
            parts.push(format!(
                "\n## The first run\n\nWhat is in a server of databases is read and set with a program: {}. A machine that was set \
                 up by hand has none. A plan there tells of that file, and can't tell yet what is in the server. The first run \
                 puts the file there, and the next plan shows no change.\n",
                list(&programs, "and")
            ));
        }
        if !self.notes.is_empty() {
            parts.push("\n## To look at\n\n".to_owned());
            parts.extend(self.notes.iter().map(|note| format!("- {note}\n")));
        }
        parts.concat()
    }
}

fn manifest(name: &str, needed: &BTreeSet<&str>) -> String {
    let dependencies: String = needed.iter().flat_map(|cookbook| [cookbook, " = \"*\"\n"]).collect();
    let dependencies =
        if needed.is_empty() { dependencies } else { format!("\n[dependencies]\n{dependencies}") };
    format!(
        "name = \"{name}\"\nversion = \"0.1.0\"\ndescription = \"A machine that was set up by hand, captured.\"\n{dependencies}"
    )
}
