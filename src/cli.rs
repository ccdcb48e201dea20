//! Floor 8: words typed to a request; exit code out.
