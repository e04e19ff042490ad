//! What tokens become, and the way back.

use super::*;
use ninelives_dsl::source::FileId;
use quote::quote;
use std::str::FromStr;

fn input(tokens: TokenStream) -> Input {
    Input::new(tokens, Span::call_site())
}

/// The text under the tokens that a piece of the written text leads back to.
fn under(input: &Input, fragment: &str) -> (String, String) {
    let start = input.text().find(fragment).expect("the fragment is there");
    let range = source::Span::new(FileId(0), start, start + fragment.len());
    let (first, last) = input.tokens(range);
    let text = |span: Span| span.source_text().expect("parsed from text");
    (text(first), text(last))
}

#[test]
fn tokens_are_spaced_as_people_write_them() {
    let written = |text: &str| input(TokenStream::from_str(text).unwrap()).text;
    assert_eq!(written("a&&b"), "a && b ");
    assert_eq!(written("p99.9"), "p99 . 9 ");
    assert_eq!(written("10%..20%"), "10%.. 20% ");
    assert_eq!(written("1h30m+1.5s|100/s"), "1h30m + 1.5s | 100 / s ");
    assert_eq!(written("retry(3, on=a)"), "retry(3, on = a) ");
}

#[test]
fn every_byte_leads_back_to_its_token() {
    let tokens = TokenStream::from_str("timeout(1s) + retry(3,, x)").unwrap();
    let input = input(tokens);
    assert_eq!(under(&input, "retry"), ("retry".into(), "retry".into()));
    assert_eq!(under(&input, "+ retry("), ("+".into(), "(".into()));
    assert_eq!(under(&input, "1s)"), ("1s".into(), ")".into()));
    let end = source::Span::new(FileId(0), input.text().len(), input.text().len());
    assert_eq!(input.span(end).source_text().unwrap(), ")");
}

#[test]
fn an_empty_range_means_the_token_before_it() {
    let input = input(TokenStream::from_str("a + b").unwrap());
    let at = input.text().find('b').unwrap();
    let before = source::Span::new(FileId(0), at, at);
    assert_eq!(input.span(before).source_text().unwrap(), "+");
}

#[test]
fn rust_in_braces_is_kept_aside_whatever_it_is() {
    let input = input(quote!(timeout({ if a { b } else { "}" } }) + retry(3)));
    assert_eq!(input.text(), "timeout({ }) + retry(3) ");
    let at = input.text().find('{').unwrap();
    let host = input.host_expression(source::Span::new(FileId(0), at, at + 3));
    assert_eq!(host.to_string(), quote!(if a { b } else { "}" }).to_string());
}

#[test]
fn a_captured_fragment_is_its_token_or_rust() {
    let group = |tokens| TokenTree::from(Group::new(Delimiter::None, tokens));
    let one = group(quote!(5s));
    assert_eq!(input(quote!(timeout(#one))).text(), "timeout(5s) ");
    let more = group(quote!(a + b));
    assert_eq!(input(quote!(timeout(#more))).text(), "timeout({ }) ");
}

#[test]
fn documentation_becomes_plain_text() {
    let tokens = TokenStream::from_str("//! head\n/// \"one\"\npolicy a = b;").unwrap();
    assert_eq!(
        input(tokens).text(),
        r#"#![doc = " head"] #[doc = " \"one\""] "#.to_owned() + "\npolicy a = b; "
    );
    let attribute = quote!(#[allow(unused)] policy a = b;);
    assert_eq!(input(attribute).text(), "#[allow(unused)] \npolicy a = b; ");
}

#[test]
fn a_public_declaration_stays_on_one_line() {
    let tokens = quote!(policy a = b; pub policy c = d;);
    assert_eq!(input(tokens).text(), "\npolicy a = b; \npub policy c = d; ");
}
