//! What a reload answers, and what the book says of itself.

use crate::{Text, load};
use ninelives_runtime::classify::Class;
use ninelives_runtime::dsl::diff::{Fate, Reset};
use ninelives_runtime::dynamic::{LoadError, PolicyBook, Revision};
use ninelives_runtime::testing::{Script, err, ok};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::SystemTime;
use tower::Layer;

/// As it is printed, with the revision's digits left out.
fn printed(book: &PolicyBook, text: &str) -> String {
    let reloaded = book.reload(text).unwrap();
    reloaded.to_string().replace(&reloaded.revision().to_string(), "R")
}

#[test]
fn the_answer_says_what_became_of_policies_and_layers() {
    let book = load(
        "policy a = timeout(1s) + bulkhead(4) + x: retry + circuit_breaker + attempt: timeout(9ms);
         policy b = timeout(1s);
         policy c = retry;",
    );
    let after =
        "policy a = timeout(1s) + bulkhead(5, queue = 9) + x: hedge + circuit_breaker(window = 9s) + attempt: timeout(9ms);
         policy b = timeout(1s);
         policy d = timeout(1s) + bulkhead(1);";
    assert_eq!(
        printed(&book, after),
        "generation 2, revision R: 1 policy added, 1 removed, 1 changed, 1 the same\n  \
         c: removed\n  \
         d: added\n  \
         a: changed\n  \
         a.bulkhead: resized (max_concurrency, queue)\n  \
         a.x: reset: it was a `retry`\n  \
         a.circuit_breaker: resized (window)\n  \
         d.bulkhead: new\n  \
         c.retry: gone"
    );
    assert_eq!(printed(&book, after), "generation 2, revision R: unchanged");
    let commented = format!("// Why.\n{after}");
    assert_eq!(printed(&book, &commented), "generation 3, revision R: 3 policies the same");
}

#[test]
fn the_answer_is_a_value() {
    let book = load("policy a = retry + circuit_breaker; policy b = bulkhead(1);");
    let reloaded = book
        .reload("policy a = x: retry + retry + circuit_breaker; policy b = bulkhead(2);")
        .unwrap();
    let fates: Vec<_> =
        reloaded.layers().iter().map(|it| (it.path.as_str(), it.fate.clone())).collect();
    let resized = Fate::Resized { parameters: vec!["max_concurrency"] };
    assert_eq!(
        fates,
        [
            ("a.x", Fate::New),
            ("a.retry", Fate::Kept),
            ("a.circuit_breaker", Fate::Kept),
            ("b.bulkhead", resized),
        ]
    );
    assert_eq!((reloaded.generation(), reloaded.is_unchanged()), (2, false));
    assert_eq!(reloaded.diff().changed.len(), 2);
    assert_eq!(reloaded.warnings().diagnostics()[0].code.name(), "nested-retry");
    let repeated =
        book.reload("policy a = retry + retry + circuit_breaker; policy b = bulkhead(2);");
    assert_eq!(repeated.unwrap().layers()[0].fate, Fate::Reset(Reset::Repeated));
}

#[tokio::test(start_paused = true)]
async fn a_text_that_says_the_same_changes_nothing() {
    let book = load("policy it = timeout(1s) + retry(3);");
    let (revision, since) = (book.revision(), book.status().since());
    for same in
        ["policy it = timeout(1s) + retry(3);", "policy it=timeout( 1s )\n\n  + retry(3)\n;"]
    {
        let reloaded = book.reload(same).unwrap();
        assert!(reloaded.is_unchanged());
        assert_eq!((reloaded.generation(), reloaded.revision()), (1, revision));
        assert!(reloaded.diff().is_empty());
        assert!(reloaded.layers().iter().all(|layer| layer.fate == Fate::Kept));
        assert_eq!((book.generation(), book.status().since()), (1, since));
    }
    let another = book.reload("policy it = timeout(1s) + retry(4);").unwrap();
    assert_ne!(another.revision(), revision);
    assert_eq!((book.generation(), book.revision()), (2, another.revision()));
    let back = book.reload("policy it = timeout(1s) + retry(3);").unwrap();
    assert_eq!((back.generation(), back.revision()), (3, revision));
}

#[test]
fn the_revision_covers_the_files_that_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("shared.nl", "policy patient = timeout(5s);");
    write("api.nl", "use \"shared.nl\";\npolicy api = patient;");
    let book = load("policy api = pass;");
    let api = folder.path().join("api.nl");
    let first = book.reload_file(&api).unwrap();
    write("shared.nl", "policy patient =   timeout(5s);");
    assert!(book.reload_file(&api).unwrap().is_unchanged());
    write("shared.nl", "policy patient = timeout(6s);");
    let second = book.reload_file_if(first.revision(), &api).unwrap();
    assert_ne!(first.revision(), second.revision());
    assert!(matches!(
        book.reload_file_if(first.revision(), &api),
        Err(LoadError::Conflict { in_force, .. }) if in_force == second.revision()
    ));
}

#[test]
fn status_says_what_is_in_force_and_why_the_last_attempt_failed() {
    let before = SystemTime::now();
    let book = load("policy it = timeout(1s);");
    let status = book.status();
    assert_eq!((status.generation(), status.revision()), (1, book.revision()));
    assert!((before..=SystemTime::now()).contains(&status.since()));
    assert!(status.failed().is_none());
    assert!(status.to_string().ends_with(", in force for 0s"), "{status}");

    book.reload("policy it = timeuot(1s);").unwrap_err();
    book.reload_file("nowhere.nl").unwrap_err();
    let status = book.status();
    let failed = status.failed().unwrap();
    assert!(matches!(failed.error(), LoadError::Unreadable { .. }), "the last one counts");
    assert!((status.since()..=SystemTime::now()).contains(&failed.at()));
    assert!(
        status
            .to_string()
            .contains("\nthe last reload failed 0s ago: `nowhere.nl` cannot be read: "),
        "{status}"
    );
    assert_eq!(status.since(), book.status().since());

    book.reload("policy it = timeout(1s);").unwrap();
    assert!(book.status().failed().is_none(), "what was tried last is what runs");
    book.reload("policy it = ").unwrap_err();
    book.reload("policy it = timeout(2s);").unwrap();
    let status = book.status();
    assert_eq!((status.generation(), status.failed().is_none()), (2, true));
}

#[tokio::test(start_paused = true)]
async fn of_two_who_change_one_text_the_slower_is_told_and_changes_nothing() {
    let book = load("policy it = pass;");
    let policy: Text = book.policy("it").unwrap();
    let service = policy.layer(Script::new([err(Class::Transient), ok("own")]));
    let seen = book.revision();
    let faster = book.reload_if(seen, "policy it = pass | fallback;").unwrap();
    let slower = book.reload_if(seen, "policy it = pass;").unwrap_err();
    let LoadError::Conflict { based_on, in_force } = &slower else { panic!("{slower}") };
    assert_eq!((*based_on, *in_force), (seen, faster.revision()));
    assert_eq!(
        slower.to_string(),
        format!("the text in force is {in_force}, not {seen}, which this one was based on")
    );
    assert!(slower.diagnostics().is_empty());
    assert_eq!(service.send(()).await, Ok("degraded"), "the faster one's text runs");
    assert!(book.status().failed().is_none(), "that is between the two writers");
    assert_eq!(book.reload_if(faster.revision(), "policy it = pass;").unwrap().generation(), 3);
}

#[test]
fn no_change_is_lost_where_each_is_based_on_the_text_it_was_made_from() {
    const WRITERS: u32 = 4;
    const CHANGES: u32 = 25;
    let text = |count: u32| format!("policy it = bulkhead({count});");
    let book = load(&text(1));
    let known: Mutex<HashMap<Revision, u32>> = Mutex::new(HashMap::from([(book.revision(), 1)]));
    std::thread::scope(|threads| {
        for _ in 0..WRITERS {
            threads.spawn(|| {
                let mut made = 0;
                while made < CHANGES {
                    let seen = book.revision();
                    // Who wrote it may not have said yet what it was.
                    let Some(count) = known.lock().unwrap().get(&seen).copied() else { continue };
                    match book.reload_if(seen, text(count + 1)) {
                        Ok(reloaded) => {
                            known.lock().unwrap().insert(reloaded.revision(), count + 1);
                            made += 1;
                        }
                        Err(LoadError::Conflict { based_on, in_force }) => {
                            assert_eq!(based_on, seen);
                            assert_ne!(in_force, seen);
                        }
                        Err(refused) => panic!("{refused}"),
                    }
                }
            });
        }
    });
    let last = known.lock().unwrap()[&book.revision()];
    assert_eq!(last, 1 + WRITERS * CHANGES);
    assert_eq!(book.generation(), u64::from(last));
}
