//! However a text was arrived at, what is published of it is what `nl check` says of it.

use crate::client::Client;
use crate::sandbox::Sandbox;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    /// One below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % sides
    }

    fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.roll(of.len())]
    }
}

const FILES: [&str; 3] = ["a.nl", "b.nl", "sub/c.nl"];

const BEGINNINGS: [&str; 3] = [
    "use \"b.nl\";\nuse \"sub/c.nl\";\npolicy a = b + c(1s) | fallback;\r\n",
    "/// µ \u{1f600}\nlet short = 1s;\npub policy b = timeout(short) + retry(3);\n",
    "policy c(d: duration) = timeout(d) + x: retry(2, jitter = none);\r\npolicy e = c(2s);\n",
];

const PIECES: [&str; 28] = [
    "policy f = timeout(1s);\n",
    "policy a = pass;\r\n",
    "#[allow(no-jitter)] ",
    "let y = 50%;\n",
    "use \"b.nl\";\n",
    "use \"none.nl\";\n",
    "retry(3)",
    " + ",
    " | ",
    " & ",
    "||",
    "hedge",
    "fallback(@x)",
    "timeout(",
    ")",
    ";",
    "\n",
    "\r\n",
    "\u{1f600}",
    "// µ\n",
    "/*",
    "*/",
    "\"",
    "b",
    "c(1s)",
    "1500us",
    "{",
    "\0",
];

/// Texts that are open, and what the disk has of all.
#[derive(Default)]
struct Texts {
    open: BTreeMap<&'static str, String>,
    saved: BTreeMap<&'static str, String>,
}

#[test]
fn a_thousand_random_edits_leave_what_check_says_of_the_texts() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut folder = Sandbox::new("lsp_edits");
    let mut texts = Texts::default();
    for (file, text) in FILES.into_iter().zip(BEGINNINGS) {
        folder = folder.with(file, text);
        texts.saved.insert(file, text.to_owned());
    }
    let mut client = Client::within(folder);
    for edit in 0..1_000 {
        let file = FILES[dice.roll(FILES.len())];
        match texts.open.get(file) {
            Some(_) if dice.roll(60) == 0 => {
                client.close(file);
                texts.open.remove(file);
            }
            Some(text) => {
                let text = edited(text, &mut dice);
                client.change(file, &text);
                texts.open.insert(file, text);
            }
            None => {
                let text = texts.saved.get(file).cloned().unwrap_or_default();
                client.open(file, &text);
                texts.open.insert(file, text);
            }
        }
        if dice.roll(80) == 0 {
            save_or_delete(&mut client, &mut texts, file);
        }
        if edit % 20 == 19 {
            compare(&mut client, &texts, edit);
        }
    }
}

/// The text with one piece more or some characters less; now and then it begins anew. What the protocol
/// takes for the end of a line and the command line does not, a `\r` alone, is left out.
fn edited(text: &str, dice: &mut Dice) -> String {
    let ends = text.contains("\r\n");
    let text = changed(&text.replace('\r', ""), dice).replace('\r', "");
    if ends { text.replace('\n', "\r\n") } else { text }
}

fn changed(text: &str, dice: &mut Dice) -> String {
    let at = text.floor_char_boundary(dice.roll(text.len() + 1));
    match dice.roll(12) {
        0..5 => format!("{}{}{}", &text[..at], dice.pick(&PIECES), &text[at..]),
        5..10 => {
            let end = text.ceil_char_boundary((at + dice.roll(8)).min(text.len()));
            format!("{}{}", &text[..at], &text[end..])
        }
        10 => BEGINNINGS[dice.roll(BEGINNINGS.len())].to_owned(),
        _ => dice.pick(&PIECES).to_owned() + text,
    }
}

fn save_or_delete(client: &mut Client, texts: &mut Texts, file: &'static str) {
    let path = client.folder.0.join(file);
    match texts.open.get(file) {
        Some(text) => {
            fs::write(path, text).unwrap();
            texts.saved.insert(file, text.clone());
        }
        None if texts.saved.remove(file).is_some() => fs::remove_file(path).unwrap(),
        None => {}
    }
    client.watched(file);
}

/// The findings of both, by file.
fn compare(client: &mut Client, texts: &Texts, edit: usize) {
    let root = client.uri("") + "/";
    let mut published = Vec::new();
    for (uri, params) in client.all_published() {
        let file = uri.strip_prefix(&root).unwrap().to_owned();
        for diagnostic in params["diagnostics"].as_array().unwrap() {
            published.push((file.clone(), of_server(diagnostic)));
        }
    }
    let mut mirror = Sandbox::new("lsp_edits_mirror");
    for (file, text) in texts.saved.iter().chain(&texts.open) {
        mirror = mirror.with(file, text);
    }
    let named = ["check", "--format", "json"].into_iter().chain(texts.open.keys().copied());
    let output = mirror.nl(named).output().unwrap();
    let mut said = Vec::new();
    if !texts.open.is_empty() {
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        for finding in report["diagnostics"].as_array().unwrap() {
            let file = finding["file"].as_str().unwrap();
            let text = fs::read_to_string(mirror.0.join(file)).unwrap();
            said.push((file.to_owned(), of_check(finding, &text)));
        }
    }
    published.sort();
    said.sort();
    assert_eq!(published, said, "after edit {edit}: {:?}", texts.open);
}

fn of_server(diagnostic: &Value) -> String {
    let severity = if diagnostic["severity"] == 1 { "error" } else { "warning" };
    let place = |place: &Value| format!("{}:{}", place["line"], place["character"]);
    let range = &diagnostic["range"];
    let (start, end) = (place(&range["start"]), place(&range["end"]));
    let (code, message) = (&diagnostic["code"], &diagnostic["message"]);
    let labels = diagnostic["relatedInformation"].as_array().map_or(0, Vec::len);
    format!("{start}-{end} {severity} {code} {message} {labels}")
}

/// A finding of the command line in the words of the protocol: bytes of a line, counted from 0.
fn of_check(finding: &Value, text: &str) -> String {
    let number = |key: &str| usize::try_from(finding[key].as_u64().unwrap()).unwrap();
    // What is no text is shown as it is.
    let place = |line: usize, column: usize| {
        let text = text.split('\n').nth(line - 1).unwrap_or_default();
        let before: usize = text.chars().take(column - 1).map(char::len_utf8).sum();
        format!("{}:{before}", line - 1)
    };
    let start = place(number("line"), number("column"));
    let end = place(number("end_line"), number("end_column"));
    let severity = finding["severity"].as_str().unwrap();
    let help = finding["help"].as_str().map(|help| format!("\nhelp: {help}"));
    let message = format!("{}{}", finding["message"].as_str().unwrap(), help.unwrap_or_default());
    let labels = finding["labels"].as_array().unwrap().len();
    format!("{start}-{end} {severity} {} {} {labels}", finding["code"], json!(message))
}
