//! Where a deployment's image comes from.

use std::path::PathBuf;

/// What was asked for.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// An image that a registry has, which ECS can pull from.
    Image(String),
    /// A program that was built elsewhere.
    Binary(PathBuf),
    /// The service in this source tree.
    Tree,
}

impl Source {
    /// The image, in a registry that ECS pulls from.
    ///
    /// # Errors
    /// It cannot be made, or not be pushed.
    pub(crate) async fn image(
        &self,
        _cx: &crate::context::Context,
        _session: &crate::session::Session,
        _live: &bella_engine::live::Live,
        _talk: super::Talk<'_>,
    ) -> Result<String, crate::error::CommandError> {
        match self {
            Self::Image(image) => Ok(image.clone()),
            Self::Binary(_) | Self::Tree => Err(crate::error::CommandError::usage("not yet")),
        }
    }
}
