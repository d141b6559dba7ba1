//! The states of batches and jobs and their legal moves (design section 2).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! states {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            pub fn from_text(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|state| state.as_str() == text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

states! {
    /// Where a batch is. The store moves it, and only in the step that changes its last job.
    BatchStatus {
        /// Created; no job of it was claimed yet.
        Pending => "PENDING",
        /// LlamaCloud's: queued jobs are held back by a cap or a rate. docmill has neither and never reports it.
        Throttled => "THROTTLED",
        /// At least one job was claimed.
        Running => "RUNNING",
        /// Every item is terminal: a finished job, or an error instead of a job.
        Completed => "COMPLETED",
        /// The orchestration itself broke: results cannot be trusted.
        Failed => "FAILED",
        /// Cancelled, and no job of it runs any more.
        Cancelled => "CANCELLED",
    }
}

states! {
    /// Where a job is.
    JobStatus {
        /// Waiting to be claimed, for the first time or again after a failure that may pass.
        Pending => "PENDING",
        /// Leased by a worker.
        Running => "RUNNING",
        Completed => "COMPLETED",
        Failed => "FAILED",
        Cancelled => "CANCELLED",
    }
}

impl BatchStatus {
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// Whether a batch may become RUNNING once more, which only a retry of its failed items does. A batch that broke
    /// may not: its items cannot be trusted.
    pub const fn may_be_retried(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }

    /// Whether a batch may go from `self` to `next`. A retry of a finished batch is a move of its own.
    pub const fn may_become(self, next: Self) -> bool {
        use BatchStatus::{Cancelled, Completed, Failed, Pending, Running};
        matches!(
            (self, next),
            (Pending, Running | Completed | Cancelled | Failed) | (Running, Completed | Cancelled | Failed)
        )
    }
}

impl JobStatus {
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// Whether a job may go from `self` to `next`.
    pub const fn may_become(self, next: Self) -> bool {
        use JobStatus::{Cancelled, Completed, Failed, Pending, Running};
        matches!(
            (self, next),
            (Pending, Running | Cancelled | Failed) | (Running, Completed | Failed | Cancelled | Pending)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_states_have_no_way_out() {
        for from in BatchStatus::ALL {
            for to in BatchStatus::ALL {
                assert!(!(from.is_terminal() && from.may_become(*to)), "{from} -> {to}");
            }
        }
        for from in JobStatus::ALL {
            for to in JobStatus::ALL {
                assert!(!(from.is_terminal() && from.may_become(*to)), "{from} -> {to}");
            }
        }
    }

    #[test]
    fn names_read_back() {
        for state in JobStatus::ALL {
            assert_eq!(JobStatus::from_text(state.as_str()), Some(*state));
        }
        assert_eq!(BatchStatus::from_text("completed"), None);
    }
}
