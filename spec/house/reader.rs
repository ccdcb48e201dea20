//! Reads a parsed file: imports, calls, definitions and re-exports.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ImplItem, Token, TraitItem, Type, UseTree, Visibility};

/// The components of a path: `["crate", "model", "error", "Failure"]`. The path of a file starts below the crate:
/// `["model", "error"]`.
pub type Parts = Vec<String>;

/// What was found in a file.
#[derive(Default)]
pub struct Reader {
    pub modules: Vec<String>,
    /// Each with its local name.
    pub imports: Vec<(String, Parts)>,
    pub paths: BTreeSet<Parts>,
    pub types: Vec<(String, bool)>,
    pub public: Vec<String>,
    pub promised: BTreeSet<String>,
    pub shown: Vec<String>,
    pub methods: BTreeSet<(String, String)>,
    pub calls: BTreeSet<String>,
    pub own_calls: BTreeSet<(String, String)>,
    pub words: BTreeSet<String>,
    pub undocumented: Vec<String>,
    /// The type of the current `impl` block.
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

    fn define(&mut self, name: &syn::Ident, visibility: &Visibility, attributes: &[Attribute]) {
        self.types.push((plain(name), !matches!(visibility, Visibility::Inherited)));
        self.publish(name, visibility, attributes);
    }

    fn publish(&mut self, name: &syn::Ident, visibility: &Visibility, attributes: &[Attribute]) {
        if matches!(visibility, Visibility::Public(_)) {
            self.public.push(plain(name));
            self.want_docs(name, attributes);
        }
    }

    /// Records an item without a doc comment.
    fn want_docs(&mut self, name: &syn::Ident, attributes: &[Attribute]) {
        if !attributes.iter().any(|attribute| attribute.path().is_ident("doc")) {
            self.undocumented.push(plain(name));
        }
    }

    /// Records the identifiers in the signature of a public item.
    fn promise(&mut self, visibility: &Visibility, walk: impl FnOnce(&mut Self)) {
        if matches!(visibility, Visibility::Public(_)) {
            let mut inner = Self::default();
            walk(&mut inner);
            self.promised.extend(inner.words);
        }
    }

    /// Visits parameters and return type, but not the name of the function.
    fn given(&mut self, signature: &syn::Signature) {
        self.visit_generics(&signature.generics);
        for input in &signature.inputs {
            if let syn::FnArg::Typed(input) = input {
                self.visit_type(&input.ty);
            }
        }
        self.visit_return_type(&signature.output);
    }

    /// Finds paths and calls in a macro whose arguments can't be parsed as expressions.
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
        let before = self.imports.len();
        self.import(&Parts::new(), &item.tree);
        if matches!(item.vis, Visibility::Public(_)) {
            self.shown.extend(self.imports[before..].iter().map(|(name, _)| name.clone()));
        }
        visit::visit_item_use(self, item);
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        self.modules.push(plain(&item.ident));
    }

    /// The module in `pub(in …)` is not a use of it.
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
            // The parsed expressions don't live long enough for this visitor, so they get one of their own.
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

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.publish(&item.sig.ident, &item.vis, &item.attrs);
        self.promise(&item.vis, |inner| inner.given(&item.sig));
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        if matches!(item.vis, Visibility::Public(_)) {
            self.want_docs(&item.sig.ident, &item.attrs);
        }
        self.promise(&item.vis, |inner| inner.given(&item.sig));
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_impl_item_const(&mut self, item: &'a syn::ImplItemConst) {
        if matches!(item.vis, Visibility::Public(_)) {
            self.want_docs(&item.ident, &item.attrs);
        }
        visit::visit_impl_item_const(self, item);
    }

    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.publish(&item.ident, &item.vis, &item.attrs);
        self.promise(&item.vis, |inner| inner.visit_type(&item.ty));
        visit::visit_item_const(self, item);
    }

    fn visit_item_static(&mut self, item: &'a syn::ItemStatic) {
        self.publish(&item.ident, &item.vis, &item.attrs);
        self.promise(&item.vis, |inner| inner.visit_type(&item.ty));
        visit::visit_item_static(self, item);
    }

    fn visit_field(&mut self, field: &'a syn::Field) {
        self.promise(&field.vis, |inner| inner.visit_type(&field.ty));
        visit::visit_field(self, field);
    }

    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        self.define(&item.ident, &item.vis, &item.attrs);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.define(&item.ident, &item.vis, &item.attrs);
        self.promise(&item.vis, |inner| {
            item.variants.iter().for_each(|variant| inner.visit_variant(variant));
        });
        visit::visit_item_enum(self, item);
    }

    fn visit_item_trait(&mut self, item: &'a syn::ItemTrait) {
        self.define(&item.ident, &item.vis, &item.attrs);
        self.promise(&item.vis, |inner| item.items.iter().for_each(|given| inner.visit_trait_item(given)));
        if matches!(item.vis, Visibility::Public(_)) {
            for inner in &item.items {
                match inner {
                    TraitItem::Fn(inner) => self.want_docs(&inner.sig.ident, &inner.attrs),
                    TraitItem::Const(inner) => self.want_docs(&inner.ident, &inner.attrs),
                    TraitItem::Type(inner) => self.want_docs(&inner.ident, &inner.attrs),
                    _ => {}
                }
            }
        }
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'a syn::ItemType) {
        self.define(&item.ident, &item.vis, &item.attrs);
        self.promise(&item.vis, |inner| inner.visit_type(&item.ty));
        visit::visit_item_type(self, item);
    }
}

/// Removes the prefix of a raw identifier.
fn plain(word: &syn::Ident) -> String {
    let word = word.to_string();
    word.strip_prefix("r#").map(str::to_owned).unwrap_or(word)
}
