//! Runs one test: compiles what it names, and lets it look at the collection.

use std::iter;
use std::rc::Rc;

use mlua::Function;

use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::secrets::Secrets;
use crate::model::unit_test::TestFile;

use super::compilation::Compilation;
use super::input::Compiled;
use super::session::{FileFrame, ScriptKind};
use super::tests::declared::{DeclaredTest, TestList};
use super::tests::expected::unmet;
use super::tests::view::RunView;

impl Compilation {
    /// Evaluates a file of tests. Errors are recorded.
    pub(super) fn evaluate_tests(self: &Rc<Self>, file: &TestFile) -> Vec<DeclaredTest> {
        // The errors are recorded.
        let _recorded = self.evaluate(&file.path, of_tests(file));
        let Ok(vm) = self.vm(&file.cookbook) else { return Vec::new() };
        let Some(mut list) = vm.lua.app_data_mut::<TestList>() else { return Vec::new() };
        list.is_complete = true;
        list.tests.clone()
    }

    /// Compiles what a test names, and lets it look at the result. Returns what is not as expected.
    pub(super) fn run_test(
        self: &Rc<Self>,
        file: &TestFile,
        declared: &DeclaredTest,
        messages: &mut Vec<(Location, String)>,
    ) -> Vec<Diagnostic> {
        let list = self.evaluate_tests(file);
        let same = list.into_iter().find(|test| test.title == declared.title);
        let Some(body) = same.and_then(|test| test.body) else {
            let differs = Diagnostic::error("the file does not declare this test with the facts of the test");
            return vec![differs.hint("declare the same tests whatever the machine is")];
        };
        let run_list = self.entries_of(file, body.input.run_list.clone(), body.recipe.is_none());
        let outcome = self.compile_for(file, &run_list, body.recipe.as_ref());
        let mut compiled = match outcome {
            Err(Diagnostics(errors)) if body.input.errors.is_empty() || self.budget.is_stopped() => {
                return errors;
            }
            Err(Diagnostics(errors)) => return unmet("error", &body.input.errors, &errors),
            Ok(compiled) => compiled,
        };
        messages.append(&mut compiled.messages.clone());
        if !body.input.errors.is_empty() {
            let wanted: Vec<String> =
                body.input.errors.iter().map(|text| format!("wanted: {text}")).collect();
            let mut failed = Diagnostic::error("the compile succeeds, and should fail");
            failed.notes = wanted;
            return vec![failed];
        }
        // What is to be said of the project is not about the recipes.
        let general: Vec<Diagnostic> = self.books.unfinished().chain(self.books.hiding()).collect();
        compiled.warnings.retain(|warning| !general.contains(warning));
        let findings = unmet("warning", &body.input.warnings, &compiled.warnings);
        if findings.is_empty()
            && let Some(expect) = &body.expect
        {
            self.look_at_result(file, expect, compiled, body.input.secrets.clone());
        }
        findings
    }

    /// The run list of a test. In that of a cookbook, a name is a cookbook before it is a recipe of the project.
    fn entries_of(&self, file: &TestFile, named: Option<Vec<String>>, needs_some: bool) -> Vec<String> {
        let own = || if needs_some { vec![file.cookbook.clone()] } else { Vec::new() };
        let mut run_list = named.unwrap_or_else(own);
        if !file.cookbook.is_empty() {
            for entry in run_list.iter_mut().filter(|entry| self.books.has(entry)) {
                entry.push_str("::default");
            }
        }
        run_list
    }

    fn compile_for(
        self: &Rc<Self>,
        file: &TestFile,
        run_list: &[String],
        recipe: Option<&Function>,
    ) -> Result<Compiled, Diagnostics> {
        let vm = self.vm(&file.cookbook).map_err(|error| Diagnostic::error(error.to_string()))?;
        let required = vm.lua.app_data_ref::<TestList>().map(|list| list.required.clone());
        let required = required.unwrap_or_default();
        let entries = run_list.iter().filter_map(|entry| self.books.entry(entry).ok());
        let with_recipe = iter::once(file.cookbook.as_str()).chain(required.iter().map(String::as_str));
        self.add_wrappers(entries.map(|(book, _)| book).chain(with_recipe.filter(|_| recipe.is_some())));
        for entry in run_list {
            if self.is_over(|| None) {
                break;
            }
            self.run_entry(entry);
        }
        if let Some(recipe) = recipe
            && !self.is_over(|| None)
        {
            // The errors are recorded.
            let _recorded = self.run_recipe(file, &required, recipe);
        }
        self.finish(run_list)
    }

    /// Runs the recipe of a test.
    fn run_recipe(
        self: &Rc<Self>,
        file: &TestFile,
        required: &[String],
        recipe: &Function,
    ) -> mlua::Result<()> {
        for book in iter::once(&file.cookbook).chain(required) {
            self.load_attributes(book)?;
        }
        let name = file.path.strip_suffix(".lua").unwrap_or(&file.path);
        let name =
            if file.cookbook.is_empty() { name.to_owned() } else { format!("{}::{name}", file.cookbook) };
        let frame = FileFrame {
            cookbook: file.cookbook.clone(),
            recipe: name,
            kind: ScriptKind::Recipe,
            parent: None,
        };
        self.declaring(frame, &self.label_of(file), || recipe.call(()))
    }

    /// Calls `expect`. What fails is recorded.
    fn look_at_result(
        self: &Rc<Self>,
        file: &TestFile,
        expect: &Function,
        compiled: Compiled,
        secrets: Secrets,
    ) {
        let Ok(vm) = self.vm(&file.cookbook) else { return };
        if let Some(mut list) = vm.lua.app_data_mut::<TestList>() {
            list.secrets = Rc::new(secrets);
        }
        let view = RunView { compilation: Rc::clone(self), compiled };
        // The errors are recorded.
        let _recorded = self.within(of_tests(file), &self.label_of(file), || {
            let view = vm.lua.create_userdata(view)?;
            expect.call::<()>(view)
        });
    }

    fn label_of(&self, file: &TestFile) -> String {
        self.book(&file.cookbook).map(|book| book.label(&file.path)).unwrap_or_default()
    }
}

/// The frame of a file of tests, and of what looks at the result.
fn of_tests(file: &TestFile) -> FileFrame {
    FileFrame {
        cookbook: file.cookbook.clone(),
        recipe: String::new(),
        kind: ScriptKind::Tests,
        parent: None,
    }
}
