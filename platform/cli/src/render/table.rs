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

/// The rows with these columns as wide as they get, set to the right: numbers.
pub(crate) fn right(heading: &[&str], rows: &[Vec<String>], columns: &[usize]) -> Vec<Vec<String>> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
        widest.max(heading.get(column).map_or(0, |cell| cell.chars().count()))
    };
    let widths: Vec<(usize, usize)> = columns.iter().map(|c| (*c, width(*c))).collect();
    rows.iter()
        .map(|row| {
            let mut row = row.clone();
            for (column, width) in &widths {
                if let Some(cell) = row.get_mut(*column) {
                    *cell = format!("{cell:>width$}");
                }
            }
            row
        })
        .collect()
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
        assert_eq!(
            table(&["X", "YYY"], &right(&["X", "YYY"], &rows, &[1])),
            "X     YYY\na      bb\ncccc    d\n"
        );
    }
}
