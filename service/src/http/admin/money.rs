//! Amounts of money as pages show them.

/// Millionths of a US dollar as `$0.1234`: four places, since a call costs cents.
pub(super) fn dollars(micro: u64) -> String {
    let tenth_mills = (micro + 50) / 100;
    format!("${}.{:04}", tenth_mills / 10_000, tenth_mills % 10_000)
}

/// Cents as `$85.00`.
pub(super) fn cents(cents: u64) -> String {
    format!("${}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_once() {
        let table = [
            (0, "$0.0000"),
            (49, "$0.0000"),
            (50, "$0.0001"),
            (119_600, "$0.1196"),
            (12_345_678, "$12.3457"),
        ];
        for (micro, shown) in table {
            assert_eq!(dollars(micro), shown);
        }
        assert_eq!(cents(8505), "$85.05");
    }
}
