//! PostgreSQL servers of the machine's own package, each in a folder of its own, gone with the process that asked.

use std::io::Read as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection as _, PgConnection};

/// Makes the cluster at $1 if there is none, runs a server on port $2 with the further arguments, and stops it when
/// standard input ends: that is when the process that asked has let go of it or died. PostgreSQL refuses to run as
/// root, who becomes the user `postgres` of the package.
const RUN: &str = r#"
set -eu
data=$1; port=$2; shift 2
as=
if [ "$(id -u)" = 0 ]; then
    chown -R postgres "$(dirname "$data")"
    as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
[ -d "$data" ] || $as "$BIN/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$data.initdb" 2>&1
$as "$BIN/postgres" -D "$data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c max_connections=200 "$@" >>"$data.log" 2>&1 </dev/null &
server=$!
echo started
cat >/dev/null
kill -INT $server
wait $server || true
[ -z "${REMOVE:-}" ] || rm -rf "$(dirname "$data")"
"#;

/// A server that is running. Dropping it stops the server, its folder stays until the folder's owner goes.
pub struct Server {
    port: u16,
    data: PathBuf,
    child: Child,
    /// The server runs as long as this is open.
    alive: Option<ChildStdin>,
}

impl Server {
    /// Starts a server over the cluster in `folder`, which is made when there is none. `settings` are such as
    /// `fsync=off`.
    pub async fn start(folder: &Path, port: u16, settings: &[&str]) -> Self {
        Self::start_with(folder, port, settings, "").await
    }

    async fn start_with(folder: &Path, port: u16, settings: &[&str], remove: &str) -> Self {
        let data = folder.join("data");
        let mut command = Command::new("sh");
        command.args(["-c", RUN, "postgres"]).arg(&data).arg(port.to_string());
        command.args(settings.iter().flat_map(|setting| ["-c", setting]));
        command.env("BIN", binaries()).env("REMOVE", remove).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("a shell");
        let alive = child.stdin.take().expect("its input");
        let mut said = [0; 8];
        let started = child.stdout.take().expect("its output").read_exact(&mut said);
        started.unwrap_or_else(|_| panic!("no cluster was made: {}", log(&data, "initdb")));
        let server = Self { port, data, child, alive: Some(alive) };
        server.ready().await;
        server
    }

    /// Waits until the server answers. The loop is bounded; there is no signal to wait for.
    async fn ready(&self) {
        for _ in 0..600 {
            if let Ok(connection) = PgConnection::connect(&self.url("postgres")).await {
                connection.close().await.expect("an idle connection closes");
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("PostgreSQL did not start: {}", log(&self.data, "log"));
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// As a crash of its machine would: every process of the server is gone at once.
    pub fn kill(&self) {
        let pid = std::fs::read_to_string(self.data.join("postmaster.pid")).expect("a running server's file");
        let pid = pid.lines().next().expect("a first line");
        let killed = Command::new("pkill").args(["-KILL", "-P", pid]).status();
        assert!(killed.is_ok(), "pkill (package procps) runs");
        assert!(Command::new("kill").args(["-KILL", pid]).status().expect("kill runs").success());
    }

    /// Runs statements that answer nothing.
    pub async fn run(&self, database: &str, sql: &str) {
        let mut connection = PgConnection::connect(&self.url(database)).await.expect("a running server");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.expect(sql);
        connection.close().await.expect("an idle connection closes");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.alive.take());
        // The shell waits for the server; that it may be gone already is what some tests are about.
        let _ = self.child.wait();
    }
}

/// The server that all tests of one process share: without fsync, since nothing of it outlives the process.
pub async fn shared() -> &'static Server {
    static SERVER: tokio::sync::OnceCell<Server> = tokio::sync::OnceCell::const_new();
    SERVER
        .get_or_init(|| async {
            // Statics are never dropped: the shell removes the folder.
            let folder = tempfile::tempdir().expect("a folder").keep();
            Server::start_with(&folder, free_port(), &["fsync=off", "full_page_writes=off"], "yes").await
        })
        .await
}

/// A database of its own on the shared server; answers its address.
pub async fn database() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let server = shared().await;
    server.run("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
    server.url(&name)
}

/// A port that nobody listens on now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// The folder of the newest installed server's programs.
fn binaries() -> PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = installed
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    let newest = found.pop().map(|(_, bin)| bin);
    newest.expect("PostgreSQL is not installed: apt-get install postgresql (make test does it)")
}

fn log(data: &Path, kind: &str) -> String {
    std::fs::read_to_string(data.with_extension(kind)).unwrap_or_else(|error| error.to_string())
}
