//! The layers of attributes, with those of wrapper cookbooks.

use std::rc::Rc;

use crate::model::node::AttributeSource;

/// What a cookbook sets for its dependencies.
#[derive(Debug)]
pub(super) struct Wrapper {
    /// The cookbook that sets it.
    pub(super) book: String,
    pub(super) source: AttributeSource,
}

/// A layer with the cookbook whose file it is. Empty for the project and the command line.
pub(super) type OwnedLayer<'a> = (&'a str, &'a AttributeSource);

/// The wrapper cookbooks, then the layers of the project, lowest first.
pub(super) fn layers<'a>(
    wrappers: &'a [Rc<Wrapper>],
    above: &'a [AttributeSource],
) -> impl Iterator<Item = OwnedLayer<'a>> {
    let below = wrappers.iter().map(|wrapper| (wrapper.book.as_str(), &wrapper.source));
    below.chain(above.iter().map(|source| ("", source)))
}
