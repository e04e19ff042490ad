//! Writes the generated policies that the tests compile: with `policy!`, and with the operators.

#[path = "src/generate.rs"]
#[allow(dead_code, unreachable_pub, reason = "it is a module of the library, which uses the rest")]
mod generate;

use fastrand::Rng;
use generate::Tree;
use ninelives_dsl::host::asked;
use ninelives_dsl::load::{Front, load_path};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// How many policies both fronts are compared on. Each is compiled once, so this decides how long
/// the package builds.
const POLICIES: usize = 240;
/// How many triples the laws are checked on with the operators.
const TRIPLES: usize = 12;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=src/generate.rs");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../corpus/valid");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("corpus.rs"), corpus()?)?;
    std::fs::write(out.join("policies.rs"), policies()?)?;
    std::fs::write(out.join("operator_laws.rs"), laws()?)?;
    Ok(())
}

fn policies() -> Result<String, std::fmt::Error> {
    let mut rng = Rng::with_seed(2026);
    let mut table = String::from("&[\n");
    for _ in 0..POLICIES {
        let text = Tree::random(&mut rng, 3, 8).text();
        writeln!(
            table,
            "    Case {{ text: {text:?}, run: |scenes, runtime, telemetry| Scene::run_all(scenes, runtime, &policy!({text}).classify(ByClass).with_sink(telemetry)) }},"
        )?;
    }
    table.push_str("]\n");
    Ok(table)
}

fn laws() -> Result<String, std::fmt::Error> {
    let mut rng = Rng::with_seed(9);
    let mut table = String::from("&[\n");
    for _ in 0..TRIPLES {
        let [a, b, c] = std::array::from_fn(|_| Tree::open(&mut rng, 1).operators());
        let any = Tree::random(&mut rng, 2, 4).operators();
        let laws = [
            (format!("pass() + ({a})"), a.clone()),
            (format!("({a}) + pass()"), a.clone()),
            (format!("(({a}) + ({b})) + ({c})"), format!("({a}) + (({b}) + ({c}))")),
            (format!("(({a}) | ({b})) | ({any})"), format!("({a}) | (({b}) | ({any}))")),
            (format!("(({a}) & ({b})) & ({any})"), format!("({a}) & (({b}) & ({any}))")),
            (format!("fail() | ({any})"), any.clone()),
            (format!("({any}) | fail()"), any.clone()),
            (format!("fail() & ({any})"), any.clone()),
            (format!("({any}) & fail()"), any.clone()),
            (format!("fail() + ({any})"), "fail()".to_owned()),
            (format!("fallback() & ({a})"), format!("({a}) | fallback()")),
        ];
        for (left, right) in laws {
            let name = format!("{left} = {right}");
            writeln!(
                table,
                "    Law {{ name: {name:?}, left: |scene, runtime| scene.run(runtime, &({left}).classify(ByClass)), right: |scene, runtime| scene.run(runtime, &({right}).classify(ByClass)) }},"
            )?;
        }
    }
    table.push_str("]\n");
    Ok(table)
}

/// A module for each valid file of the corpus: its text as the body of `policy!`, so that it passes
/// rustc's lexer, or read by `policies!` where it imports others, which a macro body cannot.
fn corpus() -> Result<String, Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/valid").canonicalize()?;
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "nl"));
    files.sort();
    let (mut modules, mut table) = (String::new(), String::from("const ALL: &[File] = &[\n"));
    for (index, file) in files.iter().enumerate() {
        let load = load_path(file, Front::Text)?;
        let asked = asked(&load.plan);
        let hosts: BTreeMap<_, _> = asked.iter().map(|it| (it.name, it.kind.word())).collect();
        let text = std::fs::read_to_string(file)?;
        writeln!(modules, "mod file_{index} {{\n    use super::*;")?;
        for host in hosts.keys() {
            writeln!(modules, "    pub(super) type {host} = Any;\n    const {host}: Any = Any;")?;
        }
        if load.files.len() > 1 {
            writeln!(modules, "    policies!({file:?});")?;
        } else {
            writeln!(modules, "    policy! {{\n{text}\n    }}")?;
        }
        writeln!(modules, "    pub(super) fn guard_every_entry() {{")?;
        let entries = load.plan.policies.iter().filter(|policy| policy.entry);
        let names: Vec<_> = entries.map(|policy| policy.name.as_str()).collect();
        for name in &names {
            writeln!(modules, "        guarded({name}.classify(ByClass));")?;
        }
        writeln!(modules, "    }}\n}}")?;
        writeln!(
            table,
            "    File {{ path: {file:?}, entries: &{names:?}, hosts: &{:?}, guard: file_{index}::guard_every_entry }},",
            hosts.iter().collect::<Vec<_>>(),
        )?;
    }
    Ok(modules + &table + "];\n")
}
