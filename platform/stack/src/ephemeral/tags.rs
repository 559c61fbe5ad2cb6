//! What a stack's objects say of its life, so that it can be listed without a file.

/// Keys of the tags.
#[derive(Debug, Clone, Copy)]
pub struct Keys {
    /// The stack.
    pub stack: &'static str,
    /// How long it may live at first.
    pub ttl: &'static str,
    /// When it ends, RFC 3339; on its VPC alone, a guest's on its ECS cluster, and not among the tags that a plan compares.
    pub expires: &'static str,
    /// When it was asked for first, RFC 3339.
    pub created: &'static str,
    /// Who asked first.
    pub created_by: &'static str,
    /// US dollars an hour, by the estimate.
    pub hourly: &'static str,
    /// The longest time to ask for at once and the longest in all.
    pub limits: &'static str,
    /// What it was asked for as.
    pub name: &'static str,
    /// The stack that it is a guest of; others have no such tag.
    pub host: &'static str,
}

/// The tags of a stack that was made for a while.
pub const EPHEMERAL_TAGS: Keys = Keys {
    stack: "bella:stack",
    ttl: "bella:ttl",
    expires: "bella-expires",
    created: "bella:created",
    created_by: "bella:created_by",
    hourly: "bella:hourly_usd",
    limits: "bella:limits",
    name: "bella:ephemeral",
    host: "bella:host",
};

/// A text with only what a tag's value may have: letters, digits, spaces and `+-=._:/@`, 256 at most ("Tag naming limits" of AWS's
/// tagging guide); anything else becomes `_`.
pub fn tag_words(text: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || " +-=._:/@".contains(c);
    let text = text.trim().chars().take(256);
    text.map(|c| if fits(c) { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::tag_words;

    #[test]
    fn values_have_what_tags_may_have() {
        assert_eq!(tag_words(" feature/ÄÖ_x#1 💥\n"), "feature/ÄÖ_x_1 _");
        assert_eq!(tag_words(&"x".repeat(300)).len(), 256);
    }
}
