//! What the formats for people show: the same tables in the same order, whether in a terminal, in Markdown or in HTML.

mod account;
mod stack;

pub(super) use account::{account, estate, headline};
pub(super) use stack::{bar_parts, of_stack};

use rust_decimal::Decimal;

/// A table with what is to be said of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    pub(super) title: String,
    /// A sentence before the table.
    pub(super) lead: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<String>>,
    /// Rows at the end that sum up others.
    pub(super) totals: Vec<Vec<String>>,
    /// Lines after the table.
    pub(super) notes: Vec<String>,
}

/// A heading, and whether what stands under it is a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) is_number: bool,
}

/// Columns by their names; those that begin with `#` are numbers.
pub(super) fn columns(names: &[&'static str]) -> Vec<Column> {
    let column = |name: &&'static str| match name.strip_prefix('#') {
        Some(name) => Column {
            name,
            is_number: true,
        },
        None => Column {
            name,
            is_number: false,
        },
    };
    names.iter().map(column).collect()
}

impl Column {
    /// Its cells' attribute in HTML: numbers to the right, days in one line.
    pub(super) fn class(&self) -> &'static str {
        match self.name {
            _ if self.is_number => " class=\"n\"",
            "Day" | "Since" | "As of" => " class=\"d\"",
            _ => "",
        }
    }
}

impl Section {
    /// What the table shows: for who goes from table to table without the headings around them.
    pub(super) fn caption(&self) -> &str {
        match self.lead.is_empty() {
            true => &self.title,
            false => &self.lead,
        }
    }

    pub(super) fn new(title: &str, names: &[&'static str]) -> Self {
        Self {
            title: title.to_owned(),
            columns: columns(names),
            ..Self::default()
        }
    }

    /// Whether there is a table beside the notes.
    pub(super) fn has_table(&self) -> bool {
        let has_rows = !self.rows.is_empty() || !self.totals.is_empty();
        has_rows && !self.columns.is_empty()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.totals.is_empty() && self.notes.is_empty()
    }
}

/// US dollars to the cent, a minus before the sign, thousands apart.
pub(super) fn usd(amount: Decimal) -> String {
    let cents = bella_engine::cost::cents(amount);
    let sign = if cents.is_sign_negative() && !cents.is_zero() {
        "-"
    } else {
        ""
    };
    let text = format!("{:.2}", cents.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "00"));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}${grouped}.{fraction}")
}

/// US dollars of something small, to a hundredth of a cent.
pub(super) fn fine(amount: Decimal) -> String {
    let rounded = amount.round_dp(4);
    let sign = if rounded.is_sign_negative() && !rounded.is_zero() {
        "-"
    } else {
        ""
    };
    format!("{sign}${:.4}", rounded.abs())
}

/// What is not known is a dash.
pub(super) fn or_dash<T>(value: Option<T>, text: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "-".to_owned(), text)
}

/// A quantity as people read it.
pub(super) fn quantity(quantity: Decimal) -> String {
    match quantity.abs() >= Decimal::ONE_HUNDRED {
        true => quantity.round_dp(1).normalize().to_string(),
        false => quantity.round_dp(4).normalize().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{fine, usd};

    #[test]
    fn money_is_written_as_people_read_it() {
        let of = |text: &str| usd(text.parse().expect("an amount"));
        assert_eq!(of("0"), "$0.00");
        assert_eq!(of("-0.001"), "$0.00");
        assert_eq!(of("999.995"), "$1,000.00");
        assert_eq!(of("-1234567.5"), "-$1,234,567.50");
        assert_eq!(fine("-0.00004".parse().expect("an amount")), "$0.0000");
        assert_eq!(fine("0.1183".parse().expect("an amount")), "$0.1183");
    }
}
