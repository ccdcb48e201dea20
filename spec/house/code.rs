//! The library as its code says it: which file names what of which other, whose methods it calls, and what it defines.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, ImplItem, Token, Type, UseTree, Visibility};

use super::source::{Source, sources};

/// A path by its parts: `["crate", "model", "error", "Failure"]`. A file's own begins below the crate: `["model", "error"]`.
pub type Parts = Vec<String>;

/// All files of `src/` but the two roots.
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
    /// What it names of others, from the root of the crate that has it.
    pub named: BTreeSet<Parts>,
    /// Types that it defines, and whether other files see them.
    pub types: Vec<(String, bool)>,
    /// Methods that its `impl` blocks give to a type, without those of traits.
    pub methods: BTreeSet<(String, String)>,
    /// Methods that it calls, on whatever value.
    pub calls: BTreeSet<String>,
    /// Methods that it calls on `self`, behind the type that this is.
    pub own_calls: BTreeSet<(String, String)>,
    /// Every word that stands in it.
    pub words: BTreeSet<String>,
}

impl File {
    fn read(source: Source) -> Self {
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
        let Reader { types, methods, calls, own_calls, words, .. } = reader;
        Self { source, named, types, methods, calls, own_calls, words }
    }
}

/// A path from the root of its crate on, as the file `own` means it; `known` are the names that the file has brought in.
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

/// What a walk through one file has met.
#[derive(Default)]
struct Reader {
    modules: Vec<String>,
    /// Each with the name that it has in the file.
    imports: Vec<(String, Parts)>,
    paths: BTreeSet<Parts>,
    types: Vec<(String, bool)>,
    methods: BTreeSet<(String, String)>,
    calls: BTreeSet<String>,
    own_calls: BTreeSet<(String, String)>,
    words: BTreeSet<String>,
    /// The type of the `impl` block around.
    of: String,
}

impl Reader {
    fn import(&mut self, above: &Parts, tree: &UseTree) {
        let with = |name: &syn::Ident| [above.as_slice(), &[plain(name)]].concat();
        match tree {
            UseTree::Path(path) => self.import(&with(&path.ident), &path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(above, tree)),
            UseTree::Glob(_) => self.imports.push(("*".into(), [above.as_slice(), &["*".into()]].concat())),
            UseTree::Name(name) if name.ident == "self" => {
                self.imports.push((above.last().unwrap().clone(), above.clone()));
            }
            UseTree::Name(name) => self.imports.push((plain(&name.ident), with(&name.ident))),
            UseTree::Rename(renamed) => self.imports.push((plain(&renamed.rename), with(&renamed.ident))),
        }
    }

    fn define(&mut self, name: &syn::Ident, visibility: &Visibility) {
        self.types.push((plain(name), !matches!(visibility, Visibility::Inherited)));
    }

    /// What stands in a macro that does not read as expressions: paths and calls all the same.
    fn tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut colons, mut dot) = (Parts::new(), 0, false);
        for token in tokens {
            match &token {
                TokenTree::Ident(word) if path.is_empty() || colons == 2 => {
                    if dot {
                        self.calls.insert(plain(word));
                    }
                    path.push(plain(word));
                    (colons, dot) = (0, false);
                    continue;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => {}
            }
            if path.len() > 1 {
                self.paths.insert(std::mem::take(&mut path));
            }
            path.clear();
            colons = 0;
            dot = matches!(&token, TokenTree::Punct(mark) if mark.as_char() == '.');
            if let TokenTree::Ident(word) = &token {
                path.push(plain(word));
            }
        }
        if path.len() > 1 {
            self.paths.insert(path);
        }
    }
}

impl<'a> Visit<'a> for Reader {
    fn visit_ident(&mut self, word: &'a syn::Ident) {
        self.words.insert(plain(word));
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        self.import(&Parts::new(), &item.tree);
        visit::visit_item_use(self, item);
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        self.modules.push(plain(&item.ident));
    }

    /// Whom a `pub(in …)` names is not needed by it.
    fn visit_visibility(&mut self, _: &'a Visibility) {}

    fn visit_path(&mut self, path: &'a syn::Path) {
        let parts: Parts = path.segments.iter().map(|part| plain(&part.ident)).collect();
        if parts.len() > 1 {
            self.paths.insert(parts);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'a syn::Macro) {
        let read = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(item.tokens.clone());
        match read {
            // What was read does not live as long as the file: it is walked by a reader of its own.
            Ok(arguments) => {
                let mut inner = Reader { of: self.of.clone(), ..Reader::default() };
                arguments.iter().for_each(|argument| inner.visit_expr(argument));
                self.paths.extend(inner.paths);
                self.calls.extend(inner.calls);
                self.own_calls.extend(inner.own_calls);
                self.words.extend(inner.words);
            }
            Err(_) => self.tokens(item.tokens.clone()),
        }
        visit::visit_macro(self, item);
    }

    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        let of = match &*item.self_ty {
            Type::Path(path) => path.path.segments.last().map(|part| plain(&part.ident)).unwrap_or_default(),
            _ => String::new(),
        };
        if item.trait_.is_none() {
            for inner in &item.items {
                if let ImplItem::Fn(method) = inner {
                    self.methods.insert((of.clone(), plain(&method.sig.ident)));
                }
            }
        }
        let around = std::mem::replace(&mut self.of, of);
        visit::visit_item_impl(self, item);
        self.of = around;
    }

    fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
        let method = plain(&call.method);
        if matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident("self")) {
            self.own_calls.insert((self.of.clone(), method.clone()));
        }
        self.calls.insert(method);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        self.define(&item.ident, &item.vis);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.define(&item.ident, &item.vis);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_trait(&mut self, item: &'a syn::ItemTrait) {
        self.define(&item.ident, &item.vis);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'a syn::ItemType) {
        self.define(&item.ident, &item.vis);
        visit::visit_item_type(self, item);
    }
}

/// A word without the mark of one that the language has too.
fn plain(word: &syn::Ident) -> String {
    let word = word.to_string();
    word.strip_prefix("r#").map(str::to_owned).unwrap_or(word)
}
