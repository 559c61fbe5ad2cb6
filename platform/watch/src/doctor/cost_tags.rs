use super::Finding;

/// Whether what is billed can be told apart by stack; `status` is nothing where the tag was never billed.
#[must_use]
pub fn cost_tags(tag: &str, status: Option<&str>) -> Finding {
    let activate = format!(
        "aws ce update-cost-allocation-tags-status --region us-east-1 --cost-allocation-tags-status TagKey={tag},Status=Active"
    );
    match status {
        Some("Active") => Finding::well("cost-tags", format!("{tag} is active")),
        Some(_) => Finding::wrong(
            "cost-tags",
            format!("{tag} is not active: no bill says what a stack costs"),
            activate,
        ),
        None => Finding::wrong(
            "cost-tags",
            format!(
                "{tag} is not known to billing yet: it is, a day after the first stack is made"
            ),
            activate,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::cost_tags;
    use crate::doctor::Verdict;

    #[test]
    fn the_tag_has_to_be_active() {
        for (status, verdict) in [
            (Some("Active"), Verdict::Well),
            (Some("Inactive"), Verdict::Wrong),
            (None, Verdict::Wrong),
        ] {
            assert_eq!(cost_tags("bella:stack", status).verdict, verdict);
        }
    }
}
