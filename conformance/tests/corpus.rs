//! Every valid file of the corpus passes rustc's lexer, is compiled by the macro, and is built by
//! the loader.

use ninelives::{Answer, Calls, Handler, Host, PolicyBook, policies, policy};
use ninelives_conformance::services::{Ask, ByClass, Failure, Named, Own, Reply, Scripted, own};
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// Whatever a `@name` of the corpus stands for: a handler, a service, a layer.
#[derive(Clone, Copy, Debug)]
pub struct Any;

impl<E> Handler<Ask, Reply, E> for Any {
    fn handle(&self, _: Option<Ask>, _: Option<Result<Reply, E>>) -> Answer<Reply> {
        Reply { from: "any", call: 0 }.into()
    }
}

impl Service<Ask> for Any {
    type Response = Reply;
    type Error = Failure;
    type Future = Scripted;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Ask) -> Scripted {
        Named("any").call(request)
    }
}

impl<S> Layer<S> for Any {
    type Service = S;

    fn layer(&self, service: S) -> S {
        service
    }
}

struct File {
    path: &'static str,
    entries: &'static [&'static str],
    hosts: &'static [(&'static str, &'static str)],
    guard: fn(),
}

/// Compiles only when the policy can guard the scripted service.
fn guarded<L>(policy: L)
where
    L: Layer<Own, Service: Service<Ask, Response = Reply>>,
{
    drop(policy.layer(own()));
}

#[expect(non_upper_case_globals, non_camel_case_types, reason = "the names that `@…` stands for")]
#[allow(deprecated, reason = "what is generated may well be warned of")]
#[allow(dead_code, reason = "a file declares more than its entries")]
mod generated {
    use super::{Any, ByClass, File, guarded, policies, policy};

    include!(concat!(env!("OUT_DIR"), "/corpus.rs"));

    pub(super) const FILES: &[File] = ALL;
}

#[test]
fn every_valid_file_is_compiled_and_built() {
    for file in generated::FILES {
        (file.guard)();
        let mut calls = Calls::<Ask, Reply, Failure>::new()
            .classify(ByClass)
            .degraded(ninelives::DegradedResponse::degraded);
        for (name, kind) in file.hosts {
            calls = match *kind {
                "handler" => calls.handler(*name, Any),
                "service" => calls.service(*name, Any),
                _ => calls.layer(*name, Any),
            };
        }
        let host = Host::new().calls(calls);
        let book = PolicyBook::from_file(file.path, host).expect(file.path);
        for entry in file.entries {
            let policy = book.policy::<Ask, Reply, Failure>(entry).expect(entry);
            guarded(policy);
        }
    }
    println!("{} corpus files through rustc's lexer and both builders", generated::FILES.len());
    assert!(generated::FILES.len() >= 8);
}
