use crate::gateway::NoAnswer;
use crate::rules::turn::Turn;
use crate::rules::xml;

/// The zone that a call on its records or its signing names.
pub(super) struct Zone {
    /// Below `/2013-04-01/`.
    pub(super) path: String,
    /// With a dot at its end.
    pub(super) name: String,
}

impl Zone {
    /// None when there is no such zone.
    pub(super) async fn of(turn: &Turn<'_>) -> Result<Option<Self>, NoAnswer> {
        let path = turn.request.uri.path().trim_start_matches("/2013-04-01/");
        let path = path.trim_end_matches('/');
        let path = path.trim_end_matches("/rrset").trim_end_matches("/dnssec");
        let answer = turn.route53(path).await?;
        let document = xml::parse(&answer);
        let name = xml::find(document.root(), "Name").and_then(|node| node.text());
        Ok(name.map(|name| Self {
            path: path.to_owned(),
            name: name.to_owned(),
        }))
    }
}
