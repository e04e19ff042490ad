//! What is verified, as one table.

/// One command that shows something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// What `--only` calls it.
    pub(crate) name: &'static str,
    /// What it shows.
    pub(crate) what: &'static str,
    /// For a shell, at the top of the repository.
    pub(crate) command: &'static str,
    /// Lines of its output that say how much it was hold one of these.
    pub(crate) counted: &'static [&'static str],
}

/// All of them, the quick tier first. What is timed comes last, and wants a machine with nothing else to do.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "quick", what: "the quick tier", command: ".ci/run", counted: &[] },
    Step {
        name: "loom",
        what: "every interleaving of what is shared without a lock",
        command: "RUSTFLAGS='--cfg ninelives_loom' CARGO_TARGET_DIR=target/loom \
                  cargo test --package ninelives-runtime --release --lib models -- --nocapture",
        counted: &[" interleavings"],
    },
    Step {
        name: "shuttle",
        what: "random schedules of random stacks, with requests given up",
        command: "RUSTFLAGS='--cfg ninelives_shuttle' CARGO_TARGET_DIR=target/shuttle \
                  NINELIVES_SCHEDULES=1000000 \
                  cargo test --package ninelives-runtime --release --lib schedules -- --nocapture",
        counted: &["random schedules"],
    },
    Step {
        name: "histories",
        what: "circuit, bulkhead, budget, latencies and timers against naive models, a million times each",
        command: "NINELIVES_HISTORIES=1000000 cargo test --package ninelives-runtime --release \
                  --lib -- --nocapture model every_timer_runs_out",
        counted: &[" histories"],
    },
    Step {
        name: "conformance",
        what: "tower's contract, cancellation, laws, bounds, recovery, text against `policy!`",
        command: "cargo test --package ninelives-conformance --release -- --nocapture",
        counted: &[" pairs", "law cases", "policies", "stacks of", "triples,", "circuits closed"],
    },
    Step {
        name: "memory",
        what: "ten million requests leave nothing behind",
        command: "NINELIVES_CALLS=10000000 cargo test --release --test memory -- --nocapture",
        counted: &[" answered, "],
    },
    Step {
        name: "reloads",
        what: "reloads under load, half of them invalid",
        command: "cargo test --release --test reload_under_load -- --nocapture",
        counted: &["reloads"],
    },
    Step {
        name: "fuzz",
        what: "mutations of the corpora through each target",
        command: "NINELIVES_MUTATIONS=500000 \
                  cargo test --package ninelives-fuzz --release --test replay -- --nocapture",
        counted: &["mutations,"],
    },
    Step {
        name: "chaos",
        what: "seeded storms of faults on a real network",
        command: "NINELIVES_SEEDS=2000 \
                  cargo test --package ninelives-chaos --release -- --nocapture",
        counted: &["storms,"],
    },
    Step {
        name: "outside",
        what: "tests of the programs that are no members, so that peers reach nobody's lock file",
        command: "for program in benches/ratios benches/before conformance/peers; do \
                  cargo test --locked --manifest-path $program/Cargo.toml || exit 1; done",
        counted: &[],
    },
    Step {
        name: "peers",
        what: "the peers' bugs, asked of ours",
        command: "cargo run --manifest-path conformance/peers/Cargo.toml -- --write",
        counted: &[],
    },
    Step {
        name: "first-steps",
        what: "a reader's first five minutes, in a fresh clone",
        command: "cargo xtask first-steps --clone",
        counted: &[": every step is good"],
    },
    Step {
        name: "growth",
        what: "time of hostile texts of 64 KiB, and of half of it",
        command: "cargo run --release --package ninelives-fuzz --bin growth",
        counted: &[" shapes, "],
    },
    Step {
        name: "load",
        what: "every profile, with the policy and without, thirty seconds each",
        command: "cargo run --release --package ninelives-load -- --write --seconds 30 \
                  --profile baseline --profile medium --profile spike --profile high",
        counted: &["The median is"],
    },
    Step {
        name: "soak",
        what: "ten minutes of load on a server that fails and hangs",
        command: "cargo run --release --package ninelives-load -- --write --seconds 600 --profile soak",
        counted: &[" requests a second: "],
    },
    Step {
        name: "ratios",
        what: "what a request costs beside the peers, default release profile",
        command: "cargo run --release --manifest-path benches/ratios/Cargo.toml -- --write",
        counted: &[" musts, ", "worse than the committed page: "],
    },
    Step {
        name: "ratios-fat",
        what: "the same with fat LTO",
        command: "cargo run --profile fat --manifest-path benches/ratios/Cargo.toml -- --write",
        counted: &[" musts, ", "worse than the committed page: "],
    },
    Step {
        name: "sinks",
        what: "what an event costs all the way into each sink",
        command: "cargo bench --bench telemetry --features tracing",
        counted: &["Sink "],
    },
    Step {
        name: "editor",
        what: "from an edit of a file of 1,000 policies to its findings",
        command: "cargo bench --package ninelives-cli --bench lsp",
        counted: &[" edits of"],
    },
    Step {
        name: "compile-time",
        what: "what `policy!` costs the compiler",
        command: "cargo xtask compile-time --write",
        counted: &[" policies   cold"],
    },
    Step {
        name: "build-settings",
        what: "what the settings of a release profile make of a policy",
        command: "cargo xtask build-settings --write",
        counted: &[": the policy is "],
    },
];
