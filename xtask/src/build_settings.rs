//! What a release profile makes of a policy: a small service behind five layers, and the same without them,
//! built in each. Both are written afresh under `target/`.

use crate::generated::Generated;
use crate::page;
use ninelives_report::{output_of, table};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A time is the least of so many: what else the machine does only ever adds.
const ROUNDS: u32 = 3;

/// Requests of a short run and of a long one: what both pay once cancels in the difference.
const REQUESTS: [u32; 2] = [2_000, 12_000];

/// A profile.
struct Setting {
    name: &'static str,
    /// What it says that the default one does not.
    lines: &'static [&'static str],
}

/// The first is what `cargo build --release` does for everybody.
const SETTINGS: [Setting; 7] = [
    Setting { name: "release", lines: &[] },
    Setting { name: "thin", lines: &["lto = \"thin\""] },
    Setting { name: "fat", lines: &["lto = \"fat\"", "codegen-units = 1"] },
    Setting { name: "s", lines: &["opt-level = \"s\""] },
    Setting { name: "z", lines: &["opt-level = \"z\""] },
    Setting { name: "abort", lines: &["panic = \"abort\""] },
    Setting { name: "strip", lines: &["strip = true"] },
];

/// What stands before the service in the program.
const POLICY: &str = "ninelives::policy!(bulkhead(64) + timeout(1s) + retry(3) \
                      + circuit_breaker(consecutive = 5) + attempt: timeout(250ms))";

/// What one program is in one profile.
#[derive(Clone, Copy)]
struct Built {
    bytes: f64,
    stripped: f64,
    /// Processor seconds for its own crate, linking included.
    seconds: f64,
    /// Of a request.
    instructions: f64,
}

/// The cells of a profile.
type Row = [String; 7];

/// Builds both programs in every profile; the table, and what the default one makes of the policy.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<String, String> {
    let page = page::Section::asked("build-settings", arguments)?;
    let folder = root.join("target/build-settings");
    let program = |name, policy| {
        let program = Generated::write(root, &folder, name, &manifest())?;
        program.edit(&source(policy)).map(|()| program)
    };
    let (bare, guarded) = (program("bare", "()")?, program("guarded", POLICY)?);
    let head = ["profile", "binary", "stripped", "policy", "build", "policy", "request"];
    let row = |setting: &Setting| {
        Ok(row(setting, measure(&guarded, setting.name)?, measure(&bare, setting.name)?))
    };
    let rows = SETTINGS.iter().map(row).collect::<Result<Vec<_>, String>>()?;
    let default = rows.first().map(sentence).unwrap_or_default();
    let table = page.written(root, table(&head, rows.into_iter().map(Vec::from).collect()))?;
    Ok(format!("{table}\n{default}"))
}

fn manifest() -> String {
    let profile = |setting: &Setting| {
        format!(
            "[profile.{}]\ninherits = \"release\"\n{}\n",
            setting.name,
            setting.lines.join("\n")
        )
    };
    let dependencies = "tokio = { version = \"1\", features = [\"rt\", \"time\"] }\n\
                        tower = { version = \"0.5\", features = [\"util\"] }\n";
    let profiles = SETTINGS.iter().skip(1).map(profile).collect::<String>();
    format!("{dependencies}{profiles}")
}

/// Asks as many times as its argument says. `()` is tower's layer that does nothing.
fn source(layer: &str) -> String {
    format!(
        "use std::{{future::poll_fn, hint::black_box, io}};\n\
         use tower::{{Layer, Service, service_fn}};\n\n\
         async fn answer(request: u64) -> io::Result<u64> {{\n    Ok(black_box(request))\n}}\n\n\
         fn main() {{\n    \
             let requests = std::env::args().nth(1).map_or(1, |requests| requests.parse().unwrap());\n    \
             let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();\n    \
             let mut service = {layer}.layer(service_fn(answer));\n    \
             runtime.block_on(async {{\n        \
                 for request in 0..requests {{\n            \
                     poll_fn(|task| Service::poll_ready(&mut service, task)).await.unwrap();\n            \
                     assert_eq!(service.call(request).await.unwrap(), request);\n        \
                 }}\n    \
             }});\n}}\n"
    )
}

fn measure(program: &Generated, profile: &str) -> Result<Built, String> {
    // Dependencies are built once, and shared by both programs.
    program.build(profile)?;
    let rounds = (0..ROUNDS).map(|_| program.build_cold(profile));
    let seconds = rounds.collect::<Result<Vec<_>, _>>()?.into_iter().fold(f64::MAX, f64::min);
    let binary = program.program(profile);
    let stripped = binary.with_extension("stripped");
    ran(Command::new("strip").arg("-o").arg(&stripped).arg(&binary), "binutils")?;
    let [few, many] = REQUESTS.map(|requests| executed(&binary, requests));
    let size = |path: &Path| {
        fs::metadata(path).map(|file| file.len() as f64).map_err(|error| error.to_string())
    };
    Ok(Built {
        bytes: size(&binary)?,
        stripped: size(&stripped)?,
        seconds,
        instructions: (many? - few?) / f64::from(REQUESTS[1] - REQUESTS[0]),
    })
}

/// The instructions of a run of so many requests.
fn executed(binary: &Path, requests: u32) -> Result<f64, String> {
    let out = binary.with_extension("callgrind");
    let mut command = Command::new("valgrind");
    command.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", out.display()));
    ran(command.arg(binary).arg(requests.to_string()), "valgrind")?;
    let profile = fs::read_to_string(&out).map_err(|error| error.to_string())?;
    let mut totals = profile.lines().filter_map(|line| line.strip_prefix("totals: ")?.parse().ok());
    totals.next().ok_or_else(|| "callgrind wrote no total".to_owned())
}

fn ran(command: &mut Command, package: &str) -> Result<(), String> {
    output_of(command, package).map(drop).map_err(|error| error.to_string())
}

fn row(setting: &Setting, guarded: Built, bare: Built) -> Row {
    let lines: Vec<_> = setting.lines.iter().map(|line| format!("`{line}`")).collect();
    let name = if lines.is_empty() { "the default".to_owned() } else { lines.join(", ") };
    let kib = |bytes: f64| format!("{:.0} KiB", bytes / 1024.0);
    [
        name,
        kib(guarded.bytes),
        kib(guarded.stripped),
        kib(guarded.stripped - bare.stripped),
        format!("{:.2} s", guarded.seconds),
        format!("{:.2} s", guarded.seconds - bare.seconds),
        format!("{:.0}", guarded.instructions - bare.instructions),
    ]
}

fn sentence([name, _, all, size, _, seconds, instructions]: &Row) -> String {
    format!(
        "{name}: the policy is {size} of {all}, {seconds} of the build, {instructions} instructions of a request"
    )
}

#[cfg(test)]
mod tests {
    use super::{Built, POLICY, SETTINGS, manifest, row, source};

    #[test]
    fn a_policy_is_what_the_program_with_it_has_more() {
        let bare = Built { bytes: 2048.0, stripped: 1024.0, seconds: 1.0, instructions: 20.0 };
        let guarded = Built { bytes: 9216.0, stripped: 5120.0, seconds: 1.5, instructions: 420.0 };
        assert_eq!(
            row(&SETTINGS[0], guarded, bare),
            ["the default", "9 KiB", "5 KiB", "4 KiB", "1.50 s", "0.50 s", "400"]
        );
        assert_eq!(row(&SETTINGS[2], guarded, bare)[0], "`lto = \"fat\"`, `codegen-units = 1`");
    }

    #[test]
    fn the_programs_differ_in_the_policy_alone() {
        let (bare, guarded) = (source("()"), source(POLICY));
        assert_ne!(bare, guarded);
        assert_eq!(guarded.replace(POLICY, "()"), bare);
    }

    #[test]
    fn every_profile_but_the_default_is_in_the_manifest() {
        assert_eq!(manifest().matches("inherits = \"release\"").count(), SETTINGS.len() - 1);
    }
}
