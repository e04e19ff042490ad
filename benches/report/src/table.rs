//! Tables that read well as text, too.

use std::fmt::Write as _;

/// A table in Markdown, its columns as wide as their widest cells.
pub fn table(head: &[&str], body: Vec<Vec<String>>) -> String {
    let owned = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let rule = vec!["---"; head.len()];
    let rows: Vec<Vec<String>> = [owned(head), owned(&rule)].into_iter().chain(body).collect();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<_> = (0..head.len()).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        for (cell, width) in row.iter().zip(&widths) {
            // Writing to a string cannot fail.
            let _ = write!(text, "| {cell:width$} ");
        }
        text.push_str("|\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let text = table(&["load", "→"], vec![vec!["a".to_owned(), "12".to_owned()]]);
        assert_eq!(text, "| load | →   |\n| ---  | --- |\n| a    | 12  |\n");
    }
}
