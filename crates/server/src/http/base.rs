//! What links in an answer begin with, as far as the request says.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{HOST, HeaderMap};
use axum::http::request::Parts;

use crate::app::App;
use crate::app::links::Base;
use crate::app::site::Said;

impl FromRequestParts<Arc<App>> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let text = |name: &str| text(&parts.headers, name);
        let said = Said {
            host: text(HOST.as_str()),
            forwarded_proto: text("x-forwarded-proto"),
            forwarded_host: text("x-forwarded-host"),
            forwarded_prefix: text("x-forwarded-prefix"),
        };
        Ok(Self(app.site.base(peer, &said)))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
