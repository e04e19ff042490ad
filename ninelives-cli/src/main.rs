//! `nl`: everything is in the library.

fn main() -> std::process::ExitCode {
    ninelives_cli::main()
}
