use std::collections::BTreeMap;

use crate::gateway::Request;

/// The fields of a Query request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    pub(crate) fn of(request: &Request) -> Self {
        let query = request.uri.query().unwrap_or_default();
        Self {
            fields: form_urlencoded::parse(&request.body)
                .chain(form_urlencoded::parse(query.as_bytes()))
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        }
    }

    /// A form that asks for an action.
    pub(crate) fn action(action: &str, version: &str, fields: &[(&str, &str)]) -> Self {
        Self::default()
            .with("Action", action)
            .with("Version", version)
            .with_all(fields)
    }

    /// All fields in their order, names with their paths.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.fields.iter();
        fields.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a field, empty when absent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// A list in any spelling: `Name.1` (EC2), `Name.member.1`, or `Name.Element.1` (RDS).
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let numbered = self.fields.iter().filter_map(|(field, value)| {
            let rest = field.strip_prefix(name)?.strip_prefix('.')?;
            let (element, number) = rest.rsplit_once('.').unwrap_or(("", rest));
            let is_element = !element.contains('.') && element.parse::<u32>().is_err();
            let number = number.parse::<u32>().ok().filter(|_| is_element)?;
            Some((number, value.as_str()))
        });
        numbered.collect::<BTreeMap<_, _>>().into_values().collect()
    }

    /// The structures of a list: for each number, the fields below `Name.N.`.
    pub(crate) fn structures(&self, name: &str) -> Vec<Self> {
        let mut all: BTreeMap<u32, Self> = BTreeMap::new();
        for (field, value) in &self.fields {
            let Some(rest) = field.strip_prefix(name).and_then(|r| r.strip_prefix('.')) else {
                continue;
            };
            let rest = rest.strip_prefix("member.").unwrap_or(rest);
            if let Some((number, below)) = rest.split_once('.')
                && let Ok(number) = number.parse()
            {
                let structure = all.entry(number).or_default();
                structure.fields.push((below.to_owned(), value.clone()));
            }
        }
        all.into_values().collect()
    }

    /// EC2's `Filter.N.Name` and `Filter.N.Value.M`.
    pub(crate) fn filters(&self) -> Vec<(String, Vec<String>)> {
        self.structures("Filter")
            .iter()
            .map(|filter| {
                let values = filter.list("Value").into_iter().map(str::to_owned);
                (filter.text("Name").to_owned(), values.collect())
            })
            .collect()
    }

    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        let mut form = self.without(name);
        form.fields.push((name.to_owned(), value.to_owned()));
        form
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self
    }

    /// Without a list or structure and all below it.
    pub(crate) fn without_list(mut self, name: &str) -> Self {
        self.fields.retain(|(field, _)| {
            let below = field.strip_prefix(name);
            !below.is_some_and(|rest| rest.starts_with('.'))
        });
        self
    }

    /// With another form's fields below a name.
    pub(crate) fn with_below(mut self, name: &str, other: &Self) -> Self {
        self.fields.extend(
            other
                .fields
                .iter()
                .map(|(field, value)| (format!("{name}.{field}"), value.clone())),
        );
        self
    }

    pub(crate) fn with_all(self, fields: &[(&str, &str)]) -> Self {
        fields
            .iter()
            .fold(self, |form, (name, value)| form.with(name, value))
    }

    pub(crate) fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.fields)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn lists_structures_and_filters() {
        let form = Form::default().with_all(&[
            ("SubnetId.2", "b"),
            ("SubnetId.1", "a"),
            ("Subnets.member.1", "c"),
            ("SubnetIds.SubnetIdentifier.1", "d"),
            ("SubnetIds.SubnetIdentifier.2", "e"),
            ("Nested.1.2", "none of these"),
            ("Filter.1.Name", "tag:k"),
            ("Filter.1.Value.1", "v"),
            ("IpPermissions.1.IpRanges.1.CidrIp", "10.0.0.0/8"),
        ]);
        assert_eq!(form.list("SubnetId"), ["a", "b"]);
        assert_eq!(form.list("Subnets"), ["c"]);
        assert_eq!(form.list("SubnetIds"), ["d", "e"]);
        assert!(form.list("Nested").is_empty());
        assert_eq!(form.filters(), [("tag:k".to_owned(), vec!["v".to_owned()])]);
        let permission = &form.structures("IpPermissions")[0];
        assert_eq!(
            permission.structures("IpRanges")[0].text("CidrIp"),
            "10.0.0.0/8"
        );
    }
}
