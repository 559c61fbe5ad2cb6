//! What a rollout plans with: a deployment with the stack file; a rollback with the stack as it stands, since whoever goes back at
//! night neither waits for what somebody has written into the file meanwhile, nor wants it carried out.

use bella_stack::{
    Node, Read, Stack, Standing, blueprint, blueprint_awake, blueprint_registering,
    blueprint_running, reads,
};

use crate::site::Scope;

/// The stack that an image is put into.
pub(crate) enum Basis<'a> {
    /// As its file says.
    File(&'a Stack),
    /// As it is, with what its tasks read from secrets.
    Standing(Standing, Vec<Read>),
}

impl Basis<'_> {
    /// How much of the stack the nodes are.
    pub(crate) fn scope(&self) -> Scope {
        match self {
            Self::File(_) => Scope::Whole,
            Self::Standing(..) => Scope::Part,
        }
    }

    /// The definitions with the image `next`, and the service held at `revision`, which runs the image `now`.
    pub(crate) fn registering(&self, now: Option<&str>, next: &str, revision: &str) -> Vec<Node> {
        match self {
            Self::File(stack) => blueprint_registering(stack, now, next, revision),
            Self::Standing(standing, _) => standing.registering(next, revision),
        }
    }

    /// The service running an image.
    pub(crate) fn running(&self, image: &str) -> Vec<Node> {
        match self {
            Self::File(stack) => blueprint_running(stack, Some(image)),
            Self::Standing(standing, _) => standing.running(image),
        }
    }

    /// The same with tasks wanted now.
    pub(crate) fn awake(&self, image: &str) -> Vec<Node> {
        match self {
            Self::File(stack) => blueprint_awake(stack, image),
            Self::Standing(standing, _) => standing.awake(image),
        }
    }

    /// The service with no task wanted.
    pub(crate) fn resting(&self) -> Vec<Node> {
        match self {
            Self::File(stack) => blueprint(stack),
            Self::Standing(standing, _) => standing.resting(),
        }
    }

    /// What tasks read from secrets.
    pub(crate) fn reads(&self) -> Vec<Read> {
        match self {
            Self::File(stack) => reads(&blueprint(stack)),
            Self::Standing(_, reads) => reads.clone(),
        }
    }
}
