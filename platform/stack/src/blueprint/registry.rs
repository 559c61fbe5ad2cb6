//! The repository of the service's images.

use super::Node;
use serde_json::json;

/// Twenty images are enough to roll back to; an untagged one is what a re-pushed tag or a broken push left behind.
///
/// ECR applies rules by priority and wants the rule for any image last.
pub(super) fn nodes() -> Vec<Node> {
    let lifecycle = json!({
        "rules": [
            {
                "rulePriority": 1,
                "description": "untagged images after 7 days",
                "selection": { "tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7 },
                "action": { "type": "expire" },
            },
            {
                "rulePriority": 2,
                "description": "all but the last 20 images",
                "selection": { "tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 20 },
                "action": { "type": "expire" },
            },
        ],
    });
    vec![Node::new(
        "ecr_repository",
        "service",
        json!({ "lifecycle_policy": lifecycle }),
    )]
}
