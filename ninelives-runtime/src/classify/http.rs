//! HTTP's classes and its rules of repetition, for the types of the `http` crate.

use super::{Class, Classify, Repeat};
use crate::fallback::DegradedResponse;
use ::http::{Request, Response, StatusCode, header};
use std::time::{Duration, SystemTime};

/// The classifier of HTTP: `policy.classify(Http)`.
///
/// # Classes
/// | outcome | class |
/// |---|---|
/// | 1xx, 2xx, 3xx | success |
/// | 408, 504 | timeout |
/// | 429, 503 | overloaded, with the hint of `Retry-After` |
/// | other 4xx, 501, 505 | permanent |
/// | other 5xx, and what is no status of HTTP (600 and above) | transient |
/// | `Err` | transient |
///
/// # Repetition
/// A request may be repeated when its method is idempotent (RFC 9110, 9.2.2: `GET`, `HEAD`,
/// `OPTIONS`, `TRACE`, `PUT`, `DELETE`), or when it carries an `Idempotency-Key`. Any other reaches
/// a service at most once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Http;

impl<B, E> Classify<Response<B>, E> for Http {
    fn classify(&self, outcome: Result<&Response<B>, &E>) -> Class {
        outcome.map_or(Class::Transient, |response| class(response.status()))
    }

    fn retry_after(&self, outcome: Result<&Response<B>, &E>) -> Option<Duration> {
        let response = outcome.ok()?;
        if class(response.status()) != Class::Overloaded {
            return None;
        }
        let hint = response.headers().get(header::RETRY_AFTER)?;
        wait(hint.to_str().ok()?, SystemTime::now())
    }
}

#[diagnostic::do_not_recommend]
impl<B: Clone> Repeat<Request<B>> for Http {
    fn may_repeat(&self, request: &Request<B>) -> bool {
        request.method().is_idempotent() || request.headers().contains_key("idempotency-key")
    }

    fn copy(&self, request: &Request<B>) -> Option<Request<B>> {
        Some(request.clone())
    }
}

/// `503 Service Unavailable` with an empty body.
impl<B: Default> DegradedResponse for Response<B> {
    fn degraded() -> Self {
        let mut response = Self::default();
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        response
    }
}

fn class(status: StatusCode) -> Class {
    match status.as_u16() {
        408 | 504 => Class::Timeout,
        429 | 503 => Class::Overloaded,
        400..500 | 501 | 505 => Class::Permanent,
        500.. => Class::Transient,
        _ => Class::Success,
    }
}

/// The value of `Retry-After`: seconds, or a date, which is over when it lies in the past.
fn wait(hint: &str, now: SystemTime) -> Option<Duration> {
    if !hint.is_empty() && hint.bytes().all(|byte| byte.is_ascii_digit()) {
        // Only too many digits fail here: longer than any ceiling, which is what the hint says.
        return Some(hint.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let date = httpdate::parse_http_date(hint).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::http::{Method, Version};

    fn answer(status: u16) -> Response<()> {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        response
    }

    fn class_of(status: u16) -> Class {
        Classify::<_, ()>::classify(&Http, Ok(&answer(status)))
    }

    fn hint_of(status: u16, header: &str) -> Option<Duration> {
        let mut response = answer(status);
        response.headers_mut().insert(header::RETRY_AFTER, header.parse().unwrap());
        Classify::<_, ()>::retry_after(&Http, Ok(&response))
    }

    fn request(method: Method) -> Request<&'static str> {
        let mut request = Request::new("body");
        *request.method_mut() = method;
        request
    }

    #[test]
    fn answers_below_400_are_successes() {
        for status in [100, 101, 200, 204, 301, 304, 399] {
            assert_eq!(class_of(status), Class::Success, "{status}");
        }
    }

    #[test]
    fn timeouts_of_client_and_gateway_are_timeouts() {
        for status in [408, 504] {
            assert_eq!(class_of(status), Class::Timeout, "{status}");
        }
    }

    #[test]
    fn too_many_requests_and_unavailable_are_overloaded() {
        for status in [429, 503] {
            assert_eq!(class_of(status), Class::Overloaded, "{status}");
        }
    }

    #[test]
    fn what_repeating_cannot_cure_is_permanent() {
        for status in [400, 401, 404, 409, 425, 499, 501, 505] {
            assert_eq!(class_of(status), Class::Permanent, "{status}");
        }
    }

    #[test]
    fn other_server_errors_and_unknown_statuses_are_transient() {
        for status in [500, 502, 506, 511, 599, 600, 999] {
            assert_eq!(class_of(status), Class::Transient, "{status}");
        }
    }

    #[test]
    fn an_error_is_transient_and_hints_nothing() {
        let outcome: Result<&Response<()>, _> = Err(&"reset");
        assert_eq!(Http.classify(outcome), Class::Transient);
        assert_eq!(Http.retry_after(outcome), None);
    }

    #[test]
    fn retry_after_counts_seconds() {
        assert_eq!(hint_of(503, "120"), Some(Duration::from_secs(120)));
        assert_eq!(hint_of(429, "0"), Some(Duration::ZERO));
        assert_eq!(hint_of(429, "99999999999999999999999"), Some(Duration::MAX));
    }

    #[test]
    fn retry_after_of_a_success_or_another_failure_is_no_hint() {
        for status in [200, 301, 500, 504, 404] {
            assert_eq!(hint_of(status, "120"), None, "{status}");
        }
    }

    #[test]
    fn retry_after_that_is_no_number_and_no_date_is_no_hint() {
        for header in ["", "soon", "-5", "+5", "1.5", "5s", "Sun, 99 Nov 1994"] {
            assert_eq!(hint_of(503, header), None, "{header}");
        }
        assert_eq!(Classify::<_, ()>::retry_after(&Http, Ok(&answer(503))), None);
    }

    #[test]
    fn retry_after_is_a_date_in_any_of_the_three_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
        for date in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(wait(date, now), Some(Duration::from_secs(7)), "{date}");
        }
    }

    #[test]
    fn retry_after_in_the_past_asks_for_no_wait() {
        assert_eq!(hint_of(503, "Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
    }

    #[test]
    fn idempotent_methods_may_be_repeated_and_no_others() {
        for method in
            [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE, Method::PUT, Method::DELETE]
        {
            assert!(Http.may_repeat(&request(method.clone())), "{method}");
        }
        let custom = Method::from_bytes(b"PURGE").unwrap();
        for method in [Method::POST, Method::PATCH, Method::CONNECT, custom] {
            assert!(!Http.may_repeat(&request(method.clone())), "{method}");
        }
    }

    #[test]
    fn an_idempotency_key_makes_any_request_repeatable() {
        let mut post = request(Method::POST);
        post.headers_mut().insert("Idempotency-Key", "7".parse().unwrap());
        assert!(Http.may_repeat(&post));
    }

    #[test]
    fn a_copy_has_every_part_of_its_request() {
        let mut original = request(Method::PUT);
        *original.uri_mut() = "/a?b".parse().unwrap();
        *original.version_mut() = Version::HTTP_2;
        original.headers_mut().insert("x", "y".parse().unwrap());
        original.extensions_mut().insert(7_u8);
        let copy = Http.copy(&original).unwrap();
        assert_eq!(copy.method(), Method::PUT);
        assert_eq!(copy.uri(), "/a?b");
        assert_eq!(copy.version(), Version::HTTP_2);
        assert_eq!(copy.headers(), original.headers());
        assert_eq!(copy.extensions().get::<u8>(), Some(&7));
        assert_eq!(copy.body(), &"body");
    }

    #[test]
    fn the_degraded_answer_says_service_unavailable() {
        let degraded = Response::<String>::degraded();
        assert_eq!(degraded.status(), 503);
        assert_eq!(degraded.body(), "");
    }
}
