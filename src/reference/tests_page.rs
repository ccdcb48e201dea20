//! The page about the tests of recipes.

use crate::compile::test_words::{RESOURCE_WORDS, RUN_WORDS, TEST_KEYS, TestWord};
use crate::compile::words::{KnownIn, RECIPE_WORDS, RecipeWord};

use super::markdown::{NamedItem, PageText, ReferencePage};
use super::topics::{key, page, word};

/// Generates the page.
pub(super) fn tests() -> ReferencePage {
    let title = "Tests";
    let mut text = PageText::titled(title);
    text.prose(
        "`chefrs test` runs the tests in `tests/*.lua` of a project and of its cookbooks. A test compiles recipes with the facts, \
         attributes and secrets that it gives, and looks at the resources. It needs no machine, and takes milliseconds. \
         `chefrs check` runs the tests, too.",
    );
    text.code(
        "lua",
        "test \"listens on the port\" {\n  attributes = { nginx = { port = 8080 } },\n  run_list = { \"nginx\" },\n  \
         expect = function(run)\n    local conf = run:resource \"template[/etc/nginx/conf.d/unknown-hosts.conf]\"\n    \
         contains(conf.content, \"listen 8080 default_server;\")\n    \
         contains(conf.notifies, { \"reload\", \"service[nginx]\", \"delayed\" })\n  end,\n}",
    );
    let items = |words: &[TestWord]| words.iter().map(|word| key(&word.key)).collect::<Vec<_>>();
    text.heading("Keys of a test");
    text.items(items(TEST_KEYS));
    text.heading("What run has");
    text.items(items(RUN_WORDS));
    text.heading("What a resource has");
    text.items(items(RESOURCE_WORDS));
    text.heading("Words");
    let is_of_tests = |word: &&RecipeWord| word.files == KnownIn::Tests;
    text.items(
        RECIPE_WORDS
            .iter()
            .filter(is_of_tests)
            .map(|found| NamedItem { below: found.doc.to_owned(), ..word(found) }),
    );
    text.prose(
        "`assert` and `error` of Lua fail a test, too. The first thing that is not as expected ends the test; `pcall` does not \
         change that. The functions `recipe` may use the words of recipes, and `require` to get custom resources and libraries.",
    );
    text.heading("How they run");
    text.prose(
        "A file declares its tests where it is evaluated, so a loop can declare one for each of several platforms. Outside of \
         the functions `recipe` no resources can be declared and there is no `node`. Each test is a compile of its own, with the \
         sandbox and the limits of a compile: tests share nothing, and one that never ends is stopped and told.",
    );
    page("tests", title, text)
}
