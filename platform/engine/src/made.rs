//! What a create call answered, as far as apply may take it for granted.

use crate::resource::Outputs;

/// What a create call made.
#[derive(Clone, Debug)]
pub struct Made<P> {
    /// The cloud's id.
    pub id: String,
    /// What is there now. `None` where the call's answer leaves that open: a state to wait for, or
    /// an output that only a look shows.
    pub now: Option<Now<P>>,
}

/// A new object as its create call left it: usable at once, its outputs final.
#[derive(Clone, Debug)]
pub struct Now<P> {
    /// Properties it has; what the call could not set is as the cloud documents its default.
    pub props: P,
    /// Every output of the kind.
    pub outputs: Outputs,
}

impl<P> Made<P> {
    /// One that apply looks at until it is ready.
    #[must_use]
    pub fn unseen(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            now: None,
        }
    }

    /// One that is usable at once, so that apply need not look at it.
    #[must_use]
    pub fn usable<const N: usize>(
        id: impl Into<String>,
        props: P,
        outputs: [(&str, String); N],
    ) -> Self {
        let outputs = outputs.map(|(name, value)| (name.to_owned(), value));
        Self {
            id: id.into(),
            now: Some(Now {
                props,
                outputs: outputs.into(),
            }),
        }
    }
}
