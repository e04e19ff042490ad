//! Tables that read well as text, too.

use std::fmt::Write as _;

/// A table in Markdown, its columns as wide as their widest cells. In a cell a bar stands for itself,
/// escaped or not.
pub fn table(head: &[&str], body: Vec<Vec<String>>) -> String {
    let names = head.iter().map(|cell| escaped(cell)).collect();
    let rule = vec!["---".to_owned(); head.len()];
    let body = body.iter().map(|row| row.iter().map(|cell| escaped(cell)).collect());
    let rows: Vec<Vec<String>> = [names, rule].into_iter().chain(body).collect();
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

/// A bar that is not escaped would end the cell. One that is may come from a table that was read.
fn escaped(cell: &str) -> String {
    cell.replace("\\|", "|").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let text = table(&["load", "→"], vec![vec!["a".to_owned(), "12".to_owned()]]);
        assert_eq!(text, "| load | →   |\n| ---  | --- |\n| a    | 12  |\n");
    }

    #[test]
    fn a_bar_ends_no_cell() {
        let text = table(&["a|b"], vec![vec!["`x | y`".to_owned()], vec![r"x \| y".to_owned()]]);
        assert_eq!(text, "| a\\|b     |\n| ---      |\n| `x \\| y` |\n| x \\| y   |\n");
    }
}
