//! The built program from outside: arguments and files in, both streams and the exit code out.

mod check;
mod config;
mod diff;
mod documentation;
mod explain;
mod fix;
mod fmt;
mod formats;
mod levels;
mod pages;
mod peers;
mod sandbox;
mod usage;
