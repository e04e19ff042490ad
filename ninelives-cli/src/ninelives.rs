//! `ninelives`: the same program, for systems where coreutils' `nl` comes first.

fn main() -> std::process::ExitCode {
    ninelives_cli::main()
}
