//! Columns.

/// Rows under a heading, columns as wide as their widest cell.
pub(crate) fn table(heading: &[&str], rows: &[Vec<String>]) -> String {
    let columns = heading.len();
    let mut widths: Vec<usize> = heading.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for (position, cell) in cells.enumerate() {
            let last = position + 1 == columns;
            let pad = if last {
                0
            } else {
                widths[position] + 2 - cell.chars().count()
            };
            text.push_str(cell);
            text.push_str(&" ".repeat(pad));
        }
        text.trim_end().to_owned() + "\n"
    };
    let mut text = line(&mut heading.iter().copied());
    for row in rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [
            vec!["a".to_owned(), "bb".to_owned()],
            vec!["cccc".to_owned(), "d".to_owned()],
        ];
        assert_eq!(
            table(&["X", "YYY"], &rows),
            "X     YYY\na     bb\ncccc  d\n"
        );
    }
}
