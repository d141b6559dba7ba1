//! Documents that are fetched from the web.

use docmill_model::network::{Guard, NetworkSettings};
use docmill_model::options::{JobOptions, ParseOptions};
use docmill_model::{Code, JobId, JobStatus};
use docmill_runner::RunnerSettings;
use docmill_store::JobSource;

use crate::web::{Reply, Web};
use crate::world::{World, settings};

fn fetcher(change: impl FnOnce(&mut NetworkSettings)) -> RunnerSettings {
    let mut network = NetworkSettings { allowed_hosts: vec!["127.0.0.2".to_owned()], ..NetworkSettings::default() };
    change(&mut network);
    let mut settings = settings("obeys");
    settings.guard = Guard::new(&network).expect("sound settings");
    settings
}

fn document() -> Reply {
    Reply::Document(vec![("content-type", "text/plain".to_owned())], b"text a".to_vec())
}

async fn job(world: &World, url: String, proxy: Option<String>) -> JobId {
    let source = JobSource::Url { url, name: "document".to_owned(), proxy };
    world.job_from(source, JobOptions::Parse(ParseOptions::default())).await
}

/// What became of a job that reads `url`: `page`, or `CODE: sentence`.
async fn told(world: &World, url: String) -> String {
    let told = world.told(job(world, url, None).await).await.join("\n");
    told.strip_prefix("FAILED ").unwrap_or(&told).to_owned()
}

#[tokio::test]
async fn a_document_is_fetched_read_and_not_kept() {
    let world = World::new().await;
    let mut web = Web::start([document()]).await;
    let runner = world.start(fetcher(|_| {}));
    let id = job(&world, web.url("/reports/a.txt?token=x"), None).await;
    let ended = world.ended(id).await;
    assert_eq!(ended.status, JobStatus::Completed, "{:?}", ended.failure);
    assert_eq!(world.pages(&ended).await, ["1 a"]);
    let request = web.request().await;
    assert_eq!(request.uri.to_string(), "/reports/a.txt?token=x");
    assert!(request.header("user-agent").starts_with("docmill/"));
    world.drain(&runner).await;
    let outputs = world.outputs().await;
    assert_eq!(outputs.len(), 1, "the pages alone: {outputs:?}");
    assert_eq!(runner.counters().sources_fetched.get(), 1);
}

#[tokio::test]
async fn redirects_are_followed_and_each_is_checked() {
    let world = World::new().await;
    let runner = world.start(fetcher(|network| network.source_redirects_max = 2));
    let target = Web::start([document()]).await;
    let hop = |to: String| Web::start([Reply::To(to)]);
    let once = hop(target.url("/a.txt")).await;
    let twice = hop(once.url("/")).await;
    let thrice = hop(twice.url("/")).await;
    assert_eq!(told(&world, twice.url("/")).await, "1 a");
    assert_eq!(told(&world, thrice.url("/")).await, "SOURCE_REFUSED: The address leads on more than 2 times.");
    let inside = Web::start([document()]).await;
    for (to, words) in [
        ("http://169.254.169.254/latest/meta-data/".to_owned(), "169.254.169.254 is a metadata service"),
        ("http://[::ffff:10.0.0.1]/".to_owned(), "is a private address"),
        (inside.named_url("/"), "localhost is a loopback address"),
        ("file:///etc/passwd".to_owned(), "does not speak file"),
        ("//user@127.0.0.2/".to_owned(), "user name"),
    ] {
        let said = told(&world, hop(to.clone()).await.url("/")).await;
        assert!(said.starts_with("ADDRESS_FORBIDDEN: ") && said.contains(words), "{to}: {said}");
    }
    world.drain(&runner).await;
}

#[tokio::test]
async fn a_source_that_fails_has_its_code() {
    let world = World::new().await;
    let mut settings = fetcher(|network| network.source_timeout_ms = 200);
    settings.source_bytes_max = 10;
    let runner = world.start(settings);
    let large = "SOURCE_TOO_LARGE: The document is larger than 10 bytes.";
    for (reply, expected) in [
        (Reply::Status(404), "SOURCE_REFUSED: The server of source_url answered 404."),
        (Reply::Status(401), "SOURCE_REFUSED: The server of source_url answered 401."),
        (Reply::Status(503), "SOURCE_UNREACHABLE: The document could not be fetched: it answered 503."),
        (Reply::Document(Vec::new(), vec![b'x'; 11]), large),
        (Reply::Pieces(vec![b"text", b" a\n", b"text b"]), large),
        (Reply::Document(Vec::new(), Vec::new()), "EMPTY_FILE: The file is empty."),
        (Reply::Silence, "SOURCE_UNREACHABLE: The document could not be fetched: it took longer than the limit."),
    ] {
        let web = Web::start([reply]).await;
        assert_eq!(told(&world, web.url("/a.pdf")).await, expected);
    }
    let closed = tokio::net::TcpListener::bind("127.0.0.2:0").await.expect("a port").local_addr().expect("an address");
    let said = told(&world, format!("http://{closed}/")).await;
    assert!(said.starts_with("SOURCE_UNREACHABLE: The document could not be fetched: no connection"), "{said}");
    let named = Web::start([document()]).await;
    let said = told(&world, named.named_url("/")).await;
    assert_eq!(said, "ADDRESS_FORBIDDEN: localhost is a loopback address, which docmill does not connect to.");
    world.drain(&runner).await;
    assert!(world.outputs().await.is_empty(), "failed jobs leave nothing");
}

#[tokio::test]
async fn a_server_that_is_away_for_a_moment_costs_a_try_and_not_the_job() {
    let world = World::new().await;
    let web = Web::start([Reply::Status(503), Reply::Status(429), document()]).await;
    let runner = world.start(fetcher(|_| {}));
    let id = job(&world, web.url("/a.txt"), None).await;
    let ended = world.ended(id).await;
    assert_eq!((ended.status, ended.attempt, ended.strikes), (JobStatus::Completed, 3, 2));
    world.drain(&runner).await;
}

#[tokio::test]
async fn a_listed_proxy_is_used_and_no_other() {
    let world = World::new().await;
    let mut proxy = Web::start([document()]).await;
    let listed = proxy.url("");
    let allowed = listed.clone();
    let runner = world.start(fetcher(move |network| network.allowed_proxies = vec![allowed]));
    let through = job(&world, "http://docs.example/a.txt".to_owned(), Some(listed)).await;
    assert_eq!(world.told(through).await, ["1 a"]);
    assert_eq!(proxy.request().await.uri.to_string(), "http://docs.example/a.txt");
    let other = job(&world, "http://docs.example/a.txt".to_owned(), Some("http://127.0.0.2:1".to_owned())).await;
    let failure = world.ended(other).await.failure.expect("a failure");
    assert_eq!(failure.code, Code::ProxyForbidden);
    world.drain(&runner).await;
}
