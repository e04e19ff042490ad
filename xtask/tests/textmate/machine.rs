//! A TextMate machine, as small as our grammars need: `match`, `begin` and `end`, captures, includes.
//! Patterns are those of the crate `regex`, which our grammars keep to.

use regex::{Captures, Regex};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Grammars that include one another; the first one is in force.
pub(crate) struct Grammar {
    grammars: Vec<Value>,
    compiled: RefCell<HashMap<String, Rc<Regex>>>,
}

/// A piece of a line, with its scopes from the outermost in.
#[derive(Debug)]
pub(crate) struct Token<'t> {
    pub(crate) text: &'t str,
    pub(crate) scopes: Vec<String>,
}

/// A rule that begins and ends, and that has begun.
struct Open<'g> {
    /// `None` for the grammar itself.
    rule: Option<&'g Value>,
    patterns: &'g Value,
    grammar: usize,
    scopes: Vec<String>,
}

impl Grammar {
    pub(crate) fn new(grammars: impl IntoIterator<Item = Value>) -> Self {
        Self { grammars: grammars.into_iter().collect(), compiled: RefCell::default() }
    }

    /// The tokens of each line.
    pub(crate) fn lines<'t>(&self, text: &'t str) -> Vec<Vec<Token<'t>>> {
        let root = &self.grammars[0];
        let mut stack = vec![Open {
            rule: None,
            patterns: &root["patterns"],
            grammar: 0,
            scopes: vec![name(&root["scopeName"]).unwrap_or_default()],
        }];
        text.lines().map(|line| self.line(line, &mut stack)).collect()
    }

    fn line<'t, 'g>(&'g self, line: &'t str, stack: &mut Vec<Open<'g>>) -> Vec<Token<'t>> {
        let mut tokens = Vec::new();
        let mut at = 0;
        // Every pass but the last consumes something, or closes a rule.
        for _ in 0..=4 * line.len() {
            let open = stack.last().unwrap();
            let end = open.rule.and_then(|rule| self.find(&rule["end"], line, at));
            let mut best: Option<(Captures<'t>, &Value, usize)> = None;
            for (rule, grammar) in self.rules(open.patterns, open.grammar) {
                let form = if rule["match"].is_string() { &rule["match"] } else { &rule["begin"] };
                if let Some(found) = self.find(form, line, at)
                    && best.as_ref().is_none_or(|(it, ..)| start(&found) < start(it))
                {
                    best = Some((found, rule, grammar));
                }
            }
            if let Some(end) = end
                && best.as_ref().is_none_or(|(it, ..)| start(&end) <= start(it))
            {
                let open = stack.pop().unwrap();
                let rule = open.rule.unwrap();
                push(&mut tokens, &line[at..start(&end)], &open.scopes);
                let captures = [&rule["endCaptures"], &rule["captures"]];
                self.captured(&mut tokens, &end, captures, open.grammar, &open.scopes);
                at = end.get(0).unwrap().end();
                continue;
            }
            let Some((found, rule, grammar)) = best else { break };
            let mut scopes = open.scopes.clone();
            push(&mut tokens, &line[at..start(&found)], &scopes);
            scopes.extend(name(&rule["name"]));
            at = found.get(0).unwrap().end();
            if rule["match"].is_string() {
                self.captured(&mut tokens, &found, [&rule["captures"]; 2], grammar, &scopes);
            } else {
                let captures = [&rule["beginCaptures"], &rule["captures"]];
                self.captured(&mut tokens, &found, captures, grammar, &scopes);
                stack.push(Open { rule: Some(rule), patterns: &rule["patterns"], grammar, scopes });
            }
        }
        push(&mut tokens, &line[at..], &stack.last().unwrap().scopes);
        tokens
    }

    /// The tokens of a match: its groups with their scopes, or their own patterns.
    fn captured<'t>(
        &self,
        tokens: &mut Vec<Token<'t>>,
        found: &Captures<'t>,
        captures: [&Value; 2],
        grammar: usize,
        scopes: &[String],
    ) {
        let whole = found.get(0).unwrap();
        let captures = captures.into_iter().find(|it| it.is_object()).unwrap_or(&Value::Null);
        let within = |capture: &Value| -> Vec<String> {
            scopes.iter().cloned().chain(name(&capture["name"])).collect()
        };
        let all = within(&captures["0"]);
        let mut at = 0;
        for (number, group) in found.iter().enumerate().skip(1) {
            let capture = &captures[number.to_string()];
            let Some(group) = group.filter(|_| capture.is_object()) else { continue };
            let from = group.start() - whole.start();
            push(tokens, &whole.as_str()[at..from], &all);
            if capture["patterns"].is_array() {
                let open = Open {
                    rule: None,
                    patterns: &capture["patterns"],
                    grammar,
                    scopes: all.clone(),
                };
                tokens.extend(self.line(group.as_str(), &mut vec![open]));
            } else {
                push(tokens, group.as_str(), &within(capture));
            }
            at = group.end() - whole.start();
        }
        push(tokens, &whole.as_str()[at..], &all);
    }

    /// The rules behind a list of patterns, includes followed.
    fn rules<'g>(&'g self, patterns: &'g Value, grammar: usize) -> Vec<(&'g Value, usize)> {
        let mut rules = Vec::new();
        for pattern in patterns.as_array().into_iter().flatten() {
            match pattern["include"].as_str().map(|it| (it, it.strip_prefix('#'))) {
                Some((_, Some(local))) => {
                    let part = &self.grammars[grammar]["repository"][local];
                    assert!(part.is_object(), "no part is called `{local}`");
                    rules.extend(self.rule(part, grammar));
                }
                Some((scope, None)) => {
                    let other = self.grammars.iter().position(|it| it["scopeName"] == *scope);
                    // Rust's own grammar is not ours to have.
                    rules.extend(
                        other
                            .iter()
                            .flat_map(|at| self.rules(&self.grammars[*at]["patterns"], *at)),
                    );
                }
                None => rules.extend(self.rule(pattern, grammar)),
            }
        }
        rules
    }

    fn rule<'g>(&'g self, rule: &'g Value, grammar: usize) -> Vec<(&'g Value, usize)> {
        let is_rule = rule["match"].is_string() || rule["begin"].is_string();
        if is_rule { vec![(rule, grammar)] } else { self.rules(&rule["patterns"], grammar) }
    }

    fn find<'t>(&self, form: &Value, line: &'t str, at: usize) -> Option<Captures<'t>> {
        let form = form.as_str()?;
        let compiled = self.compiled.borrow().get(form).cloned();
        let regex = compiled.unwrap_or_else(|| {
            let regex = Rc::new(Regex::new(form).unwrap_or_else(|error| panic!("{error}")));
            self.compiled.borrow_mut().insert(form.to_owned(), regex.clone());
            regex
        });
        regex.captures_at(line, at)
    }
}

fn start(found: &Captures<'_>) -> usize {
    found.get(0).map_or(0, |whole| whole.start())
}

fn name(scope: &Value) -> Option<String> {
    scope.as_str().map(str::to_owned)
}

fn push<'t>(tokens: &mut Vec<Token<'t>>, text: &'t str, scopes: &[String]) {
    if !text.is_empty() {
        tokens.push(Token { text, scopes: scopes.to_vec() });
    }
}
