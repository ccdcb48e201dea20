//! The library as parsed code: imports, method calls, and definitions of each file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use syn::visit::Visit as _;

use super::reader::{Parts, Reader};
use super::source::{Source, sources};

/// All files of `spec/`, which use the library.
pub static OUTSIDE: LazyLock<Vec<File>> =
    LazyLock::new(|| sources("spec").into_iter().map(File::read).collect());

/// All files of `src/` except the two roots.
pub static LIBRARY: LazyLock<BTreeMap<Parts, File>> = LazyLock::new(|| {
    let inner = |source: &Source| !matches!(source.inner(), "main" | "lib");
    sources("src").into_iter().filter(inner).map(|source| (module(&source), File::read(source))).collect()
});

fn module(source: &Source) -> Parts {
    source.inner().split('/').map(str::to_owned).collect()
}

/// A file of the library.
pub struct File {
    pub source: Source,
    /// Paths that it names in other files, from the root of their crate.
    pub named: BTreeSet<Parts>,
    /// Types that it defines, and whether other files can see them.
    pub types: Vec<(String, bool)>,
    /// Public functions, types and constants.
    pub public: Vec<String>,
    /// Public items without a doc comment, including methods.
    pub undocumented: Vec<String>,
    /// Identifiers in the signatures of public items.
    pub promised: BTreeSet<String>,
    /// Names that it re-exports, with their paths.
    pub shown: BTreeMap<String, Parts>,
    /// Methods in its `impl` blocks, without those of traits.
    pub methods: BTreeSet<(String, String)>,
    /// Methods that it calls on any value.
    pub calls: BTreeSet<String>,
    /// Methods that it calls on `self`, with the type of `self`.
    pub own_calls: BTreeSet<(String, String)>,
    /// All identifiers in the file.
    pub words: BTreeSet<String>,
}

impl File {
    /// Parses a file.
    pub fn read(source: Source) -> Self {
        let tree = syn::parse_file(&source.text).unwrap_or_else(|error| panic!("{}: {error}", source.path));
        let mut reader = Reader::default();
        reader.visit_file(&tree);
        let own = module(&source);
        let below =
            |name: &String| (name.clone(), [vec!["crate".into()], own.clone(), vec![name.clone()]].concat());
        let mut known: BTreeMap<String, Parts> = reader.modules.iter().map(below).collect();
        let imports: Vec<(String, Parts)> = reader
            .imports
            .iter()
            .map(|(name, parts)| (name.clone(), absolute(&own, &known, parts)))
            .collect();
        known.extend(imports.iter().cloned());
        let paths = reader.paths.iter().map(|parts| absolute(&own, &known, parts));
        let named = imports.into_iter().map(|(_, parts)| parts).chain(paths).collect();
        let shown = reader.shown.iter().map(|name| (name.clone(), known[name].clone())).collect();
        let Reader { types, public, undocumented, promised, methods, calls, own_calls, words, .. } = reader;
        Self { source, named, types, public, undocumented, promised, shown, methods, calls, own_calls, words }
    }
}

/// Resolves a path in the file `own` to one from the root of its crate. `known` are the imported names.
fn absolute(own: &[String], known: &BTreeMap<String, Parts>, parts: &[String]) -> Parts {
    let ups = parts.iter().take_while(|part| *part == "super").count();
    let (above, rest) = match parts[0].as_str() {
        "super" => (&own[..own.len().saturating_sub(ups)], &parts[ups..]),
        "self" => (own, &parts[1..]),
        name => {
            let begun = known.get(name).cloned().unwrap_or_else(|| vec![name.to_owned()]);
            return [&begun, &parts[1..]].concat();
        }
    };
    [&["crate".to_owned()], above, rest].concat()
}
