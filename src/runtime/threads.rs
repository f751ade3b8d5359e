//! The threads on which the CRM is asked.

use std::io;
use std::ops::Deref;

use tokio::runtime::{Builder, Handle, Runtime};

/// The threads on which the CRM is asked. Who is done with them waits for none: a name that is looked up, or a source that
/// is asked for the token, may take longer than anybody waits.
pub struct Threads {
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Threads {
    /// Begins them; an error where the system has none left.
    pub fn new() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        Ok(Self {
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })
    }
}

impl Deref for Threads {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
