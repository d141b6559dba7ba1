//! Frames on pipes (see `protocol`): blocking for the child, async for the worker.
//!
//! Lengths come from the other side, so they are checked before anything is read and no buffer is larger than what
//! really came.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::protocol::{HEADER_BYTES_MAX, PAYLOAD_BYTES_MAX};

#[derive(Debug, PartialEq)]
pub struct Frame<T> {
    pub header: T,
    pub payload: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error("the pipe broke: {0}")]
    Pipe(#[from] io::Error),
    #[error("a frame of {header} + {payload} bytes is longer than a frame may be")]
    TooLong { header: u64, payload: u64 },
    #[error("a frame's header cannot be read: {0}")]
    Header(#[from] serde_json::Error),
}

/// The lengths and the header, ready to be written before the payload.
fn head<T: Serialize>(header: &T, payload: &[u8]) -> Result<Vec<u8>, FrameError> {
    let mut out = vec![0; 8];
    serde_json::to_writer(&mut out, header)?;
    let too_long = || FrameError::TooLong { header: out.len() as u64 - 8, payload: payload.len() as u64 };
    let length = |bytes: usize, max: u32| u32::try_from(bytes).ok().filter(|length| *length <= max);
    let header_length = length(out.len() - 8, HEADER_BYTES_MAX).ok_or_else(too_long)?;
    let payload_length = length(payload.len(), PAYLOAD_BYTES_MAX).ok_or_else(too_long)?;
    out[..4].copy_from_slice(&header_length.to_le_bytes());
    out[4..8].copy_from_slice(&payload_length.to_le_bytes());
    Ok(out)
}

/// Header and payload lengths of the frame that these eight bytes begin.
fn lengths(bytes: [u8; 8]) -> Result<(u64, u64), FrameError> {
    let [a, b, c, d, e, f, g, h] = bytes;
    let (header, payload) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    if header > HEADER_BYTES_MAX || payload > PAYLOAD_BYTES_MAX {
        return Err(FrameError::TooLong { header: header.into(), payload: payload.into() });
    }
    Ok((header.into(), payload.into()))
}

fn cut_short() -> FrameError {
    io::Error::from(io::ErrorKind::UnexpectedEof).into()
}

pub fn write<T: Serialize>(out: &mut impl Write, header: &T, payload: &[u8]) -> Result<(), FrameError> {
    out.write_all(&head(header, payload)?)?;
    out.write_all(payload)?;
    Ok(out.flush()?)
}

/// The next frame; `None` when the stream ended between two frames.
pub fn read<T: DeserializeOwned>(from: &mut impl Read) -> Result<Option<Frame<T>>, FrameError> {
    let mut start = Vec::with_capacity(8);
    from.take(8).read_to_end(&mut start)?;
    if start.is_empty() {
        return Ok(None);
    }
    let (header, payload) = lengths(start.try_into().map_err(|_| cut_short())?)?;
    let mut exactly = |length: u64| -> Result<Vec<u8>, FrameError> {
        let mut bytes = Vec::new();
        from.take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(cut_short()) }
    };
    let header = serde_json::from_slice(&exactly(header)?)?;
    Ok(Some(Frame { header, payload: exactly(payload)? }))
}

pub async fn write_async<T: Serialize>(
    out: &mut (impl AsyncWrite + Unpin),
    header: &T,
    payload: &[u8],
) -> Result<(), FrameError> {
    out.write_all(&head(header, payload)?).await?;
    out.write_all(payload).await?;
    Ok(out.flush().await?)
}

/// The next frame; `None` when the stream ended between two frames. Not cancel safe: a dropped read loses its frame.
pub async fn read_async<T: DeserializeOwned>(
    from: &mut (impl AsyncRead + Unpin),
) -> Result<Option<Frame<T>>, FrameError> {
    let mut start = Vec::with_capacity(8);
    from.take(8).read_to_end(&mut start).await?;
    if start.is_empty() {
        return Ok(None);
    }
    let (header, payload) = lengths(start.try_into().map_err(|_| cut_short())?)?;
    let header = serde_json::from_slice(&exactly_async(from, header).await?)?;
    Ok(Some(Frame { header, payload: exactly_async(from, payload).await? }))
}

async fn exactly_async(from: &mut (impl AsyncRead + Unpin), length: u64) -> Result<Vec<u8>, FrameError> {
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes).await?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(cut_short()) }
}

#[cfg(test)]
mod tests {
    use super::super::protocol::FromReader;
    use super::*;

    fn bytes(header: &FromReader, payload: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, header, payload).expect("a Vec takes everything");
        out
    }

    #[tokio::test]
    async fn both_readers_read_what_was_written() {
        let page = FromReader::Page { number: 3, ocr: true };
        let stream = [bytes(&page, b"{}"), bytes(&FromReader::PageStarted { number: 4 }, b"")].concat();
        let (mut sync, mut asynchronous) = (stream.as_slice(), stream.as_slice());
        for (header, payload) in [(page, b"{}".to_vec()), (FromReader::PageStarted { number: 4 }, vec![])] {
            let expected = Some(Frame { header, payload });
            assert_eq!(read::<FromReader>(&mut sync).expect("frame"), expected);
            assert_eq!(read_async::<FromReader>(&mut asynchronous).await.expect("frame"), expected);
        }
        assert_eq!(read::<FromReader>(&mut sync).expect("the end"), None);
        assert_eq!(read_async::<FromReader>(&mut asynchronous).await.expect("the end"), None);
    }

    #[tokio::test]
    async fn what_is_no_frame_is_refused() {
        let good = bytes(&FromReader::Page { number: 1, ocr: false }, b"abc");
        let huge_header = [&u32::MAX.to_le_bytes()[..], &[0; 4]].concat();
        let huge_payload = [&[2, 0, 0, 0][..], &u32::MAX.to_le_bytes(), b"{}"].concat();
        let not_json = [&[2, 0, 0, 0, 0, 0, 0, 0][..], b"}{"].concat();
        for (given, expected) in [
            (&good[..5], "the pipe broke"),
            (&good[..12], "the pipe broke"),
            (&good[..good.len() - 1], "the pipe broke"),
            (&huge_header, "longer than a frame may be"),
            (&huge_payload, "longer than a frame may be"),
            (&not_json, "header cannot be read"),
        ] {
            let (mut sync, mut asynchronous) = (given, given);
            let said = read::<FromReader>(&mut sync).expect_err(expected).to_string();
            assert!(said.contains(expected), "{said}");
            let said = read_async::<FromReader>(&mut asynchronous).await.expect_err(expected).to_string();
            assert!(said.contains(expected), "{said}");
        }
    }

    #[test]
    fn a_payload_over_the_limit_is_not_written() {
        let payload = vec![0; PAYLOAD_BYTES_MAX as usize + 1];
        let error = write(&mut Vec::new(), &FromReader::PageStarted { number: 1 }, &payload).expect_err("too long");
        assert!(matches!(error, FrameError::TooLong { .. }), "{error}");
    }
}
