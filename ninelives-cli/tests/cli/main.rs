//! The built program from outside: arguments and files in, both streams and the exit code out.

mod check;
mod diff;
mod explain;
mod sandbox;
mod usage;
