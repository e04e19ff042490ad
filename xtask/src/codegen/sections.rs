//! Sections of pages, each between `<!-- begin NAME -->` and `<!-- end NAME -->`. Takes a page, gives it
//! with the sections that are ours as the catalogue has them; those of other programs stay.
//!
//! | name | what it holds |
//! |---|---|
//! | `parameters retry` | the parameters of a layer |
//! | `layers` | every layer with its parameters |
//! | `values` | the calls that make values |
//! | `types` | the types of a template's parameters |
//! | `classes` | the classes of outcomes: the author writes the last column |
//! | `reserved` | the words of later versions |
//! | `options` | options of another library beside ours: the author writes all but the last column |

use ninelives_dsl::catalogue::{
    Default, Kind, LATER_POLICIES, POLICIES, ParameterEntry, PolicyEntry, VALUE_CALLS, policy,
};
use ninelives_dsl::plan::Value;
use ninelives_dsl::value::Class;
use ninelives_report::{section_of, table, with_section};

/// The page with our sections made anew.
pub(super) fn filled(page: &str) -> Result<String, String> {
    let mut filled = page.to_owned();
    for name in names(page) {
        if let Some(text) = section(name, section_of(page, name).unwrap_or_default())? {
            filled = with_section(&filled, name, &format!("\n{text}\n"))?;
        }
    }
    Ok(filled)
}

/// The names of a page's sections.
fn names(page: &str) -> impl Iterator<Item = &str> {
    page.lines().filter_map(|line| line.strip_prefix("<!-- begin ")?.strip_suffix(" -->"))
}

/// What belongs into a section; nothing for one of another program.
fn section(name: &str, written: &str) -> Result<Option<String>, String> {
    let (what, of) = name.split_once(' ').unwrap_or((name, ""));
    Ok(Some(match what {
        "parameters" => parameters(policy(of).ok_or_else(|| format!("no layer is called `{of}`"))?),
        "layers" => layers(),
        "values" => values(),
        "classes" => classes(written)?,
        "types" => list(Kind::TEMPLATE.map(|(word, _)| word)),
        "reserved" => list(LATER_POLICIES),
        "options" => options(written)?,
        _ => return Ok(None),
    }))
}

fn parameters(entry: &PolicyEntry) -> String {
    let row = |parameter: &ParameterEntry| {
        vec![
            code(parameter.name),
            kinds(parameter.accepts),
            default(parameter),
            parameter.range.to_string(),
            parameter.doc.to_owned(),
        ]
    };
    table(
        &["parameter", "takes", "default", "range", "what it is"],
        entry.parameters.iter().map(row).collect(),
    )
}

fn layers() -> String {
    let row = |entry: &&PolicyEntry| {
        let parameter = |it: &ParameterEntry| format!("{} ({})", code(it.name), default(it));
        let parameters: Vec<_> = entry.parameters.iter().map(parameter).collect();
        let name = format!("[{}](layers/{}.md)", code(entry.name), entry.name);
        vec![name, entry.summary.to_owned(), parameters.join(", ")]
    };
    table(&["layer", "what it does", "parameters (default)"], POLICIES.iter().map(row).collect())
}

fn values() -> String {
    let rows = VALUE_CALLS.iter().flat_map(|call| {
        call.parameters.iter().map(move |parameter| {
            vec![
                code(call.name),
                code(parameter.name),
                kinds(&[parameter.kind]),
                parameter.doc.to_owned(),
            ]
        })
    });
    table(&["call", "parameter", "takes", "what it is"], rows.collect())
}

fn list(words: impl IntoIterator<Item = &'static str>) -> String {
    let words: Vec<_> = words.into_iter().map(code).collect();
    format!("{}.\n", words.join(", "))
}

/// The table as it is written, with our default in the last column of each row whose last but one names
/// a parameter: `` `retry(max_attempts)` ``.
fn options(written: &str) -> Result<String, String> {
    let mut rows = written.lines().filter(|line| line.starts_with('|')).map(cells);
    let head = rows.next().ok_or("a section `options` without a table")?;
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let body = rows.skip(1).map(with_default).collect::<Result<_, _>>()?;
    Ok(table(&head, body))
}

/// The classes as the language has them, with what the author says of each.
fn classes(written: &str) -> Result<String, String> {
    let mut rows = written.lines().filter(|line| line.starts_with('|')).map(cells);
    let head = rows.next().ok_or("the table of classes has no head")?;
    let head: Vec<_> = head.iter().map(String::as_str).collect();
    let said: Vec<_> = rows.skip(1).collect();
    let row = |class: Class| {
        let word = code(class.word());
        let row = said.iter().find(|row| row.first() == Some(&word));
        let remark = row.and_then(|row| row.last()).cloned();
        let remark = remark.ok_or_else(|| format!("nothing is said of {word}"))?;
        Ok(vec![word, class.summary().to_owned(), remark])
    };
    let classes = [Class::Success].into_iter().chain(Class::FAILURES);
    Ok(table(&head, classes.map(row).collect::<Result<_, String>>()?))
}

fn with_default(mut row: Vec<String>) -> Result<Vec<String>, String> {
    if let [.., ours, last] = row.as_mut_slice() {
        let call = ours.strip_prefix('`').and_then(|it| it.strip_suffix(")`")?.split_once('('));
        if let Some((layer, name)) = call {
            let entry = policy(layer).and_then(|entry| entry.parameter(name));
            *last = default(entry.ok_or_else(|| format!("no parameter is called {ours}"))?);
        }
    }
    Ok(row)
}

/// The cells of a row: what stands between bars that are not escaped.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for letter in row.trim().trim_start_matches('|').chars() {
        match cells.last_mut() {
            Some(cell) if letter != '|' || escaped => cell.push(letter),
            _ => cells.push(String::new()),
        }
        escaped = letter == '\\';
    }
    // Behind the last bar there is nothing.
    cells.pop();
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// What holds without the parameter.
fn default(parameter: &ParameterEntry) -> String {
    match &parameter.default {
        Default::Required => "required".to_owned(),
        Default::Is(Value::Unset) => parameter.unset.to_owned(),
        Default::Is(value) => code(&value.to_string()),
    }
}

/// `a duration or "off"` as words of the language.
fn kinds(kinds: &[Kind]) -> String {
    let word = |kind: &Kind| match kind {
        Kind::Off => code("off"),
        Kind::Host => "host name".to_owned(),
        kind => Kind::TEMPLATE
            .iter()
            .find(|(_, other)| other == kind)
            .map_or_else(String::new, |(word, _)| (*word).to_owned()),
    };
    kinds.iter().map(word).collect::<Vec<_>>().join(" or ")
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_sections_are_made_anew_and_others_stay() {
        let page = "<!-- begin parameters to -->\nold\n<!-- end parameters to -->\n\
                    <!-- begin release -->\nmeasured\n<!-- end release -->\n";
        let filled = filled(page).unwrap();
        assert!(filled.contains("| `service` | host name | required |"), "{filled}");
        assert!(!filled.contains("old") && filled.contains("\nmeasured\n"), "{filled}");
    }

    #[test]
    fn our_default_stands_beside_our_parameter_and_nowhere_else() {
        let table = "| theirs | default | ours | our default |\n|---|---|---|---|\n\
                     | `attempts` | 3 | `retry(max_attempts)` | |\n\
                     | `a \\| b` | – | write `\\|` | – |\n";
        let filled = options(table).unwrap();
        let rows: Vec<_> = filled.lines().skip(2).map(cells).collect();
        assert_eq!(rows[0], ["`attempts`", "3", "`retry(max_attempts)`", "`3`"]);
        assert_eq!(rows[1], ["`a \\| b`", "–", "write `\\|`", "–"]);
        assert_eq!(options(&filled).unwrap(), filled, "a second time changes nothing");
    }

    #[test]
    fn each_class_is_there_and_what_the_author_says_of_it_stays() {
        let table = "| class | meaning | `Http` |\n|---|---|---|\n| `timeout` | old | 504 |\n";
        assert_eq!(classes(table).unwrap_err(), "nothing is said of `success`");
        let rows = ["success", "rejected", "overloaded", "transient", "permanent"];
        let rows: String = rows.iter().map(|word| format!("| `{word}` | | {word}s |\n")).collect();
        let filled = classes(&format!("{table}{rows}")).unwrap();
        assert!(!filled.contains("old"), "{filled}");
        let rows: Vec<_> = filled.lines().skip(2).map(cells).collect();
        assert_eq!(rows[1], ["`timeout`", Class::Timeout.summary(), "504"]);
        assert_eq!(classes(&filled).unwrap(), filled, "a second time changes nothing");
    }

    #[test]
    fn a_name_that_the_catalogue_does_not_have_is_refused() {
        let page = "<!-- begin parameters retyr -->\n<!-- end parameters retyr -->\n";
        assert_eq!(filled(page).unwrap_err(), "no layer is called `retyr`");
        let table = "| a | b |\n|---|---|\n| `retry(attempts)` | |\n";
        assert_eq!(options(table).unwrap_err(), "no parameter is called `retry(attempts)`");
    }
}
