//! Files on their way to the server.

use std::path::PathBuf;

use docmill_wire::client::{Batch, DirectoryFile, Made, requests};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::run::Order;
use crate::client::{ApiError, Client, read};
use crate::refusal::{Refusal, Refused};

/// Files that are uploaded at the same time: more would only wait for each other.
const AT_ONCE: usize = 4;

/// An input of a chunk.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Place among the inputs of the run.
    pub index: usize,
    pub name: String,
    pub path: PathBuf,
}

/// What became of an upload: the entry at the server, or its refusal of this one file.
pub type Uploaded = (Sent, Result<DirectoryFile, ApiError>);

/// Uploads all, a few at a time. What is there already is answered as it is, so this may be done again.
///
/// # Errors
/// What concerns every file alike: a server out of reach, a wrong key, a directory that is gone.
pub async fn upload_all(
    client: &Client,
    directory: &str,
    files: Vec<Sent>,
    stop: &CancellationToken,
) -> Result<Vec<Uploaded>, ApiError> {
    let (mut running, mut done) = (JoinSet::new(), Vec::new());
    let mut waiting = files.into_iter();
    loop {
        while running.len() < AT_ONCE && !stop.is_cancelled() {
            let Some(sent) = waiting.next() else { break };
            running.spawn(upload(client.clone(), directory.to_owned(), sent));
        }
        let Some(ended) = running.join_next().await else { return Ok(done) };
        let (sent, result) =
            ended.map_err(|error| ApiError::unexpected(format!("a part of docmill broke: {error}")))?;
        match result {
            Err(error) if !error.is_about_the_file() => return Err(error),
            result => done.push((sent, result)),
        }
    }
}

async fn upload(client: Client, directory: String, sent: Sent) -> Uploaded {
    let texts = [("display_name", sent.name.clone()), ("unique_id", sent.name.clone())];
    let path = requests::directory_upload(&directory);
    let answer = client.upload(&path, requests::DIRECTORY_UPLOAD_PART, &sent.path, &texts).await;
    let read = answer.and_then(|answer| crate::client::typed(&answer));
    (sent, read)
}

/// A directory that the server may delete by itself: its files are here.
pub async fn directory(client: &Client) -> Refused<String> {
    let body = requests::create_directory("docmill batch", true, None);
    Ok(read::<Made>(&client.post(requests::DIRECTORIES, Some(&body)).await?)?.id)
}

/// The batch over this directory; made when a run before this one did not come to it.
pub async fn batch(order: &Order, directory: &str) -> Refused<Batch> {
    match batch_of(&order.client, directory).await? {
        Some(batch) => Ok(batch),
        None => {
            let body = requests::create_batch(directory, order.product, &order.identity.configuration);
            read(&order.client.post(requests::BATCHES, Some(&body)).await?)
        }
    }
}

pub async fn batch_of(client: &Client, directory: &str) -> Refused<Option<Batch>> {
    let found = client.list(requests::BATCHES, &[("source_directory_id", directory.to_owned())], 1).await?;
    found.first().map(read).transpose()
}

/// Names of the entries of a directory by their ids; `None` when it is gone.
pub async fn entries(client: &Client, directory: &str) -> Refused<Option<Vec<DirectoryFile>>> {
    match client.list(&requests::directory_files(directory), &[], usize::MAX).await {
        Ok(items) => items.iter().map(read).collect::<Refused<Vec<_>>>().map(Some),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(Refusal::from(error)),
    }
}
